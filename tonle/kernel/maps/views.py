"""Which part of the Earth a map shows. Pure.

Views are whole numbers: how close, and how many steps from the middle of the region. There are
only so many of them, so nobody can ask a node to draw ever new ones. Degrees are as they are
written (plate carrée), with the width of a degree as it is in the middle of the view.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from tonle.kernel.maps.geometry import Box, holds

# The middle of the region, and how high a view of all of it is, in degrees.
MIDDLE = (101.0, 17.5)
CLOSEST = 6
REGION_LEVEL = 3
# Units of the drawing.
WIDTH, HEIGHT = 300, 375
WORLD_HEIGHT = 150
_ASPECT = WIDTH / HEIGHT
_STEPS = 4  # of a move to the height of a view.
_TEXT = re.compile(r"([0-6])\.(-?\d{1,3})\.(-?\d{1,3})")


@dataclass(frozen=True)
class View:
    """level: 0 is the world, 3 the region, 6 the closest. column, row: steps from the middle of
    the region, to the east and north."""

    level: int = REGION_LEVEL
    column: int = 0
    row: int = 0

    def __str__(self) -> str:
        return f"{self.level}.{self.column}.{self.row}"

    @property
    def high(self) -> float:
        """Degrees from south to north."""
        return 180.0 if self.level == 0 else 200.0 / 2**self.level

    @property
    def middle(self) -> tuple[float, float]:
        if self.level == 0:
            return 0.0, 0.0
        step = self.high / _STEPS
        return MIDDLE[0] + self.column * step, MIDDLE[1] + self.row * step

    @property
    def wide(self) -> float:
        """Degrees from west to east."""
        if self.level == 0:
            return 360.0
        narrow = max(math.cos(math.radians(self.middle[1])), 0.3)
        return min(self.high * _ASPECT / narrow, 360.0)

    @property
    def box(self) -> Box:
        """West, south, east, north. East of 180 or west of -180 where it crosses that line."""
        x, y = self.middle
        return x - self.wide / 2, y - self.high / 2, x + self.wide / 2, y + self.high / 2

    @property
    def size(self) -> tuple[int, int]:
        """Of the drawing, in its units."""
        return WIDTH, HEIGHT if self.level else WORLD_HEIGHT


WORLD, REGION = View(0), View()


def parsed(text: str) -> View | None:
    """`4.1.-2` as a view; None for what is none, or is beyond a pole or once round the Earth."""
    found = _TEXT.fullmatch(text[:12])
    if found is None:
        return None
    view = View(*(int(part) for part in found.groups()))
    return view if view == _held(view) else None


def _held(view: View) -> View:
    """The same view within the poles and once round the Earth."""
    if view.level == 0:
        return WORLD
    step = view.high / _STEPS
    around = round(360 / step)
    lowest = math.ceil((view.high / 2 - 90 - MIDDLE[1]) / step)
    highest = math.floor((90 - view.high / 2 - MIDDLE[1]) / step)
    # From -180 to 180 degrees, as addresses of boxes have it.
    first = math.ceil((-180 - MIDDLE[0]) / step)
    column = (view.column - first) % around + first
    return View(view.level, column, min(max(view.row, lowest), highest))


def at(level: int, longitude: float, latitude: float) -> View:
    """The view of a level whose middle is nearest to a place."""
    if level == 0:
        return WORLD
    step = View(level).high / _STEPS
    column, row = round((longitude - MIDDLE[0]) / step), round((latitude - MIDDLE[1]) / step)
    return _held(View(level, column, row))


def fitting(box: Box | None, closest: int = 4) -> View:
    """The closest view that holds a box with a little room around it.

    box: its west may be greater than its east: it crosses the line of 180 degrees.
    """
    if box is None:
        return REGION
    west, south, east, north = box
    if west > east:
        east += 360
    x, y = (west + east) / 2, (south + north) / 2
    for level in range(min(closest, CLOSEST), 0, -1):
        if level == REGION_LEVEL and _inside(REGION, west, south, east, north):
            return REGION
        view = at(level, x, y)
        if _inside(view, west, south, east, north):
            return view
    return WORLD


def _inside(view: View, west: float, south: float, east: float, north: float) -> bool:
    room_x, room_y = view.wide * 0.03, view.high * 0.03
    w, s, e, n = view.box
    shift = round(((w + e) - (west + east)) / 720) * 360
    return (
        w + room_x <= west + shift
        and east + shift <= e - room_x
        and s + room_y <= south
        and north <= n - room_y
    )


def closer(view: View) -> View | None:
    if view.level >= CLOSEST:
        return None
    return at(view.level + 1, *view.middle) if view.level > 0 else at(1, *MIDDLE)


def farther(view: View) -> View | None:
    if view.level == 0:
        return None
    wider = at(view.level - 1, *view.middle)
    # What lies in the region is left by way of the region.
    inside = holds(REGION.box, view.box)
    return REGION if wider.level == REGION_LEVEL and inside else wider


def moved(view: View, columns: int, rows: int) -> View | None:
    """Half a view to the side; None where there is nothing more."""
    if view.level == 0:
        return None
    found = _held(View(view.level, view.column + 2 * columns, view.row + 2 * rows))
    return found if found != view else None


def filter_box(view: View) -> Box:
    """What lies in the view, as the filter of a search has it: degrees within ±180, two decimals.

    A filter does not cross the line of 180 degrees: of a view that does, the side of its middle.
    """
    west, south, east, north = view.box
    south, north = round(max(south, -90.0), 2), round(min(north, 90.0), 2)
    if east - west >= 360:
        return -180.0, south, 180.0, north
    return round(max(west, -180.0), 2), south, round(min(east, 180.0), 2), north


def of_box(box: Box | None) -> View:
    """The view whose filter this is; of any other box, the closest that holds it."""
    if box is None:
        return REGION
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    for level in range(CLOSEST + 1):
        view = at(level, x, y)
        if filter_box(view) == tuple(box):
            return view
    return fitting(box, CLOSEST)
