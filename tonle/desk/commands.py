"""`tonle question …`: asking and answering, as one of the node's accounts."""

from __future__ import annotations

import argparse
from typing import Any

from tonle.cli.public import Command, configure_account, line, register, register_group

# What `selectors.TABS` and `machine.DISMISSALS` hold, which need Django: a test compares.
TABS = ("waiting", "late", "answered", "closed")
REASONS = ("spam", "abuse", "elsewhere")


def _rows(rows: Any) -> int:
    for row in rows.iterator(chunk_size=200):
        line(row.id, row.state, f"{row.promised_on or ''}", row.record, (row.words or "")[:100])
    return 0


def _configure_list(parser: argparse.ArgumentParser) -> None:
    configure_account(parser)
    parser.add_argument("--tab", choices=TABS, default="waiting", help="which questions")


def _list(args: argparse.Namespace) -> int:
    from tonle.desk import selectors
    from tonle.people.public import acting

    return _rows(selectors.to_answer(**acting(args.email), tab=args.tab))


def _mine(args: argparse.Namespace) -> int:
    from tonle.desk import selectors
    from tonle.people.public import acting

    return _rows(selectors.asked_by(acting(args.email)["actor"]))


def _configure_one(parser: argparse.ArgumentParser) -> None:
    configure_account(parser)
    parser.add_argument("question", help="what `tonle question list` printed first")


def _show(args: argparse.Namespace) -> int:
    from tonle.desk import selectors, services
    from tonle.desk.machine import QUESTION
    from tonle.infra.i18n import say
    from tonle.people.public import acting

    actor = acting(args.email)["actor"]
    view = selectors.view(services.load(args.question, actor), actor)
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


def _told(question: Any) -> int:
    from tonle.desk.machine import QUESTION
    from tonle.infra.i18n import say

    line(say(QUESTION.label(question.state)))
    return 0


def _configure_ask(parser: argparse.ArgumentParser) -> None:
    configure_account(parser)
    parser.add_argument("text", help="the question")
    parser.add_argument("--record", default="", metavar="ID", help="about a record; else the node")
    parser.add_argument("--language", default="en", help="of the question, and of letters")
    parser.add_argument("--public", action="store_true", help="the answer may be shown to all")


def _ask(args: argparse.Namespace) -> int:
    from tonle.desk import services
    from tonle.people.public import acting

    made = services.ask(
        record_id=args.record,
        text=args.text,
        language=args.language,
        may_be_public=args.public,
        **acting(args.email),
    )
    line(made.id)
    return 0


def _configure_write(parser: argparse.ArgumentParser) -> None:
    _configure_one(parser)
    parser.add_argument("text", help="the answer; of who asked, what they ask on")
    parser.add_argument("--among-us", action="store_true", help="who asked never reads it")


def _write(args: argparse.Namespace) -> int:
    from tonle.desk import services
    from tonle.people.public import acting

    who = acting(args.email)
    found = services.load(args.question, who["actor"])
    return _told(services.write(question=found, text=args.text, inner=args.among_us, **who))


def _configure_pass_on(parser: argparse.ArgumentParser) -> None:
    _configure_one(parser)
    parser.add_argument("--text", default="", help="a word for those who come next")


def _pass_on(args: argparse.Namespace) -> int:
    from tonle.desk import services
    from tonle.people.public import acting

    return _told(services.pass_on(question_id=args.question, text=args.text, **acting(args.email)))


def _configure_dismiss(parser: argparse.ArgumentParser) -> None:
    _configure_one(parser)
    parser.add_argument("reason", choices=REASONS, help="which sort of reason")
    parser.add_argument("--text", default="", help="a word for who asked")


def _dismiss(args: argparse.Namespace) -> int:
    from tonle.desk import services
    from tonle.people.public import acting

    return _told(
        services.dismiss(
            question_id=args.question, reason=args.reason, text=args.text, **acting(args.email)
        )
    )


def _reopen(args: argparse.Namespace) -> int:
    from tonle.desk import services
    from tonle.people.public import acting

    return _told(services.reopen(question_id=args.question, **acting(args.email)))


def _configure_publish(parser: argparse.ArgumentParser) -> None:
    _configure_one(parser)
    parser.add_argument("--question-text", required=True, help="as readers shall see it")
    parser.add_argument("--answer-text", required=True, help="as readers shall see it")
    parser.add_argument("--language", default="en", help="of both")


def _publish(args: argparse.Namespace) -> int:
    from tonle.desk import services
    from tonle.people.public import acting

    return _told(
        services.publish_answer(
            question_id=args.question,
            question=args.question_text,
            answer=args.answer_text,
            language=args.language,
            **acting(args.email),
        )
    )


def _unpublish(args: argparse.Namespace) -> int:
    from tonle.desk import services
    from tonle.people.public import acting

    return _told(services.unpublish_answer(question_id=args.question, **acting(args.email)))


register_group("question", "Questions and their answers, as one of the node's accounts.")
for _name, _help, _run, _configure in (
    ("list", "List the questions that an account answers for.", _list, _configure_list),
    ("mine", "List the questions that an account asked.", _mine, configure_account),
    ("show", "Say what was asked and answered.", _show, _configure_one),
    ("ask", "Ask about a record, or about the node.", _ask, _configure_ask),
    ("answer", "Answer a question, or ask on.", _write, _configure_write),
    ("pass-on", "Pass a question on: to the desk, then to the steward.", _pass_on,
     _configure_pass_on),
    ("dismiss", "Close a question without an answer.", _dismiss, _configure_dismiss),
    ("reopen", "Open a question again.", _reopen, _configure_one),
    ("publish", "Show a question and its answer to everybody.", _publish, _configure_publish),
    ("unpublish", "Show an answer to nobody any more.", _unpublish, _configure_one),
):  # fmt: skip
    register(Command(f"question {_name}", _help, _run, _configure))
