"""Shapes on the Earth, drawn small: no map lies under them, so no border is ours to draw."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tonle.explore.rules.preview import Places

SIDE = 320
_MOST_POINTS = 400_000
_PATH_CHARS = 7_000
_MOST_DOTS = 150

GEOMETRIES = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}
    | {"GeometryCollection"}
)
Point = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    """A dot, or a line or ring of points: (longitude, latitude) or whatever the file measures."""

    points: tuple[Point, ...]
    dot: bool = False
    closed: bool = False


def of_geojson(geometries: Iterable[Any]) -> Iterator[Shape]:
    """The parts of GeoJSON geometries; what is malformed is left out."""
    for geometry in geometries:
        yield from _parts(geometry, 8)


def _parts(geometry: Any, depth: int) -> Iterator[Shape]:
    if not isinstance(geometry, dict) or depth == 0:
        return
    if isinstance(geometry.get("geometries"), list):
        for one in geometry["geometries"]:
            yield from _parts(one, depth - 1)
        return
    kind = str(geometry.get("type", ""))
    level = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2}
    yield from _lines(
        geometry.get("coordinates"),
        level.get(kind, 3),
        dot="Point" in kind,
        closed="Polygon" in kind,
    )


def _lines(value: Any, level: int, *, dot: bool, closed: bool) -> Iterator[Shape]:
    if not isinstance(value, list):
        return
    if level > 1:
        for one in value:
            yield from _lines(one, level - 1, dot=dot, closed=closed)
        return
    points = [point_of(one) for one in (value if level else [value])]
    kept = tuple(one for one in points if one is not None)
    if kept:
        yield Shape(kept, dot, closed)


def point_of(value: Any) -> Point | None:
    if not isinstance(value, list | tuple) or len(value) < 2:
        return None
    x, y = value[0], value[1]
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in (x, y)):
        return None
    try:
        point = (float(x), float(y))
    except OverflowError:
        return None
    return point if all(math.isfinite(one) and abs(one) < 1e12 for one in point) else None


def drawn(shapes: Iterable[Shape]) -> Places | None:
    """The shapes in a square of SIDE units, north up; None where there is no point at all."""
    kept: list[Shape] = []
    number, whole = 0, True
    for shape in shapes:
        number += len(shape.points)
        if number > _MOST_POINTS:
            whole = False
            break
        kept.append(shape)
    if not kept:
        return None
    xs = [x for shape in kept for x, _ in shape.points]
    ys = [y for shape in kept for _, y in shape.points]
    west, east, south, north = min(xs), max(xs), min(ys), max(ys)
    wide = max(east - west, north - south) or 1.0
    found = Places(_said(west), _said(south), _said(east), _said(north), len(kept), whole=whole)
    left = _PATH_CHARS
    for shape in kept:
        # Whole units: what is smaller than a thousandth of the drawing is nothing to see.
        places = [
            (round((x - west) / wide * SIDE), round((north - y) / wide * SIDE))
            for x, y in shape.points
        ]
        if shape.dot:
            fresh = [place for place in dict.fromkeys(places) if place not in found.dots]
            room = _MOST_DOTS - len(found.dots)
            found.whole = found.whole and len(fresh) <= room
            found.dots += fresh[:room]
            continue
        path = _path(places, shape.closed)
        left -= len(path)
        if left < 0:
            found.whole = False
            break
        found.path += path
    return found


def _path(places: Sequence[tuple[int, int]], closed: bool) -> str:
    """SVG path data in relative steps, without steps of nothing."""
    x, y = places[0]
    parts = [f"M{x} {y}"]
    steps = []
    for to_x, to_y in places[1:]:
        if (to_x, to_y) != (x, y):
            steps.append(f"{to_x - x} {to_y - y}".replace(" -", "-"))
            x, y = to_x, to_y
    if not steps:
        return f"M{x} {y}h1v1h-1z" if closed else ""
    parts.append("l" + " ".join(steps))
    return "".join(parts) + ("z" if closed else "")


def _said(degrees: float) -> str:
    return f"{degrees:.4f}".rstrip("0").rstrip(".")
