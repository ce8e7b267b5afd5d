"""Places on the small map, licences in plain words, formats in words, what changed."""

from __future__ import annotations

from typing import Any

import pytest

from tonle.catalogue.rules.changes import Changes, changes
from tonle.catalogue.rules.licence_terms import terms
from tonle.catalogue.rules.media_types import in_words
from tonle.catalogue.rules.place_map import around, marks
from tonle.kernel.maps.drawing import Mark


def point(latitude: str, longitude: str) -> dict[str, Any]:
    return {"point": {"latitude": latitude, "longitude": longitude}}


def box(west: str, south: str, east: str, north: str) -> dict[str, Any]:
    return {"box": {"west": west, "south": south, "east": east, "north": north}}


def test_places_of_a_record_become_marks_of_each_kind() -> None:
    corners = [("10", "100"), ("12", "101"), ("11", "103")]
    points = [{"latitude": a, "longitude": o} for a, o in corners]
    found = marks(
        [point("20", "101"), box("100", "10", "102", "12"), {"polygons": [{"points": points}]}, {}]
    )

    assert found == [
        Mark([(101.0, 20.0)]),
        Mark(box=(100.0, 10.0, 102.0, 12.0)),
        Mark([(100.0, 10.0), (101.0, 12.0), (103.0, 11.0)], closed=True),
    ]
    assert around(found) == (100.0, 10.0, 103.0, 20.0)
    assert around([]) is None


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([point("0", "179"), point("0", "-179")], (179.0, 0.0, -179.0, 0.0)),
        ([box("170", "-5", "-170", "5")], (170.0, -5.0, -170.0, 5.0)),
        ([box("170", "-5", "-170", "5"), point("0", "160")], (160.0, -5.0, -170.0, 5.0)),
        ([box("-180", "-90", "180", "90")], (-180.0, -90.0, 180.0, 90.0)),
        ([point("0", "-60"), point("0", "60"), point("0", "180")], (-60.0, 0.0, 180.0, 0.0)),
    ],
)
def test_the_box_around_places_is_the_close_one_across_the_line_of_180_degrees(
    places: list[dict[str, Any]], expected: tuple[float, ...]
) -> None:
    assert around(marks(places)) == pytest.approx(expected)


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
