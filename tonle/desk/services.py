"""Asking and answering. Page and API come through here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from tonle.catalogue import public as catalogue
from tonle.desk import calendars, letters, permissions
from tonle.desk.machine import DISMISSALS, QUESTION, WAITING
from tonle.desk.models import Question, QuestionCommunity, Remark
from tonle.desk.rules.workdays import Works, end_of, local_day, working_day_after
from tonle.desk.topics import ASKING
from tonle.infra import audit
from tonle.infra.idempotency import once
from tonle.infra.lifecycle import Outcome, perform, schedule
from tonle.kernel import identifiers
from tonle.kernel.actors import NODE, SYSTEM, Actor, Scope
from tonle.kernel.decisions import Decision
from tonle.kernel.errors import N_, Invalid, NotFound, NotPermitted, Refusal, Refused
from tonle.kernel.text import normalise, one_line
from tonle.people import public as people

LONGEST = 4_000
LONGEST_NAME = 200
# How long an address may wait to be confirmed before question and address are forgotten.
CONFIRM_WITHIN = timedelta(days=3)
# How much longer the desk has, and then the steward is told.
DESK_DAYS = 2


@dataclass(frozen=True)
class Asker:
    """A stranger: where the answer goes, and how to call them (may be "")."""

    address: str
    name: str = ""


def ask(
    *,
    record_id: str,
    text: str,
    language: str,
    actor: Actor,
    now: datetime,
    asker: Asker | None = None,
    may_be_public: bool = False,
    key: str | None = None,
) -> Question:
    """Ask about a record, or about the node (record_id ""). The same key again asks once.

    asker: needed from somebody who is not signed in; nobody is told of the question before
    its address is confirmed by the link in a letter. language: of the asker's pages, and so
    of the letters. Raises NotFound, Invalid, NotPermitted.
    """
    words = _words(text, "text", N_("Write your question."))
    stranger = None if actor.kind == "person" and actor.id else _checked(asker)
    view = catalogue.record_view(record_id=record_id, actor=actor, now=now) if record_id else None
    if view is not None and view.record.state != "published":
        raise NotFound

    def work() -> str:
        contact = _contact_of(view, actor, now)
        question = Question.objects.create(
            id=identifiers.mint(),
            record=record_id,
            asked_by="" if stranger else actor.id,
            asker_name=stranger.name if stranger else "",
            asker_address=stranger.address if stranger else "",
            language=language,
            may_be_public=may_be_public,
            asked_at=now,
            updated_at=now,
            contact=contact,
            member=calendars.own_member(),
            confirm_by=now + CONFIRM_WITHIN if stranger else None,
        )
        named = catalogue.communities_of(view.record) if view else ()
        QuestionCommunity.objects.bulk_create(
            QuestionCommunity(question=question, community=name) for name in named
        )
        Remark.objects.create(
            question=question, by=question.asked_by, by_asker=True, text=words, at=now
        )
        audit.record("desk.asked", "question", question.id, actor, now, {"record": record_id})
        if stranger:
            schedule(QUESTION, question, now)
            letters.ask_for(question, "confirm", now)
        else:
            _send(question, actor, now)
        return question.id

    asked = {
        "ask": record_id, "text": words, "public": may_be_public,
        "address": stranger.address if stranger else "",
    }  # fmt: skip
    return Question.objects.get(id=once(actor, key, asked, now, work))


def confirm(*, secret: str, actor: Actor, now: datetime) -> Question:
    """The stranger's address is confirmed: the question is passed on. Twice is once.

    Raises NotFound, Refused where it was forgotten meanwhile.
    """
    with transaction.atomic():
        question = by_link(secret, lock=True)
        if question.state == "asked":
            _send(question, _as_stranger(actor, question), now)
        return question


def write(
    *,
    question: Question,
    text: str,
    actor: Actor,
    now: datetime,
    as_asker: bool = False,
    inner: bool = False,
    key: str | None = None,
) -> Question:
    """Answer, ask on, or say something among those who answer.

    as_asker: a stranger came by the link (`by_link` let them in). inner: the asker never
    reads it, and it answers nothing. Raises NotPermitted, Invalid, Refused.
    """
    words = _words(text, "text", N_("Write something first."))
    asking = as_asker or permissions.asks(actor, question)
    if not asking:
        _demand(permissions.may_answer(actor, question))
    who = _as_stranger(actor, question) if as_asker else actor

    def work() -> str:
        row = _locked(question.id)
        if asking and row.state not in {"answered", *WAITING}:
            raise Refused([Refusal("closed", N_("This question is closed."))])
        Remark.objects.create(
            question=row,
            by=who.id,
            by_asker=asking,
            inner=inner and not asking,
            text=words,
            at=now,
        )
        if asking and row.state == "answered":
            _send(row, who, now)
        elif not asking and not inner:
            _answer(row, actor, now)
        Question.objects.filter(key=row.key).update(updated_at=now)
        return row.id

    asked = {"write": question.id, "text": words, "inner": inner}
    return Question.objects.get(id=once(who, key, asked, now, work))


def pass_on(*, question_id: str, actor: Actor, now: datetime, text: str = "") -> Question:
    """Not mine to answer: on to the desk, and from there to the steward."""

    def work(row: Question) -> None:
        event = "pass_on" if row.state == "with_contact" else "pass_on_to_steward"
        perform(QUESTION, row, event, actor, now, note=normalise(text)[:LONGEST] or None)

    return _change(question_id, actor, now, work)


def dismiss(*, question_id: str, reason: str, text: str, actor: Actor, now: datetime) -> Question:
    """Close it without an answer, with a reason that the asker reads. Twice is once."""
    if reason not in DISMISSALS:
        raise Invalid([("reason", N_("Choose a reason."))])

    def work(row: Question) -> None:
        if row.state == "dismissed":
            return
        perform(QUESTION, row, "dismiss", actor, now)
        Question.objects.filter(key=row.key).update(dismissal=reason)
        words = normalise(text[: 4 * LONGEST])[:LONGEST]
        if words:
            Remark.objects.create(question=row, by=actor.id, by_asker=False, text=words, at=now)
        _tell_asker(row, "dismissed", now)

    return _change(question_id, actor, now, work)


def reopen(*, question_id: str, actor: Actor, now: datetime) -> Question:
    """A question that was closed by mistake waits at the desk again, with a new promise."""

    def work(row: Question) -> None:
        if row.state == "dismissed":
            _promise(row, now)
            perform(QUESTION, row, "reopen", actor, now)

    return _change(question_id, actor, now, work)


def publish_answer(
    *, question_id: str, question: str, answer: str, language: str, actor: Actor, now: datetime
) -> Question:
    """Show question and answer to everybody, in the answerer's words, without the asker's name.

    Raises Refused where the asker did not allow it, NotPermitted, NotFound, Invalid.
    """
    asked = _words(question, "question", N_("Write the question as readers shall see it."))
    answered = _words(answer, "answer", N_("Write the answer as readers shall see it."))

    def work(row: Question) -> None:
        reasons = []
        if not row.may_be_public:
            reasons.append(Refusal("not_allowed", N_("The asker did not allow it to be shown.")))
        if row.state != "answered":
            reasons.append(Refusal("not_answered", N_("It is not answered yet.")))
        if not row.record:
            reasons.append(Refusal("no_record", N_("Only questions about a record are shown.")))
        if reasons:
            raise Refused(reasons)
        row.public_question, row.public_answer, row.public_language = asked, answered, language
        row.published_at = row.published_at or now
        row.save(
            update_fields=["public_question", "public_answer", "public_language", "published_at"]
        )
        audit.record("desk.published", "question", row.id, actor, now, {"record": row.record})

    return _change(question_id, actor, now, work)


def unpublish_answer(*, question_id: str, actor: Actor, now: datetime) -> Question:
    """Show it no more. Twice is once."""

    def work(row: Question) -> None:
        if row.published_at is None:
            return
        row.public_question = row.public_answer = row.public_language = ""
        row.published_at = None
        row.save(
            update_fields=["public_question", "public_answer", "public_language", "published_at"]
        )
        audit.record("desk.unpublished", "question", row.id, actor, now, {"record": row.record})

    return _change(question_id, actor, now, work)


def by_link(secret: str, *, lock: bool = False) -> Question:
    """The stranger's question behind a link. Raises NotFound alike for wrong and forgotten."""
    rows = Question.objects.all()
    if lock:
        rows = rows.select_for_update()
    question = rows.filter(id=letters.question_behind(secret) or "", asked_by="").first()
    # Forgotten: the address is gone, and with it everything that made the link worth something.
    if question is None or not question.asker_address:
        raise NotFound
    return question


def erase(account_id: str, _actor: Actor, _now: datetime) -> None:
    """What an account wrote here is emptied; that something was asked and answered stays."""
    Remark.objects.filter(by=account_id).update(text="", by="")
    Question.objects.filter(asked_by=account_id).update(
        published_at=None, public_question="", public_answer="", asked_by=""
    )
    Question.objects.filter(contact=account_id).update(contact="")


# --- what is true in the same instant, also when the node itself acts ---------------------


def facts(question: Question, _now: datetime) -> dict[str, Any]:
    return {
        "has_contact": bool(question.contact),
        "contact_due_at": question.contact_due_at,
        "desk_due_at": question.desk_due_at,
        "confirm_by": question.confirm_by,
    }


def after(question: Question, outcome: Outcome, actor: Actor, now: datetime) -> None:
    """Tell whoever has it now; forget a stranger who did not confirm."""
    if outcome.moved:
        people.end_notices(about=_about(question), now=now, topics=ASKING)
    if outcome.event == "lapse":
        question.remarks.update(text="")
        Question.objects.filter(key=question.key).update(asker_address="", asker_name="")
    elif outcome.target == "with_contact":
        people.notify(
            account_id=question.contact, topic="desk.asked", link=_link(question), now=now,
            key=_once_key(question, outcome), about=_about(question),
        )  # fmt: skip
    elif outcome.target == "with_desk":
        late = outcome.event == "escalate"
        _tell_desk(question, "desk.late" if late else "desk.waiting", outcome, actor, now)
    elif outcome.target == "with_steward":
        people.notify_holders(
            role="steward", scope=NODE, topic="desk.late", link=_link(question), now=now,
            key=_once_key(question, outcome), but=actor.id, about=_about(question),
        )  # fmt: skip


# --- how it is put together --------------------------------------------------------------


def load(question_id: str, actor: Actor) -> Question:
    """A question that the actor may know of. Raises NotFound alike for hidden and absent."""
    question = Question.objects.prefetch_related("communities").filter(id=question_id).first()
    if question is None or not permissions.may_read(actor, question):
        raise NotFound
    return question


def _change(
    question_id: str, actor: Actor, now: datetime, work: Callable[[Question], None]
) -> Question:
    with transaction.atomic():
        load(question_id, actor)
        row = _locked(question_id)
        _demand(permissions.may_answer(actor, row))
        work(row)
        Question.objects.filter(key=row.key).update(updated_at=now)
    return load(question_id, actor)


def _locked(question_id: str) -> Question:
    row = Question.objects.select_for_update().filter(id=question_id).first()
    if row is None:
        raise NotFound
    return row


def _send(question: Question, actor: Actor, now: datetime) -> None:
    """On its way, to the contact where there is one, with a promise."""
    _promise(question, now)
    event = "send_to_contact" if question.contact else "send_to_desk"
    perform(QUESTION, question, event, actor, now)


def _promise(question: Question, now: datetime) -> None:
    """Set by which day each of those who are asked answers."""
    works, zone = calendars.calendar_of(question.member), calendars.zone_of(question.member)
    day = local_day(now, zone)
    promised = working_day_after(day, settings.TONLE_ANSWER_DAYS, works)
    question.promised_on = promised
    question.contact_due_at = end_of(promised, zone)
    # Without a contact the desk is the first who is asked, and keeps the promise itself.
    until = working_day_after(promised, DESK_DAYS, works) if question.contact else promised
    question.desk_due_at = end_of(until, zone)
    question.save(update_fields=["promised_on", "contact_due_at", "desk_due_at"])


def promise_of(now: datetime, works: Works | None = None) -> Any:
    """The day by which a question asked now is to be answered. One query without `works`."""
    member = calendars.own_member()
    day = local_day(now, calendars.zone_of(member))
    days = settings.TONLE_ANSWER_DAYS
    return working_day_after(day, days, works or calendars.calendar_of(member))


def _answer(question: Question, actor: Actor, now: datetime) -> None:
    perform(QUESTION, question, "answer", actor, now)
    Question.objects.filter(key=question.key).update(answered_at=now)
    _tell_asker(question, "answered", now)


def _tell_asker(question: Question, what: str, now: datetime) -> None:
    if question.asker_address:
        letters.ask_for(question, what, now)
    elif question.asked_by:
        people.notify(
            account_id=question.asked_by, topic=f"desk.{what}", link=_link(question), now=now,
            key=f"{question.id}/{question.state_seq}", about=_about(question),
        )  # fmt: skip


def _tell_desk(
    question: Question, topic: str, outcome: Outcome, actor: Actor, now: datetime
) -> None:
    """The curators of the record's communities; where nobody is there, those of the node."""
    key, link = _once_key(question, outcome), _link(question)
    told = 0
    for name in permissions.communities_of(question):
        told += people.notify_holders(
            role="curator", scope=Scope("community", name), topic=topic, link=link, now=now,
            key=key, but=actor.id, about=_about(question),
        )  # fmt: skip
    for role in ("curator", "steward"):
        if not told:
            told = people.notify_holders(
                role=role, scope=NODE, topic=topic, link=link, now=now, key=key, but=actor.id,
                about=_about(question),
            )  # fmt: skip


def _about(question: Question) -> str:
    return f"question/{question.id}"


def _contact_of(view: catalogue.RecordView | None, actor: Actor, now: datetime) -> str:
    """Who is asked first: whoever deposited the record, if they are still here."""
    owner = view.record.created_by if view else ""
    if not owner or owner in {SYSTEM.id, actor.id}:
        return ""
    return owner if people.actor_by_id(owner, now).kind == "person" else ""


def _as_stranger(actor: Actor, question: Question) -> Actor:
    """Who comes by a stranger's link acts as nobody, whoever is signed in beside it."""
    return Actor("", "anonymous") if question.asked_by == "" else actor


def _checked(asker: Asker | None) -> Asker:
    problems = []
    address = asker.address.strip().lower() if asker else ""
    try:
        validate_email(address)
    except ValidationError:
        problems.append(("address", N_("Give an e-mail address, so that the answer reaches you.")))
    name = one_line(asker.name) if asker else ""
    if len(name) > LONGEST_NAME:
        problems.append(("name", N_("This name is too long: at most 200 characters.")))
    if problems:
        raise Invalid(problems)
    return Asker(address, name)


def _words(text: str, field: str, missing: str) -> str:
    if len(text) > 4 * LONGEST:
        raise Invalid([(field, N_("Say it in less than 4,000 characters."))])
    words = normalise(text).strip()
    if not words:
        raise Invalid([(field, missing)])
    if len(words) > LONGEST:
        raise Invalid([(field, N_("Say it in less than 4,000 characters."))])
    return words


def _link(question: Question) -> str:
    return reverse("desk:question", args=[question.id])


def _once_key(question: Question, outcome: Outcome) -> str:
    return f"{question.id}/{outcome.seq}"


def _demand(decision: Decision) -> None:
    """Raises NotPermitted, with the decision's own reason, unless it is yes."""
    if not decision:
        raise NotPermitted(reason=decision)
