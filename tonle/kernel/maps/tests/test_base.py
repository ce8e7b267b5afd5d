"""What the base map holds, and that it holds no boundary."""

from __future__ import annotations

import gzip
import json
import math
from itertools import pairwise

import pytest

from tonle.kernel.codes import members
from tonle.kernel.maps import base as maps
from tonle.kernel.maps.base import DATA, LAYERS, Shape, base, places
from tonle.kernel.maps.names import MIDDLES
from tools.basemap import NotACoast, coasts_only

# Places on borders between countries of the region that are far from coasts and from every river
# of the base map: passes, villages, ridges. No line may run by any of them.
INLAND_BORDERS = {
    "Poipet": (102.56, 13.66),
    "Chong Chom": (103.70, 14.43),
    "Preah Vihear": (104.68, 14.39),
    "Bavet": (106.17, 11.06),
    "Le Thanh": (107.46, 13.80),
    "Lao Bao": (106.60, 16.62),
    "Cau Treo": (105.10, 18.39),
    "Nam Can": (104.05, 19.43),
    "Tay Trang": (103.02, 21.24),
    "Boten": (101.68, 21.19),
    "Youyi Guan": (106.71, 21.98),
    "Three Pagodas Pass": (98.37, 15.30),
    "Tachileik": (99.88, 20.45),
    "Doi Ang Khang": (99.05, 19.90),
    "Phu Chi Fa": (100.45, 19.85),
    "Tamu": (94.31, 24.22),
    "Pangsau": (96.13, 27.25),
    "Singkhon": (99.57, 11.80),
    "Betong": (101.07, 5.77),
}


def test_the_list_of_layers_is_this_and_none_is_of_boundaries() -> None:
    with gzip.open(DATA / "base.json.gz") as file:
        said = json.load(file)

    assert set(LAYERS) == {
        "world-land", "land", "lakes", "mekong", "rivers", "courses", "places"
    }  # fmt: skip
    # What is in the file, and beside it in files that people can read.
    assert set(said["layers"]) | {"courses", "places"} == set(LAYERS)
    assert {path.name for path in DATA.iterdir()} == {
        "README.md", "base.json.gz", "courses.tsv", "places.tsv"
    }  # fmt: skip
    assert (DATA / "base.json.gz").stat().st_size < 60_000


@pytest.mark.parametrize("name", INLAND_BORDERS)
def test_no_line_of_the_region_runs_along_an_inland_border(name: str) -> None:
    x, y = INLAND_BORDERS[name]
    found = base()
    for layer in ("land", "lakes", "mekong", "rivers"):
        for shape in getattr(found, layer):
            assert _away(shape, x, y) > 0.1, (name, layer)


def _away(shape: Shape, x: float, y: float) -> float:
    west, south, east, north = shape.box
    if not (west - 1 < x < east + 1 and south - 1 < y < north + 1):
        return 9.0
    points = [*shape.points, shape.points[0]] if len(shape.points) > 2 else shape.points
    least = 9.0
    for (ax, ay), (bx, by) in pairwise(points):
        dx, dy = bx - ax, by - ay
        at = max(0.0, min(1.0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy or 1)))
        least = min(least, math.hypot(x - ax - at * dx, y - ay - at * dy))
    return least


def test_an_area_with_an_edge_over_land_is_refused_when_the_map_is_made() -> None:
    coast = [[(x / 10, math.sin(x)) for x in range(100)]]
    country = [*coast[0], (9.0, 5.0), (4.0, 5.0), (0.0, 5.0), coast[0][0]]

    assert coasts_only(coast, coast, (-1, -2, 11, 6)) == coast
    with pytest.raises(NotACoast):
        coasts_only([country], coast, (-1, -2, 11, 6))


def test_the_mekong_and_the_great_lake_are_where_they_are() -> None:
    found = base()
    assert min(_away(shape, 104.95, 11.57) for shape in found.mekong) < 0.1
    assert min(_away(shape, 100.1, 20.3) for shape in found.mekong) < 0.2
    assert any(_away(shape, 104.0, 12.9) < 0.4 for shape in found.lakes)


def test_places_have_names_in_every_language_and_members_have_a_middle() -> None:
    codes = {"en", "km", "lo", "th", "vi", "my", "zh-Hans"}
    assert set(MIDDLES) == set(members())
    for place in places():
        assert set(place.names) == codes, place.id
        assert 84 < place.longitude < 118, place.id
        assert -2 < place.latitude < 35, place.id
    assert len({place.id for place in places()}) == len(places())
    assert maps.said_of_itself()["format"] == "tonle-basemap/1"
