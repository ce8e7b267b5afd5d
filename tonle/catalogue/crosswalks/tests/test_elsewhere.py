"""Texts whose language nobody says, places as GeoJSON, files that stay at their home."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.catalogue.crosswalks import parse
from tonle.catalogue.crosswalks.clean import Cleaner
from tonle.catalogue.crosswalks.common import Notes
from tonle.catalogue.crosswalks.elsewhere import (
    checksum_of,
    distribution,
    language_of_script,
    shapes,
    size_of,
)
from tonle.catalogue.crosswalks.tests.test_crosswalks import check


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("គុណភាពទឹក", "km"),
        ("គុណភាពទឹក (pH) ២០២៣", "km"),
        ("ປະລິມານນ້ຳຝົນ", "lo"),
        ("ระดับน้ำ 2566", "th"),
        ("စပါးအထွက်နှုန်း", "my"),
        # Shan, Mon and Sgaw Karen share its letters.
        ("လိၵ်ႈတႆး", None),
        ("A survey of the word ទឹក in dictionaries", None),
        ("Chất lượng nước", None),
        ("水文", None),
        ("฿", None),
        ("", None),
    ],
)
def test_a_script_tells_its_language_only_beyond_doubt(text: str, wanted: str | None) -> None:
    assert language_of_script(text) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (12, 12), ("12", 12), (12.0, 12), ("12.0", 12), (12.5, None), ("2 MB", None), (-1, None),
        (True, None), (None, None), ("9" * 40, None), (2**60, None),
    ],
)  # fmt: skip
def test_a_size_is_bytes_or_unknown(value: Any, wanted: int | None) -> None:
    assert size_of(value) == wanted


@pytest.mark.parametrize(
    ("value", "algorithm", "wanted"),
    [
        ("md5:D41D8CD98F00B204E9800998ECF8427E", "", "MD5"),
        ("d41d8cd98f00b204e9800998ecf8427e", "", "MD5"),
        ("a" * 40, "http://spdx.org/rdf/terms#checksumAlgorithm_sha1", "SHA-1"),
        ("a" * 64, "sha256", "SHA-256"),
        ("97196323", "", None),
        ("not hexadecimal", "MD5", None),
    ],
)
def test_a_checksum_needs_an_algorithm(value: str, algorithm: str, wanted: str | None) -> None:
    found = checksum_of(value, algorithm)
    assert (found or {}).get("algorithm") == wanted


def test_a_file_without_an_address_of_the_web_is_none() -> None:
    clean = Cleaner(Notes())
    for address in ("", "javascript:alert(1)", "ftp://example.org/x", "/relative", None, 5):
        assert distribution(clean, title="x", download_url=address) is None


def test_places_are_points_boxes_and_outlines() -> None:
    square = [[100, 10], [101, 10], [101, 11], [100, 11], [100, 10]]
    triangle = [[100, 10], [101, 10], [101, 11], [100, 10]]
    features = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [square]}},
            {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [triangle]}},
            {"type": "Feature", "geometry": {"type": "LineString", "coordinates": triangle}},
            {"type": "Feature", "geometry": {"type": "Point", "coordinates": [102.5, 13.1, 8]}},
            {"type": "Feature", "geometry": None},
        ],
    }
    assert [next(iter(one)) for one in shapes(json.dumps(features))] == [
        "geoLocationBox", "geoLocationPolygon", "geoLocationBox", "geoLocationPoint",
    ]  # fmt: skip


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "coordinates", "name", "title", "km", "value", "id", "url"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
NAMES = [
    "id", "name", "title", "title_translated", "notes", "notes_translated", "author", "creator",
    "publisher", "organization", "groups", "tags", "tags_translated", "keywords", "extras",
    "resources", "spatial", "spatial_coverage", "temporal_coverage", "license_id", "license_url",
    "language", "type", "issued", "metadata_created", "doi", "identifier", "contact", "theme",
    "odm_spatial_range", "version", "url", "documentation",
]  # fmt: skip


@given(st.dictionaries(st.sampled_from(NAMES), JSON))
def test_any_value_may_stand_in_a_package(given_properties: dict[str, object]) -> None:
    whole = {"title": "x", **given_properties}
    check(parse("ckan-json", json.dumps(whole).encode(), "x"))


@given(JSON)
def test_any_value_may_be_a_place(value: object) -> None:
    shapes(value)
