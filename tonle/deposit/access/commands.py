"""`tonle access …`: requests for restricted files, as one of the node's accounts."""

from __future__ import annotations

import argparse
from typing import Any

from tonle.cli.public import Command, configure_account, line, register, register_group

# The states of `machine.ACCESS_REQUEST`, which needs Django: a test compares.
STATES = ("asked", "granted", "declined", "withdrawn", "ended")


def _lines(page: Any) -> int:
    """page: (cursor) -> (requests, next cursor)."""
    cursor = None
    while True:
        found, cursor = page(cursor)
        for one in found:
            title = next(iter(one.titles.values()), "")
            line(one.id, one.state, one.record_id, one.who, title)
        if cursor is None:
            return 0


def _configure_list(parser: argparse.ArgumentParser) -> None:
    configure_account(parser)
    parser.add_argument("--state", choices=STATES, default="asked", help="which of them")


def _list(args: argparse.Namespace) -> int:
    from tonle.deposit.access import selectors
    from tonle.people.public import acting

    return _lines(
        lambda cursor: selectors.requests_to_decide(
            **acting(args.email), state=args.state, cursor=cursor
        )
    )


def _mine(args: argparse.Namespace) -> int:
    from tonle.deposit.access import selectors
    from tonle.people.public import acting

    return _lines(lambda cursor: selectors.my_requests(**acting(args.email), cursor=cursor))


def _configure_one(parser: argparse.ArgumentParser) -> None:
    configure_account(parser)
    parser.add_argument("request", help="what `tonle access list` printed first")


def _show(args: argparse.Namespace) -> int:
    from tonle.deposit.access import selectors, services
    from tonle.infra.i18n import say
    from tonle.people.public import acting

    who = acting(args.email)
    view = selectors.request_view(services.load(args.request, who["actor"]), **who)
    for language, title in view.titles.items():
        line(f"title ({language}): {title}")
    line(f"record: {view.record_id}")
    line(f"state: {say(view.state_label)}")
    for name, text in (
        ("who", view.who),
        ("mail", view.mail),
        ("of", view.affiliation),
        ("purpose", view.purpose),
        ("terms agreed to", view.terms),
        ("reason", view.reason),
    ):
        if text:
            line(f"{name}: {text}")
    if view.valid_until:
        line(f"until: {view.valid_until:%Y-%m-%d %H:%M} UTC")
    return 0


def _told(request: Any) -> int:
    from tonle.deposit.access.machine import ACCESS_REQUEST
    from tonle.infra.i18n import say

    line(say(ACCESS_REQUEST.label(request.state)))
    return 0


def _configure_ask(parser: argparse.ArgumentParser) -> None:
    configure_account(parser)
    parser.add_argument("record", help="id of the record whose files are wanted")
    parser.add_argument("--purpose", required=True, help="what the files are wanted for")
    parser.add_argument(
        "--of", required=True, metavar="HOUSE", help="where the asker works, or none"
    )
    parser.add_argument("--agree", action="store_true", help="agree to the terms of the record")
    parser.add_argument("--language", default="en", help="in which the terms are read")


def _ask(args: argparse.Namespace) -> int:
    from tonle.deposit.access import services
    from tonle.people.public import acting

    who = acting(args.email)
    text, sha256 = services.terms_of(record_id=args.record, language=args.language, **who)
    if text and not args.agree:
        line(text)
        line("Say --agree to agree to these terms.")
        return 1
    made = services.ask_access(
        record_id=args.record,
        purpose=args.purpose,
        affiliation=args.of,
        terms_sha256=sha256,
        language=args.language,
        **who,
    )
    line(made.id)
    return 0


def _configure_grant(parser: argparse.ArgumentParser) -> None:
    _configure_one(parser)
    parser.add_argument("--days", type=int, default=90, help="how long it holds")
    parser.add_argument("--note", default="", help="a word for who asked")


def _grant(args: argparse.Namespace) -> int:
    from tonle.deposit.access import services
    from tonle.people.public import acting

    return _told(
        services.grant(
            request_id=args.request, days=args.days, note=args.note, **acting(args.email)
        )
    )


def _configure_reason(parser: argparse.ArgumentParser) -> None:
    _configure_one(parser)
    parser.add_argument("reason", help="why; who asked reads it")


def _decline(args: argparse.Namespace) -> int:
    from tonle.deposit.access import services
    from tonle.people.public import acting

    return _told(
        services.decline(request_id=args.request, reason=args.reason, **acting(args.email))
    )


def _end(args: argparse.Namespace) -> int:
    from tonle.deposit.access import services
    from tonle.people.public import acting

    return _told(services.end(request_id=args.request, reason=args.reason, **acting(args.email)))


def _take_back(args: argparse.Namespace) -> int:
    from tonle.deposit.access import services
    from tonle.people.public import acting

    return _told(services.take_back(request_id=args.request, **acting(args.email)))


def register_commands() -> None:
    register_group("access", "Requests for restricted files, as one of the node's accounts.")
    for name, help, run, configure in (
        ("list", "List the requests that an account may decide.", _list, _configure_list),
        ("mine", "List the requests of an account.", _mine, configure_account),
        ("show", "Say who asked for what, and why.", _show, _configure_one),
        ("ask", "Ask for the files of a record.", _ask, _configure_ask),
        ("grant", "Let somebody have the files for some time.", _grant, _configure_grant),
        ("decline", "Say no to a request, with a reason.", _decline, _configure_reason),
        ("end", "Take a grant back at once.", _end, _configure_reason),
        ("take-back", "Need the files no more.", _take_back, _configure_one),
    ):
        register(Command(f"access {name}", help, run, configure))
