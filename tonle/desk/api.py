"""Questions over REST: ask, read, answer, and what was answered in public."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import Query, Router, Schema, Status
from pydantic import Field

from tonle.api.public import (
    AnyReader,
    Body,
    CursorText,
    Keyset,
    Limit,
    Page,
    Token,
    count,
    idempotency_key,
    link_next,
    scope_of,
)
from tonle.catalogue import public as catalogue
from tonle.desk import permissions, selectors, services
from tonle.desk.models import Question
from tonle.desk.views.asking import ASKED_AN_HOUR
from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.kernel.actors import Actor

router = Router(tags=["questions"], auth=Token("ask"))
NEWEST_FIRST = Keyset("-updated_at", "-key")
SHOWN_FIRST = Keyset("-published_at", "-key")


class QuestionItem(Schema):
    """A question as its asker, or who answers, sees it."""

    id: str
    record: str = Field(description="Id of the record; empty for a question to the node.")
    state: str = Field(description="with_contact, with_desk, with_steward, answered or dismissed.")
    asked_at: datetime
    updated_at: datetime
    promised_on: date | None = Field(description="The working day by which an answer is promised.")
    asked_by_me: bool
    html_url: str


class RemarkItem(Schema):
    """One thing that was said or happened."""

    at: datetime
    what: str
    who: str
    text: str
    by_asker: bool
    inner: bool = Field(description="Among those who answer; the asker never gets it.")


class QuestionWhole(QuestionItem):
    moments: list[RemarkItem]


class PublicAnswer(Schema):
    """A question and its answer, as whoever answered shows them to everybody."""

    question: str
    answer: str
    language: str = Field(description="BCP 47 tag of both.")
    published_at: datetime


class AskBody(Body):
    record: str = Field("", max_length=15, description="Id of the record; empty asks the node.")
    text: str = Field(max_length=4000)
    may_be_public: bool = Field(False, description="The answer may be shown without a name.")


class WriteBody(Body):
    text: str = Field(max_length=4000)
    inner: bool = Field(False, description="Only among those who answer.")


class PassOnBody(Body):
    text: str = Field("", max_length=2000, description="A note for who answers instead.")


class DismissBody(Body):
    reason: str = Field(max_length=20, description="A word for why; 422 names none it knows.")
    text: str = Field("", max_length=2000, description="The asker reads it.")


class PublishBody(Body):
    question: str = Field(max_length=4000, description="As readers shall see it.")
    answer: str = Field(max_length=4000, description="As readers shall see it.")
    language: str = Field("en", max_length=35, description="BCP 47 tag of both.")


class QuestionPage(Page[QuestionItem]):
    """A page of questions."""


class PublicPage(Page[PublicAnswer]):
    """A page of public answers."""


RecordId = Annotated[str, Query(max_length=15, description="Id of the record.")]


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined] # Set by Token or AnyReader.
    return actor


def _fields(row: Question, actor: Actor) -> dict[str, object]:
    from django.conf import settings
    from django.urls import reverse

    return {
        "id": row.id,
        "record": row.record,
        "state": row.state,
        "asked_at": row.asked_at,
        "updated_at": row.updated_at,
        "promised_on": row.promised_on,
        "asked_by_me": permissions.asks(actor, row),
        "html_url": settings.TONLE_URL + reverse("desk:question", args=[row.id]),
    }


def _whole(row: Question, actor: Actor) -> QuestionWhole:
    view = selectors.view(row, actor)
    moments = [
        RemarkItem(
            at=moment.at, what=say(moment.what), who=moment.who, text=moment.text,
            by_asker=moment.by_asker, inner=moment.inner,
        )
        for moment in view.moments
    ]  # fmt: skip
    return QuestionWhole.model_validate({**_fields(row, actor), "moments": moments})


@router.get("/public", response=PublicPage, auth=AnyReader(), summary="Public answers")
def public_answers(
    request: HttpRequest, response: HttpResponse, record: RecordId, limit: Limit, cursor: CursorText
) -> PublicPage:
    """What was asked and answered in public about one record, newest first."""
    catalogue.record_view(record_id=record, actor=_actor(request), now=clock.now())
    found, following = SHOWN_FIRST.page(
        selectors.public_answers(record), scope=scope_of("answers", {"record": record}),
        cursor=cursor, limit=limit,
    )  # fmt: skip
    link_next(request, response, following)
    return PublicPage(
        items=[
            PublicAnswer(
                question=row.public_question,
                answer=row.public_answer,
                language=row.public_language,
                published_at=row.published_at or row.updated_at,
            )
            for row in found
        ],
        next=following,
    )


@router.get("", response=QuestionPage, summary="My questions, and those I answer")
def my_questions(
    request: HttpRequest,
    response: HttpResponse,
    limit: Limit,
    cursor: CursorText,
    mine: bool = False,
) -> QuestionPage:
    """Newest change first. mine: only what I asked myself."""
    actor = _actor(request)
    rows = selectors.asked_by(actor) if mine else selectors.visible(actor)
    found, following = NEWEST_FIRST.page(
        rows, scope=scope_of("questions", {"mine": str(mine)}), cursor=cursor, limit=limit
    )
    link_next(request, response, following)
    return QuestionPage(
        items=[QuestionItem.model_validate(_fields(row, actor)) for row in found], next=following
    )


@router.post("", response={201: QuestionWhole}, summary="Ask")
def ask(request: HttpRequest, body: AskBody) -> Status[QuestionWhole]:
    """Ask about a record or the node. Send an Idempotency-Key, so that asking again asks once."""
    actor, now = _actor(request), clock.now()
    count("desk.ask", actor.id, limit=ASKED_AN_HOUR, seconds=3600, now=now)
    row = services.ask(
        record_id=body.record,
        text=body.text,
        language=get_language() or "en",
        actor=actor,
        now=now,
        may_be_public=body.may_be_public,
        key=idempotency_key(request),
    )
    return Status(201, _whole(row, actor))


@router.get("/{question_id}", response=QuestionWhole, summary="One question")
def one_question(request: HttpRequest, question_id: str) -> QuestionWhole:
    """With everything that was said and that this reader may know."""
    actor = _actor(request)
    return _whole(services.load(question_id, actor), actor)


@router.post("/{question_id}/remarks", response={201: QuestionWhole}, summary="Answer, or ask on")
def write(request: HttpRequest, question_id: str, body: WriteBody) -> Status[QuestionWhole]:
    """From its asker this asks on; from whoever answers for it, it is the answer."""
    actor = _actor(request)
    row = services.write(
        question=services.load(question_id, actor),
        text=body.text,
        inner=body.inner,
        actor=actor,
        now=clock.now(),
        key=idempotency_key(request),
    )
    return Status(201, _whole(row, actor))


@router.post("/{question_id}/pass-on", response=QuestionWhole, summary="Not mine to answer")
def pass_on(request: HttpRequest, question_id: str, body: PassOnBody) -> QuestionWhole:
    """From the contact to the curators' desk, and from there to the steward."""
    actor = _actor(request)
    row = services.pass_on(question_id=question_id, text=body.text, actor=actor, now=clock.now())
    return _whole(row, actor)


@router.post("/{question_id}/dismiss", response=QuestionWhole, summary="Close without an answer")
def dismiss(request: HttpRequest, question_id: str, body: DismissBody) -> QuestionWhole:
    """By the desk, with a reason. Twice is once."""
    actor = _actor(request)
    row = services.dismiss(
        question_id=question_id, reason=body.reason, text=body.text, actor=actor, now=clock.now()
    )
    return _whole(row, actor)


@router.post("/{question_id}/reopen", response=QuestionWhole, summary="Open again")
def reopen(request: HttpRequest, question_id: str) -> QuestionWhole:
    """One that was closed by mistake waits at the desk again, with a new promise."""
    actor = _actor(request)
    row = services.reopen(question_id=question_id, actor=actor, now=clock.now())
    return _whole(row, actor)


@router.put("/{question_id}/public", response=QuestionWhole, summary="Show the answer to all")
def publish(request: HttpRequest, question_id: str, body: PublishBody) -> QuestionWhole:
    """In the answerer's words, without the asker's name, where the asker has allowed it."""
    actor = _actor(request)
    row = services.publish_answer(
        question_id=question_id,
        question=body.question,
        answer=body.answer,
        language=body.language,
        actor=actor,
        now=clock.now(),
    )
    return _whole(row, actor)


@router.delete("/{question_id}/public", response=QuestionWhole, summary="Show it no more")
def unpublish(request: HttpRequest, question_id: str) -> QuestionWhole:
    """Twice is once."""
    actor = _actor(request)
    row = services.unpublish_answer(question_id=question_id, actor=actor, now=clock.now())
    return _whole(row, actor)
