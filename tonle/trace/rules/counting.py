"""What came of it, counted: whole and fractional counts that add up, and where a chain breaks.

A thing (an output, a project, a call) names what it came of. Each thing that is counted has the
weight one, which it hands up in equal parts to all that it came of, and they in turn, until it
arrives: at a goal (an agreement, a key area), or at a thing that names nothing further or only
what is not there, where the chain breaks. No weight is lost and none is made: what arrives at
the goals and what breaks off add up to the number of things counted, as exact fractions.

The whole count of a goal is the number of things that arrive there by whatever way, each once.
Whole counts of several goals do not add up, since one thing may count for several; that is what
fractional counts are for. Source: Gauffriau, "Counting methods introduced into the bibliometric
research literature 1970-2018" (2021), who calls them full and complete-normalised counting.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Reason = Literal["nothing", "absent", "circle"]
"""Why a chain breaks: nothing further is named, it is not there, or it came of this in turn."""


@dataclass(frozen=True)
class Break:
    """Where a chain breaks: the last thing on it, why, and what it named, if it named something."""

    at: str
    reason: Reason
    named: str = ""


@dataclass(frozen=True)
class Count:
    """whole: how many things arrive; fractional: their weights, together."""

    whole: int = 0
    fractional: Fraction = Fraction(0)


@dataclass(frozen=True)
class Counted:
    """goals: those where something arrives. breaks: what was lost where. total: the things counted.

    The fractional counts of goals and breaks add up to the total.
    """

    goals: Mapping[str, Count]
    breaks: Mapping[Break, Count]
    total: int


End = str | Break
"""Where weight arrives: at a goal, or at a break."""


def count(
    things: Iterable[str],
    came_of: Callable[[str], Iterable[str]],
    is_goal: Callable[[str], bool],
    is_there: Callable[[str], bool],
) -> Counted:
    """Count the things at the goals that they came of.

    came_of names what a thing says that it came of, in any order, the same one twice counting
    once; each is asked once. A goal is counted where it is met: what it came of is not asked, and
    a thing that is a goal counts for itself. Time and memory go with the links and the ends that
    are met behind each.
    """
    goals: dict[str, Count] = defaultdict(Count)
    breaks: dict[Break, Count] = defaultdict(Count)
    counted = dict.fromkeys(things)
    named = _named(counted, came_of, is_goal, is_there)
    ends: dict[str, Mapping[End, Fraction]] = {}
    for together in _circles(named):
        for thing in together:
            ends[thing] = _ends(thing, together, named, ends, is_goal)
    for thing in counted:
        for end, weight in ends[thing].items():
            if isinstance(end, Break):
                breaks[end] = _more(breaks[end], weight)
            else:
                goals[end] = _more(goals[end], weight)
    return Counted(dict(goals), dict(breaks), len(counted))


def _more(before: Count, weight: Fraction) -> Count:
    return Count(before.whole + 1, before.fractional + weight)


Named = Mapping[str, Mapping[str, bool]]
"""What each thing names, and whether that is there; in the order of names."""


def _named(
    things: Iterable[str],
    came_of: Callable[[str], Iterable[str]],
    is_goal: Callable[[str], bool],
    is_there: Callable[[str], bool],
) -> Named:
    """All that is met on the way up."""
    named: dict[str, dict[str, bool]] = {}
    waiting = list(things)
    while waiting:
        thing = waiting.pop()
        if thing in named:
            continue
        parents = () if is_goal(thing) else sorted(set(came_of(thing)))
        named[thing] = {parent: is_goal(parent) or is_there(parent) for parent in parents}
        waiting += [parent for parent, there in named[thing].items() if there]
    return named


def _circles(named: Named) -> Iterator[frozenset[str]]:
    """The things in groups of those that came of each other; what they came of comes before them.

    Nearly every group is of one. Tarjan's strongly connected components, by a stack of our own,
    since a chain may be longer than Python's calls go deep.
    """
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_: dict[str, None] = {}
    for start in named:
        if start in number:
            continue
        number[start] = lowest[start] = len(number)
        open_[start] = None
        path = [(start, iter(named[start].items()))]
        while path:
            thing, rest = path[-1]
            for parent, there in rest:
                if there and parent not in number:
                    number[parent] = lowest[parent] = len(number)
                    open_[parent] = None
                    path.append((parent, iter(named[parent].items())))
                    break
                if parent in open_:
                    lowest[thing] = min(lowest[thing], number[parent])
            else:
                path.pop()
                if path:
                    lowest[path[-1][0]] = min(lowest[path[-1][0]], lowest[thing])
                if lowest[thing] == number[thing]:
                    group = set()
                    while thing not in group:
                        group.add(open_.popitem()[0])
                    yield frozenset(group)


def _ends(
    thing: str,
    together: frozenset[str],
    named: Named,
    ends: Mapping[str, Mapping[End, Fraction]],
    is_goal: Callable[[str], bool],
) -> Mapping[End, Fraction]:
    """Where the weight of the thing arrives: parts that are together one."""
    if not named[thing]:
        return {(thing if is_goal(thing) else Break(thing, "nothing")): Fraction(1)}
    part = Fraction(1, len(named[thing]))
    sums: dict[End, Fraction] = defaultdict(Fraction)
    for parent, there in named[thing].items():
        if not there:
            sums[Break(thing, "absent", parent)] += part
        elif parent in together:
            sums[Break(thing, "circle", parent)] += part
        else:
            for end, weight in ends[parent].items():
                sums[end] += weight * part
    return sums
