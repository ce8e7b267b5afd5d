"""Questions about questions. Each starts from what the actor may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery

from tonle.catalogue import public as catalogue
from tonle.desk import permissions
from tonle.desk.machine import HAPPENED, QUESTION, WAITING
from tonle.desk.models import Office, Question, Remark
from tonle.infra.lifecycle import history
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.errors import N_
from tonle.kernel.text import LanguageMap
from tonle.people import public as people

PAGE = 50

TABS: dict[str, str] = {
    "waiting": N_("Waiting"),
    "late": N_("Late"),
    "answered": N_("Answered"),
    "closed": N_("Closed"),
}


@dataclass(frozen=True)
class Moment:
    """One thing that happened or was said, as the reader of the page may know it."""

    at: datetime
    what: str
    who: str = ""
    text: str = ""
    by_asker: bool = False
    inner: bool = False
    # Something that somebody said, and not a step on its way.
    said: bool = False


@dataclass(frozen=True)
class QuestionView:
    """A question as its page shows it."""

    row: Question
    # Titles of the record by language, {} for a question to the node or a record now hidden.
    titles: dict[str, str]
    moments: tuple[Moment, ...]
    # The reader's side.
    asking: bool
    answering: bool
    at_desk: bool


def to_answer(actor: Actor, now: datetime, tab: str = "waiting") -> QuerySet[Question]:
    """What the actor answers for, by tab, the oldest promise first."""
    rows = _with_words(Question.objects.filter(permissions.answerable(actor)))
    if tab == "answered":
        return rows.filter(state="answered").order_by("-answered_at", "-key")
    if tab == "closed":
        return rows.filter(state="dismissed").order_by("-updated_at", "-key")
    rows = rows.filter(state__in=WAITING)
    if tab == "late":
        rows = rows.filter(contact_due_at__lte=now)
    return rows.order_by("promised_on", "asked_at", "key")


def _with_words(rows: QuerySet[Question]) -> QuerySet[Question]:
    """With `words`: what was asked first, so that a list can be read."""
    asked = Remark.objects.filter(question=OuterRef("pk"), by_asker=True).order_by("key")
    return rows.annotate(words=Subquery(asked.values("text")[:1]))


def waiting_count(actor: Actor) -> int:
    """How many questions wait for the actor. One query."""
    return Question.objects.filter(permissions.answerable(actor), state__in=WAITING).count()


def answers_here(actor: Actor) -> bool:
    """Whether the actor keeps a desk, or is asked as a contact. At most one query."""
    if permissions.keeps(actor):
        return True
    return (
        actor.kind == "person" and Question.objects.filter(permissions.answerable(actor)).exists()
    )


def asked_by(actor: Actor) -> QuerySet[Question]:
    """The actor's own questions, newest first."""
    if actor.kind != "person" or not actor.id:
        return Question.objects.none()
    rows = _with_words(Question.objects.filter(asked_by=actor.id))
    return rows.order_by("-updated_at", "-key")


def public_answers(record_id: str) -> QuerySet[Question]:
    """What was answered in public about a record, newest first."""
    return Question.objects.filter(record=record_id, published_at__isnull=False).order_by(
        "-published_at", "-key"
    )


IN_ORDER = ("position", "id")


def offices() -> QuerySet[Office]:
    """The offices of the help page, in the steward's order: `IN_ORDER`."""
    return Office.objects.order_by(*IN_ORDER)


def names(ids: Sequence[str], actor: Actor, now: datetime) -> dict[str, LanguageMap]:
    """The records that these questions are about, for whoever may read them. Two queries."""
    del now
    rows = list(Question.objects.filter(permissions.visible_to(actor), id__in=ids))
    titles = titles_of(rows)
    return {row.id: titles.get(row.record, {}) for row in rows}


def titles_of(rows: Sequence[Question]) -> dict[str, dict[str, str]]:
    """Record id to titles, of those that are public now. One query."""
    ids = {row.record for row in rows if row.record}
    found = catalogue.Record.objects.select_related("document").filter(
        id__in=ids, state="published"
    )
    return {record.id: catalogue.document_of(record)["titles"] for record in found}


def view(question: Question, actor: Actor, *, as_asker: bool = False) -> QuestionView:
    """A question that `services.load` or `services.by_link` let the actor see. Five queries."""
    asking = as_asker or permissions.asks(actor, question)
    answering = not asking and bool(permissions.may_answer(actor, question))
    return QuestionView(
        question,
        titles_of([question]).get(question.record, {}),
        _moments(question, answering),
        asking,
        answering,
        answering and permissions.at_desk(actor, question),
    )


def _moments(question: Question, answering: bool) -> tuple[Moment, ...]:
    remarks = question.remarks.order_by("key")
    if not answering:
        remarks = remarks.filter(inner=False)
    said = list(remarks)
    steps = [
        step for step in history(QUESTION, question.id)
        if step.event in HAPPENED and step.event not in {"answer", "lapse"}
    ]  # fmt: skip
    names = people.names_of({remark.by for remark in said} | {step.actor for step in steps})
    stranger = question.asker_name
    moments = [
        Moment(
            remark.at,
            N_("Question") if remark.by_asker else N_("Answer"),
            names.get(remark.by, "") or (stranger if remark.by_asker and not remark.by else ""),
            remark.text,
            remark.by_asker,
            remark.inner,
            True,
        )
        for remark in said
    ]
    for step in steps:
        # Who passed it on is for those who answer; the asker learns where it is.
        who = names.get(step.actor, "") if answering and step.actor != SYSTEM.id else ""
        moments.append(Moment(step.at, HAPPENED[step.event], who, step.note if answering else ""))
    return tuple(sorted(moments, key=lambda moment: moment.at))


def visible(actor: Actor) -> QuerySet[Question]:
    """Every question the actor may see."""
    return Question.objects.filter(permissions.visible_to(actor))
