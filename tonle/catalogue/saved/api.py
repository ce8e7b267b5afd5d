"""Saved searches over REST: one's own."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

from tonle.api.public import Body, CursorText, Keyset, Limit, Page, Token, link_next, scope_of
from tonle.catalogue.models import SavedSearch
from tonle.catalogue.saved import selectors, services
from tonle.infra import clock
from tonle.kernel.actors import Actor
from tonle.search.public import Filters

router = Router(tags=["searches"], auth=Token(services.SCOPE))

Rhythm = Literal["daily", "weekly", "never"]


class SearchItem(Schema):
    """A search that somebody keeps."""

    id: str
    name: str
    query: str = Field(description="The words, as in `q` of `/api/v1/records`.")
    filters: dict[str, list[str]] = Field(description="As parameters of `/api/v1/records`.")
    rhythm: str = Field(description="daily, weekly or never.")
    created_at: datetime
    looked_at: datetime = Field(description="New results were looked for last at this instant.")
    html_url: str
    feed_url: str = Field(description="Atom feed of the same search. It names nobody.")


class SaveBody(Body):
    name: str = Field(max_length=services.LONGEST_NAME)
    query: str = Field("", max_length=services.LONGEST_QUERY)
    filters: dict[str, list[str]] = Field(default_factory=dict)
    rhythm: Rhythm = "weekly"


class ChangeBody(Body):
    name: str = Field(max_length=services.LONGEST_NAME)
    rhythm: Rhythm


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined] # Set by Token.
    return actor


def _item(kept: SavedSearch) -> SearchItem:
    return SearchItem(
        id=kept.id,
        name=kept.name,
        query=kept.query,
        filters=services.parameters(kept),
        rhythm=kept.rhythm,
        created_at=kept.created_at,
        looked_at=kept.looked_at,
        html_url=settings.TONLE_URL + selectors.address(kept),
        feed_url=settings.TONLE_URL + selectors.address(kept, "/feeds/search.atom"),
    )


class SearchPage(Page[SearchItem]):
    """A page of saved searches, by name."""


@router.get("", response=SearchPage, summary="Your saved searches")
def saved_searches(
    request: HttpRequest, response: HttpResponse, limit: Limit, cursor: CursorText
) -> SearchPage:
    """By name."""
    found, following = Keyset(*selectors.BY_NAME).page(
        selectors.own_searches(actor=_actor(request)),
        scope=scope_of("searches", {}), cursor=cursor, limit=limit,
    )  # fmt: skip
    link_next(request, response, following)
    return SearchPage(items=[_item(kept) for kept in found], next=following)


@router.post("", response={201: SearchItem}, summary="Save a search")
def save(request: HttpRequest, body: SaveBody) -> Status[SearchItem]:
    """The same question again is the same search, with the new name and rhythm."""
    kept = services.save_search(
        actor=_actor(request),
        name=body.name,
        query=" ".join(body.query.split()),
        filters=Filters.read(body.filters).pairs(),
        rhythm=body.rhythm,
        now=clock.now(),
    )
    return Status(201, _item(kept))


@router.put("/{id}", response=SearchItem, summary="Rename a search, or change its rhythm")
def change(request: HttpRequest, id: str, body: ChangeBody) -> SearchItem:
    """What it asks for stays: another question is another search."""
    return _item(
        services.change_search(
            id=id, actor=_actor(request), name=body.name, rhythm=body.rhythm, now=clock.now()
        )
    )


@router.delete("/{id}", response={204: None}, summary="Let a search go")
def remove(request: HttpRequest, id: str) -> Status[None]:
    """No more is told of it, and nothing of it is kept."""
    services.remove_search(id=id, actor=_actor(request), now=clock.now())
    return Status(204, None)
