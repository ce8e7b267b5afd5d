"""Whether two GeoJSON geometries share a point, on the plane of longitude and latitude.

Enough for choosing records by a drawn area: shapes of some thousand corners, without holes
(a hole is left out of account: what lies in it counts as inside). Shapes that are so entangled
that it would take seconds to tell count as crossing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

Position = tuple[float, float]
Edge = tuple[Position, Position]
# Stretches of two shapes that are laid beside each other; about a tenth of a second.
MOST_LOOKS: Final = 50_000


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
    one, other = _Line(a), _Line(b)
    if not _boxes_meet(one.box(0, len(a)), other.box(0, len(b))):
        return False
    if (b_closed and _inside(a[0], b)) or (a_closed and _inside(b[0], a)):
        return True
    return _lines_meet(one, other)


class _Line:
    """Positions in a row, and the boxes around stretches of them, each worked out once."""

    def __init__(self, positions: list[Position]) -> None:
        self.positions = positions
        self._boxes: dict[tuple[int, int], tuple[float, float, float, float]] = {}

    def box(self, start: int, stop: int) -> tuple[float, float, float, float]:
        """West, south, east, north of the positions from start, before stop."""
        found = self._boxes.get((start, stop))
        if found is None:
            xs, ys = zip(*self.positions[start:stop], strict=True)
            found = self._boxes[start, stop] = (min(xs), min(ys), max(xs), max(ys))
        return found

    def edge(self, start: int, stop: int) -> Edge:
        # A point is an edge of no length.
        return (self.positions[start], self.positions[stop - 1])


def _lines_meet(one: _Line, other: _Line) -> bool:
    """Whether an edge of one meets one of the other, looked for where boxes around both meet.

    A stretch whose box meets is halved, until single edges are left.
    """
    waiting = [((0, len(one.positions)), (0, len(other.positions)))]
    for _ in range(MOST_LOOKS):
        if not waiting:
            return False
        a, b = waiting.pop()
        if not _boxes_meet(one.box(*a), other.box(*b)):
            continue
        long_a, long_b = a[1] - a[0], b[1] - b[0]
        if long_a <= 2 and long_b <= 2:
            if _meet(one.edge(*a), other.edge(*b)):
                return True
        elif long_a >= long_b:
            waiting += [(half, b) for half in _halves(*a)]
        else:
            waiting += [(a, half) for half in _halves(*b)]
    return True


def _halves(start: int, stop: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Two stretches of a longer one; the position between them is of both."""
    middle = (start + stop) // 2
    return (start, middle + 1), (middle, stop)


def _boxes_meet(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _inside(point: Position, ring: list[Position]) -> bool:
    """Whether a ray to the east crosses the ring an odd number of times."""
    x, y = point
    odd = False
    for (x1, y1), (x2, y2) in pairwise(ring):
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
