"""Where and when a record is: boxes, shapes, and what touches what."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.catalogue.rules.crossing import crosses
from tonle.catalogue.rules.extent import Box, bounds, geometry, interval
from tonle.kernel.dates import format_instant

POINT = {"point": {"longitude": "104.9", "latitude": "11.55"}}
BOX = {"box": {"west": "102", "east": "108", "south": "10", "north": "15"}}
ACROSS = {"box": {"west": "170", "east": "-170", "south": "-10", "north": "10"}}
TRIANGLE = {
    "polygons": [
        {
            "points": [
                {"longitude": "100", "latitude": "10"},
                {"longitude": "100", "latitude": "14"},
                {"longitude": "104", "latitude": "10"},
            ]
        }
    ]
}


def test_places_become_shapes_as_geojson_wants_them() -> None:
    assert geometry([]) is None
    assert geometry([{"place": {"en": "Mekong"}}]) is None
    assert geometry([POINT]) == {"type": "Point", "coordinates": [104.9, 11.55]}
    polygon = geometry([TRIANGLE])
    assert polygon is not None
    ring = polygon["coordinates"][0]
    assert ring[0] == ring[-1], "closed"
    assert ring == [[100.0, 10.0], [104.0, 10.0], [100.0, 14.0], [100.0, 10.0]]
    both = geometry([POINT, BOX])
    assert both is not None
    assert [one["type"] for one in both["geometries"]] == ["Point", "Polygon"]


def test_a_box_across_the_180th_meridian_is_two_shapes_and_one_box() -> None:
    shape = geometry([ACROSS])
    assert shape is not None
    assert shape["type"] == "MultiPolygon"
    assert bounds([ACROSS]) == Box(170, -10, -170, 10)
    assert bounds([ACROSS, POINT]) == Box(-180, -10, 180, 11.55)


def test_the_box_is_around_all_places() -> None:
    assert bounds([POINT, TRIANGLE]) == Box(100, 10, 104.9, 14)
    assert bounds([]) is None


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (
            {"dates": [{"type": "Issued", "date": "2020"}, {"type": "Collected", "date": "2019"}]},
            ("2019-01-01T00:00:00Z", "2019-12-31T23:59:59Z"),
        ),
        (
            {"dates": [{"type": "Collected", "date": "2019-02/2019-03"}]},
            ("2019-02-01T00:00:00Z", "2019-03-31T23:59:59Z"),
        ),
        ({"publication_year": 2021}, ("2021-01-01T00:00:00Z", "2021-12-31T23:59:59Z")),
        (
            {"dates": [{"type": "Collected", "date": "long ago"}], "publication_year": 2021},
            ("2021-01-01T00:00:00Z", "2021-12-31T23:59:59Z"),
        ),
    ],
)
def test_the_time_is_that_of_the_thing(document: dict[str, Any], expected: tuple[str, str]) -> None:
    found = interval(document)
    assert found is not None
    assert found.start is not None
    assert found.end is not None
    assert (format_instant(found.start), format_instant(found.end)) == expected


def test_without_any_date_there_is_no_time() -> None:
    assert interval({}) is None


SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]]}


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"type": "Point", "coordinates": [2, 2]}, True),
        ({"type": "Point", "coordinates": [4, 4]}, True),
        ({"type": "Point", "coordinates": [5, 2]}, False),
        ({"type": "LineString", "coordinates": [[-1, 2], [5, 2]]}, True),
        ({"type": "LineString", "coordinates": [[-1, 5], [-1, -5]]}, False),
        ({"type": "Polygon", "coordinates": [[[1, 1], [2, 1], [2, 2], [1, 1]]]}, True),
        (
            {"type": "Polygon", "coordinates": [[[-9, -9], [9, -9], [9, 9], [-9, 9], [-9, -9]]]},
            True,
        ),
        ({"type": "Polygon", "coordinates": [[[5, 5], [6, 5], [6, 6], [5, 5]]]}, False),
        ({"type": "MultiPoint", "coordinates": [[9, 9], [1, 1]]}, True),
        (
            {
                "type": "GeometryCollection",
                "geometries": [{"type": "Point", "coordinates": [9, 9]}],
            },
            False,
        ),
        # Its box and the square's overlap, and it goes past the corner.
        ({"type": "LineString", "coordinates": [[3, 6], [6, 3]]}, False),
    ],
)
def test_what_touches_what(other: dict[str, Any], expected: bool) -> None:
    assert crosses(SQUARE, other) is expected
    assert crosses(other, SQUARE) is expected


degrees = st.integers(-20, 20)


@given(
    a=st.tuples(degrees, degrees, st.integers(1, 9), st.integers(1, 9)),
    b=st.tuples(degrees, degrees, st.integers(1, 9), st.integers(1, 9)),
)
def test_rectangles_cross_exactly_where_their_sides_overlap(
    a: tuple[int, int, int, int], b: tuple[int, int, int, int]
) -> None:
    def shape(x: int, y: int, width: int, height: int) -> dict[str, Any]:
        right, top = x + width, y + height
        return {
            "type": "Polygon",
            "coordinates": [[[x, y], [right, y], [right, top], [x, top], [x, y]]],
        }

    overlap = (
        a[0] <= b[0] + b[2] and b[0] <= a[0] + a[2] and a[1] <= b[1] + b[3] and b[1] <= a[1] + a[3]
    )
    assert crosses(shape(*a), shape(*b)) is overlap


def _circle(radius: float, number: int) -> dict[str, Any]:
    turns = [2 * pi * n / number for n in range(number)]
    return {
        "type": "LineString",
        "coordinates": [[radius * cos(t), radius * sin(t)] for t in turns],
    }


def test_shapes_of_many_corners_are_not_compared_edge_by_edge() -> None:
    # Four million pairs of edges, of which a few hundred lie near each other.
    assert not crosses(_circle(5, 2000), _circle(5.5, 2000))
    assert crosses(_circle(5, 2000), {"type": "LineString", "coordinates": [[0, 0], [9, 9.5]]})


def test_what_is_no_geometry_is_refused() -> None:
    with pytest.raises(ValueError, match="no geometry"):
        crosses(SQUARE, {"type": "Circle", "coordinates": [1, 1]})
