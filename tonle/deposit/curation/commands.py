"""`tonle review …`: the curators' desk, at the node's own command line, as one of its accounts."""

from __future__ import annotations

import argparse
from typing import Any

from tonle.cli.public import Command, configure_account, line, register, register_group

# What `selectors.TABS` and `machine.DECLINE_REASONS` hold, which need Django: a test compares.
TABS = ("waiting", "mine", "newcomers", "changes", "appeals", "done")
REASONS = ("out_of_scope", "duplicate", "rights", "personal_data", "quality", "spam", "other")


# --- what waits ----------------------------------------------------------------------------


def _configure_list(parser: argparse.ArgumentParser) -> None:
    configure_account(parser)
    parser.add_argument("--tab", choices=TABS, default="waiting", help="which deposits")
    parser.add_argument("--community", default="", metavar="ID", help="only of this community")


def _list(args: argparse.Namespace) -> int:
    from tonle.deposit.curation import selectors
    from tonle.people.public import acting

    who, cursor = acting(args.email), None
    while True:
        rows, cursor = selectors.queue(
            who["actor"], args.tab, cursor, who["now"], community=args.community
        )
        for row in rows:
            due = f"until {row.due_on.isoformat()}" if row.due_on else ""
            title = next(iter(row.titles.values()), "")
            line(row.id, row.state, row.kind, "late" if row.late else due, row.depositor, title)
        if cursor is None:
            return 0


def _configure_one(parser: argparse.ArgumentParser) -> None:
    configure_account(parser)
    parser.add_argument("draft", help="what `tonle review list` printed first")


def _show(args: argparse.Namespace) -> int:
    from tonle.deposit import checks
    from tonle.deposit.curation import selectors
    from tonle.infra import days
    from tonle.infra.i18n import say
    from tonle.people.public import acting

    who = acting(args.email)
    view = selectors.submission_view(args.draft, who["actor"], who["now"])
    for language, title in view.row.titles.items():
        line(f"title ({language}): {title}")
    line(f"record: {view.row.record_id}")
    line(f"depositor: {view.row.depositor}{'' if view.vouched else ' (nobody vouched yet)'}")
    line(f"state: {say(view.row.state_label)}. {say(view.next_step)}")
    for file in view.draft.files:
        line(f"file: {file.name}", f"{file.size_bytes:,} bytes", file.sha256)
    today = days.day_of(who["now"])
    for one in checks.fair_findings(view.document, view.draft.files, today=today):
        line(f"{one.severity}: {say(one.message, one.data)}")
    for held in checks.summary(view.id).files:
        for found in held.found:
            left = "not decided yet" if found.open else found.decision
            line(f"personal data: {held.name}: {say(found.label)}: {left}".rstrip(": "))
    for moment in view.timeline:
        said = f": {moment.text}" if moment.text else ""
        inner = " (among curators)" if moment.private else ""
        line(f"{moment.at:%Y-%m-%d %H:%M} UTC: {say(moment.label)}{inner}{said}")
    for refusal in view.refusals.get("accept", ()):
        line(f"before it can be accepted: {say(refusal)}")
    return 0


# --- what is done about it -----------------------------------------------------------------


def _told(submission: Any) -> int:
    from tonle.deposit.curation.machine import SUBMISSION
    from tonle.infra.i18n import say

    line(say(SUBMISSION.label(submission.state)))
    return 0


def _claim(args: argparse.Namespace) -> int:
    from tonle.deposit.curation import services
    from tonle.people.public import acting

    return _told(services.claim(draft_id=args.draft, **acting(args.email)))


def _release(args: argparse.Namespace) -> int:
    from tonle.deposit.curation import services
    from tonle.people.public import acting

    return _told(services.release(draft_id=args.draft, **acting(args.email)))


def _configure_comment(parser: argparse.ArgumentParser) -> None:
    _configure_one(parser)
    parser.add_argument("text", help="what to say")
    parser.add_argument("--among-curators", action="store_true", help="the depositor reads it not")


def _comment(args: argparse.Namespace) -> int:
    from tonle.deposit.curation import services
    from tonle.people.public import acting

    return _told(
        services.comment(
            draft_id=args.draft,
            text=args.text,
            visible_to_depositor=not args.among_curators,
            **acting(args.email),
        )
    )


def _configure_ask(parser: argparse.ArgumentParser) -> None:
    _configure_one(parser)
    parser.add_argument("--text", default="", help="what is to change in the whole")
    parser.add_argument(
        "--field",
        action="append",
        default=[],
        metavar="NAME=TEXT",
        help="what is to change in one field, such as descriptions=…; may be given again",
    )


def _ask(args: argparse.Namespace) -> int:
    from tonle.deposit.curation import services
    from tonle.people.public import acting

    fields = dict(one.split("=", 1) if "=" in one else (one, "") for one in args.field)
    return _told(
        services.ask_changes(
            draft_id=args.draft, text=args.text, fields=fields, **acting(args.email)
        )
    )


def _configure_accept(parser: argparse.ArgumentParser) -> None:
    _configure_one(parser)
    parser.add_argument("--text", default="", help="a word for its history")
    parser.add_argument("--vouch", action="store_true", help="vouch for the depositor, too")


def _accept(args: argparse.Namespace) -> int:
    from tonle.deposit.curation import publishing
    from tonle.people.public import acting

    made = publishing.accept(
        draft_id=args.draft, note=args.text, vouch=args.vouch, **acting(args.email)
    )
    _told(made)
    return 0 if made.state == "published" else 1


def _configure_decline(parser: argparse.ArgumentParser) -> None:
    _configure_one(parser)
    parser.add_argument("reason", choices=REASONS, help="which sort of reason")
    parser.add_argument("text", help="why; the depositor reads it")


def _decline(args: argparse.Namespace) -> int:
    from tonle.deposit.curation import services
    from tonle.people.public import acting

    return _told(
        services.decline(
            draft_id=args.draft, reason=args.reason, text=args.text, **acting(args.email)
        )
    )


def _configure_reopen(parser: argparse.ArgumentParser) -> None:
    _configure_one(parser)
    parser.add_argument("text", help="why")


def _reopen(args: argparse.Namespace) -> int:
    from tonle.deposit.curation import services
    from tonle.people.public import acting

    return _told(services.reopen(draft_id=args.draft, text=args.text, **acting(args.email)))


def _configure_appeal(parser: argparse.ArgumentParser) -> None:
    _configure_one(parser)
    parser.add_argument("decision", choices=("grant", "uphold"), help="look again, or leave it so")
    parser.add_argument("text", help="why; the depositor reads it")


def _appeal(args: argparse.Namespace) -> int:
    from tonle.deposit.curation import services
    from tonle.people.public import acting

    return _told(
        services.decide_appeal(
            draft_id=args.draft,
            grant=args.decision == "grant",
            text=args.text,
            **acting(args.email),
        )
    )


def register_commands() -> None:
    register_group("review", "The curators' desk, as one of the node's accounts.")
    for name, help, run, configure in (
        ("list", "List the deposits that wait for a curator.", _list, _configure_list),
        ("show", "Say what is in a deposit, and what stands in its way.", _show, _configure_one),
        ("claim", "Take a deposit on.", _claim, _configure_one),
        ("release", "Let another curator take a deposit on.", _release, _configure_one),
        ("comment", "Say something about a deposit.", _comment, _configure_comment),
        ("ask", "Give a deposit back, with what is to change.", _ask, _configure_ask),
        ("accept", "Accept a deposit, and publish it.", _accept, _configure_accept),
        ("decline", "Say no to a deposit, with a reason.", _decline, _configure_decline),
        ("reopen", "Take a refusal back.", _reopen, _configure_reopen),
        ("appeal", "Decide about an appeal.", _appeal, _configure_appeal),
    ):
        register(Command(f"review {name}", help, run, configure))
