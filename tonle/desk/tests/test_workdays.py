"""Working days: property and the calendars of the region."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.desk import calendars
from tonle.desk.rules.workdays import end_of, local_day, working_day_after

days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def weekdays(day: date) -> bool:
    return day.weekday() < 5


@given(start=days, count=st.integers(0, 30), holidays=st.sets(days, max_size=40))
def test_so_many_working_days_lie_between(start: date, count: int, holidays: set[date]) -> None:
    def works(day: date) -> bool:
        return weekdays(day) and day not in holidays

    found = working_day_after(start, count, works)

    between = sum(works(start + timedelta(n)) for n in range(1, (found - start).days + 1))
    assert works(found)
    assert between == count or (count == 0 and not works(start) and between == 1)


@given(start=days, count=st.integers(1, 10))
def test_a_calendar_in_which_nobody_works_puts_nothing_off_for_ever(
    start: date, count: int
) -> None:
    found = working_day_after(start, count, lambda _day: False)

    assert found - start <= timedelta(days=61 * (count + 1))


def test_a_friday_evening_question_counts_from_monday() -> None:
    assert working_day_after(date(2026, 11, 27), 1, weekdays) == date(2026, 11, 30)


def test_a_day_ends_at_the_members_own_midnight() -> None:
    assert end_of(date(2026, 11, 22), "Asia/Yangon") == datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
    assert local_day(datetime(2026, 11, 22, 17, 30, tzinfo=UTC), "Asia/Yangon") == date(
        2026, 11, 23
    )


# Fixed by law and by date, so no year's decree moves them.
@pytest.mark.parametrize(
    ("member", "day"),
    [
        ("KHM", date(2026, 11, 9)),  # Independence Day
        ("LAO", date(2026, 12, 2)),  # National Day
        ("THA", date(2026, 12, 10)),  # Constitution Day
        ("VNM", date(2026, 9, 2)),  # National Day
        ("MMR", date(2027, 1, 4)),  # Independence Day
        ("CHN-YN", date(2026, 10, 1)),  # National Day
    ],
)
def test_a_members_own_holiday_is_no_working_day(member: str, day: date) -> None:
    assert not calendars.works(member, {})(day)
    assert calendars.works(member, {day: True})(day)


def test_a_weekend_worked_for_a_long_holiday_is_a_working_day() -> None:
    # China moves working days to weekends; the State Council's notice for 2025 names 26 January.
    assert calendars.works("CHN-YN", {})(date(2025, 1, 26))
