"""What a client asks for: the parameters of a STAC search, checked.

Source: STAC API 1.0.0, item-search; OGC API Features 1.0, 7.15.2 to 7.15.7.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from tonle.catalogue.public import Asked, Box, crossing, jsontext
from tonle.kernel.dates import parse_instant
from tonle.kernel.errors import N_, Invalid
from tonle.kernel.sentences import invalid

DEFAULT_LIMIT: Final = 20
LARGEST_LIMIT: Final = 500
MOST_NAMES: Final = 200
# A search is a few numbers and names; a drawn area is the largest.
LARGEST_BODY: Final = 200_000
MOST_CORNERS: Final = 2_000
PARAMETERS: Final = ("bbox", "datetime", "limit", "ids", "collections", "intersects", "token")


@dataclass(frozen=True)
class Search:
    """A checked search.

    asked: what the database chooses by. area: a GeoJSON geometry that the chosen must touch.
    pairs: the parameters as they were given, for the address of the next page.
    """

    asked: Asked
    area: Mapping[str, Any] | None = None
    limit: int = DEFAULT_LIMIT
    after: str = ""
    pairs: Mapping[str, Any] = field(default_factory=dict)


def read(given: Mapping[str, Any], *, collection: str = "") -> Search:
    """The search that parameters ask for: texts of an address, or values of JSON.

    collection: the one whose items are asked for. Raises Invalid, with the parameter.
    """
    box, area = _box(given.get("bbox")), _area(given.get("intersects"))
    if box is not None and area is not None:
        raise invalid("bbox", N_("Ask by bbox or by intersects, not by both."))
    if area is not None:
        box = _around(area)
    since, until = _times(given.get("datetime"))
    kinds = [collection] if collection else _names("collections", given.get("collections"))
    asked = Asked(box, since, until, kinds, _names("ids", given.get("ids")))
    token = given.get("token", "")
    if not _is_name(token, 20):
        raise invalid("token", N_("This is no token of a page before."))
    kept = {name: given[name] for name in PARAMETERS if name in given and name != "token"}
    return Search(asked, area, _limit(given.get("limit")), token, kept)


def read_body(body: bytes) -> Search:
    """The search that a JSON body asks for. Raises Invalid."""
    fault = invalid("", N_("Send a JSON object of at most %(most)s bytes."), most=LARGEST_BODY)
    if len(body) > LARGEST_BODY:
        raise fault
    try:
        given = jsontext.parse(body)
    except jsontext.NotJson:
        raise fault from None
    if not isinstance(given, dict):
        raise fault
    return read(given)


def _limit(value: Any) -> int:
    if value is None or value == "":
        return DEFAULT_LIMIT
    text = str(value)
    # Digits alone: int() takes signs, blanks, underscores and every script's digits.
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise invalid("limit", N_("The limit is a whole number from 1."))
    number = int(text)
    if number < 1:
        raise invalid("limit", N_("The limit is a whole number from 1."))
    # The standard has a server give less than is asked for, rather than refuse.
    return min(number, LARGEST_LIMIT)


def _names(parameter: str, value: Any) -> list[str]:
    if value is None or value == "":
        return []
    names = value.split(",") if isinstance(value, str) else value
    sound = isinstance(names, list) and all(_is_name(name, 60) for name in names)
    if not sound or len(names) > MOST_NAMES:
        raise invalid(parameter, N_("This is no list of at most %(most)s names."), most=MOST_NAMES)
    return list(names)


def _is_name(value: Any, longest: int) -> bool:
    """Of letters that can be looked for: JSON can name half of one, and U+0000."""
    return isinstance(value, str) and len(value) <= longest and value.isprintable()


def _box(value: Any) -> Box | None:
    if value is None or value == "":
        return None
    parts = value.split(",") if isinstance(value, str) else value
    fault = invalid("bbox", N_("A bbox is west, south, east, north in degrees."))
    if not isinstance(parts, list) or len(parts) not in (4, 6):
        raise fault
    numbers = [_degrees(part) for part in parts]
    if None in numbers:
        raise fault
    found = [number for number in numbers if number is not None]
    # With heights, they stand third and sixth; places here have none.
    west, south, east, north = found if len(found) == 4 else (*found[:2], *found[3:5])
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise fault
    return Box(west, south, east, north)


def _degrees(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < 1e6 else None


def _area(value: Any) -> Mapping[str, Any] | None:
    if value is None or value == "":
        return None
    fault = invalid("intersects", N_("This is no GeoJSON geometry of at most 2,000 positions."))
    if isinstance(value, str):
        try:
            value = jsontext.parse(value.encode("utf-8", "replace"))
        except jsontext.NotJson:
            raise fault from None
    try:
        found = crossing.corners(value)
        sound = all(abs(x) <= 180 and abs(y) <= 90 for x, y in found)
    except (TypeError, ValueError, KeyError, IndexError, RecursionError, OverflowError):
        raise fault from None
    if not found or not sound or len(found) > MOST_CORNERS:
        raise fault
    area: Mapping[str, Any] = value
    return area


def _around(area: Mapping[str, Any]) -> Box:
    found = crossing.corners(area)
    longitudes, latitudes = [p[0] for p in found], [p[1] for p in found]
    return Box(min(longitudes), min(latitudes), max(longitudes), max(latitudes))


def _times(value: Any) -> tuple[datetime | None, datetime | None]:
    """The two ends of an instant or an interval; `..` or nothing is an open one."""
    if value is None or value == "":
        return None, None
    fault = invalid("datetime", N_("Write one instant or two: 2026-01-01T00:00:00Z/.."))
    if not isinstance(value, str) or len(value) > 100:
        raise fault
    first, stroke, last = value.partition("/")
    try:
        since = None if first in {"", ".."} else parse_instant(first)
        until = since if not stroke else None if last in {"", ".."} else parse_instant(last)
    except Invalid:
        raise fault from None
    if (since is None and until is None) or (since and until and since > until):
        raise fault
    return since and since.astimezone(UTC), until and until.astimezone(UTC)
