"""Filters and orders of the CommonGrants search."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.funding.openness.choosing import SORTS, chosen, ordered
from tonle.kernel.errors import Invalid


def one(
    name: str, status: str = "open", closes: str = "", most: tuple[str, str] | None = None
) -> dict[str, Any]:
    made: dict[str, Any] = {"title": name, "status": {"value": status}, "createdAt": name}
    if closes:
        made["keyDates"] = {"closeDate": {"date": closes}}
    if most:
        made["funding"] = {"maxAwardAmount": {"amount": most[0], "currency": most[1]}}
    return made


CALLS = [
    one("a", "open", "2027-01-31", ("5000.00", "USD")),
    one("b", "closed", "2026-01-31", ("900000.00", "KHR")),
    one("c", "forecasted", "", ("200.00", "USD")),
    one("d", "custom"),
]


def names(**filters: Any) -> str:
    found, _ = chosen(CALLS, filters)
    return "".join(str(call["title"]) for call in found)


def asks(operator: str, value: Any) -> dict[str, Any]:
    return {"operator": operator, "value": value}


def usd(low: str, high: str) -> dict[str, Any]:
    return {
        "min": {"amount": low, "currency": "USD"},
        "max": {"amount": high, "currency": "USD"},
    }


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, "abcd"),
        ({"status": None, "customFilters": {}}, "abcd"),
        ({"status": asks("in", ["open", "forecasted"])}, "ac"),
        ({"status": asks("notIn", ["open", "forecasted"])}, "bd"),
        ({"closeDateRange": asks("between", {"min": "2027-01-01", "max": "2027-12-31"})}, "a"),
        # What has no whole deadline is neither within nor without.
        ({"closeDateRange": asks("outside", {"min": "2027-01-01", "max": "2027-12-31"})}, "b"),
        ({"closeDateRange": asks("between", {"min": "2027-01-31T00:00:00Z",
                                             "max": "2027-01-31T23:00:00Z"})}, "a"),
        # Another currency is neither more nor less.
        ({"maxAwardAmountRange": asks("between", usd("0", "1000"))}, "c"),
        ({"maxAwardAmountRange": asks("outside", usd("0", "1000"))}, "a"),
        ({"status": asks("in", ["open"]),
          "maxAwardAmountRange": asks("between", usd("0", "1000"))}, ""),
    ],
)  # fmt: skip
def test_what_is_found_meets_every_filter(filters: dict[str, Any], found: str) -> None:
    assert names(**filters) == found


def test_a_filter_that_nobody_knows_is_left_out_and_told_of() -> None:
    found, told = chosen(CALLS, {"agency": asks("in", ["X"]), "status": asks("in", ["open"])})

    assert [call["title"] for call in found] == ["a"]
    assert told == ["agency: this filter is not known here; it was left out."]


@pytest.mark.parametrize(
    "filters",
    [
        {"status": "open"},
        {"status": asks("eq", ["open"])},
        {"status": asks("in", ["posted"])},
        {"status": asks("in", "open")},
        {"closeDateRange": asks("between", ["2027-01-01"])},
        {"closeDateRange": asks("between", {"min": "soon", "max": "2027-01-01"})},
        {"closeDateRange": asks("gt", {"min": "2027-01-01", "max": "2027-01-01"})},
        {"minAwardAmountRange": asks("between", {"min": 1, "max": 2})},
        {"minAwardAmountRange": asks("between", usd("much", "more"))},
        {"minAwardAmountRange": asks("between", usd("NaN", "Infinity"))},
    ],
)
def test_a_known_filter_that_asks_nonsense_is_refused(filters: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        chosen(CALLS, filters)

    assert refused.value.problems[0][0] == f"/filters/{next(iter(filters))}"


def test_every_nonsense_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        chosen(CALLS, {"status": 1, "closeDateRange": 2})

    assert len(refused.value.problems) == 2


@given(st.permutations(CALLS), st.sampled_from(SORTS), st.booleans())
def test_whatever_is_ordered_is_all_there_and_the_unsaid_last(
    calls: list[dict[str, Any]], by: str, descending: bool
) -> None:
    found = ordered(calls, by, descending)

    assert sorted(call["title"] for call in found) == ["a", "b", "c", "d"]
    if by == "keyDates.closeDate":
        first = [call["title"] for call in found][:2]
        assert first == (["a", "b"] if descending else ["b", "a"])
    if by == "funding.maxAwardAmount":
        # Currency by currency, since riels are not compared with dollars.
        assert [call["title"] for call in found][:3] == (
            ["a", "c", "b"] if descending else ["b", "c", "a"]
        )
