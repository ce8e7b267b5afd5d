"""Files of authorities, and of those who say they are."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.kernel.maps import layers
from tonle.kernel.maps.drawing import drawn
from tonle.kernel.maps.layers import BadLayer, Layer, of_json, read, to_json
from tonle.kernel.maps.names import name, named
from tonle.kernel.maps.views import REGION

DAY = date(2026, 11, 22)


def collection(*features: dict[str, Any]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


def feature(kind: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": properties,
    }


def layer(*features: dict[str, Any]) -> Layer:
    kept = of_json(json.loads(json.dumps(to_json(read(collection(*features))))))
    return Layer("a", "Ministry", "GS(2026)1", date(2026, 1, 1), kept)


LINE = feature("LineString", [[100, 15], [102, 16], [104, 15]])


def test_lines_of_an_authority_are_drawn_with_its_name_and_number() -> None:
    areas = feature("Polygon", [[[104, 11], [106, 11], [106, 13], [104, 11]]])
    found = layer(LINE, areas)
    picture = drawn(REGION, language="en", day=DAY, layers=[found])

    assert [one.kind for one in found.features] == ["line", "area"]
    assert picture.layers[0][0].startswith("M")
    assert picture.layers[0][1].endswith("z")
    assert picture.credits == [found]
    # Where nothing of it is to be seen, nothing of it is said.
    elsewhere = drawn(REGION, language="en", day=DAY, layers=[layer(
        feature("LineString", [[1, 50], [2, 51]])
    )])  # fmt: skip
    assert (elsewhere.layers, elsewhere.credits) == ([], [])


def test_a_name_replaces_that_of_the_base_map_from_a_day_to_a_day() -> None:
    found = layer(
        feature(
            "Point", [106.7, 10.78], **{"name:en": "Sai Gon", "name:vi": "Sài Gòn"},
            replaces="ho-chi-minh-city", valid_to="1976-07-01",
        ),
        feature("Point", [105.0, 14.0], **{"name:km": "ថ្មី", "name": "Thmei"}),
    )  # fmt: skip

    def called(place_id: str, language: str, day: date) -> str:
        places = {place.id: place for place in named([found], day)}
        return name(places[place_id], language)[0]

    assert called("ho-chi-minh-city", "vi", date(1970, 1, 1)) == "Sài Gòn"
    assert called("ho-chi-minh-city", "km", date(1970, 1, 1)) == "ហូជីមិញ"
    assert called("ho-chi-minh-city", "vi", DAY) == "TP. Hồ Chí Minh"
    assert called("a.1", "km", DAY) == "ថ្មី"
    assert called("a.1", "my", DAY) == "ថ្មី"
    member = layer(feature("Point", [101, 15], **{"name:en": "Siam"}, replaces="THA"))
    assert {name(place, "en")[0] for place in named([member], DAY)} >= {"Siam"}


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\xff\xfe", b"{}", b"[]", b"null", b'{"features": 3}', b'{"features": [3]}',
        b"[" * 100_000,
        collection(), collection({"geometry": None}),
        collection(feature("Point", [104, 11])),  # A point without a name.
        collection(feature("LineString", [[100, 15]])),
        collection(feature("LineString", [[200, 15], [1, 2]])),
        collection(feature("LineString", [["100", 15], [1, 2]])),
        collection(feature("LineString", [[True, 15], [1, 2]])),
        collection(feature("LineString", [[1e999, 15], [1, 2]])),
        collection(feature("Polygon", [[[1, 2], 3]])),
        collection(feature("MultiPolygon", [[1, 2], [3, 4]])),
        collection(feature("Point", [1, 2], name="A", valid_from="yesterday")),
        collection(feature("Point", [1, 2], name="A", valid_from=20260101)),
        collection(*[LINE] * (layers.MOST_FEATURES + 1)),
        collection(feature("LineString", [[n / 100, n % 2] for n in range(11_000)])),
        b" " * (layers.MOST_BYTES + 1),
        b'{"features": [{"geometry": {"type": "Point", "coordinates": [NaN, 1]}}]}',
    ],
)  # fmt: skip
def test_what_is_no_layer_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(BadLayer) as caught:
        read(data)
    assert str(caught.value).endswith(".")


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(
    coordinates=JSON,
    properties=JSON,
    kind=st.sampled_from(["Point", "LineString", "Polygon", "MultiPolygon", "GeometryCollection"]),
)
def test_any_coordinates_are_a_layer_or_refused(
    coordinates: Any, properties: Any, kind: str
) -> None:
    row = {"geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}
    try:
        found = read(json.dumps({"features": [row]}).encode())
    except BadLayer:
        return
    assert found


def test_names_are_one_line_and_short() -> None:
    found = read(collection(feature("Point", [1, 2], name="A\u202e\n" + "b" * 500, replaces=7)))
    assert found[0].names["und"] == ("A " + "b" * 78)
    assert found[0].replaces == ""
