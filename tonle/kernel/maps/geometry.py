"""Lines and areas, cut to a box and left as simple as an eye can tell. Pure.

A point is (x, y). A box is (west, south, east, north) in the same units.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

Point = tuple[float, float]
Box = tuple[float, float, float, float]
Line = Sequence[Point]


def box_of(points: Line) -> Box:
    """The least box around points, of which there is one at least."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def touches(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def holds(outer: Box, inner: Box) -> bool:
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and outer[2] >= inner[2]
        and outer[3] >= inner[3]
    )


def cut_line(line: Line, box: Box) -> list[list[Point]]:
    """The parts of a line within a box, each with its ends on the edge or its own ends.

    Source: Liang and Barsky, A new concept and method for line clipping, 1984.
    """
    parts: list[list[Point]] = []
    for a, b in pairwise(line):
        piece = _segment(a, b, box)
        if piece is None:
            continue
        start, end = piece
        if parts and parts[-1][-1] == start:
            parts[-1].append(end)
        else:
            parts.append([start, end])
    return parts


def _segment(a: Point, b: Point, box: Box) -> tuple[Point, Point] | None:
    west, south, east, north = box
    dx, dy = b[0] - a[0], b[1] - a[1]
    low, high = 0.0, 1.0
    for step, room in (
        (-dx, a[0] - west),
        (dx, east - a[0]),
        (-dy, a[1] - south),
        (dy, north - a[1]),
    ):
        if step == 0:
            if room < 0:
                return None
            continue
        at = room / step
        if step < 0:
            low = max(low, at)
        else:
            high = min(high, at)
    if low > high:
        return None
    return (
        a if low == 0 else (a[0] + low * dx, a[1] + low * dy),
        b if high == 1 else (a[0] + high * dx, a[1] + high * dy),
    )


def cut_area(ring: Line, box: Box) -> list[Point]:
    """The part of an area within a box; empty where there is none. Edges run along the box.

    Source: Sutherland and Hodgman, Reentrant polygon clipping, 1974.
    """
    points = list(ring)
    for axis, edge, sign in ((0, box[0], 1), (0, box[2], -1), (1, box[1], 1), (1, box[3], -1)):
        found: list[Point] = []
        for a, b in zip([*points[-1:], *points[:-1]], points, strict=True):
            a_in, b_in = sign * (a[axis] - edge) >= 0, sign * (b[axis] - edge) >= 0
            if a_in != b_in:
                at = (edge - a[axis]) / (b[axis] - a[axis])
                other = a[1 - axis] + at * (b[1 - axis] - a[1 - axis])
                found.append((edge, other) if axis == 0 else (other, edge))
            if b_in:
                found.append(b)
        points = found
        if not points:
            return []
    return points


# A line is simplified piece by piece: of a zigzag made to be slow, the time would else grow with
# the square of its points.
_PIECE = 128


def simplified(line: Line, tolerance: float) -> list[Point]:
    """A line of fewer points, none of the others farther from it than tolerance.

    Source: Douglas and Peucker, The Canadian Cartographer 10 (2), 1973; without recursion,
    since a coast has more points than a stack has room.
    """
    if len(line) < 3:
        return list(line)
    found: list[Point] = []
    for first in range(0, len(line) - 1, _PIECE):
        found[-1:] = _simplified(line[first : first + _PIECE + 1], tolerance)
    return found


def _simplified(line: Line, tolerance: float) -> list[Point]:
    keep = {0, len(line) - 1}
    waiting = [(0, len(line) - 1)]
    while waiting:
        first, last = waiting.pop()
        far, worst = 0.0, 0
        for at in range(first + 1, last):
            away = _away(line[at], line[first], line[last])
            if away > far:
                far, worst = away, at
        if far > tolerance * tolerance:
            keep.add(worst)
            waiting += [(first, worst), (worst, last)]
    return [line[at] for at in sorted(keep)]


def _away(point: Point, a: Point, b: Point) -> float:
    """How far a point is from the line between two others, squared."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    px, py = point[0] - a[0], point[1] - a[1]
    if length:
        at = max(0.0, min(1.0, (px * dx + py * dy) / length))
        px, py = px - at * dx, py - at * dy
    return px * px + py * py


def path(points: Sequence[tuple[int, int]], *, closed: bool) -> str:
    """SVG path data by steps, a third shorter than by places; "" where nothing moves."""
    x, y = points[0]
    first = f"M{x} {y}"
    steps = []
    for to_x, to_y in points[1:]:
        if (to_x, to_y) != (x, y):
            steps.append(f"{to_x - x} {to_y - y}".replace(" -", "-"))
            x, y = to_x, to_y
    if not steps:
        return ""
    joined = steps[0]
    for step in steps[1:]:
        joined += step if step.startswith("-") else f" {step}"
    return f"{first}l{joined}" + ("z" if closed else "")
