"""Everything that is or was public, once, in the order in which it last changed.

OAI-PMH, catalogues, sitemaps and feeds walk by it. A walk remembers one number, the position
of the last entry it saw. A record that changes meanwhile gets a later position and comes
again, so a walk of any length and with any pause misses nothing; and since a position never
goes away, neither does the number.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Exists, Max, Min, OuterRef, Q

from tonle.catalogue.models import (
    Change,
    Effect,
    Intent,
    LogHead,
    Record,
    RecordCommunity,
    RecordMember,
)
from tonle.catalogue.rules.access import READ_FILES, READ_METADATA, EffectFacts, RecordFacts, rule
from tonle.catalogue.selectors import SHOWN
from tonle.kernel.actors import ANONYMOUS

# Entries looked at in one step: enough that a walk of few is quick, and few enough that a
# walk of a small set through a long log stays small. Of everything, nearly each entry counts.
SMALLEST_STEP, LARGEST_STEP = 200, 5_000
SMALLEST_STEP_OF_ALL = 20
# Documents held at once, at most, unless more are asked for.
LARGEST_BATCH = 500


# For a member or a community: whatever has one at all.
ANY = "*"


@dataclass(frozen=True)
class Selection:
    """Which records: an empty field is any. Each is a set of OAI-PMH, and a page's filter."""

    kind: str = ""
    member: str = ""
    community: str = ""
    access: str = ""

    def filter(self) -> Q:
        """The same as a condition on records."""
        chosen = Q()
        if self.kind:
            chosen &= Q(kind=self.kind)
        if self.access:
            chosen &= Q(access_level=self.access)
        if self.member:
            of = RecordMember.objects.filter(record=OuterRef("pk"))
            chosen &= Q(Exists(of if self.member == ANY else of.filter(member=self.member)))
        if self.community:
            of_it = RecordCommunity.objects.filter(record=OuterRef("pk"))
            if self.community != ANY:
                of_it = of_it.filter(community=self.community)
            chosen &= Q(Exists(of_it))
        return chosen


ALL = Selection()


@dataclass(frozen=True)
class Walked:
    """A record at its newest state.

    pos, at: of its newest entry. body: the canonical document, of a tombstone too.
    gone: it is not shown any more: withdrawn, purged, or hidden by a decision.
    files_open: whether anybody may have its files now.
    """

    id: str
    kind: str
    pos: int
    at: datetime
    body: bytes
    gone: bool
    files_open: bool
    version: int
    embargo_until: datetime | None

    @cached_property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.body)
        return document


def walk(
    *,
    now: datetime,
    after: int = 0,
    limit: int = 100,
    selection: Selection = ALL,
    since: datetime | None = None,
    until: datetime | None = None,
    gone: bool = True,
) -> list[Walked]:
    """The next records whose newest entry lies after a position, in order of that entry.

    since, until: bounds of Walked.at, both inclusive, UTC. gone: with what is not shown any
    more. An empty list is the end. Two queries a step of some thousand entries, three of a
    selection, and two a batch; a walk from end to end looks at every entry of the log once,
    however small the set.
    """
    if since is not None:
        after = max(after, _last_before(since))
    found: list[Walked] = []
    smallest = SMALLEST_STEP_OF_ALL if selection == ALL else SMALLEST_STEP
    step = max(smallest, limit + limit // 4)
    while len(found) < limit:
        entries = list(
            Change.objects.filter(pos__gt=after)
            .order_by("pos")
            .values_list("pos", "record", "at")[:step]
        )
        for one in _newest(entries, selection, now, gone=gone, batch=limit):
            if until is not None and one.at > until:
                continue
            found.append(one)
            if len(found) == limit:
                return found
        # Positions run in the order of time: behind this one there is nothing to find.
        if len(entries) < step or (until is not None and entries[-1][2] > until):
            break
        after, step = entries[-1][0], min(2 * step, LARGEST_STEP)
    return found


def walk_one(record_id: str, now: datetime) -> Walked | None:
    """One record as `walk` would give it; None for what was never public. Four queries."""
    entry = (
        Change.objects.filter(record=record_id)
        .order_by("-pos")
        .values_list("pos", "record", "at")
        .first()
    )
    return next(_newest([entry], ALL, now, gone=True, batch=1), None) if entry else None


@dataclass(frozen=True)
class Followed:
    """An entry of the log as it was written, and its record as it is now.

    action: the log's word. is_first, is_newest: of its record's entries. record: as a walk
    would give it; None for what cannot be shown at all any more.
    """

    pos: int
    at: datetime
    action: str
    is_first: bool
    is_newest: bool
    record: Walked | None


def follow(*, now: datetime, after: int, limit: int = 100) -> list[Followed]:
    """The next entries after a position, each of them, in order.

    For who tells of what happens; who wants what there is walks. An empty list is the end.
    Five queries.
    """
    entries = list(
        Change.objects.filter(pos__gt=after)
        .order_by("pos")
        .values_list("pos", "record", "at", "action")[:limit]
    )
    ends = {
        record: (first, last)
        for record, first, last in Change.objects.filter(record__in={e[1] for e in entries})
        .values_list("record")
        .annotate(first=Min("pos"), last=Max("pos"))
    }
    newest = list(
        Change.objects.filter(pos__in=[last for _, last in ends.values()])
        .order_by("pos")
        .values_list("pos", "record", "at")
    )
    records = {one.id: one for one in _newest(newest, ALL, now, gone=True, batch=limit)}
    return [
        Followed(pos, at, action, pos == first, pos == last, records.get(record))
        for pos, record, at, action in entries
        for first, last in [ends[record]]
    ]


# The longest that a change takes from the instant it names until it is seen, where no intent
# tells of it meanwhile: that is, until the files of a large deposit are staged.
LONGEST_WRITE = timedelta(hours=6)


def settled_at(now: datetime) -> datetime:
    """An instant before which nothing is added to the log any more: whatever a walk that is
    begun now does not see will have this `at`, or a later one. Two queries; ask, then walk.

    A change names its instant, and is seen only when it is committed. Who asked in between
    and goes on from when he asked would miss it for ever; who goes on from here does not.
    """
    newest = Change.objects.order_by("-pos").values_list("at", flat=True).first()
    # What is begun will be entered with the instant at which it was, however late.
    begun = Intent.objects.aggregate(at=Min("at"))["at"] or now
    horizon = min(now - LONGEST_WRITE, begun)
    # `at` never falls, so that the newest entry bounds all that follow.
    return min(now, max(horizon, newest or horizon))


# The longest span of entries that is looked through to count its records.
LONGEST_COUNT = 20_000


def count_walk(
    selection: Selection = ALL, *, since: datetime | None = None, gone: bool = True
) -> int | None:
    """How many a walk would give from its beginning; None where counting would take long.

    A record that a decision hides counts as shown.
    """
    rows = Record.objects.filter(selection.filter(), state__in=SHOWN if gone else SHOWN[:1])
    if since is not None:
        first = _last_before(since)
        if newest_position() - first > LONGEST_COUNT:
            return None
        rows = rows.filter(id__in=Change.objects.filter(pos__gt=first).values("record"))
    return rows.count()


def newest_position() -> int:
    """The position of the newest entry of the log; 0 for an empty one."""
    return Change.objects.aggregate(pos=Max("pos"))["pos"] or 0


def lineage() -> str:
    """Which log positions are of. A restore and a rebuild begin another, and what remembers a
    position of the one before must begin again. "" before `tonle init`. One query."""
    stand = LogHead.objects.select_related("origin").first()
    return f"{stand.origin.id}/{stand.epoch}" if stand else ""


def earliest_entry_at() -> datetime | None:
    """When the first entry was written: nothing here is older. None for an empty log."""
    return Change.objects.order_by("pos").values_list("at", flat=True).first()


class _Row(NamedTuple):
    """What a walk needs of a record. Plain columns: rows of models take longer to build than
    all that is made of them afterwards."""

    id: str
    kind: str
    state: str
    access_level: str
    embargo_until: datetime | None
    version: int
    body: bytes | None

    def facts(self, action: str, effects: Sequence[EffectFacts]) -> RecordFacts:
        """What the rule needs for a stranger: for him nobody's grant and no community's
        curators count."""
        level = self.access_level if action == READ_FILES else "open"
        return RecordFacts(self.state, level, self.embargo_until, "", effects)


def _newest(
    entries: Sequence[tuple[int, str, datetime]],
    selection: Selection,
    now: datetime,
    *,
    gone: bool,
    batch: int,
) -> Iterator[Walked]:
    """The records of those entries that are the newest of their record, in their order.

    Their documents are fetched when they are asked for: a batch, and more with each batch that
    is asked for, since who asks on has found that few of them count.
    """
    names = {record for _, record, _ in entries}
    last = dict(
        Change.objects.filter(record__in=names)
        .values_list("record")
        .annotate(pos=Max("pos"))
        .values_list("record", "pos")
    )
    newest = [entry for entry in entries if last[entry[1]] == entry[0]]
    states = SHOWN if gone else SHOWN[:1]
    if selection != ALL:
        # The part is often small, and its documents are the dear part of a walk.
        chosen = Record.objects.filter(
            selection.filter(), id__in=[record for _, record, _ in newest]
        )
        held = set(chosen.values_list("id", flat=True))
        newest = [entry for entry in newest if entry[1] in held]
    end = 0
    while end < len(newest):
        start, end, batch = end, end + batch, min(2 * batch, LARGEST_BATCH)
        part = newest[start:end]
        wanted = [record for _, record, _ in part]
        # No condition on the state: given one, SQLite without statistics looks at every
        # published record rather than at these.
        found = Record.objects.filter(id__in=wanted)
        columns = found.values_list(*_Row._fields[:-1], "document__body")
        rows = {row.id: row for row in (_Row(*values) for values in columns)}
        effects = _effects(list(rows))
        # Nearly all records are under one of a few conditions: each is judged once.
        judged: dict[tuple[Any, ...], tuple[bool, bool]] = {}
        for pos, record, at in part:
            row = rows.get(record)
            if row is None or row.state not in states or row.body is None:
                continue
            own = effects.get(record, ())
            key = (row.state, row.access_level, row.embargo_until, record if own else "")
            if key not in judged:
                judged[key] = (
                    _allowed(row, READ_METADATA, own, now),
                    row.state == "published" and _allowed(row, READ_FILES, own, now),
                )
            shown, files_open = judged[key]
            if not shown and not gone:
                continue
            yield Walked(
                id=row.id,
                kind=row.kind,
                pos=pos,
                at=at,
                body=bytes(row.body),
                gone=not shown or row.state != "published",
                files_open=files_open,
                version=row.version,
                embargo_until=row.embargo_until,
            )


def _effects(names: Sequence[str]) -> dict[str, list[EffectFacts]]:
    """Record to its effects; nearly always none. One query."""
    found: dict[str, list[EffectFacts]] = {}
    rows = Effect.objects.filter(record__id__in=names).values_list(
        "record__id", "action", "rule", "params", "valid_from", "valid_until"
    )
    for record, *fields in rows:
        found.setdefault(record, []).append(EffectFacts(*fields))
    return found


def _allowed(row: _Row, action: str, effects: Sequence[EffectFacts], now: datetime) -> bool:
    return bool(rule(ANONYMOUS, action, row.facts(action, effects), now))


def _last_before(instant: datetime) -> int:
    """The position of the last entry older than an instant, by halving: `at` never falls."""
    low, high = 0, newest_position()
    while low < high:
        middle = (low + high + 1) // 2
        at = Change.objects.filter(pos=middle).values_list("at", flat=True).first()
        # A position that is missing was lost; `tonle check` says so, and a walk goes on.
        if at is None or at < instant:
            low = middle
        else:
            high = middle - 1
    return low
