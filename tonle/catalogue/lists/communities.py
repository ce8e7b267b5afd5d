"""Communities as readers meet them: their pages, and their names where records are counted."""

from __future__ import annotations

from functools import lru_cache

from django.db.models import Count, Max

from tonle.kernel.text import choose
from tonle.people.public import Community, communities, community

# So many communities have pages of their own in the list; more is another kind of node.
MOST = 500


def label(code: str, language: str) -> str:
    """What a community is called; its id where it is not known here (a foreign record's)."""
    names = _names(code, stamp())
    return choose(names, language)[1] if names else code


@lru_cache(maxsize=256)
def _names(code: str, _stamp: tuple[int, ...]) -> dict[str, str]:
    found = community(code)
    return dict(found.names) if found else {}


def stamp() -> tuple[int, ...]:
    """Whether any community may have changed: what pages with their names depend on. One
    query over a table of some dozens."""
    row = Community.objects.aggregate(newest=Max("updated_at"), number=Count("pk"))
    newest = row["newest"]
    return (int(newest.timestamp() * 1_000_000) if newest else 0, row["number"])


def listed() -> list[Community]:
    """All communities that are open, by short name. One query."""
    return communities(limit=MOST)
