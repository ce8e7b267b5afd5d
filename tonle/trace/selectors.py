"""What came of promises, counted over what everybody may see; the same for every reader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from tonle.catalogue.public import documents_of, everybodys, everybodys_of_kind
from tonle.kernel.errors import NotFound
from tonle.kernel.text import LanguageMap
from tonle.trace import graph as graphs
from tonle.trace.graph import Graph, area_key
from tonle.trace.rules import chain
from tonle.trace.rules.counting import Count, Reason, count

# Things and breaks that a page names; JSON and CSV have the counts of all.
MOST_NAMED = 100


@dataclass(frozen=True)
class KindCount:
    """How many things of one kind arrive, each once, and their weights together."""

    kind: str
    count: Count


@dataclass(frozen=True)
class Area:
    """A key area, or with id "" what names the promise and none of its areas."""

    id: str
    name: LanguageMap
    counts: tuple[KindCount, ...]

    @property
    def is_empty(self) -> bool:
        return not self.counts


@dataclass(frozen=True)
class Broken:
    """A thing at which a chain breaks.

    named: what it names, which is not here: an identifier, or a key area that its promise has
    not ({promise, area}); {} where it names nothing. lost: how much is lost there.
    """

    thing: str
    titles: LanguageMap
    reason: Reason
    named: Mapping[str, str]
    lost: Count


@dataclass(frozen=True)
class CameOf:
    """A promise and what came of it."""

    id: str
    kind: str
    titles: LanguageMap
    counts: tuple[KindCount, ...]
    areas: tuple[Area, ...]
    unplaced: Area
    breaks: tuple[Broken, ...]
    breaks_number: int


@dataclass(frozen=True)
class Thing:
    id: str
    kind: str
    titles: LanguageMap


@dataclass(frozen=True)
class OfArea:
    """One key area: the promise, the area, and what came of it by kind, as far as it is named."""

    promise: Thing
    area: Area
    things: tuple[tuple[KindCount, tuple[Thing, ...]], ...]


@dataclass(frozen=True)
class Line:
    """A promise in the list of all. depth: how many others it stands under.

    place: the way down to it, by which the list of a kind is sorted.
    """

    thing: Thing
    depth: int
    counts: tuple[KindCount, ...]
    areas: int
    empty_areas: int
    place: tuple[str, ...]


def came_of(record_id: str, now: datetime) -> CameOf:
    """What a promise said, and what came of it. Raises NotFound for what is no public promise."""
    kind = _promise(record_id, now)
    graph = graphs.under([record_id], kind, now)
    goals = {record_id}
    things = _by_kind(graph, graph.under(record_id))
    areas = _by_area(graph, record_id, things)
    breaks = count(
        [one for of in things.values() for one in of],
        graph.came_of,
        goals.__contains__,
        graph.is_there,
    ).breaks
    broken = sorted(
        # What arrives at another promise has arrived, too.
        (one for one in breaks.items() if not _is_promise(graph, one[0].at)),
        key=lambda one: (-one[1].fractional, one[0].at, one[0].named),
    )
    titles = _titles({record_id, *(at.at for at, _ in broken[:MOST_NAMED])})
    return CameOf(
        record_id,
        kind,
        titles.get(record_id, {}),
        tuple(_counts(graph, things, goals)[record_id]),
        tuple(
            Area(area, dict(name), tuple(areas[area_key(record_id, area)]))
            for area, name in graph.areas.get(record_id, {}).items()
        ),
        Area("", {}, tuple(areas[area_key(record_id, "")])),
        tuple(
            Broken(at.at, titles.get(at.at, {}), at.reason, _named(at.named), lost)
            for at, lost in broken[:MOST_NAMED]
        ),
        len(broken),
    )


def of_area(record_id: str, area: str, now: datetime) -> OfArea:
    """One key area. Raises NotFound where the promise has no such area."""
    kind = _promise(record_id, now)
    graph = graphs.under([record_id], kind, now)
    if area not in graph.areas.get(record_id, {}):
        raise NotFound
    key = area_key(record_id, area)
    things = _by_kind(graph, graph.under(key) & graph.under(record_id))
    counts = _counts(graph, things, {key})[key]
    named = {one.kind: sorted(things[one.kind])[:MOST_NAMED] for one in counts}
    titles = _titles({record_id, *(thing for of in named.values() for thing in of)})
    return OfArea(
        Thing(record_id, kind, titles.get(record_id, {})),
        Area(area, dict(graph.areas[record_id][area]), tuple(counts)),
        tuple(
            (one, tuple(Thing(of, one.kind, titles.get(of, {})) for of in named[one.kind]))
            for one in counts
        ),
    )


def everything(kind: str, now: datetime) -> list[Line]:
    """Every promise of a kind with its counts, each after what it stands under.

    Counts of those of depth 0 add up; those of the others are a part of them.
    """
    ids = everybodys_of_kind(kind, now)
    graph = graphs.under(ids, kind, now)
    depths = _depths(graph, ids)
    things = _by_kind(graph, set(graph.kinds) - set(ids))
    promises = _by_kind(graph, set(ids))
    counts: dict[str, list[KindCount]] = {}
    placed: dict[str, list[KindCount]] = defaultdict(list)
    for depth in sorted(set(depths.values())):
        goals = {one for one in ids if depths[one] == depth}
        # What stands under a promise is counted for it like what came of it.
        deeper = {of: {one for one in all_ if depths[one] > depth} for of, all_ in promises.items()}
        counted = {**deeper, **things}
        counts |= _counts(graph, counted, goals)
        keys = {area_key(one, area) for one in goals for area in graph.areas.get(one, {})}
        placed |= _counts(graph, counted, keys, also=goals)
    titles = _titles(ids)
    return [
        Line(
            Thing(one, kind, titles.get(one, {})),
            depths[one],
            tuple(counts.get(one, ())),
            len(graph.areas.get(one, {})),
            sum(not placed.get(area_key(one, area)) for area in graph.areas.get(one, {})),
            place,
        )
        for one, place in _in_order(graph, ids, depths)
    ]


@dataclass(frozen=True)
class Step:
    """A thing on the way up, and what it came of. area: of a promise, its name by language."""

    thing: Thing
    area: LanguageMap
    above: tuple[Step, ...]


# A way up that is longer, or has more things on it, is cut short on a page.
LONGEST_WAY, MOST_STEPS = 8, 30


def way_up(record_id: str, kind: str, now: datetime) -> tuple[Step, ...]:
    """What a thing came of, and what that came of in turn; () for nothing."""
    if chain.stage(kind) == chain.PROMISE and kind != "agreement":
        return ()
    graph = graphs.above(record_id, "agreement", now)
    if not graph.above.get(record_id):
        return ()
    titles = _titles(graph.kinds)
    left = [MOST_STEPS]

    def steps(thing: str, way: frozenset[str]) -> Iterator[Step]:
        for name in sorted(graph.came_of(thing)):
            promise, _, area = name.partition("#")
            if not graph.is_there(name) or promise in way or len(way) > LONGEST_WAY or not left[0]:
                continue
            left[0] -= 1
            found = Thing(promise, graph.kinds[promise], titles.get(promise, {}))
            named = dict(graph.areas.get(promise, {}).get(area, {}))
            yield Step(found, named, tuple(steps(promise, way | {promise})))

    return tuple(steps(record_id, frozenset({record_id})))


def _promise(record_id: str, now: datetime) -> str:
    kind = everybodys([record_id], now).get(record_id)
    if kind is None or chain.stage(kind) != chain.PROMISE:
        raise NotFound
    return kind


def _is_promise(graph: Graph, thing: str) -> bool:
    return chain.stage(graph.kinds.get(thing, "")) == chain.PROMISE


def _by_kind(graph: Graph, things: Iterable[str]) -> dict[str, set[str]]:
    """Things by kind: promises first, outputs last, as the chain goes down."""
    found: dict[str, set[str]] = defaultdict(set)
    for thing in things:
        if thing in graph.kinds:
            found[graph.kinds[thing]].add(thing)
    return dict(sorted(found.items(), key=lambda one: (chain.stage(one[0]), one[0])))


def _counts(
    graph: Graph,
    things: Mapping[str, set[str]],
    goals: set[str],
    *,
    also: Iterable[str] = (),
) -> dict[str, list[KindCount]]:
    """By goal, the kinds of which something arrives. also: goals that are met, and not asked."""
    ends = goals | set(also)
    found: dict[str, list[KindCount]] = defaultdict(list)
    for kind, of_kind in things.items():
        counted = count(sorted(of_kind - ends), graph.came_of, ends.__contains__, graph.is_there)
        for goal, number in counted.goals.items():
            if goal in goals:
                found[goal].append(KindCount(kind, number))
    return found


def _by_area(
    graph: Graph, promise: str, things: Mapping[str, set[str]]
) -> dict[str, list[KindCount]]:
    keys = {area_key(promise, area) for area in ("", *graph.areas.get(promise, {}))}
    return _counts(graph, things, keys, also=[promise])


def _depths(graph: Graph, promises: Iterable[str]) -> dict[str, int]:
    """How many promises each stands under, by the longest way; a circle ends where it closes."""
    depths: dict[str, int] = {}
    held = set(promises)

    def depth(one: str, way: frozenset[str]) -> int:
        if one not in depths:
            above = {name.partition("#")[0] for name in graph.came_of(one)} & held - way
            found = max((depth(up, way | {up}) + 1 for up in above), default=0)
            if way != {one}:
                return found
            depths[one] = found
        return depths[one]

    for one in sorted(held):
        depth(one, frozenset({one}))
    return depths


def _in_order(
    graph: Graph, ids: list[str], depths: Mapping[str, int]
) -> list[tuple[str, tuple[str, ...]]]:
    """Each promise after the first of those that it stands under, with the way down to it.

    Sorted by that way, so that a reader who stopped anywhere can go on.
    """
    below: dict[str, list[str]] = defaultdict(list)
    for one in ids:
        above = {name.partition("#")[0] for name in graph.came_of(one)}
        over = sorted(up for up in above if depths.get(up, depths[one]) < depths[one])
        if over:
            below[over[0]].append(one)
    placed = {one for listed in below.values() for one in listed}
    waiting: list[tuple[str, tuple[str, ...]]] = [(one, (one,)) for one in ids if one not in placed]
    found: list[tuple[str, tuple[str, ...]]] = []
    while waiting:
        one, way = waiting.pop()
        found.append((one, way))
        waiting += [(under, (*way, under)) for under in below[one]]
    return sorted(found, key=lambda pair: pair[1])


def _named(name: str) -> dict[str, str]:
    """What a break names, in parts."""
    if not name:
        return {}
    if name.startswith("?"):
        scheme, _, value = name[1:].partition(":")
        return {"scheme": scheme, "value": value}
    promise, _, area = name.partition("#")
    return {"promise": promise, "area": area} if area else {"scheme": "tonle", "value": promise}


def _titles(records: Iterable[str]) -> dict[str, LanguageMap]:
    """Titles of things that were found to be public."""
    documents: dict[str, Any] = documents_of(list(records))
    return {record: document["titles"] for record, document in documents.items()}


def rounded(number: Fraction) -> float:
    """A fraction as pages show it, to two decimals; never 0 where there is something."""
    return max(round(float(number), 2), 0.01) if number else 0.0
