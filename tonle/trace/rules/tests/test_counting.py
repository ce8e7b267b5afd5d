"""Counts against the walk of every way, over random links with circles and what is not there."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tonle.trace.rules.counting import Break, Count, Counted, count

NAMES = ("o1", "o2", "o3", "p1", "p2", "c1", "a1", "a2", "gone")
OUTPUTS = ("o1", "o2", "o3")
GOALS = {"a1", "a2"}

links = st.dictionaries(
    st.sampled_from(NAMES[:6]), st.lists(st.sampled_from(NAMES), max_size=4), max_size=6
)


def counted(came_of: dict[str, list[str]]) -> Counted:
    return count(
        OUTPUTS,
        lambda thing: came_of.get(thing, ()),
        GOALS.__contains__,
        lambda thing: thing != "gone",
    )


def behind(came_of: dict[str, list[str]], thing: str) -> set[str]:
    """All that a thing came of, by whatever way; nothing behind a goal."""
    met: set[str] = set()
    while True:
        further = {
            parent
            for at in {thing, *met} - GOALS
            for parent in came_of.get(at, ())
            if parent != "gone"
        }
        if further <= met:
            return met
        met |= further


def every_way(came_of: dict[str, list[str]], thing: str) -> dict[str | Break, Fraction]:
    """The ends of all ways, walked one by one without remembering anything."""
    ends: dict[str | Break, Fraction] = defaultdict(Fraction)

    def go(at: str, weight: Fraction) -> None:
        if at in GOALS:
            ends[at] += weight
            return
        parents = sorted(set(came_of.get(at, ())))
        if not parents:
            ends[Break(at, "nothing")] += weight
        for parent in parents:
            part = weight / len(parents)
            if parent == "gone":
                ends[Break(at, "absent", parent)] += part
            elif at in behind(came_of, parent) | {parent}:
                ends[Break(at, "circle", parent)] += part
            else:
                go(parent, part)

    go(thing, Fraction(1))
    return ends


@given(links)
def test_counts_are_those_of_every_way(came_of: dict[str, list[str]]) -> None:
    expected: dict[str | Break, Count] = {}
    for output in OUTPUTS:
        for end, weight in every_way(came_of, output).items():
            before = expected.get(end, Count())
            expected[end] = Count(before.whole + 1, before.fractional + weight)

    found = counted(came_of)
    assert dict([*found.goals.items(), *found.breaks.items()]) == expected


@given(links)
def test_nothing_is_lost_and_nothing_is_made(came_of: dict[str, list[str]]) -> None:
    found = counted(came_of)
    parts = [*found.goals.values(), *found.breaks.values()]

    assert sum((part.fractional for part in parts), Fraction(0)) == found.total == len(OUTPUTS)
    assert all(0 < part.fractional <= part.whole <= found.total for part in parts)


def test_an_output_of_two_projects_counts_whole_for_both_agreements() -> None:
    found = counted({"o1": ["p1", "p2"], "p1": ["a1"], "p2": ["a1", "a2"], "o2": ["a2"]})

    assert found.goals == {
        "a1": Count(1, Fraction(3, 4)),
        "a2": Count(2, Fraction(5, 4)),
    }
    assert found.breaks == {Break("o3", "nothing"): Count(1, Fraction(1))}


def test_a_chain_as_long_as_it_likes_is_walked() -> None:
    length = 20_000
    found = count(
        ["0"],
        lambda thing: [str(int(thing) + 1)],
        lambda thing: thing == str(length),
        lambda thing: thing.isdigit(),
    )
    assert found.goals == {str(length): Count(1, Fraction(1))}
