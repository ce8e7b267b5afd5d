"""Half-open periods of days and of instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.kernel.errors import Invalid
from tonle.kernel.periods import Period, subtract, union

Days = Period[date]

ORIGIN = date(2024, 1, 1)
DAYS = [ORIGIN + timedelta(days=n) for n in range(-2, 32)]


@st.composite
def periods(draw: st.DrawFn) -> Days:
    start = draw(st.none() | st.integers(0, 27))
    end = draw(st.none() | st.integers(1 if start is None else start + 1, 29))
    as_day = [None if n is None else ORIGIN + timedelta(days=n) for n in (start, end)]
    return Period(*as_day)


def moments(*many: Days) -> set[date]:
    """The days, of a range that reaches beyond all bounds, that are in some of the periods."""
    return {day for day in DAYS if any(day in period for period in many)}


@given(periods(), periods())
def test_overlap_is_to_share_a_moment(one: Days, other: Days) -> None:
    assert one.overlaps(other) == bool(moments(one) & moments(other))
    assert one.overlaps(other) == other.overlaps(one)


@given(periods(), periods())
def test_to_cover_is_to_have_every_moment(one: Days, other: Days) -> None:
    assert one.covers(other) == (moments(other) <= moments(one))


@given(periods(), periods())
def test_the_intersection_has_the_common_moments(one: Days, other: Days) -> None:
    common = one.intersection(other)

    assert moments(*([common] if common else [])) == moments(one) & moments(other)
    assert common == other.intersection(one)


@given(periods(), periods())
def test_what_is_left_has_the_moments_of_the_one_only(one: Days, other: Days) -> None:
    left = one.minus(other)

    assert moments(*left) == moments(one) - moments(other)
    assert len(left) <= 2


@given(st.lists(periods(), max_size=6))
def test_the_union_has_the_same_moments_in_the_fewest_periods(many: list[Days]) -> None:
    merged = union(many)

    assert moments(*merged) == moments(*many)
    for first, second in pairwise(merged):
        assert first.end is not None
        assert second.start is not None
        assert first.end < second.start
    assert union(merged) == merged
    assert union(reversed(many)) == merged


@given(st.lists(periods(), max_size=4), st.lists(periods(), max_size=4))
def test_free_time_is_opening_time_without_bookings(opening: list[Days], taken: list[Days]) -> None:
    assert moments(*subtract(opening, taken)) == moments(*opening) - moments(*taken)


def test_bookings_that_follow_each_other_do_not_overlap() -> None:
    ten = datetime(2024, 5, 7, 10, tzinfo=UTC)
    before, after = Period(ten - timedelta(hours=1), ten), Period(ten, ten + timedelta(hours=1))

    assert not before.overlaps(after)
    assert ten in after
    assert ten not in before
    assert union([after, before]) == [Period(before.start, after.end)]
    assert before.length == timedelta(hours=1)
    assert Period(ten, None).length is None


@pytest.mark.parametrize("days", [0, -1])
def test_a_period_that_ends_when_it_starts_is_refused(days: int) -> None:
    with pytest.raises(Invalid, match="must come after"):
        Period(ORIGIN, ORIGIN + timedelta(days=days))


def test_days_and_instants_are_not_mixed_and_instants_have_a_zone() -> None:
    ten = datetime(2024, 5, 7, 10, tzinfo=UTC)

    with pytest.raises(TypeError):
        Period(ORIGIN, ten)
    with pytest.raises(ValueError, match="zone"):
        Period(ten.replace(tzinfo=None), None)
