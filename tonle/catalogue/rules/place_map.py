"""Where a record is, on a small map of the region."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tonle.catalogue.rules import region

MOST_MARKS: Final = 40
# A smaller box cannot be seen; it is drawn as a dot.
LEAST_SIDE: Final = 3.0


@dataclass(frozen=True)
class Dot:
    """A point, in units of the drawing."""

    x: str
    y: str


@dataclass(frozen=True)
class Box:
    """A rectangle, in units of the drawing."""

    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class Picture:
    """A map: outlines as SVG path data, and the marks on it.

    complete: whether all places of the record are on it.
    """

    dots: tuple[Dot, ...]
    boxes: tuple[Box, ...]
    complete: bool
    members: str = region.MEMBERS
    others: str = region.OTHERS
    width: int = region.WIDTH
    height: int = region.HEIGHT


def picture(places: Iterable[Mapping[str, Any]]) -> Picture | None:
    """The map of a record's geo_locations; None where none of them lies in the region."""
    dots: list[Dot] = []
    boxes: list[Box] = []
    complete = True
    for place in places:
        inside = False
        corners = _corners(place)
        if corners:
            west, south, east, north = corners
            inside = _draw(west, south, east, north, dots, boxes)
        if "point" in place:
            longitude = float(place["point"]["longitude"])
            latitude = float(place["point"]["latitude"])
            if _within(longitude, latitude):
                dots.append(_dot(longitude, latitude))
                inside = True
        drawn = bool(corners) or "point" in place
        complete = complete and (inside or not drawn)
        if len(dots) + len(boxes) >= MOST_MARKS:
            complete = False
            break
    if not dots and not boxes:
        return None
    return Picture(tuple(dict.fromkeys(dots)), tuple(dict.fromkeys(boxes)), complete)


def _corners(place: Mapping[str, Any]) -> tuple[float, float, float, float] | None:
    """West, south, east and north of a place's box, or of what its polygons span."""
    if "box" in place:
        box = place["box"]
        return (float(box["west"]), float(box["south"]), float(box["east"]), float(box["north"]))
    points = [point for polygon in place.get("polygons", ()) for point in polygon["points"]]
    if not points:
        return None
    longitudes = [float(point["longitude"]) for point in points]
    latitudes = [float(point["latitude"]) for point in points]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _draw(
    west: float, south: float, east: float, north: float, dots: list[Dot], boxes: list[Box]
) -> bool:
    """Draw what of a box lies in the region. Returns whether any of it does.

    A box whose west is greater than its east goes round the other side of the Earth.
    """
    if west > east:
        parts = ((west, 180.0), (-180.0, east))
        drawn = [_draw(one, south, other, north, dots, boxes) for one, other in parts]
        return any(drawn)
    left, right = max(west, region.WEST), min(east, region.EAST)
    low, high = max(south, region.SOUTH), min(north, region.NORTH)
    if left > right or low > high:
        return False
    width = (right - left) * region.PER_LONGITUDE
    height = (high - low) * region.PER_LATITUDE
    if max(width, height) < LEAST_SIDE:
        dots.append(_dot((left + right) / 2, (low + high) / 2))
    else:
        boxes.append(Box(_x(left), _y(high), _plain(width), _plain(height)))
    return True


def _within(longitude: float, latitude: float) -> bool:
    in_width = region.WEST <= longitude <= region.EAST
    return in_width and region.SOUTH <= latitude <= region.NORTH


def _dot(longitude: float, latitude: float) -> Dot:
    return Dot(_x(longitude), _y(latitude))


def _x(longitude: float) -> str:
    return _plain((longitude - region.WEST) * region.PER_LONGITUDE)


def _y(latitude: float) -> str:
    return _plain((region.NORTH - latitude) * region.PER_LATITUDE)


def _plain(value: float) -> str:
    # Text, because a page in another language would write a comma.
    return f"{value:.1f}".removesuffix(".0")
