"""When a call is over by the words of its source, and never while it may be open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.funding.rules.opportunities import next_change, read_opportunity, status
from tonle.funding.rules.stated import over_at

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
DAY = timedelta(days=1)


def last_day(deadline: str = "", titles: tuple[str, ...] = (), dates: Any = ()) -> str:
    """The last day on which it may be open; "" where nobody can tell."""
    found = over_at(titles=dict(enumerate(titles)), deadline=deadline, dates=dates)  # type: ignore[arg-type] # Tags do not matter.
    return f"{found - 2 * DAY + timedelta(hours=12):%Y-%m-%d}" if found else ""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        # As the sources of the starter set have them.
        ("April 26, 2019", "2019-04-30"),
        ("31 January 2025 12:00 (noon) CET / 05:00 pm Bangkok / Jakarta time", "2025-01-31"),
        ("September, 20th 2022 (5pm local time)", "2022-09-30"),
        ("before October 3 (2016)", "2016-10-31"),
        ("October 23rd, 2023 (Mon) at 12:00 noon (Japan Time)", "2023-10-31"),
        ("Friday 30 July 2010", "2010-07-31"),
        ("31st December", ""),
        # Years, and what they go to.
        ("2010 to 2022", "2022-12-31"),
        ("2010–2022", "2022-12-31"),
        ("២០២២", "2022-12-31"),
        ("2019-27", "2027-12-31"),
        ("2019/20", "2020-12-31"),
        ("2010 to", ""),
        ("2010-", ""),
        ("from 2013", ""),
        ("2019 onwards", ""),
        ("2019, 2020, 21", ""),
        # Days.
        ("2024-05-07", "2024-05-31"),
        ("07/05/2024", "2024-12-31"),
        ("1 May 2019 – 27 June 2019", "2019-12-31"),
        ("1 November 2025 to 15 January", ""),
        ("31/12/2025 - 15/01", ""),
        ("from 1 May 2019", ""),
        ("31 May 2019, and every year", ""),
        ("31 May 2019 (extended)", ""),
        ("ทุกปี ตั้งแต่ 2019", ""),
        # A clock is no year.
        ("31 December at 2000 hours", ""),
        ("31 December, 2000 hrs", ""),
        ("31 December by 2000", ""),
        ("2567", ""),
        ("", ""),
    ],
)
def test_words_are_read_where_they_have_one_meaning(words: str, expected: str) -> None:
    assert last_day(words) == expected


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        # A call of 2020 may close in 2021.
        (("Joint call (2020)",), "2021-12-31"),
        (("Calls for proposals 2016 (CRRP and CAPaBLE)",), "2017-12-31"),
        (("โครงการ (๒๐๑๗)", "Bilateral programme 2017"), "2018-12-31"),
        (("Bilateral programme 2017", "โครงการ (2018)"), ""),
        (("Grants under the Law (2013)",), ""),
        (("Follow-up of Horizon 2020",), ""),
        (("Research grant (rules of 2011)",), ""),
        (("Support of firms from 2013",), ""),
        (("Grants 2013 (recurring)",), ""),
        (("Call 2013, prolonged to 2019",), ""),
        (("Call (2013)", "Gọi đề tài 2027"), ""),
        (("A call",), ""),
    ],
)
def test_a_title_is_believed_where_the_year_is_its_own(
    titles: tuple[str, ...], expected: str
) -> None:
    assert last_day(titles=titles) == expected


def test_what_says_more_than_a_title_goes_before_it() -> None:
    title = ("Joint call (2010)",)

    assert last_day("31 May 2016", title) == "2016-05-31"
    assert last_day("open", title) == ""
    assert last_day(dates=[("Valid", "2010/2022")]) == "2022-12-31"
    assert last_day(dates=[("Valid", "2010/")]) == ""
    assert last_day(dates=[("Valid", "2010/9999")]) == ""
    # When something begins, or was printed, says nothing of its end.
    assert last_day(dates=[("Valid", "2010"), ("Issued", "2009/2010")]) == ""
    assert last_day("31 May 2016", dates=[("Available", "2010/2022")]) == "2022-12-31"


def profile(**said: Any) -> dict[str, Any]:
    return {"titles": {"en": "A call"}, "profile": said}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"deadline_as_stated": "2024"}, "archived"),
        ({"deadline_as_stated": "May 2026"}, "closed"),
        ({"deadline_as_stated": "November 2026"}, "unknown"),
        ({"deadline_as_stated": "2026"}, "unknown"),
        # A field that says when goes before words; what contradicts them leaves it open.
        ({"deadline_as_stated": "2024", "closes_at": "2026-12-24T00:00:00Z"}, "open"),
        ({"deadline_as_stated": "2024", "opens_at": "2026-01-01T00:00:00Z"}, "unknown"),
        (
            {"deadline_as_stated": "2024", "deadlines": [{"at": "2027-01-01T00:00:00Z"}]},
            "unknown",
        ),
        (
            {
                "deadline_as_stated": "2024",
                "corrigenda": [{"number": 1, "at": "2026-01-01T00:00:00Z"}],
            },
            "unknown",
        ),
    ],
)
def test_a_call_is_closed_when_its_words_are_past(said: dict[str, Any], expected: str) -> None:
    assert status(read_opportunity(profile(**said)), NOW) == expected


def test_it_is_open_until_the_day_has_ended_everywhere() -> None:
    call = read_opportunity(profile(deadline_as_stated="30 November 2025"))
    ends = datetime(2025, 12, 1, 12, tzinfo=UTC)

    assert status(call, ends - timedelta(microseconds=1)) == "unknown"
    assert next_change(call, ends - DAY) == ends
    assert status(call, ends) == "closed"
    assert next_change(call, ends) == ends + 365 * DAY
    assert status(call, ends + 365 * DAY) == "archived"


_pieces = st.sampled_from(
    ("to", "-", "–", "/", "until", "31", "12", "5", "27", "99", "May", "December", "12:00", "noon",
     "at", "by", "Bangkok", "every", "year", "from", "since", "onwards", "rolling", "2000",
     "hours", "(", ")", ",", "1999", "2019", "2026-12-01", "01/12/2026")
)  # fmt: skip
_texts = st.lists(_pieces, max_size=8).map(" ".join) | st.text(max_size=30)


@given(_texts, _texts, st.integers(2027, 2199))
def test_words_that_name_a_later_year_archive_nothing_before_it(
    before: str, after: str, year: int
) -> None:
    for text in (f"{before} {year} {after}", f"{before} ({year}) {after}"):
        for said in ({"deadline": text, "titles": {}}, {"deadline": "", "titles": {"en": text}}):
            found = over_at(dates=(), **said)  # type: ignore[arg-type] # As named.
            assert found is None or found > datetime(2027, 1, 1, tzinfo=UTC)


@given(_texts, st.sampled_from(("every year", "onwards", "rolling", "extended", "since", "xyz")))
def test_a_word_that_may_keep_it_open_archives_nothing(text: str, word: str) -> None:
    assert last_day(f"{text} {word}") == ""
    assert last_day(f"{word} {text}") == ""


@given(_texts, _texts)
def test_any_text_is_read(deadline: str, title: str) -> None:
    over_at(titles={"en": title}, deadline=deadline, dates=[("Valid", deadline)])
