"""Adjusted scores: least squares, exactly, and only where scores can be compared."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tonle.funding.rules import adjust as rules
from tonle.funding.rules.adjust import Score, adjust, read
from tonle.funding.rules.reading import parse
from tonle.kernel.errors import Invalid

rows = st.dictionaries(
    st.tuples(st.sampled_from("ABCDEF"), st.sampled_from("uvwxy")),
    st.integers(-4, 9),
    max_size=14,
)


def scores_of(given_rows: dict[tuple[str, str], int]) -> list[Score]:
    return [Score(p, r, Fraction(y)) for (p, r), y in given_rows.items()]


@settings(max_examples=60, derandomize=True, deadline=None)
@given(rows=rows)
def test_what_is_left_over_is_square_to_every_effect(rows: dict[tuple[str, str], int]) -> None:
    """The normal equations hold exactly: no other effects leave smaller squares."""
    scores = scores_of(rows)

    components = adjust(scores, exact=True)

    seen: list[str] = []
    for one in components:
        seen += one.order
        assert sum(one.offset.values()) == 0
        assert sum(one.quality.values()) == 0
        assert one.order == sorted(one.quality, key=lambda p: (-one.quality[p], p))
        left: dict[str, Any] = {name: Fraction(0) for name in [*one.quality, *one.offset]}
        for score in scores:
            if score.proposal in one.quality:
                rest = score.score - one.level - one.quality[score.proposal]
                rest -= one.offset[score.reviewer]
                left[score.proposal] += rest
                left[score.reviewer] += rest
        assert not any(left.values())
    assert sorted(seen) == sorted({p for p, _ in rows})


@settings(max_examples=30, derandomize=True, deadline=None)
@given(rows=rows)
def test_the_way_for_large_groups_finds_the_same(rows: dict[tuple[str, str], int]) -> None:
    scores = scores_of(rows)
    exact = adjust(scores)
    limit = rules.EXACT_LIMIT
    try:
        rules.EXACT_LIMIT = 0
        near = adjust(scores)
    finally:
        rules.EXACT_LIMIT = limit

    assert [one.order for one in near] == [one.order for one in exact]
    for a, b in zip(near, exact, strict=True):
        assert float(a.level) == pytest.approx(float(b.level), abs=1e-9)
        for name, value in b.quality.items():
            assert float(a.quality[name]) == pytest.approx(float(value), abs=1e-9)
        for name, value in b.offset.items():
            assert float(a.offset[name]) == pytest.approx(float(value), abs=1e-9)


def test_a_harsh_reviewer_who_saw_only_strong_work_does_not_turn_the_order_round() -> None:
    """A z-score of each reviewer would put A, the weakest of the strong, below D."""
    strong = [["A", "harsh", 5], ["B", "harsh", 6], ["C", "harsh", 7]]
    shared = [["C", "mild", 9], ["D", "mild", 4], ["E", "mild", 3]]

    (one,) = adjust(read({"scores": strong + shared}), exact=True)

    assert one.order == ["C", "B", "A", "D", "E"]
    assert one.offset == {"harsh": Fraction(-1), "mild": Fraction(1)}
    assert one.quality["A"] - one.quality["D"] == 3


def test_panels_that_share_no_reviewer_are_two_lists() -> None:
    found = adjust(read({"scores": [["B", "x", 1], ["A", "y", 9]]}))

    assert [one.order for one in found] == [["A"], ["B"]]


def test_no_scores_are_no_components() -> None:
    assert adjust(read({"scores": []}), exact=True) == []


def test_decimals_are_taken_as_they_are_written() -> None:
    (one,) = adjust(read(parse(b'{"scores": [["A", "x", 0.1], ["B", "x", 0.3]]}')), exact=True)

    assert one.quality == {"A": Fraction(-1, 10), "B": Fraction(1, 10)}


@pytest.mark.parametrize(
    ("scores", "where"),
    [
        ([["A", "x", 1], ["A", "x", 1]], "scores[1]"),
        ([["A", "x"]], "scores[0]"),
        ([["A", "x", "1"]], "scores[0][2]"),
        ([["A", "", 1]], "scores[0][1]"),
        ({"A": 1}, "scores"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(scores: Any, where: str) -> None:
    with pytest.raises(Invalid) as refused:
        read({"scores": scores})

    assert where in [place for place, _ in refused.value.problems]


def test_a_group_too_large_for_fractions_is_refused_when_fractions_are_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rules, "EXACT_LIMIT", 0)

    with pytest.raises(rules.NotExact):
        adjust(read({"scores": [["A", "x", 1]]}), exact=True)
