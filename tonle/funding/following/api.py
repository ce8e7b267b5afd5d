"""Followed calls over REST: one's own."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Router, Schema, Status
from pydantic import Field

from tonle.api.public import (
    CursorText,
    Limit,
    Page,
    Token,
    idempotency_key,
    link_next,
    page_of_sorted,
    scope_of,
)
from tonle.funding.following import selectors, services
from tonle.funding.following.permissions import SCOPE
from tonle.funding.rules.eligibility import standing
from tonle.infra import clock
from tonle.kernel.actors import Actor

router = Router(tags=["funding"], auth=Token(SCOPE))


class FollowedItem(Schema):
    """A call that somebody follows."""

    id: str = Field(description="Id of its record.")
    title: dict[str, str] = Field(description="By language; empty where it is no longer shown.")
    status: str = Field(
        description="forecast, open, closing_soon, closed, archived, unknown or gone."
    )
    closes_at: datetime | None
    followed_at: datetime
    standing: str | None = Field(
        description="admitted, perhaps or barred, by what you keep; null where you keep nothing."
    )
    html_url: str


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined] # Set by Token.
    return actor


class FollowedPage(Page[FollowedItem]):
    """A page of followed calls."""


@router.get("", response=FollowedPage, summary="Calls that you follow")
def followed_calls(
    request: HttpRequest, response: HttpResponse, limit: Limit, cursor: CursorText
) -> FollowedPage:
    """Those that close soonest first, those over last."""
    rows, following = page_of_sorted(
        selectors.followed_calls(actor=_actor(request), now=clock.now()),
        selectors.place, scope=scope_of("followed calls", {}), cursor=cursor, limit=limit,
    )  # fmt: skip
    link_next(request, response, following)
    items = [
        FollowedItem(
            id=one.opportunity,
            title=dict(one.call.titles) if one.call is not None else {},
            status=one.status,
            closes_at=one.call.closes_at if one.call is not None else None,
            followed_at=one.followed_at,
            standing=standing(one.found) if one.found is not None else None,
            html_url=settings.TONLE_URL + reverse("catalogue:record", args=[one.opportunity]),
        )
        for one in rows
    ]
    return FollowedPage(items=items, next=following)


@router.put("/{id}", response={204: None}, summary="Follow a call")
def follow(request: HttpRequest, id: str) -> Status[None]:
    """You are told when it opens, before it closes, and of each corrigendum."""
    services.follow(
        opportunity=id, actor=_actor(request), now=clock.now(), key=idempotency_key(request)
    )
    return Status(204, None)


@router.delete("/{id}", response={204: None}, summary="Follow a call no longer")
def unfollow(request: HttpRequest, id: str) -> Status[None]:
    """No more is told of it, and that you followed it is forgotten."""
    services.unfollow(opportunity=id, actor=_actor(request), now=clock.now())
    return Status(204, None)
