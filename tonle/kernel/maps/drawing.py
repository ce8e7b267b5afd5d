"""A map, drawn: paths, marks and names in the units of its view. Pure.

What comes out is text and whole numbers for `web/components/map.html`; colours, sizes and
darkness are the style sheet's. Coordinates of strangers are cut to the Earth and to the view
before anything is made of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from tonle.kernel.maps import geometry, labels, names, views
from tonle.kernel.maps.base import Shape, base
from tonle.kernel.maps.geometry import Box, Point
from tonle.kernel.maps.layers import Layer
from tonle.kernel.maps.views import View

# Paths are drawn finer than a unit: this many steps to one.
FINE = 2
# Beside the view, so that the edge of what is cut is out of sight.
_MARGIN = 0.02
# What is less than this in units is a dot, or nothing.
_LEAST = 3.0
_LEAST_ISLAND = 1.2
# Rivers that a plain map neither draws nor names.
_SMALLER = {"ayeyarwady", "thanlwin"}
MOST_MARKS = 120
MOST_POINTS = 6_000
_MOST_LAYER_CHARS = 14_000


@dataclass(frozen=True)
class Mark:
    """Something on the Earth. points: one, or a line, or a ring; box: of what is an area."""

    points: Sequence[Point] = ()
    box: Box | None = None
    closed: bool = False


@dataclass(frozen=True)
class Counted:
    """A field of the map with so many things in it, and where it leads."""

    box: Box
    number: int
    url: str
    said: str
    written: str


@dataclass(frozen=True)
class Circle:
    """x, y, r: where a count stands; left to high: its field."""

    x: int
    y: int
    r: int
    left: int
    top: int
    wide: int
    high: int
    url: str
    said: str
    written: str


@dataclass(frozen=True)
class Drawn:
    """What a template shows. Paths are in FINE steps to a unit.

    layers: (path of lines, path of areas) of each layer of an authority that is seen here.
    complete: whether all marks are on it.
    """

    view: View
    land: str
    lakes: str
    rivers: str
    mekong: str
    labels: Sequence[labels.Label]
    layers: Sequence[tuple[str, str]]
    credits: Sequence[Layer]
    dots: Sequence[tuple[int, int]]
    outlines: str
    circles: Sequence[Circle]
    complete: bool = True
    size: tuple[int, int] = field(default=(views.WIDTH, views.HEIGHT))


def drawn(
    view: View,
    *,
    language: str,
    day: date,
    marks: Iterable[Mark] = (),
    counted: Sequence[Counted] = (),
    layers: Sequence[Layer] = (),
    plain: bool = False,
) -> Drawn:
    """The map of a view, in a reader's language.

    plain: a small one beside something else, without towns and smaller rivers.
    """
    ground = _ground(view, plain)
    dots, outlines, complete = _marks(view, marks)
    circles = _circles(view, counted)
    over = [(layer, *_layer(view, layer, day)) for layer in layers]
    seen = [(lines, areas) for _, lines, areas in over if lines or areas]
    credits_ = [
        layer for layer, lines, areas in over if lines or areas or _names_here(view, layer, day)
    ]
    taken = [(c.x - c.r, c.y - c.r, c.x + c.r, c.y + c.r) for c in circles]
    taken += [(x - 4, y - 4, x + 4, y + 4) for x, y in dots]
    told = _labels(view, language, layers, day, taken, plain)
    return Drawn(
        view,
        ground.land,
        ground.lakes,
        ground.rivers,
        ground.mekong,
        told,
        seen,
        credits_,
        dots,
        outlines,
        circles,
        complete,
        view.size,
    )


# --- the ground ---------------------------------------------------------------------


@dataclass(frozen=True)
class _Ground:
    land: str
    lakes: str
    rivers: str
    mekong: str


@lru_cache(maxsize=256)
def _ground(view: View, plain: bool) -> _Ground:
    """Land, lakes and rivers of a view. Kept, since most readers look at the same few."""
    ground, window = base(), _window(view)
    close = geometry.holds(ground.box, window)
    land: Sequence[Shape] = ground.land if close else ground.world_land
    loose, least = (1.3, 5.0) if plain else (0.45, _LEAST_ISLAND)
    water = view.level > 0
    return _Ground(
        "".join(_area(view, shape, window, loose, least) for shape in land),
        "".join(_area(view, shape, window, 0.45, _LEAST_ISLAND) for shape in ground.lakes if water),
        "".join(_rivers(view, ground.rivers if water and not plain else (), window)),
        "".join(_rivers(view, ground.mekong if water else (), window)),
    )


def _window(view: View) -> Box:
    west, south, east, north = view.box
    room_x, room_y = view.wide * _MARGIN, view.high * _MARGIN
    return west - room_x, south - room_y, east + room_x, north + room_y


def _turns(box: Box, window: Box) -> Iterable[float]:
    """By how many degrees a shape is moved to be seen: once round the Earth either way, where
    the window crosses the line of 180 degrees."""
    for turn in (0.0, 360.0, -360.0):
        if geometry.touches((box[0] + turn, box[1], box[2] + turn, box[3]), window):
            yield turn


def _area(view: View, shape: Shape, window: Box, loose: float, least: float) -> str:
    made = ""
    for turn in _turns(shape.box, window):
        ring = [(x + turn, y) for x, y in shape.points] if turn else shape.points
        cut = geometry.cut_area(ring, window)
        if cut:
            made += _path(view, cut, closed=True, loose=loose, least=least)
    return made


def _rivers(view: View, rivers: Sequence[Shape], window: Box) -> Iterable[str]:
    # From afar only long rivers are drawn: all of them would be a tangle.
    least = {1: 12.0, 2: 5.0}.get(view.level, 0.0)
    for shape in rivers:
        if shape.until < view.level or not geometry.touches(shape.box, window):
            continue
        box = shape.box
        if math.hypot(box[2] - box[0], box[3] - box[1]) < least:
            continue
        for part in geometry.cut_line(shape.points, window):
            yield _path(view, part, closed=False)


def _path(
    view: View, points: Sequence[Point], *, closed: bool, loose: float = 0.45, least: float = 0.0
) -> str:
    """Path data of a line or ring. loose: how far from it in units, least: what is left out."""
    places = [_place(view, x, y) for x, y in points]
    if least:
        xs, ys = [x for x, _ in places], [y for _, y in places]
        if max(max(xs) - min(xs), max(ys) - min(ys)) < least:
            return ""
    if closed:
        half = len(places) // 2
        simple = geometry.simplified(places[: half + 1], loose)[:-1]
        simple += geometry.simplified([*places[half:], places[0]], loose)[:-1]
    else:
        simple = geometry.simplified(places, loose)
    fine = [(round(x * FINE), round(y * FINE)) for x, y in simple]
    return geometry.path(fine, closed=closed)


def _place(view: View, longitude: float, latitude: float) -> tuple[float, float]:
    """Where a place is drawn, in units."""
    west, _south, _east, north = view.box
    width, height = view.size
    return (longitude - west) / view.wide * width, (north - latitude) / view.high * height


# --- what lies on it ----------------------------------------------------------------


def _marks(view: View, marks: Iterable[Mark]) -> tuple[list[tuple[int, int]], str, bool]:
    window = _window(view)
    dots: dict[tuple[int, int], None] = {}
    outlines: list[str] = []
    complete, left = True, MOST_POINTS
    for number, mark in enumerate(marks):
        left -= len(mark.points)
        if number >= MOST_MARKS or left < 0:
            complete = False
            break
        rings = list(_rings(mark))
        found = False
        for points in rings:
            for turn in _turns(geometry.box_of(points), window):
                moved = [(x + turn, y) for x, y in points]
                found = _mark(view, moved, mark, window, dots, outlines) or found
        complete = complete and (found or not rings)
    return list(dots), "".join(dict.fromkeys(outlines)), complete


def _rings(mark: Mark) -> Iterable[list[Point]]:
    """The points of a mark, within the Earth; of a box that crosses 180 degrees, turned on."""
    if mark.box is not None:
        if not all(map(math.isfinite, mark.box)):
            return
        west, south, east, north = mark.box
        west, east = max(-180.0, min(west, 180.0)), max(-180.0, min(east, 180.0))
        south, north = max(-90.0, min(south, 90.0)), max(-90.0, min(north, 90.0))
        east += 360 if west > east else 0
        yield [(west, south), (east, south), (east, north), (west, north)]
    elif mark.points:
        kept = [(x, y) for x, y in mark.points if abs(x) <= 360 and abs(y) <= 90]
        if kept:
            yield kept


def _mark(
    view: View,
    points: Sequence[Point],
    mark: Mark,
    window: Box,
    dots: dict[tuple[int, int], None],
    outlines: list[str],
) -> bool:
    places = [_place(view, x, y) for x, y in points]
    box = geometry.box_of(places)
    if len(points) == 1 or max(box[2] - box[0], box[3] - box[1]) < _LEAST:
        x, y = round((box[0] + box[2]) / 2), round((box[1] + box[3]) / 2)
        width, height = view.size
        if 0 <= x <= width and 0 <= y <= height:
            dots[(x, y)] = None
            return True
        return False
    if mark.closed or mark.box is not None:
        cut = geometry.cut_area(points, window)
        made = _path(view, cut, closed=True) if cut else ""
    else:
        parts = geometry.cut_line(points, window)
        made = "".join(_path(view, part, closed=False) for part in parts)
    if made:
        outlines.append(made)
    return bool(made)


def _circles(view: View, counted: Sequence[Counted]) -> list[Circle]:
    most = max((one.number for one in counted), default=0)
    found = []
    for one in counted:
        if not one.number:
            continue
        west, south, east, north = one.box
        left, top = _place(view, west, north)
        right, low = _place(view, east, south)
        # The area says how many, by the logarithm: one place would leave all others a point.
        share = math.log1p(one.number) / math.log1p(most)
        found.append(
            Circle(
                round((left + right) / 2),
                round((top + low) / 2),
                round(max(7 + 10 * math.sqrt(share), 4.2 * len(one.written))),
                round(left),
                round(top),
                round(right - left),
                round(low - top),
                one.url,
                one.said,
                one.written,
            )
        )
    return found


@lru_cache(maxsize=64)
def _layer(view: View, layer: Layer, day: date) -> tuple[str, str]:
    """Lines and areas of an authority's layer within the view."""
    window, lines, areas = _window(view), "", ""
    for feature in layer.features:
        if feature.kind == "point" or not feature.holds_on(day):
            continue
        for turn in _turns(feature.box, window):
            points = [(x + turn, y) for x, y in feature.points]
            if feature.kind == "area":
                cut = geometry.cut_area(points, window)
                areas += _path(view, cut, closed=True) if cut else ""
            else:
                for part in geometry.cut_line(points, window):
                    lines += _path(view, part, closed=False)
        if len(lines) + len(areas) > _MOST_LAYER_CHARS:
            break
    return lines, areas


def _names_here(view: View, layer: Layer, day: date) -> bool:
    """Whether a name of the layer stands for something in the view."""
    return any(
        feature.names and feature.holds_on(day) and geometry.touches(feature.box, view.box)
        for feature in layer.features
    )


def _labels(
    view: View,
    language: str,
    layers: Sequence[Layer],
    day: date,
    taken: Sequence[Box],
    plain: bool,
) -> list[labels.Label]:
    if view.level < 2:
        return []
    west, south, east, north = view.box
    wanted = []
    for place in names.named(layers, day):
        if place.level > view.level or (place.kind == "member" and view.level > 4):
            continue
        if plain and (place.kind in {"city", "capital"} or place.id in _SMALLER):
            continue
        for turn in (0.0, 360.0, -360.0):
            x = place.longitude + turn
            if west <= x <= east and south <= place.latitude <= north:
                wanted.append((place, *_place(view, x, place.latitude)))
    return labels.placed(wanted, language, view.size, taken)
