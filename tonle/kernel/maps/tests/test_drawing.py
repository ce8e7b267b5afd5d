"""Views, geometry, names that find room, marks of strangers."""

from __future__ import annotations

import math
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.kernel.maps import geometry, labels, views
from tonle.kernel.maps.drawing import MOST_MARKS, Counted, Mark, drawn
from tonle.kernel.maps.views import CLOSEST, REGION, WORLD, View, parsed

DAY = date(2026, 11, 22)
ANY = st.floats(allow_nan=True, allow_infinity=True)
PATH = re.compile(r"(M-?\d+ -?\d+(l(-?\d+[ -]?-?\d+ ?)+)?z?)*")


def views_of_all_levels() -> st.SearchStrategy[View]:
    return st.builds(
        views.at, st.integers(0, CLOSEST), st.floats(-180, 180), st.floats(-90, 90)
    )  # fmt: skip


@given(view=views_of_all_levels())
def test_every_view_has_an_address_and_lies_on_the_earth(view: View) -> None:
    west, south, east, north = view.box
    assert parsed(str(view)) == view
    assert -90 <= south < north <= 90
    assert east - west <= 360
    low_west, low_south, high_east, high_north = views.filter_box(view)
    assert -180 <= low_west < high_east <= 180
    assert -90 <= low_south < high_north <= 90
    for other in (views.closer(view), views.farther(view), views.moved(view, 1, -1)):
        assert other is None or parsed(str(other)) == other


@pytest.mark.parametrize(
    "text", ["", "3", "7.0.0", "3.0.999", "3.9999.0", "-1.0.0", "3.0.0 ", "6.500.0", "٣.0.0"]
)
def test_what_is_no_view_is_none(text: str) -> None:
    assert parsed(text) is None


def test_a_box_is_seen_whole_in_the_view_that_fits_it() -> None:
    assert views.fitting(None) == REGION
    assert views.fitting((-180, -90, 180, 90)) == WORLD
    assert views.fitting((92, 6, 110, 29)) == REGION
    for box in [(104, 11, 105, 12), (170, -5, -170, 5), (-1, 89, 1, 90), (0, 50, 20, 60)]:
        view = views.fitting(box)
        west, south, east, north = box
        east += 360 if east < west else 0
        left, low, right, high = view.box
        turn = 360 * round(((left + right) - (west + east)) / 720)
        assert left <= west + turn, box
        assert east + turn <= right, box
        assert low <= south < north <= high, box
    view = views.at(4, 104.9, 11.6)
    assert views.of_box(views.filter_box(view)) == view


def test_a_way_out_leads_through_the_region_to_the_world() -> None:
    view: View | None = views.at(CLOSEST, 104.9, 11.6)
    seen = []
    while view is not None:
        seen.append(view)
        view = views.farther(view)
    assert [one.level for one in seen] == [6, 5, 4, 3, 2, 1, 0]
    assert REGION in seen


LINES = st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), min_size=2, max_size=30)


@given(line=LINES)
def test_what_is_cut_lies_in_the_box(line: list[tuple[float, float]]) -> None:
    box = (-10.0, -10.0, 10.0, 10.0)
    for points in [*geometry.cut_line(line, box), geometry.cut_area(line, box)]:
        for x, y in points:
            assert -10.001 <= x <= 10.001
            assert -10.001 <= y <= 10.001


@given(line=LINES)
def test_a_simpler_line_keeps_its_ends_and_stays_near(line: list[tuple[float, float]]) -> None:
    found = geometry.simplified(line, 5.0)
    assert (found[0], found[-1]) == (line[0], line[-1])
    assert set(found) <= set(line)
    assert geometry.simplified(line, 0.0) == geometry.simplified(line, 0.0)


@pytest.mark.parametrize("reader", ["en", "km", "lo", "th", "vi", "my", "zh-Hans"])
@pytest.mark.parametrize("view", [View(2), REGION, View(4, 1, -2), View(5, 2, -7)], ids=str)
def test_no_name_stands_on_another_and_the_region_is_named(reader: str, view: View) -> None:
    picture = drawn(view, language=reader, day=DAY)
    boxes = []
    for label in picture.labels:
        wide, high = labels.size_of(label.text)
        left = label.x - {"start": 0.0, "middle": wide / 2, "end": wide}[label.anchor]
        boxes.append((left + 1, label.y - high / 2, left + wide - 1, label.y + high * 0.2))
    for number, one in enumerate(boxes):
        assert one[0] > -2, picture.labels[number]
        assert one[2] < views.WIDTH + 2, picture.labels[number]
        assert not any(geometry.touches(one, other) for other in boxes[:number])
    if view == REGION:
        kinds = {label.kind for label in picture.labels}
        assert {"member", "capital", "river", "lake"} <= kinds, picture.labels


@pytest.mark.parametrize("view", [WORLD, View(1), REGION, views.at(3, 180, 10), View(6, 3, -7)])
def test_paths_are_whole_numbers_and_light(view: View) -> None:
    picture = drawn(view, language="en", day=DAY)
    for path in (picture.land, picture.lakes, picture.rivers, picture.mekong):
        assert PATH.fullmatch(path), path[:80]
        assert len(path) < 14_000
    assert picture.land or view.level > 1


@given(points=st.lists(st.tuples(ANY, ANY), max_size=6), box=st.tuples(ANY, ANY, ANY, ANY))
def test_places_of_strangers_are_bounded(
    points: list[tuple[float, float]], box: tuple[float, float, float, float]
) -> None:
    picture = drawn(
        REGION, language="en", day=DAY, marks=[Mark(points, closed=True), Mark(box=box)]
    )
    assert PATH.fullmatch(picture.outlines)
    for x, y in picture.dots:
        assert 0 <= x <= views.WIDTH
        assert 0 <= y <= views.HEIGHT


def test_ten_thousand_marks_are_a_bounded_drawing_that_says_so() -> None:
    marks = (Mark([(90 + n % 200 / 10, 6 + n / 500)]) for n in range(10_000))
    picture = drawn(REGION, language="en", day=DAY, marks=marks)
    assert len(picture.dots) <= MOST_MARKS
    assert not picture.complete
    assert drawn(REGION, language="en", day=DAY, marks=[Mark([(2.0, 48.0)])]).complete is False


def test_a_box_across_the_line_of_180_degrees_is_one_box_on_its_map() -> None:
    mark = Mark(box=(170.0, -5.0, -170.0, 5.0))
    picture = drawn(views.fitting(mark.box), language="en", day=DAY, marks=[mark])
    assert picture.outlines.count("M") == 1
    assert picture.complete
    poles = [Mark([(0.0, 90.0)]), Mark([(0.0, -90.0)])]
    assert len(drawn(WORLD, language="en", day=DAY, marks=poles).dots) == 2


def test_more_results_are_a_larger_circle_with_room_for_its_number() -> None:
    def counted(number: int, x: float) -> Counted:
        return Counted((x, 10, x + 2, 12), number, "/", str(number), f"{number:,}")

    few, many = drawn(
        REGION, language="en", day=DAY, counted=[counted(1, 98), counted(10_000, 104)]
    ).circles
    assert few.r < many.r
    assert many.r >= 4.2 * len("10,000") - 1
    assert math.isclose(many.x, many.left + many.wide / 2, abs_tol=1)


def test_a_plain_map_names_no_river_that_it_does_not_draw() -> None:
    picture = drawn(REGION, language="en", day=DAY, plain=True)
    assert {one.text for one in picture.labels if one.kind == "river"} == {"Mekong", "Lancang"}
    assert not picture.rivers
