"""Partial dates, intervals, instants and the Buddhist Era."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.kernel import dates
from tonle.kernel.dates import DateInterval, PartialDate
from tonle.kernel.errors import Invalid

partial = st.one_of(
    st.builds(PartialDate, st.integers(1, 9999)),
    st.builds(PartialDate, st.integers(1, 9999), st.integers(1, 12)),
    st.dates().map(lambda day: PartialDate(day.year, day.month, day.day)),
)
instants = st.datetimes(timezones=st.just(UTC))


@st.composite
def intervals(draw: st.DrawFn) -> DateInterval:
    one, other = draw(partial), draw(partial)
    start, end = sorted([one, other], key=dates.sort_key)
    side = draw(st.sampled_from(["both", "start", "end"]))
    if start.earliest > end.latest:
        start, end = end, start
    return DateInterval(None if side == "end" else start, None if side == "start" else end)


@given(partial | instants | intervals())
def test_a_written_date_is_read_back(value: Any) -> None:
    assert dates.parse_date(dates.format_date(value)) == value


@given(st.text(max_size=30) | st.text(alphabet="0123456789-/TZ:+. ០๒", max_size=30))
def test_any_text_is_read_or_refused_and_reading_settles_it(raw: str) -> None:
    try:
        value = dates.parse_date(raw)
    except Invalid:
        return
    assert dates.parse_date(dates.format_date(value)) == value


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        ("2024", "2024"),
        ("2024-05", "2024-05"),
        ("2024-05-07", "2024-05-07"),
        ("2024-5-7", "2024-05-07"),
        ("20240507", "2024-05-07"),
        ("2024/05/07", "2024-05-07"),
        (" 2024 ", "2024"),
        ("0987", "0987"),
        ("2024/2025", "2024/2025"),
        ("2024-01/2024-06-30", "2024-01/2024-06-30"),
        ("2024/", "2024/"),
        ("/2024", "/2024"),
        ("../2024", "/2024"),
        ("2024/..", "2024/"),
        ("2024-05-07T09:30:00Z", "2024-05-07T09:30:00Z"),
        ("2024-05-07t09:30:00.120z", "2024-05-07T09:30:00.12Z"),
        ("2024-05-07 09:30:00+07:00", "2024-05-07T02:30:00Z"),
        ("2024-05-07T09:30+0700", "2024-05-07T02:30:00Z"),
        ("2024-01-01T03:00:00+07:00", "2023-12-31T20:00:00Z"),
        ("2024-05-07T09:30:00", "2024-05-07"),
        ("2024-01-01T00:00:00Z/2025", "2024-01-01T00:00:00Z/2025"),
        # Digits of the region.
        ("២០២៤-០៥-០៧", "2024-05-07"),
        ("໒໐໒໔-໐໕", "2024-05"),
        ("๒๐๒๔", "2024"),
        ("၂၀၂၄-၀၅-၀၇", "2024-05-07"),
        # Buddhist Era, only with its mark.
        ("พ.ศ. 2567", "2024"),
        ("พ.ศ. ๒๕๖๗", "2024"),
        ("2567-05-07 พ.ศ.", "2024-05-07"),
        ("ព.ស. ២៥៦៧", "2024"),
        ("ພ.ສ. 2567", "2024"),
        ("B.E. 2567", "2024"),
        ("พ.ศ. 2567/05", "2024-05"),
        ("2567", "2567"),
    ],
)
def test_dates_are_read_as_people_and_machines_write_them(raw: str, written: str) -> None:
    assert dates.format_date(dates.parse_date(raw)) == written


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "   ",
        "/",
        "../..",
        "yesterday",
        "07/05/2024",
        "0000",
        "24",
        "2024-13",
        "2023-02-29",
        "2024-00-01",
        "2024/05/07/09",
        "2025/2024",
        "2024-05-07T25:00:00Z",
        "2024-05-07T09:30:60Z",
        "2024-05-07T09:30:00+25:00",
        "0001-01-01T00:00:00+07:00",
        "พ.ศ. 0100",
        "1" * 200,
        "٢٠٢٤",
    ],
)
def test_what_is_no_date_is_refused(raw: str) -> None:
    with pytest.raises(Invalid):
        dates.parse_date(raw)


@pytest.mark.parametrize(
    ("raw", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-05-07", date(2024, 5, 7), date(2024, 5, 7)),
        ("2023-11/2024", date(2023, 11, 1), date(2024, 12, 31)),
        ("2024/", date(2024, 1, 1), None),
        ("/2024", None, date(2024, 12, 31)),
        ("2024-01-01T03:00:00+07:00", date(2023, 12, 31), date(2023, 12, 31)),
    ],
)
def test_a_date_knows_the_first_and_last_day_it_can_mean(
    raw: str, first: date | None, last: date | None
) -> None:
    value = dates.parse_date(raw)

    assert (dates.earliest(value), dates.latest(value)) == (first, last)


@given(partial)
def test_the_first_day_is_never_after_the_last(value: Any) -> None:
    assert value.earliest <= value.latest


def test_dates_are_ordered_by_what_they_can_mean() -> None:
    texts = ["2024/", "2024-01-02", "2024", "2023-12", "/2024", "2024-01"]

    ordered = sorted(map(dates.parse_date, texts), key=dates.sort_key)

    assert [dates.format_date(value) for value in ordered] == [
        "/2024",
        "2023-12",
        "2024-01",
        "2024",
        "2024/",
        "2024-01-02",
    ]


def test_a_day_without_its_month_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="month"):
        PartialDate(2024, None, 7)


# --- instants -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instant", "zone", "day"),
    [
        ("2026-12-31T22:30:00Z", "Asia/Phnom_Penh", "2027-01-01"),
        ("2026-12-31T22:30:00Z", "UTC", "2026-12-31"),
        ("2026-12-31T17:29:59.999999Z", "Asia/Yangon", "2026-12-31"),
        ("2026-12-31T17:30:00Z", "Asia/Yangon", "2027-01-01"),
        ("", "Asia/Vientiane", ""),
    ],
)
def test_an_instant_has_the_day_of_a_place(instant: str, zone: str, day: str) -> None:
    assert dates.day_at(instant, ZoneInfo(zone)) == day


@given(st.datetimes(timezones=st.timezones()))
def test_an_instant_is_written_in_utc_and_read_back(value: Any) -> None:
    try:
        written = dates.format_instant(value)
    except OverflowError:
        return
    assert written.endswith("Z")
    assert dates.parse_instant(written) == value.astimezone(UTC)


def test_a_finer_fraction_is_cut_not_rounded() -> None:
    found = dates.parse_instant("2024-05-07T23:59:59.999999999Z")

    assert found == datetime(2024, 5, 7, 23, 59, 59, 999999, UTC)


@pytest.mark.parametrize("raw", ["2024-05-07T09:30:00", "2024-05-07", "", "now", "x" * 1000])
def test_an_instant_needs_its_zone(raw: str) -> None:
    with pytest.raises(Invalid, match="instant"):
        dates.parse_instant(raw)


def test_writing_an_instant_without_a_zone_is_a_mistake_of_the_program() -> None:
    naive = datetime(2024, 5, 7, tzinfo=timezone(timedelta(hours=7))).replace(tzinfo=None)

    with pytest.raises(ValueError, match="zone"):
        dates.format_instant(naive)


# --- Buddhist Era -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gregorian", "buddhist"),
    [
        (PartialDate(2024), 2567),
        (PartialDate(2024, 1, 1), 2567),
        # The Thai year began in April until 1940.
        (PartialDate(1940, 3, 31), 2482),
        (PartialDate(1940, 4, 1), 2483),
        (PartialDate(1941, 1, 1), 2484),
    ],
)
def test_the_thai_and_lao_year_of_a_date(gregorian: PartialDate, buddhist: int) -> None:
    assert dates.to_buddhist(gregorian) == buddhist
    assert dates.from_buddhist(buddhist, gregorian.month, gregorian.day) == gregorian


@given(partial)
def test_the_buddhist_era_is_converted_back(value: Any) -> None:
    buddhist = dates.to_buddhist(value)

    assert dates.from_buddhist(buddhist, value.month, value.day) == value


@pytest.mark.parametrize(
    ("typed", "buddhist", "day"),
    [
        ("31/12/2027", False, "2027-12-31"),
        ("1. 2. 2027", False, "2027-02-01"),
        ("៣១/១២/២៥៧០", True, "2027-12-31"),
        ("31/12/2570 พ.ศ.", False, "2027-12-31"),
        ("2570-12-31", True, "2027-12-31"),
        ("20271231", False, "2027-12-31"),
    ],
)
def test_a_day_is_read_as_people_of_the_region_type_it(
    typed: str, buddhist: bool, day: str
) -> None:
    assert str(dates.parse_day(typed, buddhist=buddhist)) == day


@pytest.mark.parametrize(
    "typed",
    ["", "2027", "2027-12", "31/12-2027", "31/02/2027", "12/31/2027", "a/b/c", "2027-01-01/2028"],
)
def test_what_is_no_day_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        dates.parse_day(typed)
