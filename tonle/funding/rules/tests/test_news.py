"""What followers are told, and when: each thing once, and nothing that is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tonle.funding.rules.news import corrigenda, news, next_news
from tonle.funding.rules.opportunities import Opportunity, read_opportunity, status

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
DAY = timedelta(days=1)


def call(**profile: Any) -> Opportunity:
    said = {
        name: (value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value)
        for name, value in profile.items()
    }
    return read_opportunity({"id": "x", "titles": {"en": "A call"}, "profile": said})


def told(one: Opportunity, days: float, until: float, **seen: Any) -> list[str]:
    """What is told to who looked so many days from NOW, when it is looked at so many later."""
    since = NOW + days * DAY
    seen = {"was": status(one, since), "known": corrigenda(one), **seen}
    return [what.what for what in news(one, since=since, now=NOW + until * DAY, **seen)]


def test_an_opening_is_told() -> None:
    announced = call(opens_at=NOW + DAY, closes_at=NOW + 60 * DAY)

    assert told(announced, 0, 0.5) == []
    assert told(announced, 0, 1) == ["opened"]
    assert told(announced, 2, 3) == []


def test_a_forecast_that_became_certain_has_opened() -> None:
    assert told(call(closes_at=NOW + 60 * DAY), 0, 1, was="forecast") == ["opened"]


def test_two_weeks_and_three_days_before_the_end_are_told_with_the_days_left() -> None:
    closes = call(closes_at=NOW + 20 * DAY)

    assert told(closes, 0, 5.9) == []
    assert told(closes, 0, 6) == ["closes_soon"]
    assert told(closes, 6, 16.9) == []
    assert told(closes, 6, 17) == ["closes_very_soon"]
    days = [
        one.days
        for at in (6, 6.5, 17, 19.9)
        for one in news(closes, was="open", known=(), since=NOW, now=NOW + at * DAY)
    ]
    assert days == [14, 14, 3, 1]


def test_a_node_that_slept_gives_the_later_reminder_or_none() -> None:
    closes = call(closes_at=NOW + 20 * DAY)

    assert told(closes, 0, 18) == ["closes_very_soon"]
    assert told(closes, 0, 20) == []
    assert told(closes, 0, 400) == []


def test_who_begins_to_follow_late_is_not_told_what_they_see() -> None:
    assert told(call(closes_at=NOW + 10 * DAY), 0, 1) == []


def test_a_corrigendum_is_told_and_a_deadline_that_moved_is_told_anew() -> None:
    moved = call(closes_at=NOW + 40 * DAY, corrigenda=[{"number": 1}, {"number": 2}])

    assert told(moved, 0, 1, known=[1]) == ["corrected"]
    assert told(moved, 0, 1, known=[1, 2]) == []
    (first,) = news(call(closes_at=NOW + 14 * DAY), was="open", known=(), since=NOW - DAY, now=NOW)
    (second,) = news(call(closes_at=NOW + 20 * DAY), was="open", known=(), since=NOW,
                     now=NOW + 6 * DAY)  # fmt: skip
    assert first.what == second.what
    assert first.key != second.key


_instants = st.none() | st.integers(-50, 90).map(lambda day: NOW + day * DAY)


@given(_instants, _instants, st.booleans(), st.lists(st.floats(0, 100), max_size=12))
def test_however_often_it_is_looked_at_each_thing_is_told_once(
    opens: datetime | None, closes: datetime | None, forecast: bool, looks: list[float]
) -> None:
    one = call(
        **{
            name: value
            for name, value in (("opens_at", opens), ("closes_at", closes))
            if value is not None
        },
        forecast=forecast,
    )
    keys: list[str] = []
    since, was = NOW, status(one, NOW)
    for at in sorted(looks):
        now = NOW + at * DAY
        keys += [told.key for told in news(one, was=was, known=(), since=since, now=now)]
        since, was = now, status(one, now)

    assert len(keys) == len(set(keys))


@given(_instants, _instants, st.integers(0, 100))
def test_nothing_is_told_between_the_instants_at_which_it_is_looked_at(
    opens: datetime | None, closes: datetime | None, days: int
) -> None:
    one = call(
        **{
            name: value
            for name, value in (("opens_at", opens), ("closes_at", closes))
            if value is not None
        }
    )
    since = NOW + days * DAY
    due = next_news(one, since)
    just_before = (due or since + 500 * DAY) - timedelta(seconds=1)

    assert due is None or due > since
    assert not news(one, was=status(one, since), known=(), since=since, now=just_before)
