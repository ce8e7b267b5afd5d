"""What the stewards' pages and routes of sources, webhooks and DOIs have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tonle.infra import clock
from tonle.kernel.actors import Actor
from tonle.kernel.decisions import Decision
from tonle.kernel.errors import NotFound
from tonle.web.public import actor_of

# How a thing stands, by name: words that are a message, and the tone of their badge.
Standings = Mapping[str, tuple[str, str]]


def steward(request: HttpRequest, may: Callable[[Actor], Decision]) -> tuple[Actor, datetime]:
    """Who acts on a page, and when. Raises NotFound alike for who may not know of it."""
    actor = actor_of(request)
    if not may(actor):
        raise NotFound
    return actor, clock.now()


def caller(request: HttpRequest) -> Actor:
    """Who asks a route that wants a token."""
    actor: Actor = request.auth  # type: ignore[attr-defined] # Set by Token.
    return actor


def badge(known: Standings, name: str) -> dict[str, str]:
    """What web/components/status_badge.html shows."""
    words, tone = known[name]
    return {"label": _(words), "tone": tone}


def turned(
    request: HttpRequest, rows: QuerySet[Any], size: int
) -> tuple[list[Any], dict[str, str]]:
    """The rows of the page that `?page=` asks for, and what leads to the pages beside it."""
    page = Paginator(rows, size).get_page(request.GET.get("page"))
    beside = {
        "previous": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "next": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
    return list(page.object_list), beside
