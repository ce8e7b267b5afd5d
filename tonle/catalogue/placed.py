"""Records that have a place: which lie in a box, at a time, of a kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, Min, Q

from tonle.catalogue.models import Record, RecordExtent
from tonle.catalogue.rules.access import READ_METADATA
from tonle.catalogue.rules.extent import Box
from tonle.catalogue.selectors import permitted
from tonle.kernel.actors import ANONYMOUS


@dataclass(frozen=True)
class Asked:
    """Which records with a place; an empty field is any.

    box: what they touch. since, until: UTC, included; a record without a time is never chosen
    by one. kinds, ids: any of these.
    """

    box: Box | None = None
    since: datetime | None = None
    until: datetime | None = None
    kinds: Sequence[str] = ()
    ids: Sequence[str] = ()

    def filter(self) -> Q:
        chosen = Q()
        if self.box is not None:
            chosen &= Q(south__lte=self.box.north, north__gte=self.box.south)
            chosen &= _touching(self.box.west, self.box.east)
        if self.since is not None:
            chosen &= Q(end__gte=self.since) | Q(end=None, start__isnull=False)
        if self.until is not None:
            chosen &= Q(start__lte=self.until) | Q(start=None, end__isnull=False)
        if self.kinds:
            chosen &= Q(record__kind__in=self.kinds)
        if self.ids:
            chosen &= Q(record__id__in=self.ids)
        return chosen


def _touching(west: float, east: float) -> Q:
    """Which extents share a longitude with one from west to east; either may go round."""
    if west > east:
        return _touching(west, 180.0) | _touching(-180.0, east)
    plain = Q(west__lte=east, east__gte=west)
    # An extent across the 180th meridian: from its west to 180, and from -180 to its east.
    around = Q(west__gt=F("east")) & (Q(west__lte=east) | Q(east__gte=west))
    return plain | around


def placed(asked: Asked, *, now: datetime, after: str = "", limit: int = 100) -> list[Record]:
    """Public records with a place, by id, with their documents and effects. Three queries."""
    rows = Record.objects.filter(
        permitted(ANONYMOUS, READ_METADATA, now),
        state="published",
        id__gt=after,
        pk__in=RecordExtent.objects.filter(asked.filter()).values("record"),
    )
    return list(
        rows.select_related("document")
        .prefetch_related("effects", "communities")
        .order_by("id")[:limit]
    )


def count_placed(asked: Asked, *, now: datetime) -> int:
    """How many there are. One query."""
    return Record.objects.filter(
        permitted(ANONYMOUS, READ_METADATA, now),
        state="published",
        pk__in=RecordExtent.objects.filter(asked.filter()).values("record"),
    ).count()


@dataclass(frozen=True)
class Span:
    """The box and the time around all records of one kind that have a place."""

    kind: str
    number: int
    box: Box
    start: datetime | None
    end: datetime | None


def spans(now: datetime) -> list[Span]:
    """One for each kind with placed records that everybody sees, by name. One query."""
    public = Record.objects.filter(permitted(ANONYMOUS, READ_METADATA, now), state="published")
    rows = (
        RecordExtent.objects.filter(record__in=public)
        .values("record__kind")
        .annotate(
            number=Count("record"),
            around=Count("record", filter=Q(west__gt=F("east"))),
            west=Min("west"),
            south=Min("south"),
            east=Max("east"),
            north=Max("north"),
            first=Min("start"),
            last=Max("end"),
        )
        .order_by("record__kind")
    )
    return [
        Span(
            row["record__kind"],
            row["number"],
            _box(row),
            row["first"],
            row["last"],
        )
        for row in rows
    ]


def _box(row: Mapping[str, Any]) -> Box:
    if row["around"]:
        # One of them goes across the 180th meridian: all the way round is right, and simple.
        return Box(-180.0, row["south"], 180.0, row["north"])
    return Box(row["west"], row["south"], row["east"], row["north"])
