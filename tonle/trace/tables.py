"""The counts as rows, with exact fractions: what CSV and JSON have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tonle.trace import selectors
from tonle.trace.rules.counting import Count

PROMISES = ("agreement", "policy")
ONE = ("agreement", "area", "kind", "whole", "fractional", "fractional_decimal")
ALL = ("promise", "sort", "depth", "kind", "whole", "fractional", "fractional_decimal")


def one_rows(found: selectors.CameOf) -> Iterator[tuple[object, ...]]:
    """A row for the whole of each kind (area empty), then for each area and kind; an area that
    has nothing has a row with 0. `-` is what names the promise and none of its areas."""
    for one in found.counts:
        yield (found.id, "", one.kind, *_numbers(one.count))
    for area in found.areas:
        if area.is_empty:
            yield (found.id, area.id, "", *_numbers(Count()))
        for one in area.counts:
            yield (found.id, area.id, one.kind, *_numbers(one.count))
    for one in found.unplaced.counts:
        yield (found.id, "-", one.kind, *_numbers(one.count))


def all_rows(now: datetime) -> Iterator[tuple[object, ...]]:
    """A row for each promise and kind; a promise of which nothing came has a row with 0."""
    for kind in PROMISES:
        for line in selectors.everything(kind, now):
            head = (line.thing.id, kind, line.depth)
            if not line.counts:
                yield (*head, "", *_numbers(Count()))
            for one in line.counts:
                yield (*head, one.kind, *_numbers(one.count))


def _numbers(count: Count) -> tuple[int, str, str]:
    return count.whole, str(count.fractional), f"{float(count.fractional):.4f}"
