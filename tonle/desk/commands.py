"""`tonle question …`: asking and answering, as one of the node's accounts."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from tonle.cli.public import ForAccount, argument, line, register_for_accounts

if TYPE_CHECKING:
    from tonle.desk.models import Question
    from tonle.kernel.actors import Actor

# What `selectors.TABS` and `machine.DISMISSALS` hold, which need Django: a test compares.
TABS = ("waiting", "late", "answered", "closed")
REASONS = ("spam", "abuse", "elsewhere")


def _list(**given: Any) -> int:
    from tonle.desk import selectors

    return _rows(selectors.to_answer(**given))


def _mine(*, actor: Actor, **_now: datetime) -> int:
    from tonle.desk import selectors

    return _rows(selectors.asked_by(actor))


def _rows(rows: Any) -> int:
    for row in rows.iterator(chunk_size=200):
        line(row.id, row.state, f"{row.promised_on or ''}", row.record, (row.words or "")[:100])
    return 0


def _show(*, question_id: str, actor: Actor, **_now: datetime) -> int:
    from tonle.desk import selectors, services
    from tonle.desk.machine import QUESTION
    from tonle.infra.i18n import say

    view = selectors.view(services.load(question_id, actor), actor)
    for language, title in view.titles.items():
        line(f"title ({language}): {title}")
    line(f"state: {say(QUESTION.label(view.row.state))}")
    if view.row.promised_on:
        line(f"promised: {view.row.promised_on.isoformat()}")
    line(f"may be shown to everybody: {'yes' if view.row.may_be_public else 'no'}")
    for moment in view.moments:
        who = f" {moment.who}" if moment.who else ""
        inner = " (among those who answer)" if moment.inner else ""
        said = f": {moment.text}" if moment.text else ""
        line(f"{moment.at:%Y-%m-%d %H:%M} UTC{who}: {say(moment.what)}{inner}{said}")
    return 0


def _ask(**given: Any) -> int:
    from tonle.desk import services

    line(services.ask(**given).id)
    return 0


def _write(*, question_id: str, actor: Actor, **given: Any) -> Question:
    from tonle.desk import services

    found = services.load(question_id, actor)
    return services.write(question=found, actor=actor, **given)


def _told(question: Question) -> int:
    from tonle.desk.machine import QUESTION
    from tonle.infra.i18n import say

    line(say(QUESTION.label(question.state)))
    return 0


QUESTION_ID = argument(
    "question_id", metavar="question", help="what `tonle question list` printed first"
)
SERVICES = "tonle.desk.services"

COMMANDS = (
    ForAccount("list", "List the questions that an account answers for.", _list, (
        argument("--tab", choices=TABS, default="waiting", help="which questions"),
    )),
    ForAccount("mine", "List the questions that an account asked.", _mine),
    ForAccount("show", "Say what was asked and answered.", _show, (QUESTION_ID,)),
    ForAccount("ask", "Ask about a record, or about the node.", _ask, (
        argument("text", help="the question"),
        argument("--record", dest="record_id", default="", metavar="ID",
                 help="about a record; else the node"),
        argument("--language", default="en", help="of the question, and of letters"),
        argument("--public", dest="may_be_public", action="store_true",
                 help="the answer may be shown to all"),
    )),
    ForAccount("answer", "Answer a question, or ask on.", _write, (
        QUESTION_ID,
        argument("text", help="the answer; of who asked, what they ask on"),
        argument("--among-us", dest="inner", action="store_true", help="who asked never reads it"),
    )),
    ForAccount("pass-on", "Pass a question on: to the desk, then to the steward.",
               f"{SERVICES}.pass_on", (
        QUESTION_ID,
        argument("--text", default="", help="a word for those who come next"),
    )),
    ForAccount("dismiss", "Close a question without an answer.", f"{SERVICES}.dismiss", (
        QUESTION_ID,
        argument("reason", choices=REASONS, help="which sort of reason"),
        argument("--text", default="", help="a word for who asked"),
    )),
    ForAccount("reopen", "Open a question again.", f"{SERVICES}.reopen", (QUESTION_ID,)),
    ForAccount("publish", "Show a question and its answer to everybody.",
               f"{SERVICES}.publish_answer", (
        QUESTION_ID,
        argument("--question-text", dest="question", metavar="TEXT", required=True,
                 help="as readers shall see it"),
        argument("--answer-text", dest="answer", metavar="TEXT", required=True,
                 help="as readers shall see it"),
        argument("--language", default="en", help="of both"),
    )),
    ForAccount("unpublish", "Show an answer to nobody any more.", f"{SERVICES}.unpublish_answer",
               (QUESTION_ID,)),
)  # fmt: skip

register_for_accounts(
    "question", "Questions and their answers, as one of the node's accounts.", _told, COMMANDS
)
