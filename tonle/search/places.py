"""Results on a small map: fields to press, each with how many it holds, and closer with each.

Links and numbers in an SVG drawing: no JavaScript, and whoever reads it aloud hears the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log1p
from typing import Any

from tonle.search.documents import Box

# Fields in a row and rows of fields.
ACROSS, DOWN = 4, 5
# A field of fewer degrees is not parted again: places are not known so exactly.
LEAST_DEGREES = 0.2


@dataclass(frozen=True)
class Backdrop:
    """A drawing of the region. west to north: its edges in degrees; paths: (class, SVG path), in
    units of so many to a degree, from the north-west corner."""

    west: float
    south: float
    east: float
    north: float
    per_longitude: float
    per_latitude: float
    paths: Sequence[tuple[str, str]]

    @property
    def box(self) -> Box:
        return (self.west, self.south, self.east, self.north)


_backdrop: list[Callable[[], Backdrop]] = []


def register_backdrop(make: Callable[[], Backdrop]) -> None:
    """Say what the map of results is drawn on. The last one said holds."""
    _backdrop[:] = [make]


def backdrop() -> Backdrop | None:
    return _backdrop[0]() if _backdrop else None


def view_of(back: Backdrop, asked: Box | None) -> Box:
    """What the map shows: the box that is asked for, as far as the drawing goes; else all of it."""
    if asked is None:
        return back.box
    west, south, east, north = asked
    shown = (
        max(west, back.west),
        max(south, back.south),
        min(east, back.east),
        min(north, back.north),
    )
    return shown if shown[0] < shown[2] and shown[1] < shown[3] else back.box


def fields(view: Box) -> list[Box]:
    """The fields of a map, row by row from the north; the whole where it is not parted again."""
    west, south, east, north = view
    wide, high = (east - west) / ACROSS, (north - south) / DOWN
    if wide < LEAST_DEGREES or high < LEAST_DEGREES:
        return [view]
    return [
        (
            round(west + column * wide, 2),
            round(north - (row + 1) * high, 2),
            round(west + (column + 1) * wide, 2),
            round(north - row * high, 2),
        )
        for row in range(DOWN)
        for column in range(ACROSS)
    ]


def drawing(
    back: Backdrop,
    view: Box,
    counted: Mapping[Box, int],
    told: Callable[[Box, int], dict[str, Any]],
) -> dict[str, Any]:
    """What the template draws. told: of each field with results, its address and its words."""
    west, south, east, north = view
    left, top = _x(back, west), _y(back, north)
    width, height = _x(back, east) - left, _y(back, south) - top
    most = max(counted.values(), default=0)
    rows = []
    for box, count in counted.items():
        if not count:
            continue
        x, y = _x(back, box[0]), _y(back, box[3])
        wide, high = _x(back, box[2]) - x, _y(back, box[1]) - y
        rows.append(
            {
                **told(box, count),
                "x": _text(x),
                "y": _text(y),
                "width": _text(wide),
                "height": _text(high),
                "middle_x": _text(x + wide / 2),
                "middle_y": _text(y + high / 2),
                # More results, more colour; by the logarithm, or one place would leave all pale.
                "opacity": f"{0.2 + 0.8 * log1p(count) / log1p(most):.2f}",
            }
        )
    return {
        "view": " ".join(map(_text, (left, top, width, height))),
        "size": _text(width / 12),
        "paths": back.paths,
        "fields": rows,
    }


def _x(back: Backdrop, longitude: float) -> float:
    return (longitude - back.west) * back.per_longitude


def _y(back: Backdrop, latitude: float) -> float:
    return (back.north - latitude) * back.per_latitude


def _text(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
