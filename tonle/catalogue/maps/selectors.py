"""Which layers there are, and which maps show."""

from __future__ import annotations

from functools import lru_cache

from django.db.models import Count, Max

from tonle.catalogue.models import MapLayer
from tonle.kernel.maps.layers import Layer, of_json


def all_layers() -> list[MapLayer]:
    """All layers of the node without what is in them, oldest first. One query."""
    return list(MapLayer.objects.defer("features").order_by("added_at", "id"))


def stamp() -> tuple[int, ...]:
    """Other numbers whenever maps may show other layers. One query over some few rows."""
    row = MapLayer.objects.aggregate(newest=Max("changed_at"), number=Count("pk"))
    newest = row["newest"]
    return (int(newest.timestamp() * 1_000_000) if newest else 0, row["number"])


def shown_layers() -> tuple[Layer, ...]:
    """The layers that maps show, oldest first. One query, and one more when they change."""
    return _shown(stamp())


@lru_cache(maxsize=2)
def _shown(_stamp: tuple[int, ...]) -> tuple[Layer, ...]:
    rows = MapLayer.objects.filter(shown=True).order_by("added_at", "id")
    return tuple(
        Layer(row.id, row.authority, row.approval, row.dated, of_json(row.features)) for row in rows
    )
