"""Which row of ours is which of theirs: the best one-to-one choice among what is possible. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, Final, TypeVar

from tonle.funding.rules import flow
from tonle.funding.rules.reconcile.evidence import Labels, Sign, score, signs
from tonle.funding.rules.reconcile.rows import Application

# Fewer points than this are chance: one amount and one theme, say.
LEAST: Final = 150
# A key that so many pairs share tells nothing, and would cost time.
_COMMON: Final = 10_000

Pair = tuple[int, int]
T = TypeVar("T", bound=Any)


def keys(row: Application) -> frozenset[str]:
    """By what two rows of one application meet: nothing without one of these makes a pair."""
    return frozenset(
        {
            *(f"reference {key}" for key in row.references),
            *(f"identifier {key}" for key in row.identifiers),
            *(f"title {title.letters}" for title in row.titles),
            *(f"word {word}" for title in row.titles for word in title.words),
            *(f"name {key}" for person in row.people for key in person.name.keys),
            *(f"ror {key}" for key in row.rors),
            *(f"amount {amount.number}" for amount in row.amounts if amount.number),
        }
    )


def candidates(
    ours: Sequence[Application], theirs: Sequence[Application], labels: Labels
) -> dict[Pair, tuple[Sign, ...]]:
    """The pairs (row of ours, row of theirs) for which enough speaks, with what does."""
    by_key: dict[str, list[Application]] = defaultdict(list)
    for row in theirs:
        for key in keys(row):
            by_key[key].append(row)
    often: dict[str, int] = defaultdict(int)
    for row in ours:
        for key in keys(row):
            often[key] += 1
    found: dict[Pair, tuple[Sign, ...]] = {}
    for one in ours:
        others = {
            other.row: other
            for key in keys(one)
            if often[key] * len(by_key[key]) <= _COMMON
            for other in by_key[key]
        }
        for number in sorted(others):
            said = signs(one, others[number], labels)
            if score(said) >= LEAST:
                found[one.row, number] = said
    return found


def chosen(possible: Mapping[Pair, int]) -> list[Pair]:
    """The one-to-one choice with the greatest sum of squared scores, each island by itself.

    Squares, so that one pair with strong evidence is not given up for two with weak.
    """
    found: list[Pair] = []
    for island in _islands(possible):
        found += _best({pair: possible[pair] for pair in island})
    return sorted(found)


def _islands(possible: Iterable[Pair]) -> list[list[Pair]]:
    groups = grouped((("ours", one), ("theirs", other)) for one, other in possible)
    place = {member: at for at, group in enumerate(groups) for member in group}
    islands: dict[int, list[Pair]] = defaultdict(list)
    for pair in sorted(possible):
        islands[place["ours", pair[0]]].append(pair)
    return [islands[at] for at in sorted(islands)]


def grouped(links: Iterable[tuple[T, T]]) -> list[list[T]]:
    """What hangs together by links, each group in order, the groups by their first."""
    above: dict[T, T] = {}

    def top(one: T) -> T:
        above.setdefault(one, one)
        while above[one] != one:
            above[one] = above[above[one]]
            one = above[one]
        return one

    for one, other in links:
        low, high = sorted((top(one), top(other)))
        above[high] = low
    groups: dict[T, list[T]] = defaultdict(list)
    for one in sorted(above):
        groups[top(one)].append(one)
    return list(groups.values())


def _best(possible: Mapping[Pair, int]) -> list[Pair]:
    if len(possible) == 1:
        return list(possible)
    network = flow.Network()
    left = {one: network.node(1) for one in sorted({pair[0] for pair in possible})}
    right = {other: network.node() for other in sorted({pair[1] for pair in possible})}
    end = network.node(-len(left))
    most = max(possible.values()) ** 2
    arcs = {
        pair: network.arc(left[pair[0]], right[pair[1]], 1, most - points**2)
        for pair, points in sorted(possible.items())
    }
    for node in right.values():
        network.arc(node, end, 1)
    for node in left.values():
        # Nobody need be paired.
        network.arc(node, end, 1, most)
    small = len(network.tails) * network.units <= flow.OWN_LIMIT
    sent = flow.solve(network, flow.OWN if small else "")
    return [pair for pair, arc in arcs.items() if sent and sent[arc]]


def copies(rows: Sequence[Application]) -> list[list[int]]:
    """Rows of one list that are the same application: two strong signs that they are."""
    by_key: dict[str, list[Application]] = defaultdict(list)
    for row in rows:
        for key in keys(row):
            if key.startswith(("reference", "identifier", "title", "name")):
                by_key[key].append(row)
    pairs = {
        (one.row, other.row): (one, other)
        for group in by_key.values()
        if len(group) ** 2 <= _COMMON
        for one, other in combinations(group, 2)
    }
    links = [
        pair
        for pair, (one, other) in sorted(pairs.items())
        if len(strong(signs(one, other, Labels())) - {"identifier"}) > 1
    ]
    return grouped(links)


def strong(said: Iterable[Sign]) -> frozenset[str]:
    """The kinds of strong signs."""
    return frozenset(sign.kind for sign in said if sign.strong)
