"""When people are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.constants import NOW
from tonle.people.rules import rhythm


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "how", "hour", "weekday", "zone", "expected"),
    [
        # 09:30 in Phnom Penh: today's eight o'clock is over.
        ("2026-11-22T02:30", "daily", 8, 0, "Asia/Phnom_Penh", "2026-11-23T01:00"),
        ("2026-11-22T00:59", "daily", 8, 0, "Asia/Phnom_Penh", "2026-11-22T01:00"),
        ("2026-11-22T01:00", "daily", 8, 0, "Asia/Phnom_Penh", "2026-11-23T01:00"),
        # Yangon lies half an hour beside the others.
        ("2026-11-22T01:00", "daily", 8, 0, "Asia/Yangon", "2026-11-22T01:30"),
        # It is Monday there already.
        ("2026-11-22T20:00", "weekly", 5, 0, "Asia/Shanghai", "2026-11-22T21:00"),
        ("2026-11-22T02:30", "weekly", 8, 6, "Asia/Phnom_Penh", "2026-11-29T01:00"),
        # The clocks of Berlin jump from two to three on 28 March 2027.
        ("2027-03-28T00:30", "daily", 2, 0, "Europe/Berlin", "2027-03-28T01:00"),
        ("2026-11-22T02:30", "daily", 0, 0, "No/Where", "2026-11-23T00:00"),
    ],
)
def test_the_next_digest_is_at_the_readers_own_hour(
    now: str, how: str, hour: int, weekday: int, zone: str, expected: str
) -> None:
    found = rhythm.next_digest(at(now), rhythm=how, hour=hour, weekday=weekday, zone=zone)
    assert found == at(expected)


@given(
    st.integers(0, 15 * 365 * 24 * 60).map(lambda m: at("2020-01-01") + timedelta(minutes=m)),
    st.sampled_from([rhythm.DAILY, rhythm.WEEKLY]),
    st.integers(0, 23),
    st.integers(0, 6),
    st.sampled_from(rhythm.ZONES),
)
def test_a_digest_is_always_ahead_and_never_further_than_its_rhythm(
    now: datetime, how: str, hour: int, weekday: int, zone: str
) -> None:
    found = rhythm.next_digest(now, rhythm=how, hour=hour, weekday=weekday, zone=zone)
    longest = timedelta(days=1 if how == rhythm.DAILY else 7, hours=1)

    assert now < found <= now + longest
    local = found.astimezone(rhythm.zone_of(zone))
    assert (local.minute, local.second) == (0, 0)
    assert how == rhythm.DAILY or local.weekday() == weekday


@pytest.mark.parametrize(
    ("how", "urgent", "urgent_at_once", "soon"),
    [
        ("at_once", False, True, True),
        ("daily", True, True, True),
        ("daily", True, False, False),
        ("daily", False, True, False),
        ("weekly", True, True, True),
        ("never", True, True, None),
    ],
)
def test_only_what_is_urgent_interrupts_a_digest(
    how: str, urgent: bool, urgent_at_once: bool, soon: bool | None
) -> None:
    found = rhythm.due_at(
        NOW,
        rhythm=how,
        urgent=urgent,
        urgent_at_once=urgent_at_once,
        hour=8,
        weekday=0,
        zone="Asia/Phnom_Penh",
    )
    if soon is None:
        assert found is None
    else:
        assert found is not None
        assert (found == NOW + rhythm.GATHERING) is soon
