"""`tonle access …`: requests for restricted files, as one of the node's accounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from tonle.cli.public import ForAccount, argument, line, register_for_accounts

if TYPE_CHECKING:
    from tonle.deposit.access.models import AccessRequest
    from tonle.kernel.actors import Actor

# The states of `machine.ACCESS_REQUEST`, which needs Django: a test compares.
STATES = ("asked", "granted", "declined", "withdrawn", "ended")


def _list(**given: Any) -> int:
    from tonle.deposit.access import selectors

    return _rows(partial(selectors.requests_to_decide, **given))


def _mine(**given: Any) -> int:
    from tonle.deposit.access import selectors

    return _rows(partial(selectors.my_requests, **given))


def _rows(page: Callable[..., Any]) -> int:
    """page(cursor=) gives requests and the next cursor."""
    cursor = None
    while True:
        found, cursor = page(cursor=cursor)
        for one in found:
            title = next(iter(one.titles.values()), "")
            line(one.id, one.state, one.record_id, one.who, title)
        if cursor is None:
            return 0


def _show(*, request_id: str, actor: Actor, now: datetime) -> int:
    from tonle.deposit.access import selectors, services
    from tonle.infra.i18n import say

    view = selectors.request_view(services.load(request_id, actor), actor, now)
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


def _ask(*, record_id: str, language: str, agree: bool, **given: Any) -> int:
    """1 with the terms, where they are not agreed to yet."""
    from tonle.deposit.access import services

    who = {"actor": given["actor"], "now": given["now"]}
    text, sha256 = services.terms_of(record_id=record_id, language=language, **who)
    if text and not agree:
        line(text)
        line("Say --agree to agree to these terms.")
        return 1
    made = services.ask_access(record_id=record_id, language=language, terms_sha256=sha256, **given)
    line(made.id)
    return 0


def _told(request: AccessRequest) -> int:
    from tonle.deposit.access.machine import ACCESS_REQUEST
    from tonle.infra.i18n import say

    line(say(ACCESS_REQUEST.label(request.state)))
    return 0


REQUEST = argument("request_id", metavar="request", help="what `tonle access list` printed first")
REASON = argument("reason", help="why; who asked reads it")
SERVICES = "tonle.deposit.access.services"

COMMANDS = (
    ForAccount("list", "List the requests that an account may decide.", _list, (
        argument("--state", choices=STATES, default="asked", help="which of them"),
    )),
    ForAccount("mine", "List the requests of an account.", _mine),
    ForAccount("show", "Say who asked for what, and why.", _show, (REQUEST,)),
    ForAccount("ask", "Ask for the files of a record.", _ask, (
        argument("record_id", metavar="record", help="id of the record whose files are wanted"),
        argument("--purpose", required=True, help="what the files are wanted for"),
        argument("--of", dest="affiliation", required=True, metavar="HOUSE",
                 help="where the asker works, or none"),
        argument("--agree", action="store_true", help="agree to the terms of the record"),
        argument("--language", default="en", help="in which the terms are read"),
    )),
    ForAccount("grant", "Let somebody have the files for some time.", f"{SERVICES}.grant", (
        REQUEST,
        argument("--days", type=int, default=90, help="how long it holds"),
        argument("--note", default="", help="a word for who asked"),
    )),
    ForAccount("decline", "Say no to a request, with a reason.", f"{SERVICES}.decline",
               (REQUEST, REASON)),
    ForAccount("end", "Take a grant back at once.", f"{SERVICES}.end", (REQUEST, REASON)),
    ForAccount("take-back", "Need the files no more.", f"{SERVICES}.take_back", (REQUEST,)),
)  # fmt: skip


def register_commands() -> None:
    register_for_accounts(
        "access", "Requests for restricted files, as one of the node's accounts.", _told, COMMANDS
    )
