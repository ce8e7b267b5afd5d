"""What catalogues of data share: texts in several languages, files that stay at their home.

Source: DCAT 3, section 6.8 (Distribution); ISO 15924 scripts by Unicode blocks.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from typing import Any, Final

from tonle.catalogue.crosswalks import jsontext
from tonle.catalogue.crosswalks.clean import Cleaner, as_list, as_map, as_text
from tonle.catalogue.crosswalks.common import Notes
from tonle.catalogue.crosswalks.datacite import rights_entry
from tonle.kernel.codes import find
from tonle.kernel.errors import N_

MAX_DISTRIBUTIONS: Final = 10_000
_ADDRESS = re.compile(r"https?://[^\s<>\"]{1,3990}\Z")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+*-]*", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-fA-F]{8,128}\Z")
_ALGORITHM_OF_LENGTH: Final = {32: "MD5", 40: "SHA-1", 64: "SHA-256", 96: "SHA-384", 128: "SHA-512"}
_MAX_SIZE: Final = 2**53 - 1

# Scripts of which each belongs to one language of the region, but for the letters that its
# neighbours add: Shan, Mon and Karen write with Myanmar letters of their own.
_SCRIPTS: Final = (
    ("km", re.compile("[\u1780-\u17d3\u17d7\u17dc]")),
    ("lo", re.compile("[\u0e81-\u0eb9\u0ebb-\u0ec4\u0edc\u0edd]")),
    ("th", re.compile("[\u0e01-\u0e3a\u0e40-\u0e4e]")),
    ("my", re.compile("[\u1000-\u1021\u1023-\u1027\u1029-\u103f]")),
)
# China as a whole is no member; a record of Yunnan says so by its province.
_MEMBER_OF: Final = {"KH": "KHM", "LA": "LAO", "TH": "THA", "VN": "VNM", "MM": "MMR"}
_NEIGHBOURS = re.compile("[\u1022\u1028\u105a-\u109f\ua9e0-\ua9fe\uaa60-\uaa7f]")


def language_of_script(text: str) -> str | None:
    """The language that a text's script gives away beyond doubt, or None.

    Most of its letters must be of one of the four scripts: a Khmer word in an English
    sentence makes it no Khmer text.
    """
    if text.isascii() or _NEIGHBOURS.search(text):
        return None
    letters = sum(1 for c in text if c.isalpha() or ord(c) > 0xFF)
    for language, script in _SCRIPTS:
        found = len(script.findall(text))
        if found > 1 and found * 2 > letters:
            return language
    return None


def pardon(notes: Notes) -> None:
    """Take a record without creators: portals have many, and answer for them themselves."""
    kept = [remark for remark in notes.refusals if remark.where != "creators"]
    if len(kept) < len(notes.refusals):
        notes.refusals = kept
        notes.warn("creators", N_("No creator is given."))


class Texts:
    """Texts of one record under their languages; plain ones get a tag only if it is sure."""

    def __init__(self, clean: Cleaner) -> None:
        self._clean = clean

    def pairs(self, value: Any, where: str) -> list[tuple[str, str]]:
        """(language or "", text) of a text, a map of texts, or such a map written as JSON."""
        return [
            (self.language(text, language, where), text)
            for language, text in _pairs(value)
            if text.strip()
        ]

    def language(self, text: str, language: str, where: str) -> str:
        """The language as given, else as the script tells, else ""."""
        if language:
            return language
        told = language_of_script(text)
        if told is None:
            return ""
        self._clean.notes.warn(where, N_("Its language was told by its script."))
        return told

    def map_of(self, value: Any, where: str, limit: int = 4000, *, prose: bool = False) -> Any:
        """A language map of it, cleaned; empty for no text."""
        made: dict[str, str] = {}
        for language, given in self.pairs(value, where):
            text = (
                self._clean.prose(given, where, limit)
                if prose
                else self._clean.line(given, where, limit)
            )
            if text:
                made.setdefault(self._clean.language(language, where), text)
        return made


def _pairs(value: Any) -> Iterable[tuple[str, str]]:
    if isinstance(value, str) and value.lstrip().startswith("{"):
        # Fluent texts in an extra field come as JSON inside the JSON.
        try:
            value = jsontext.parse(value.encode("utf-8", "replace"))
        except jsontext.NotJson:
            return [("", value)]
    if isinstance(value, dict):
        return [
            ("" if language in ("und", "none", "@none") else language, text)
            for language, given in value.items()
            for one in as_list(given)
            if (text := as_text(one))
        ]
    return [("", text) for one in as_list(value) if (text := as_text(one))]


def address(value: Any) -> str:
    """A web address as it is, "" for anything else."""
    text = as_text(value).strip()
    return text if _ADDRESS.match(text) else ""


def size_of(value: Any) -> int | None:
    """A number of bytes; None for anything else, also for "2 MB", which is a rounding."""
    text = as_text(value).strip()
    if isinstance(value, float) and value.is_integer():
        text = str(int(value))
    if not re.fullmatch(r"[0-9]{1,16}(?:\.0+)?", text, re.ASCII):
        return None
    number = int(text.partition(".")[0])
    return number if number <= _MAX_SIZE else None


def checksum_of(value: Any, algorithm: Any) -> dict[str, str] | None:
    """A digest with its algorithm, which its length tells where nobody says it."""
    text = as_text(value).strip()
    stated = as_text(algorithm).strip()
    head, colon, rest = text.partition(":")
    if colon and not stated:
        stated, text = head, rest
    if not _HEX.match(text):
        return None
    name = re.split(r"[/#_]", stated)[-1].upper()
    name = re.sub(r"\ASHA-?(\d+)\Z", r"SHA-\1", name)[:40] or _ALGORITHM_OF_LENGTH.get(
        len(text), ""
    )
    return {"algorithm": name, "value": text.lower()} if name else None


def distribution(
    clean: Cleaner,
    *,
    title: Any = None,
    description: Any = None,
    access_url: Any = None,
    download_url: Any = None,
    media_type: Any = None,
    format_name: Any = None,
    size: Any = None,
    checksum: Any = None,
    algorithm: Any = None,
    licence: tuple[Any, ...] = (),
) -> dict[str, Any] | None:
    """One file that stays at its home; None for one without an address.

    licence: any of its identifier, address and name, in that order of trust.
    """
    texts = Texts(clean)
    made: dict[str, Any] = {
        "title": texts.map_of(title, "distribution.title", 1000),
        "description": texts.map_of(description, "distribution.description", 4000, prose=True),
        "access_url": address(access_url),
        "download_url": address(download_url),
        "size_bytes": size_of(size),
        "checksum": checksum_of(checksum, algorithm),
        "licence": _licence([as_text(one).strip() for one in licence]),
    }
    if not made["access_url"] and not made["download_url"]:
        return None
    stated = clean.line(_last(media_type), "distribution.media_type", 200)
    if found := _MEDIA_TYPE.search(stated):
        made["media_type"] = found[0].lower()
    written = clean.line(_last(format_name), "distribution.format", 200)
    if written:
        made["format"] = written
    return {key: value for key, value in made.items() if value not in ("", None, {}, [])}


def _last(value: Any) -> str:
    """A value of the European authority tables or of IANA by its last word; others as given."""
    text = as_text(value).strip()
    if re.match(r"https?://www\.iana\.org/assignments/media-types/", text):
        return text.split("/media-types/", 1)[1]
    if re.match(r"https?://", text):
        return re.split(r"[/#]", text.rstrip("/"))[-1]
    return text


def _licence(told: list[str]) -> dict[str, str]:
    uri = next((one for one in told if _ADDRESS.match(one)), "")
    for one in told:
        found = rights_entry("" if one == uri else one, uri if one == uri else "", "", "und")
        if "identifier" in found:
            return {"identifier": found["identifier"], **({"uri": uri} if uri else {})}
    return {"uri": uri} if uri and len(uri) <= 2000 else {}


def members_of(countries: Iterable[Any]) -> list[str]:
    """The members of the commons that country codes or names mean, each once."""
    made: list[str] = []
    for country in countries:
        text = as_text(country).strip()[:80]
        known = find("countries", text) if text else None
        member = _MEMBER_OF.get(known.code) if known else None
        if member is None and text and (named := find("members", text)):
            member = named.code
        if member and member not in made:
            made.append(member)
    return made


def shapes(value: Any) -> list[dict[str, Any]]:
    """GeoJSON, as an object or as its text, as DataCite's places: points, boxes, polygons.

    Collections are walked; of a multi-polygon every outer ring is one polygon; lines become
    the box around them. Source: RFC 7946.
    """
    if isinstance(value, str):
        try:
            value = jsontext.parse(value.encode("utf-8", "replace"))
        except jsontext.NotJson:
            return []
    made: list[dict[str, Any]] = []
    waiting = deque([value])
    while waiting and len(made) < 200:
        one = as_map(waiting.popleft())
        kind, coordinates = as_text(one.get("type")), one.get("coordinates")
        if kind == "Feature":
            waiting.append(one.get("geometry"))
        elif kind == "FeatureCollection":
            waiting += as_list(one.get("features"))[:200]
        elif kind == "GeometryCollection":
            waiting += as_list(one.get("geometries"))[:200]
        elif kind == "Point":
            made += [{"geoLocationPoint": point} for point in _points([coordinates])]
        elif kind == "MultiPoint":
            made += [{"geoLocationPoint": point} for point in _points(coordinates)]
        elif kind == "Polygon":
            made += _rings(as_list(coordinates)[:1])
        elif kind == "MultiPolygon":
            made += _rings([ring for part in as_list(coordinates) for ring in as_list(part)[:1]])
        elif kind in ("LineString", "MultiLineString"):
            lines = [coordinates] if kind == "LineString" else as_list(coordinates)
            made += _box([point for line in lines for point in _points(line)])
    return made


def _points(value: Any) -> list[dict[str, str]]:
    made = []
    for one in as_list(value)[:10_000]:
        if isinstance(one, list) and len(one) >= 2:
            made.append({"pointLongitude": as_text(one[0]), "pointLatitude": as_text(one[1])})
    return made


def _rings(rings: list[Any]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for ring in rings[:200]:
        points = _points(ring)
        corners = {tuple(point.values()) for point in points}
        sides = [{p[n] for p in points} for n in ("pointLongitude", "pointLatitude")]
        if len(corners) == 4 and all(len(side) == 2 for side in sides):
            made += _box(points)
        elif len(corners) >= 3:
            polygon = [{"polygonPoint": point} for point in points]
            made.append({"geoLocationPolygon": polygon})
        else:
            made += [{"geoLocationPoint": point} for point in points[:1]]
    return made


def _box(points: list[dict[str, str]]) -> list[dict[str, Any]]:
    """The box around points; none where one of them is no number."""
    try:
        longitudes = sorted((p["pointLongitude"] for p in points), key=float)
        latitudes = sorted((p["pointLatitude"] for p in points), key=float)
    except ValueError:
        return []
    if not longitudes:
        return []
    return [
        {
            "geoLocationBox": {
                "westBoundLongitude": longitudes[0],
                "eastBoundLongitude": longitudes[-1],
                "southBoundLatitude": latitudes[0],
                "northBoundLatitude": latitudes[-1],
            }
        }
    ]
