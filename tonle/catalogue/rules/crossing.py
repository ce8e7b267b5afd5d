"""Whether two GeoJSON geometries share a point, on the plane of longitude and latitude.

Enough for choosing records by a drawn area: shapes of some thousand corners, without holes
(a hole is left out of account: what lies in it counts as inside).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

Position = tuple[float, float]
Edge = tuple[Position, Position]


def crosses(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether the geometries touch, cross, or lie in each other."""
    return any(
        _parts_cross(a, a_closed, b, b_closed)
        for a, a_closed in _parts(one)
        for b, b_closed in _parts(other)
    )


def corners(geometry: Mapping[str, Any]) -> list[Position]:
    """Every position of a geometry."""
    return [position for part, _ in _parts(geometry) for position in part]


def _parts(geometry: Mapping[str, Any]) -> Iterator[tuple[list[Position], bool]]:
    """Points, lines and outer rings: (positions, whether they enclose a surface)."""
    kind = geometry["type"]
    if kind == "GeometryCollection":
        for inner in geometry["geometries"]:
            yield from _parts(inner)
        return
    found = geometry["coordinates"]
    if kind == "Point":
        yield [_position(found)], False
    elif kind == "MultiPoint":
        for position in found:
            yield [_position(position)], False
    elif kind == "LineString":
        yield [_position(p) for p in found], False
    elif kind == "MultiLineString":
        for line in found:
            yield [_position(p) for p in line], False
    elif kind == "Polygon":
        yield [_position(p) for p in found[0]], True
    elif kind == "MultiPolygon":
        for polygon in found:
            yield [_position(p) for p in polygon[0]], True
    else:
        raise ValueError(f"no geometry: {kind}")


def _position(value: Sequence[float]) -> Position:
    return (float(value[0]), float(value[1]))


def _parts_cross(a: list[Position], a_closed: bool, b: list[Position], b_closed: bool) -> bool:
    if not _boxes_meet(a, b):
        return False
    if (b_closed and _inside(a[0], b)) or (a_closed and _inside(b[0], a)):
        return True
    others = _edges(b)
    return any(_meet(first, second) for first in _edges(a) for second in others)


def _boxes_meet(a: list[Position], b: list[Position]) -> bool:
    return all(
        min(p[axis] for p in a) <= max(p[axis] for p in b)
        and min(p[axis] for p in b) <= max(p[axis] for p in a)
        for axis in (0, 1)
    )


def _edges(part: list[Position]) -> list[Edge]:
    # A point is an edge of no length.
    return list(pairwise(part)) or [(part[0], part[0])]


def _inside(point: Position, ring: list[Position]) -> bool:
    """Whether a ray to the east crosses the ring an odd number of times."""
    x, y = point
    odd = False
    for (x1, y1), (x2, y2) in _edges(ring):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            odd = not odd
    return odd


def _meet(one: Edge, other: Edge) -> bool:
    (a, b), (c, d) = one, other
    sides = (_side(a, b, c), _side(a, b, d), _side(c, d, a), _side(c, d, b))
    if sides[0] * sides[1] < 0 and sides[2] * sides[3] < 0:
        return True
    return any(
        side == 0 and _between(*edge, point)
        for side, edge, point in zip(
            sides, ((a, b), (a, b), (c, d), (c, d)), (c, d, a, b), strict=True
        )
    )


def _side(a: Position, b: Position, c: Position) -> float:
    """Positive where c lies left of the way from a to b, 0 on its line."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _between(a: Position, b: Position, c: Position) -> bool:
    return min(a[0], b[0]) <= c[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= c[1] <= max(a[1], b[1])
