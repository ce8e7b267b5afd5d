"""How a call stands at an instant, and that whatever stands in a record is read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.funding.rules.opportunities import next_change, read_opportunity, status
from tonle.kernel.dates import format_instant

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
DAY = timedelta(days=1)


def profile(**said: Any) -> dict[str, Any]:
    return {
        name: format_instant(value) if isinstance(value, datetime) else value
        for name, value in said.items()
        if value is not None
    }


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, "unknown"),
        ({"forecast": True}, "forecast"),
        ({"forecast": True, "closes_at": NOW - DAY}, "closed"),
        ({"opens_at": NOW + DAY}, "forecast"),
        ({"opens_at": NOW}, "unknown"),
        ({"opens_at": NOW, "closes_at": NOW + 15 * DAY}, "open"),
        ({"closes_at": NOW + 14 * DAY}, "closing_soon"),
        ({"closes_at": NOW}, "closed"),
        ({"closes_at": NOW - 365 * DAY}, "archived"),
        ({"closes_at": NOW + DAY, "archived_on": "2026-11-23"}, "archived"),
        ({"closes_at": NOW + DAY, "archived_on": "2026-11-24"}, "closing_soon"),
        ({"closes_at": "tomorrow"}, "unknown"),
        ({"closes_at": "9999-12-31T23:59:59Z"}, "unknown"),
        ({"closes_at": "0001-01-01T00:00:00Z"}, "unknown"),
    ],
)
def test_a_call_stands_as_its_instants_say(said: dict[str, Any], expected: str) -> None:
    assert status(read_opportunity({"profile": profile(**said)}), NOW) == expected


_instants = st.none() | st.integers(-500, 500).map(lambda day: NOW + day * DAY)
_days = st.none() | st.dates(NOW.date() - 500 * DAY, NOW.date() + 500 * DAY).map(str)


@given(_instants, _instants, _days, st.booleans(), st.floats(-600, 900))
def test_it_stands_the_same_until_it_next_changes(
    opens: datetime | None, closes: datetime | None, archived: str | None, forecast: bool, at: float
) -> None:
    said = profile(opens_at=opens, closes_at=closes, archived_on=archived, forecast=forecast)
    call = read_opportunity({"profile": said})
    now = NOW + at * DAY
    change = next_change(call, now)

    stands = status(call, now)
    if change is None:
        assert status(call, now + 5000 * DAY) == stands
    else:
        assert change > now
        assert status(call, change - timedelta(microseconds=1)) == stands
        assert status(call, change) != stands


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
_NAMES = (
    "funders", "themes", "amounts", "opens_at", "closes_at", "zone", "deadlines", "forecast",
    "archived_on", "languages", "documents", "corrigenda", "eligibility", "name", "at", "number",
    "identifiers", "currency", "min_minor", "url",
)  # fmt: skip
_parts = st.dictionaries(st.sampled_from(_NAMES), _json)


@given(st.dictionaries(st.sampled_from(_NAMES), _json | _parts | st.lists(_parts, max_size=3)))
def test_whatever_a_record_says_is_read(said: dict[str, Any]) -> None:
    call = read_opportunity({"id": "x", "titles": {"en": "A call"}, "profile": said})

    assert status(call, NOW)
    next_change(call, NOW)


def test_a_whole_record_is_read() -> None:
    call = read_opportunity(
        {
            "id": "x",
            "titles": {"en": "A call"},
            "profile": {
                "funders": [
                    {"name": {"en": "A fund"}, "country": "KHM", "identifiers": [
                        {"scheme": "ror", "value": "https://ror.org/05a28rw58"}]},
                    {"country": "LAO"},
                ],
                "amounts": [
                    {"currency": "USD", "max_minor": 1_000_000, "per": "project"},
                    {"currency": "EUR"},
                ],
                "deadlines": [{"id": "pre", "at": "2026-12-01T05:00:00Z", "zone": "Asia/Bangkok"}],
                "corrigenda": [{"number": 1, "at": "2026-11-01T00:00:00Z", "changed": ["zone"]}],
                "eligibility": [{"test": "words"}, "broken"],
            },
        }
    )  # fmt: skip

    assert [one.country for one in call.funders] == ["KHM"]
    assert call.funders[0].identifiers[0].scheme == "ror"
    assert [(one.currency, one.max_minor) for one in call.amounts] == [("USD", 1_000_000)]
    assert call.deadlines[0].at == datetime(2026, 12, 1, 5, tzinfo=UTC)
    assert call.corrigenda[0].changed == ("zone",)
    assert call.eligibility == ({"test": "words"},)
