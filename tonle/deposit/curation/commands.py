"""`tonle review …`: the curators' desk, at the node's own command line, as one of its accounts."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from tonle.cli.public import ForAccount, argument, line, register_for_accounts

if TYPE_CHECKING:
    from tonle.deposit.curation.models import Submission
    from tonle.kernel.actors import Actor

# What `selectors.TABS` and `machine.DECLINE_REASONS` hold, which need Django: a test compares.
TABS = ("waiting", "mine", "newcomers", "changes", "appeals", "done")
REASONS = ("out_of_scope", "duplicate", "rights", "personal_data", "quality", "spam", "other")


def _list(*, tab: str, community: str, actor: Actor, now: datetime) -> int:
    from tonle.deposit.curation import selectors

    cursor = None
    while True:
        rows, cursor = selectors.queue(actor, tab, cursor, now, community=community)
        for row in rows:
            due = f"until {row.due_on.isoformat()}" if row.due_on else ""
            title = next(iter(row.titles.values()), "")
            line(row.id, row.state, row.kind, "late" if row.late else due, row.depositor, title)
        if cursor is None:
            return 0


def _show(*, draft_id: str, actor: Actor, now: datetime) -> int:
    from tonle.deposit import checks
    from tonle.deposit.curation import selectors
    from tonle.infra import days
    from tonle.infra.i18n import say

    view = selectors.submission_view(draft_id, actor, now)
    for language, title in view.row.titles.items():
        line(f"title ({language}): {title}")
    line(f"record: {view.row.record_id}")
    line(f"depositor: {view.row.depositor}{'' if view.vouched else ' (nobody vouched yet)'}")
    line(f"state: {say(view.row.state_label)}. {say(view.next_step)}")
    for file in view.draft.files:
        line(f"file: {file.name}", f"{file.size_bytes:,} bytes", file.sha256)
    today = days.day_of(now)
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


def _accept(**given: Any) -> int:
    """1 where publishing was refused: it is back in review then, with the reasons."""
    from tonle.deposit.curation import publishing

    made = publishing.accept(**given)
    _told(made)
    return 0 if made.state == "published" else 1


def _ask(*, field: list[str], **given: Any) -> Submission:
    from tonle.deposit.curation import services

    fields = {name: text for name, _, text in (one.partition("=") for one in field)}
    return services.ask_changes(fields=fields, **given)


def _appeal(*, decision: str, **given: Any) -> Submission:
    from tonle.deposit.curation import services

    return services.decide_appeal(grant=decision == "grant", **given)


def _told(submission: Submission) -> int:
    from tonle.deposit.curation.machine import SUBMISSION
    from tonle.infra.i18n import say

    line(say(SUBMISSION.label(submission.state)))
    return 0


DRAFT = argument("draft_id", metavar="draft", help="what `tonle review list` printed first")
WHY = argument("text", help="why")
WHY_TO_DEPOSITOR = argument("text", help="why; the depositor reads it")
SERVICES = "tonle.deposit.curation.services"

COMMANDS = (
    ForAccount("list", "List the deposits that wait for a curator.", _list, (
        argument("--tab", choices=TABS, default="waiting", help="which deposits"),
        argument("--community", default="", metavar="ID", help="only of this community"),
    )),
    ForAccount("show", "Say what is in a deposit, and what stands in its way.", _show, (DRAFT,)),
    ForAccount("claim", "Take a deposit on.", f"{SERVICES}.claim", (DRAFT,)),
    ForAccount("release", "Let another curator take a deposit on.", f"{SERVICES}.release",
               (DRAFT,)),
    ForAccount("comment", "Say something about a deposit.", f"{SERVICES}.comment", (
        DRAFT,
        argument("text", help="what to say"),
        argument("--among-curators", dest="visible_to_depositor", action="store_false",
                 help="the depositor reads it not"),
    )),
    ForAccount("ask", "Give a deposit back, with what is to change.", _ask, (
        DRAFT,
        argument("--text", default="", help="what is to change in the whole"),
        argument("--field", action="append", default=[], metavar="NAME=TEXT",
                 help="what is to change in one field, such as descriptions=…; "
                 "may be given again"),
    )),
    ForAccount("accept", "Accept a deposit, and publish it.", _accept, (
        DRAFT,
        argument("--text", dest="note", metavar="TEXT", default="", help="a word for its history"),
        argument("--vouch", action="store_true", help="vouch for the depositor, too"),
    )),
    ForAccount("decline", "Say no to a deposit, with a reason.", f"{SERVICES}.decline", (
        DRAFT,
        argument("reason", choices=REASONS, help="which sort of reason"),
        WHY_TO_DEPOSITOR,
    )),
    ForAccount("reopen", "Take a refusal back.", f"{SERVICES}.reopen", (DRAFT, WHY)),
    ForAccount("appeal", "Decide about an appeal.", _appeal, (
        DRAFT,
        argument("decision", choices=("grant", "uphold"), help="look again, or leave it so"),
        WHY_TO_DEPOSITOR,
    )),
)  # fmt: skip


def register_commands() -> None:
    register_for_accounts(
        "review", "The curators' desk, as one of the node's accounts.", _told, COMMANDS
    )
