"""Where and when a record is, as numbers: for maps, for searches by place, for STAC.

Coordinates are decimal degrees of WGS 84, longitude before latitude. A box whose west is
greater than its east goes across the 180th meridian.
Source: RFC 7946 (GeoJSON), sections 3.1 and 5.2; DataCite 4.7, property 18.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from tonle.kernel.dates import earliest, latest, parse_date
from tonle.kernel.errors import Invalid

# What a time of the thing itself is called, the most telling first.
_TIMES = ("Coverage", "Collected", "Valid", "Created", "Issued")
_OF_DATA = _TIMES[:2]
Position = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A rectangle of degrees; west may be greater than east."""

    west: float
    south: float
    east: float
    north: float

    @property
    def corners(self) -> tuple[float, float, float, float]:
        return (self.west, self.south, self.east, self.north)


def positions(place: Mapping[str, Any]) -> list[list[Position]]:
    """The rings of a place that has a surface; none for one that has not.

    A box is a ring of its corners. Rings are closed and run counter-clockwise.
    """
    rings = []
    for polygon in place.get("polygons", ()):
        ring = [_position(point) for point in polygon["points"]]
        if len(set(ring)) >= 3:
            ring = ring if ring[0] == ring[-1] else [*ring, ring[0]]
            rings.append(ring if _area(ring) >= 0 else ring[::-1])
    if "box" in place and not rings:
        box = _box(place["box"])
        if box.west <= box.east:
            rings.append(_ring(box))
        else:
            rings += [
                _ring(Box(box.west, box.south, 180.0, box.north)),
                _ring(Box(-180.0, box.south, box.east, box.north)),
            ]
    return rings


def geometry(places: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """One GeoJSON geometry of all places; None where none has coordinates.

    Points alone make points, surfaces alone polygons; where there are both, each point lies
    in the collection beside the surfaces.
    """
    points: list[Position] = []
    rings: list[list[Position]] = []
    for place in places:
        found = positions(place)
        rings += found
        if "point" in place and not found:
            points.append(_position(place["point"]))
    shapes = [*_points(points), *_polygons(rings)]
    if len(shapes) > 1:
        return {"type": "GeometryCollection", "geometries": shapes}
    return shapes[0] if shapes else None


def _points(points: list[Position]) -> list[dict[str, Any]]:
    found = list(dict.fromkeys(points))
    if len(found) == 1:
        return [{"type": "Point", "coordinates": list(found[0])}]
    return [{"type": "MultiPoint", "coordinates": [list(p) for p in found]}] if found else []


def _polygons(rings: list[list[Position]]) -> list[dict[str, Any]]:
    surfaces = [[[list(p) for p in ring]] for ring in rings]
    if len(surfaces) == 1:
        return [{"type": "Polygon", "coordinates": surfaces[0]}]
    return [{"type": "MultiPolygon", "coordinates": surfaces}] if surfaces else []


def bounds(places: Iterable[Mapping[str, Any]]) -> Box | None:
    """The smallest box around all places; None where none has coordinates."""
    boxes = []
    for place in places:
        if "box" in place:
            boxes.append(_box(place["box"]))
        around = [_position(p) for polygon in place.get("polygons", ()) for p in polygon["points"]]
        if around:
            boxes.append(_around(around))
        if "point" in place:
            boxes.append(_around([_position(place["point"])]))
    if not boxes:
        return None
    if len(boxes) > 1 and any(box.west > box.east for box in boxes):
        # Several, one of them across the 180th meridian: all the way round is right, and simple.
        return Box(-180.0, min(b.south for b in boxes), 180.0, max(b.north for b in boxes))
    return Box(
        min(b.west for b in boxes),
        min(b.south for b in boxes),
        max(b.east for b in boxes),
        max(b.north for b in boxes),
    )


@dataclass(frozen=True)
class Interval:
    """From start to end, both included, UTC; None is open. Not both."""

    start: datetime | None
    end: datetime | None


def interval(document: Mapping[str, Any]) -> Interval | None:
    """When the thing is of: its coverage, else when it was collected, made or issued."""
    by_type: dict[str, list[str]] = {}
    for row in document.get("dates", ()):
        by_type.setdefault(row["type"], []).append(row["date"])
    for kind in _TIMES:
        for text in by_type.get(kind, ()):
            try:
                value = parse_date(text)
                first, last = earliest(value), latest(value)
            except Invalid:
                continue  # A date that only people can read.
            return Interval(_begin(first), _end(last))
    year = document.get("publication_year")
    if isinstance(year, int):
        return Interval(_begin(date(year, 1, 1)), _end(date(year, 12, 31)))
    return None


def of_data(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The dates that say what time its data are of: its coverage, else when they were collected."""
    rows = document.get("dates", ())
    for kind in _OF_DATA:
        if found := [row for row in rows if row["type"] == kind]:
            return found
    return []


def covered(document: Mapping[str, Any]) -> list[tuple[int | None, int | None]]:
    """First and last year of each span that its data are of; None is an open end."""
    spans = []
    for row in of_data(document):
        try:
            value = parse_date(row["date"])
        except Invalid:
            continue  # A date that only people can read.
        first, last = earliest(value), latest(value)
        spans.append((first.year if first else None, last.year if last else None))
    return spans


def _begin(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None


def _end(day: date | None) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(day, time(), UTC) + timedelta(days=1, seconds=-1)


def _position(point: Mapping[str, Any]) -> Position:
    return (float(point["longitude"]), float(point["latitude"]))


def _box(box: Mapping[str, Any]) -> Box:
    south, north = sorted((float(box["south"]), float(box["north"])))
    return Box(float(box["west"]), south, float(box["east"]), north)


def _around(points: list[Position]) -> Box:
    longitudes, latitudes = [p[0] for p in points], [p[1] for p in points]
    return Box(min(longitudes), min(latitudes), max(longitudes), max(latitudes))


def _ring(box: Box) -> list[Position]:
    west, south, east, north = box.corners
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def _area(ring: list[Position]) -> float:
    """Twice the signed area: positive where the ring runs counter-clockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))
