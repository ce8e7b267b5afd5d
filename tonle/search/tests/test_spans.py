"""Spans of years as codes: no database, no index."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.search.spans import EARLIEST, LATEST, Years, asked, kept, periods

ENDS = st.none() | st.integers(-12_000, 12_000) | st.integers(1980, 2030)
SPANS = st.tuples(ENDS, ENDS).map(
    lambda span: span if None in span or span[0] <= span[1] else (span[1], span[0])  # type: ignore[operator] # Both are numbers here.
)


def overlap(one: Years, other: Years) -> bool:
    def end(year: int | None, otherwise: int) -> int:
        return otherwise if year is None else max(EARLIEST, min(year, LATEST))

    first = max(end(one[0], EARLIEST), end(other[0], EARLIEST))
    return first <= min(end(one[1], LATEST), end(other[1], LATEST))


@given(st.lists(SPANS, max_size=4), SPANS)
def test_a_question_meets_just_the_spans_that_overlap_it(spans: list[Years], span: Years) -> None:
    met = bool(set(kept(spans)) & set(asked(*span)))
    assert met == any(overlap(one, span) for one in spans)


@given(SPANS)
def test_codes_are_few(span: Years) -> None:
    assert len(kept([span])) <= 90
    assert len(asked(*span)) <= 160


def test_codes_can_be_read() -> None:
    codes = (
        "0:1987 0:1988 0:1989 0:2010 0:2011 0:2012 1:199 1:200 1<198 1<201 2<19 2<20 3<1 3<2 4<0"
    )
    assert " ".join(kept([(1987, 2012)])) == codes


@pytest.mark.parametrize(
    ("spans", "named"),
    [
        ([(1987, 2001)], ["1980..1989", "1990..1999", "2000..2009"]),
        ([(1999, 1999), (1990, 1991)], ["1990..1999"]),
        ([(1650, 1801)], ["1600..1699", "1700..1799", "1800..1809"]),
        ([(-550, -450)], ["-600..-501", "-500..-401"]),
        ([(2005, None)], ["2000..2009", "2010..2019", "2020..2029"]),
        ([(2031, None)], ["2030..2039"]),
        ([(None, 1975)], ["1970..1979"]),
        ([(2190, 9999)], ["2190..2199"]),
        ([], []),
    ],
)
def test_periods_are_decades_and_before_them_centuries(
    spans: list[Years], named: list[str]
) -> None:
    assert periods(spans, 2026) == named
