"""/api/v1/access-requests: asking for restricted files, and deciding about it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from tonle.api.public import CursorText, Limit, Page, Token, idempotency_key, link_next
from tonle.deposit.access import selectors, services
from tonle.deposit.access.models import AccessRequest
from tonle.deposit.interface import shown
from tonle.deposit.interface.deposits import caller
from tonle.deposit.interface.schemas import (
    AccessRequestItem,
    GrantAccess,
    NewAccessRequest,
    Terms,
    Why,
)
from tonle.infra import clock

router = Router(tags=["access requests"], auth=Token("deposit"))
Side = Annotated[
    Literal["asker", "decider"],
    Query(alias="as", description="What you asked for, or what waits for your decision."),
]
State = Annotated[
    Literal["asked", "granted", "declined", "withdrawn", "ended"],
    Query(description="For deciders: only in this state."),
]
Language = Annotated[str, Query(max_length=35, description="In which you read them.")]


class RequestPage(Page[AccessRequestItem]):
    """A page of requests for access."""


def _common(request: HttpRequest, request_id: str) -> dict[str, Any]:
    return {
        "request_id": request_id,
        "actor": caller(request),
        "now": clock.now(),
        "key": idempotency_key(request),
    }


def _item(request: HttpRequest, found: AccessRequest) -> AccessRequestItem:
    return shown.request_item(selectors.request_view(found, caller(request), clock.now()))


@router.get("", response=RequestPage, summary="Requests for access")
def requests(
    request: HttpRequest,
    response: HttpResponse,
    limit: Limit,
    cursor: CursorText,
    side: Side = "asker",
    state: State = "asked",
) -> RequestPage:
    """As asker: everything you asked for. As decider: what you may decide, the oldest first."""
    actor, now = caller(request), clock.now()
    if side == "asker":
        rows, following = selectors.my_requests(actor, now, cursor=cursor, limit=limit)
    else:
        rows, following = selectors.requests_to_decide(
            actor, now, state=state, cursor=cursor, limit=limit
        )
    link_next(request, response, following)
    response["Cache-Control"] = "no-store"
    return RequestPage(items=[shown.request_item(row) for row in rows], next=following)


@router.get("/terms", response=Terms, summary="Terms of a record's files")
def terms(request: HttpRequest, record_id: str, language: Language = "en") -> Terms:
    """What you agree to when you ask; send its `sha256` along."""
    text, sha256 = services.terms_of(
        record_id=record_id, language=language, actor=caller(request), now=clock.now()
    )
    return Terms(text=text, sha256=sha256, language=language)


@router.post("", response={201: AccessRequestItem}, summary="Ask for access")
def ask(
    request: HttpRequest, response: HttpResponse, payload: NewAccessRequest
) -> Status[AccessRequestItem]:
    """Who has asked already gets that request."""
    made = services.ask_access(
        record_id=payload.record_id,
        purpose=payload.purpose,
        affiliation=payload.affiliation,
        terms_sha256=payload.terms_sha256,
        language=payload.language,
        actor=caller(request),
        now=clock.now(),
        key=idempotency_key(request),
    )
    response["Location"] = shown.address(f"/api/v1/access-requests/{made.id}")
    return Status(201, _item(request, made))


@router.get("/{request_id}", response=AccessRequestItem, summary="One request for access")
def one(request: HttpRequest, response: HttpResponse, request_id: str) -> AccessRequestItem:
    """For who asked, and for who decides."""
    response["Cache-Control"] = "no-store"
    return _item(request, services.load(request_id, caller(request)))


@router.post("/{request_id}/grant", response=AccessRequestItem, summary="Let somebody in")
def grant(request: HttpRequest, request_id: str, payload: GrantAccess) -> AccessRequestItem:
    """From now, for so many days; it ends by itself."""
    made = services.grant(days=payload.days, note=payload.note, **_common(request, request_id))
    return _item(request, made)


@router.post("/{request_id}/decline", response=AccessRequestItem, summary="Decline a request")
def decline(request: HttpRequest, request_id: str, payload: Why) -> AccessRequestItem:
    """Say no, with a reason that the asker reads."""
    return _item(request, services.decline(reason=payload.reason, **_common(request, request_id)))


@router.post("/{request_id}/end", response=AccessRequestItem, summary="End a grant")
def end(request: HttpRequest, request_id: str, payload: Why) -> AccessRequestItem:
    """Take it back at once, with a reason that the asker reads."""
    return _item(request, services.end(reason=payload.reason, **_common(request, request_id)))


@router.post("/{request_id}/take-back", response=AccessRequestItem, summary="Take a request back")
def take_back(request: HttpRequest, request_id: str) -> AccessRequestItem:
    """By who asked; a grant is given back."""
    return _item(request, services.take_back(**_common(request, request_id)))
