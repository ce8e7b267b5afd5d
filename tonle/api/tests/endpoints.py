"""An interface of its own for the tests, with an endpoint for each thing that can happen."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from ninja import Router, Schema

from tonle.api import interface, problems
from tonle.api.auth import AnyReader, Token
from tonle.api.models import Window
from tonle.api.paging import CursorText, Keyset, Limit, Page, link_next, scope_of
from tonle.infra.stores import CACHE_ALIAS
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, NotFound, Refusal, Refused

router = Router()


class Calling(Schema):
    """Who called."""

    actor: str


class Boat(Schema):
    """Something to send."""

    name: str
    seats: int


class WindowItem(Schema):
    key: str
    hits: int


@router.get("/calling", response=Calling)
def calling(request: HttpRequest) -> dict[str, str]:
    return {"actor": actor(request).id}


@router.get("/private", response=Calling, auth=Token("boats:read"))
def private(request: HttpRequest) -> dict[str, str]:
    return {"actor": actor(request).id}


@router.post("/boats", response=Boat)
def build_boat(request: HttpRequest, boat: Boat) -> Boat:
    return boat


@router.get("/refused", response=Calling)
def refused(request: HttpRequest) -> None:
    raise Refused(
        [
            Refusal("no_wind", N_("There is no wind.")),
            Refusal("low_water", N_("The water is too low.")),
        ]
    )


@router.get("/hidden", response=Calling)
def hidden(request: HttpRequest) -> None:
    raise NotFound


@router.get("/broken", response=Calling)
def broken(request: HttpRequest) -> None:
    raise ZeroDivisionError("the inner workings, which are nobody's business")


ORDER = Keyset("-hits", "key")


@router.get("/windows", response=Page[WindowItem])
def windows(
    request: HttpRequest, response: HttpResponse, limit: Limit, cursor: CursorText
) -> dict[str, Any]:
    items, next_cursor = ORDER.page(
        Window.objects.using(CACHE_ALIAS).filter(key__startswith="test-"),
        scope=scope_of("windows", {}),
        cursor=cursor,
        limit=limit,
    )
    link_next(request, response, next_cursor)
    return {"items": items, "next": next_cursor}


def actor(request: HttpRequest) -> Actor:
    found: Actor = request.auth  # type: ignore[attr-defined]  # Set by ninja.
    return found


api = interface.Interface(
    title="Boats",
    version="1",
    urls_namespace="api",
    docs_url=None,
    openapi_url="/openapi.json",
    auth=AnyReader(),
)
problems.install(api)
api.add_router("/", router)

urlpatterns = [path("api/v1/", include((interface.urls(api), "api"), namespace="api"))]
