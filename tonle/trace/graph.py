"""What hangs under a promise, and all that it came of: read from the links, public matter only.

A walk goes down from the promise to everything that came of it, and from there up to everything
that it came of, since a thing that came of two hands half to each. What not everybody may see is
taken for absent, whoever asks: counts are the same for all readers, and tell nothing of it.
The cost goes with what is met, not with what the node holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from tonle.catalogue.public import documents_of, everybodys, holders, names_of
from tonle.trace.models import Link, Name
from tonle.trace.rules import chain

# Values of one question to the database.
PART = 500
# A duplicate of a duplicate, and so on; a longer row was made to be one.
MOST_MERGED = 10

Pair = tuple[str, str]  # (scheme, value)
T = TypeVar("T")


class Edge(NamedTuple):
    """child came of parent; parent is "" where the name leads to nothing that is here."""

    child: str
    parent: str
    relation: str
    area: str
    name: Pair
    is_sure: bool


@dataclass
class Graph:
    """kinds: of all that was met and is public. above: what each thing came of, as names of
    things, of areas (`area_key`) and of what is not here (`absent_key`). areas: of promises."""

    kinds: dict[str, str] = field(default_factory=dict)
    above: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    areas: dict[str, dict[str, Mapping[str, str]]] = field(default_factory=dict)

    def came_of(self, name: str) -> Collection[str]:
        """As counting asks for it; an area came of its promise."""
        promise, hash_, _ = name.partition("#")
        return (promise,) if hash_ else self.above.get(name, ())

    def is_there(self, name: str) -> bool:
        promise, hash_, area = name.partition("#")
        if hash_:
            return promise in self.kinds and (not area or area in self.areas.get(promise, ()))
        return name in self.kinds

    def under(self, name: str) -> set[str]:
        """All that came of a thing or an area, by whatever way."""
        below: dict[str, set[str]] = defaultdict(set)
        for child, parents in self.above.items():
            for parent in parents:
                below[parent].add(child)
                if "#" in parent:
                    below[parent.partition("#")[0]].add(child)
        found: set[str] = set()
        waiting = [name]
        while waiting:
            for child in below.get(waiting.pop(), ()):
                if child not in found:
                    found.add(child)
                    waiting.append(child)
        return found - {name}


def area_key(promise: str, area: str) -> str:
    """The name of a key area; with "" of what names the promise and none of its areas."""
    return f"{promise}#{area}"


def absent_key(name: Pair) -> str:
    """The name of what is not here."""
    return f"?{name[0]}:{name[1]}"


def under(promises: Iterable[str], kind: str, now: datetime) -> Graph:
    """The graph of everything that came of these promises, which are of one kind."""
    graph, found = Graph(), set[str]()
    frontier: set[str] = set(_public(graph, set(promises), now))
    while frontier:
        found |= frontier
        edges = list(_below(frontier))
        _public(graph, {edge.child for edge in edges}, now)
        frontier = {edge.child for edge in edges if _counts(graph, edge, kind)} - found
    return _upward(graph, found, kind, now)


def above(thing: str, kind: str, now: datetime) -> Graph:
    """The graph of all that one thing came of."""
    graph = Graph()
    return _upward(graph, set(_public(graph, {thing}, now)), kind, now)


def _upward(graph: Graph, things: set[str], kind: str, now: datetime) -> Graph:
    asked: set[str] = set()
    frontier = things
    placed: set[Pair] = set()
    while frontier:
        asked |= frontier
        edges = list(_above(frontier))
        _public(graph, {edge.parent for edge in edges if edge.parent}, now)
        _public(graph, {edge.child for edge in edges}, now)
        frontier = set()
        for edge in edges:
            if _counts(graph, edge, kind):
                frontier |= {edge.parent} - asked
                if chain.stage(graph.kinds[edge.parent]) != chain.PROMISE:
                    graph.above[edge.child].add(edge.parent)
                    continue
                graph.above[edge.child].add(area_key(edge.parent, edge.area))
                if edge.area:
                    placed.add((edge.child, edge.parent))
            elif edge.is_sure and edge.child in graph.kinds and edge.parent not in graph.kinds:
                graph.above[edge.child].add(absent_key(edge.name))
    for child, parent in placed:
        # What names areas of a promise names it by them, however often it names it besides.
        graph.above[child].discard(area_key(parent, ""))
    promises = [name for name, of in graph.kinds.items() if chain.stage(of) == chain.PROMISE]
    for part in _parts(promises):
        graph.areas |= {
            name: chain.areas_of(document) for name, document in documents_of(part).items()
        }
    return graph


def _counts(graph: Graph, edge: Edge, kind: str) -> bool:
    """Whether both are here, and the one can come of the other; of promises only those of the
    kind that is asked about: a project that serves a national goal came no less of its call."""
    child, parent = graph.kinds.get(edge.child), graph.kinds.get(edge.parent)
    if child is None or parent is None or edge.child == edge.parent:
        return False
    if chain.stage(parent) == chain.PROMISE and parent != kind:
        return False
    return chain.came_of(child, parent, edge.relation)


def _public(graph: Graph, things: set[str], now: datetime) -> list[str]:
    """Those of the things that everybody sees; the graph knows their kinds from now on."""
    for part in _parts(things - set(graph.kinds)):
        graph.kinds |= everybodys(part, now)
    return [name for name in sorted(things) if name in graph.kinds]


def _below(things: Collection[str]) -> Iterator[Edge]:
    """What came of these."""
    for part in _parts(things):
        names = _names_of(part)
        yield from _naming(names, down=False)
        yield from _named_by(part, down=True)


def _above(things: Collection[str]) -> Iterator[Edge]:
    """What these came of."""
    for part in _parts(things):
        names = _names_of(part)
        yield from _named_by(part, down=False)
        yield from _naming(names, down=True)


_COLUMNS = ("record", "relation", "scheme", "value", "area", "is_sure")


def _named_by(records: Collection[str], *, down: bool) -> list[Edge]:
    """What these records name; down: by relations that say what came of them."""
    rows = list(_rows({"record__in": list(records)}, down))
    ids = _ids_of({(row[2], row[3]) for row in rows})
    found = []
    for record, relation, scheme, value, area, sure in rows:
        for other in ids.get((scheme, value), ("",)):
            child, parent = (other, record) if down else (record, other)
            found.append(Edge(child, parent, relation, area, (scheme, value), sure))
    return found


def _naming(names: Mapping[Pair, Collection[str]], *, down: bool) -> Iterator[Edge]:
    """What names these things; down: by relations that say what came of it."""
    for part in _parts(names):
        asked = {
            "scheme__in": sorted({scheme for scheme, _ in part}),
            "value__in": [value for _, value in part],
        }
        for record, relation, scheme, value, area, sure in _rows(asked, down):
            for other in names.get((scheme, value), ()):
                child, parent = (other, record) if down else (record, other)
                yield Edge(child, parent, relation, area, (scheme, value), sure)


def _rows(asked: Mapping[str, Any], down: bool) -> Iterable[tuple[Any, ...]]:
    relations = chain.DOWN if down else chain.UP | chain.OWN
    rows = Link.objects.filter(**asked, relation__in=sorted(relations)).order_by("key")
    return rows.values_list(*_COLUMNS)


def _names_of(things: Collection[str]) -> dict[Pair, set[str]]:
    """All names of things, those of what became part of them among them."""
    found: dict[Pair, set[str]] = defaultdict(set)
    for name, record in names_of(things).items():
        found[name].add(record)
    # Whose names are looked for, each with the thing that it became part of.
    stands_for = {thing: {thing} for thing in things}
    for _ in range(MOST_MERGED):
        rows = Name.objects.filter(record__in=list(stands_for))
        following: dict[str, set[str]] = defaultdict(set)
        for record, scheme, value in rows.values_list("record", "scheme", "value"):
            found[scheme, value] |= stands_for[record]
            if scheme == "tonle":
                following[value] |= stands_for[record]
        if not following:
            break
        stands_for = dict(following)
    return found


def _ids_of(names: Collection[Pair]) -> dict[Pair, list[str]]:
    """The things that names lead to; a grant may be that of several projects."""
    found: dict[Pair, list[str]] = {}
    for part in _parts(names):
        known = holders(set(part))
        first = {name: [known.get(name, name[1] if name[0] == "tonle" else "")] for name in part}
        also = _renamed(part)
        found |= {name: also.get(name) or [one for one in first[name] if one] for name in part}
    merged = {one for ids in found.values() for one in ids}
    for _ in range(MOST_MERGED):
        moved = _renamed([("tonle", one) for one in merged])
        if not moved:
            break
        found = {
            name: [new for one in ids for new in moved.get(("tonle", one), [one])]
            for name, ids in found.items()
        }
        merged = {new for ids in moved.values() for new in ids}
    return {name: ids for name, ids in found.items() if ids}


def _renamed(names: Iterable[Pair]) -> dict[Pair, list[str]]:
    """What grants and duplicates lead to."""
    found: dict[Pair, list[str]] = defaultdict(list)
    for part in _parts(names):
        rows = Name.objects.filter(
            scheme__in=sorted({scheme for scheme, _ in part}), value__in=[v for _, v in part]
        )
        for scheme, value, record in rows.order_by("record").values_list(
            "scheme", "value", "record"
        ):
            found[scheme, value].append(record)
    return dict(found)


def _parts(values: Iterable[T]) -> Iterator[list[T]]:
    """The values by hundreds, so that one question to the database stays small."""
    held = list(values)
    for at in range(0, len(held), PART):
        yield held[at : at + PART]
