"""Where a record is, as marks on a map: points, boxes and outlined areas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tonle.kernel.maps.drawing import Mark
from tonle.kernel.maps.geometry import Box, Point

# Of an outline so many points are taken; a map is small.
_MOST_POINTS = 2_000


def marks(places: Iterable[Mapping[str, Any]]) -> list[Mark]:
    """What a record's geo_locations draw."""
    found: list[Mark] = []
    for place in places:
        for polygon in place.get("polygons", ()):
            points = [_point(one) for one in polygon["points"][:_MOST_POINTS]]
            if points:
                found.append(Mark(points, closed=True))
        if "box" in place:
            box = place["box"]
            west, south = float(box["west"]), float(box["south"])
            found.append(Mark(box=(west, south, float(box["east"]), float(box["north"]))))
        if "point" in place:
            found.append(Mark([_point(place["point"])]))
    return found


def around(found: Iterable[Mark]) -> Box | None:
    """The box of all marks. Its west is greater than its east where only a box across the line
    of 180 degrees holds them closely."""
    spans: list[tuple[float, float]] = []
    low, high = 90.0, -90.0
    for mark in found:
        if mark.box is not None:
            west, south, east, north = mark.box
        else:
            xs, ys = [x for x, _ in mark.points], [y for _, y in mark.points]
            west, south, east, north = min(xs), min(ys), max(xs), max(ys)
        spans.append((west, east if east >= west else east + 360))
        low, high = min(low, south), max(high, north)
    if not spans:
        return None
    best = min(
        (_span([(a + turn if a < start else a, b + turn if a < start else b) for a, b in spans])
         for turn, start in ((0.0, -999.0), *((360.0, a) for a, _b in spans))),
        key=lambda span: span[1] - span[0],
    )  # fmt: skip
    west, east = best
    if east - west >= 360:
        return -180.0, low, 180.0, high
    return west, low, (east - 360 if east > 180 else east), high


def _span(spans: Iterable[tuple[float, float]]) -> tuple[float, float]:
    kept = list(spans)
    return min(a for a, _ in kept), max(b for _, b in kept)


def _point(one: Mapping[str, Any]) -> Point:
    return float(one["longitude"]), float(one["latitude"])
