"""Results on a map: fields to press, each with how many it holds, and closer with each."""

from __future__ import annotations

from tonle.kernel.maps.views import CLOSEST, View
from tonle.search.documents import Box

# Fields in a row and rows of fields.
ACROSS, DOWN = 4, 5


def fields(view: View) -> list[Box]:
    """The fields of a view, row by row from the north, within ±180 degrees; of the closest
    view one: places are not known so exactly."""
    west, south, east, north = view.box
    if view.level == CLOSEST:
        parts = [(west, south, east, north)]
    else:
        wide, high = (east - west) / ACROSS, (north - south) / DOWN
        parts = [
            (
                west + column * wide,
                north - (row + 1) * high,
                west + (column + 1) * wide,
                north - row * high,
            )
            for row in range(DOWN)
            for column in range(ACROSS)
        ]
    return [field for part in parts if (field := _within(*part))]


def _within(west: float, south: float, east: float, north: float) -> Box | None:
    """A field as a filter has it. One that crosses the line of 180 degrees ends there."""
    if west >= 180:
        west, east = west - 360, east - 360
    elif east <= -180:
        west, east = west + 360, east + 360
    box = (max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0))
    west, south, east, north = (round(side, 2) for side in box)
    return (west, south, east, north) if west < east and south < north else None
