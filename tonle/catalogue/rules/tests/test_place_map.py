"""Places on the small map, licences in plain words, formats in words, what changed."""

from __future__ import annotations

from typing import Any

import pytest

from tonle.catalogue.rules.changes import Changes, changes
from tonle.catalogue.rules.licence_terms import terms
from tonle.catalogue.rules.media_types import in_words
from tonle.catalogue.rules.place_map import Box, Dot, picture


def point(latitude: str, longitude: str) -> dict[str, Any]:
    return {"point": {"latitude": latitude, "longitude": longitude}}


def box(west: str, south: str, east: str, north: str) -> dict[str, Any]:
    return {"box": {"west": west, "south": south, "east": east, "north": north}}


def test_a_point_and_a_box_stand_where_they_are() -> None:
    found = picture([point("20", "101"), box("100", "10", "102", "12")])
    assert found is not None
    assert found.dots == (Dot("95.5", "100"),)
    assert found.boxes == (Box("86", "180", "19.1", "20"),)
    assert found.complete


@pytest.mark.parametrize(
    "places", [[], [{"place": {"en": "Takeo"}}], [point("48", "2")], [box("0", "40", "10", "50")]]
)
def test_what_is_not_in_the_region_has_no_map(places: list[dict[str, Any]]) -> None:
    assert picture(places) is None


def test_a_small_box_is_a_dot_and_a_large_one_is_cut() -> None:
    found = picture([box("104.9", "11.5", "105.0", "11.6"), box("-180", "-90", "180", "90")])
    assert found is not None
    assert len(found.dots) == 1
    assert found.boxes == (Box("0", "0", "191", "250"),)


def test_a_box_across_the_date_line_is_drawn_where_it_touches_the_region() -> None:
    found = picture([box("100", "10", "-170", "20")])
    assert found is not None
    assert found.boxes == (Box("86", "100", "105.1", "100"),)


def test_a_polygon_is_drawn_as_what_it_spans() -> None:
    corners = [("10", "100"), ("12", "101"), ("11", "103")]
    points = [{"latitude": a, "longitude": o} for a, o in corners]
    found = picture([{"polygons": [{"points": points}]}])
    assert found is not None
    assert found.boxes == (Box("86", "180", "28.7", "20"),)


def test_the_map_says_when_it_does_not_show_all() -> None:
    found = picture([point("12", "105"), point("48", "2")])
    assert found is not None
    assert not found.complete
    many = picture([point("12", str(92 + n / 10)) for n in range(100)])
    assert many is not None
    assert not many.complete
    assert len(many.dots) == 40


@pytest.mark.parametrize(
    ("identifier", "may", "must", "must_not"),
    [
        ("CC0-1.0", 3, 0, 0),
        ("CC-BY-4.0", 3, 2, 1),
        ("CC-BY-NC-ND-4.0", 2, 1, 2),
        ("CC-BY-SA-3.0-IGO", 3, 3, 1),
        ("GPL-3.0-only", 3, 3, 1),
        ("MIT", 3, 1, 0),
    ],
)
def test_terms_of_licences(identifier: str, may: int, must: int, must_not: int) -> None:
    found = terms(identifier)
    assert found is not None
    assert (len(found.may), len(found.must), len(found.must_not)) == (may, must, must_not)


@pytest.mark.parametrize("identifier", ["", "LicenseRef-mine", "MIT OR Apache-2.0", "Proprietary"])
def test_terms_of_what_is_not_known_are_none(identifier: str) -> None:
    assert terms(identifier) is None


@pytest.mark.parametrize(
    ("media_type", "name", "words"),
    [
        ("text/csv", "a.csv", "Table (CSV)"),
        ("text/csv; charset=utf-8", "a", "Table (CSV)"),
        ("application/json", "a.geojson", "Map data (GeoJSON)"),
        ("application/octet-stream", "a.parquet", "Table (Parquet)"),
        ("application/octet-stream", "a", "Data"),
        ("application/x-unheard-of", "a.xyz", ""),
    ],
)
def test_formats_in_words(media_type: str, name: str, words: str) -> None:
    assert in_words(media_type, name) == words


def test_what_changed_is_told_by_file_and_field() -> None:
    def file(name: str, digest: str) -> dict[str, str]:
        return {"name": name, "sha256": digest}

    before = {"titles": {"en": "A"}, "version": 1, "languages": ["km"],
              "files": [file("a", "1"), file("b", "2")]}  # fmt: skip
    after = {"titles": {"en": "B"}, "version": 2, "subjects": [],
             "files": [file("b", "3"), file("c", "4")]}  # fmt: skip
    assert changes(before, after) == Changes(
        added=("c",), removed=("a",), replaced=("b",), fields=("titles", "subjects", "languages")
    )
    assert not changes(before, before)
