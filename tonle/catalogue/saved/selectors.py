"""What somebody keeps; nobody else's is ever found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import QuerySet

from tonle.catalogue.models import SavedSearch
from tonle.kernel.actors import Actor
from tonle.kernel.errors import NotFound
from tonle.kernel.text import LanguageMap

BY_NAME = ("name", "id")


def own_searches(*, actor: Actor) -> QuerySet[SavedSearch]:
    """The actor's searches by name. One query."""
    mine = SavedSearch.objects.filter(owner=actor.id) if actor.id else SavedSearch.objects.none()
    return mine.order_by(*BY_NAME)


def own_search(*, id: str, actor: Actor) -> SavedSearch:
    """One of them. Raises NotFound alike for another's and for none."""
    found = SavedSearch.objects.filter(pk=id, owner=actor.id).first() if actor.id else None
    if found is None:
        raise NotFound
    return found


def address(search: SavedSearch, path: str = "/search", **more: str) -> str:
    """Where the search is asked again."""
    asked = [("q", search.query)] if search.query else []
    return f"{path}?{urlencode([*asked, *(tuple(pair) for pair in search.filters), *more.items()])}"


def names(ids: Sequence[str], actor: Actor, _now: datetime) -> Mapping[str, LanguageMap]:
    """What the actor's own searches are called, for the page of notices. One query."""
    rows = SavedSearch.objects.filter(pk__in=ids, owner=actor.id).values_list("id", "name")
    return {id: {"und": name} for id, name in rows}
