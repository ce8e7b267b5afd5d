"""The layer of an authority: GeoJSON (RFC 7946) of a stranger, measured before it is kept. Pure.

What a node's own authority has approved may be drawn over the base map: lines, areas, and
names of places with the days from and to which they hold. Everything else in the file is
passed over.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final, Literal

from tonle.kernel.errors import N_, TonleError
from tonle.kernel.maps.geometry import Box, Point, box_of, simplified

MOST_BYTES: Final = 2 << 20
MOST_POINTS: Final = 60_000
MOST_FEATURES: Final = 2_000
MOST_KEPT_POINTS: Final = 10_000
_MOST_NAME = 80
_MOST_LANGUAGES = 20
# Whoever looks cannot tell less apart on the closest map.
_TOLERANCE = 0.004

Kind = Literal["point", "line", "area"]


class BadLayer(TonleError):
    code = "maps.bad_layer"
    message = N_("This file is no GeoJSON with features (RFC 7946). Save it as GeoJSON.")


class LayerTooLarge(BadLayer):
    code = "maps.layer_too_large"
    message = N_("This file has too many features or points, or more than 2 MB. Simplify it first.")


class LayerNotInDegrees(BadLayer):
    code = "maps.layer_not_in_degrees"
    message = N_("Places in this file are not degrees of longitude and latitude (WGS 84).")


class LayerEmpty(BadLayer):
    code = "maps.layer_empty"
    message = N_("This file has no line, no area and no point with a name.")


class LayerDay(BadLayer):
    code = "maps.layer_day"
    message = N_("A day in this file is not written as 2026-11-22.")


@dataclass(frozen=True)
class Feature:
    """points: degrees. names: language to text. replaces: id of a place of the base map, or "".
    since, until: days as 2026-11-22, "" for no bound."""

    kind: Kind
    points: tuple[Point, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    replaces: str = ""
    since: str = ""
    until: str = ""
    level: int = 4

    def holds_on(self, day: date) -> bool:
        said = day.isoformat()
        return (not self.since or self.since <= said) and (not self.until or said <= self.until)

    @cached_property
    def box(self) -> Box:
        return box_of(self.points)


# One layer is itself alone: what was drawn of it is remembered by that.
@dataclass(frozen=True, eq=False)
class Layer:
    """key: of the layer on this node. authority, approval: as shown under the map; dated: the
    day of the approval."""

    key: str
    authority: str
    approval: str
    dated: date
    features: tuple[Feature, ...]


def read(data: bytes) -> list[Feature]:
    """The features of a file that somebody sends. Raises BadLayer."""
    if len(data) > MOST_BYTES:
        raise LayerTooLarge
    try:
        said = json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadLayer from error
    rows = said.get("features") if isinstance(said, dict) else None
    if not isinstance(rows, list):
        raise BadLayer
    if len(rows) > MOST_FEATURES:
        raise LayerTooLarge
    found: list[Feature] = []
    points = kept = 0
    for row in rows:
        for feature in _features(row):
            points += len(feature.points)
            if points > MOST_POINTS:
                raise LayerTooLarge
            if feature.kind == "point" and not feature.names:
                continue
            simple = _simple(feature)
            kept += len(simple.points)
            if kept > MOST_KEPT_POINTS:
                raise LayerTooLarge
            found.append(simple)
    if not found:
        raise LayerEmpty
    return found


def to_json(features: Sequence[Feature]) -> list[dict[str, Any]]:
    """As a database keeps them, without what is empty."""
    return [{key: value for key, value in asdict(one).items() if value} for one in features]


def of_json(said: Sequence[Mapping[str, Any]]) -> tuple[Feature, ...]:
    """What `to_json` made."""
    return tuple(
        Feature(**{**one, "points": tuple((x, y) for x, y in one["points"])}) for one in said
    )


def _simple(feature: Feature) -> Feature:
    if feature.kind == "point":
        return feature
    points = simplified(feature.points, _TOLERANCE)
    kept = tuple((round(x, 4), round(y, 4)) for x, y in points)
    return Feature(
        feature.kind,
        kept,
        feature.names,
        feature.replaces,
        feature.since,
        feature.until,
        feature.level,
    )


def _features(row: Any) -> Iterator[Feature]:
    if not isinstance(row, dict):
        raise BadLayer
    has = row.get("properties")
    properties = has if isinstance(has, dict) else {}
    names = _names(properties)
    replaces = properties.get("replaces")
    about: dict[str, Any] = {
        "names": names,
        "replaces": replaces[:64] if isinstance(replaces, str) else "",
        "since": _day(properties.get("valid_from")),
        "until": _day(properties.get("valid_to")),
    }
    geometry = row.get("geometry")
    if not isinstance(geometry, dict):
        return
    inside = geometry.get("geometries")
    for one in inside if isinstance(inside, list) else [geometry]:
        for kind, points in _parts(one):
            yield Feature(kind, points, **about)


_DEPTHS: Final[Mapping[str, tuple[int, Kind]]] = {
    "Point": (0, "point"),
    "MultiPoint": (1, "point"),
    "LineString": (1, "line"),
    "MultiLineString": (2, "line"),
    "Polygon": (2, "area"),
    "MultiPolygon": (3, "area"),
}


def _parts(geometry: Any) -> Iterator[tuple[Kind, tuple[Point, ...]]]:
    if not isinstance(geometry, dict) or geometry.get("type") not in _DEPTHS:
        return
    depth, kind = _DEPTHS[geometry["type"]]
    lines: list[Any] = [geometry.get("coordinates")]
    for _ in range(depth if kind == "point" else depth - 1):
        if not all(isinstance(one, list) for one in lines):
            raise BadLayer
        lines = [part for one in lines for part in one]
        if len(lines) > MOST_POINTS:
            raise LayerTooLarge
    for line in lines:
        if not isinstance(line, list):
            raise BadLayer
        places = [line] if kind == "point" else line
        if len(places) > MOST_POINTS:
            raise LayerTooLarge
        points = tuple(_point(one) for one in places)
        if len(points) >= (1 if kind == "point" else 2):
            yield kind, points


def _point(value: Any) -> Point:
    if not isinstance(value, list) or len(value) < 2:
        raise BadLayer
    x, y = value[0], value[1]
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in (x, y)):
        raise BadLayer
    if not (abs(x) <= 180 and abs(y) <= 90 and math.isfinite(x) and math.isfinite(y)):
        raise LayerNotInDegrees
    return float(x), float(y)


def _names(properties: Mapping[str, Any]) -> dict[str, str]:
    """`name` and `name:km` as OpenStreetMap writes them. `name` alone has no language: "und"."""
    found: dict[str, str] = {}
    for key, value in properties.items():
        head, colon, code = key.partition(":")
        if head != "name" or not isinstance(value, str) or len(found) >= _MOST_LANGUAGES:
            continue
        text = " ".join("".join(c if c.isprintable() else " " for c in value).split())[:_MOST_NAME]
        code = {"zh": "zh-Hans"}.get(code, code) if colon else "und"
        if text and len(code) <= 16:
            found[code] = text
    return found


def _day(value: Any) -> str:
    if value in (None, ""):
        return ""
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError) as error:
        raise LayerDay from error


def _no_number(text: str) -> float:
    raise ValueError(text)
