"""One page of a source: what becomes of each item, kept first and shown then.

The order makes a kill harmless. What was decided is appended to the segments; rows follow
these; last, in one transaction, items, counts and the place in the walk. Whoever is killed
before that does the page again, and finds that what is kept already is the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from tonle.catalogue.public import (
    Foreign,
    PidTaken,
    Prepared,
    Record,
    SegmentEntry,
    document_of,
    known_by,
    prepare_foreign,
    segments,
    take_back_foreign,
)
from tonle.federation.harvest import lease
from tonle.federation.harvest.clients import Received
from tonle.federation.harvest.describing import (
    Described,
    describe,
    locator_text,
    pack,
    segments_of,
    short,
    sound,
    thing,
    unpack,
)
from tonle.federation.harvest.models import Issue, Item, Run, Source, Spare
from tonle.federation.harvest.rules.counting import merged, recount
from tonle.federation.harvest.rules.nameless import is_nameless, stand_in
from tonle.federation.harvest.rules.reasons import Reason, reasons_of, reasons_of_sentences
from tonle.infra import crash
from tonle.infra.bulk import insert_each, update_each
from tonle.infra.ocfl.durable import locked
from tonle.kernel import canonical
from tonle.kernel.errors import N_
from tonle.kernel.sentences import Sentence

crash.declare("harvest.shown", "a page's records are shown, its items not noted: done again")
crash.declare("harvest.noted", "a page's items are noted, not committed: done again")

# Why a record is not shown any more, as its tombstone says it.
GONE, HIDDEN, REMOVED = "deleted_at_source", "hidden_here", "source_removed"
MERGED = "merged"
# Hidden, and the page does not lead to its home either.
HIDDEN_BY_LAW = "hidden_by_law"
WORDS: dict[str, str] = {
    GONE: N_("Its home has deleted it, or does not list it any more."),
    REMOVED: N_("This node does not harvest its home any more."),
}
REASONS: dict[str, dict[str, str]] = {
    **{category: {"en": words} for category, words in WORDS.items()},
    # Nobody reads it: its address leads on.
    MERGED: {"en": "Its home says now that it is the same as another record here."},
}
UNNAMED = Sentence(N_("It came without a name, so that nobody could tell later what became of it."))
AS_HIDDEN = N_(
    "It is called, and lies, as the record %(record)s does, which somebody has hidden here. Show "
    "that one again if this may be seen."
)
# Items that are decided, kept and noted at once: a catalogue may come in one page, whole.
MOST = 1_000
_ITEM_FIELDS = (
    "record", "state", "is_hidden", "datestamp", "received_sha256", "locator", "seen_in", "run",
    "outcome",
)  # fmt: skip


@dataclass
class Fate:
    """What becomes of one item of the page."""

    received: Received
    item: Item
    outcome: str = ""
    reasons: tuple[Reason, ...] = ()
    # As received; what is kept of it when it joins another's record or cannot be taken in.
    sha256: str = ""
    entry: SegmentEntry | None = None
    kept_in: str = ""
    spare: bool = False
    # Nothing about its row is new but that it was seen.
    only_seen: bool = False


@dataclass
class Batch:
    """What becomes of a page, decided and not yet done."""

    fates: list[Fate] = field(default_factory=list)
    # Items of other sources that take a record over, or lose one.
    others: list[Item] = field(default_factory=list)
    # Sources with an item that only a walk of everything meets again.
    due: set[int] = field(default_factory=set)

    def entries(self) -> dict[str, list[Fate]]:
        """What is to be appended, by the segments that keep it."""
        found: dict[str, list[Fate]] = {}
        for fate in self.fates:
            if fate.entry is not None:
                found.setdefault(fate.kept_in, []).append(fate)
        return found


def take(
    source: Source,
    run: Run,
    received: Sequence[Received],
    now: datetime,
    *,
    changes: Mapping[str, Any] | None = None,
    again: bool = False,
) -> None:
    """Decide, keep, show and note a page. changes: of the source, in the same transaction as
    the last of it, such as where the walk stands now. again: look anew at what was received
    before, too.

    Raises LeaseLost where another run has the source.
    """
    with _alone(source, now):
        *parts, last = _parts(_named(run, received))
        for part in parts:
            carry_out(source, run, decide(source, part, now, again=again), now, {})
        carry_out(source, run, decide(source, last, now, again=again), now, changes or {})


@contextmanager
def _alone(source: Source, now: datetime) -> Iterator[None]:
    """While nobody else takes anything in. Raises LeaseLost: who lost the source while it
    waited would write what it read long ago over what is there by now."""
    with locked(settings.TONLE_STAGING / "locks", ["import"]):
        lease.keep(source, now)
        yield


def _named(run: Run, received: Sequence[Received]) -> list[Received]:
    """The page with something to tell apart what came without a name. That cannot be taken in:
    nobody could say later what has changed or gone."""
    found = list(received)
    for place, one in enumerate(received):
        if not one.identifier:
            name = stand_in(run.number, run.pages, place + 1)
            found[place] = replace(one, identifier=name, data=b"", faults=one.faults or (UNNAMED,))
    return found


def _parts(received: Sequence[Received]) -> list[list[Received]]:
    """A page in the order in which it is taken in, at most MOST at once; of an item that it
    has twice, the last.

    What is gone goes first. A thing that comes back under another name in the same page would
    else be joined to the record that is being withdrawn, and be shown nowhere.
    """
    newest = {short(one.identifier): one for one in map(sound, received)}
    found: list[list[Received]] = []
    for gone in (True, False):
        part = [one for one in newest.values() if one.deleted is gone]
        found += [part[start : start + MOST] for start in range(0, len(part), MOST)]
    return found or [[]]


def let_go(
    source: Source,
    run: Run,
    items: Sequence[Item],
    now: datetime,
    *,
    category: str,
) -> None:
    """Items that are gone at the source, or whose source is: their records go, or become
    those of another source that has them. Raises LeaseLost."""
    with _alone(source, now):
        batch = Batch()
        fates = [
            Fate(Received(item.identifier, item.datestamp, True, b"", ""), item) for item in items
        ]
        _leave(fates, batch, now, category)
        batch.fates += fates
        carry_out(source, run, batch, now, {})


# --- deciding ------------------------------------------------------------------------------


def decide(
    source: Source, received: Sequence[Received], now: datetime, *, again: bool = False
) -> Batch:
    """What would become of each item; changes nothing. Of an item that comes twice, the last."""
    newest = {short(one.identifier): one for one in map(sound, received)}
    known = {
        item.identifier: item
        for item in Item.objects.filter(source=source, identifier__in=list(newest))
    }
    batch = Batch()
    for name, one in newest.items():
        item = known.get(name) or Item(source=source, identifier=name, state="")
        batch.fates.append(Fate(one, item))
    _leave([fate for fate in batch.fates if fate.received.deleted], batch, now, GONE)
    coming = [fate for fate in batch.fates if not fate.received.deleted]
    described = [
        (fate, words)
        for fate in coming
        if (words := _look(source, fate, now, again=again)) is not None
    ]
    _admit(source, described, batch, now, again=again)
    for fate in batch.fates:
        if fate.outcome not in {"refused", "failed"}:
            fate.item.datestamp = fate.received.datestamp[:60]
    return batch


def _look(source: Source, fate: Fate, now: datetime, *, again: bool) -> Described | None:
    """Read an item, unless it is settled without reading."""
    one, item = fate.received, fate.item
    if not one.data:
        fate.outcome = "failed"
        fate.reasons = tuple(reasons_of_sentences(one.faults))
        item.state = item.state or "refused"
        return None
    fate.sha256 = hashlib.sha256(one.data).hexdigest()
    settled = item.state in {"present", "joined"} and item.received_sha256 == fate.sha256
    # The record that it was joined to may have been corrected: a walk of everything sees to that.
    whole = source.walk > 0 and not source.walk_since
    if settled and not again and not (whole and item.state == "joined"):
        fate.outcome = "unchanged"
        fate.only_seen = item.datestamp == one.datestamp[:60]
        return None
    words = describe(source, one, now)
    if words.description is None:
        fate.outcome, fate.reasons = "refused", words.reasons
        item.state = item.state or "refused"
        return None
    if item.is_hidden:
        # What changes meanwhile is looked at anew when the record is shown again.
        item.state, item.received_sha256 = "present", ""
        fate.outcome = "unchanged"
        return None
    return words


def _admit(
    source: Source,
    described: Sequence[tuple[Fate, Described]],
    batch: Batch,
    now: datetime,
    *,
    again: bool,
) -> None:
    """Let the catalogue decide what is new, changed, or the same as another record."""
    own = segments_of(source.id)
    ids = {fate.item.record for fate, _ in described if fate.item.record}
    rows = Record.objects.filter(id__in=ids).select_related("document") if ids else ()
    known = {row.id: row for row in rows}
    groups: dict[str, list[tuple[Fate, Foreign]]] = {}
    hidden = _hidden(source)
    for fate, words in described:
        if not fate.item.record and (twin := hidden.get(_looks(words.description or {}))):
            fate.outcome = "refused"
            fate.reasons = tuple(reasons_of_sentences([Sentence(AS_HIDDEN, record=twin)]))
            fate.item.state = "refused"
            continue
        record = fate.item.record if fate.item.state in {"present", "deleted"} else ""
        kept_in = (known[record].kept_in if record in known else "") or own
        made = thing(source, fate.received, words.description or {}, kept_in)
        groups.setdefault(kept_in, []).append((fate, replace(made, record=record)))
    joined: list[tuple[Fate, Foreign, str]] = []
    same: list[tuple[Fate, Prepared, str]] = []
    for kept_in, things in groups.items():
        found = prepare_foreign(kept_in, [made for _, made in things], now, again=again)
        for (fate, made), prepared in zip(things, found, strict=True):
            if prepared.outcome == "joined":
                joined.append((fate, made, prepared.record))
            elif isinstance(prepared.reason, PidTaken) and fate.item.state == "present":
                same.append((fate, prepared, kept_in))
            else:
                _settle(fate, prepared, kept_in)
                if again and fate.entry is not None and _says_nothing_new(fate.entry, known):
                    fate.outcome, fate.entry = "unchanged", None
    _join(source, joined, batch, now)
    _merge(same, known, now)


def _hidden(source: Source) -> dict[tuple[str, str], str]:
    """How what was hidden here of a source looks, to its record. Two queries, or one."""
    ids = Item.objects.filter(source=source, is_hidden=True).values_list("record", flat=True)
    rows = Record.objects.filter(id__in=list(ids)).select_related("document")
    return {look: row.id for row in rows if all(look := _looks(document_of(row)))}


def _looks(document: Mapping[str, Any]) -> tuple[str, str]:
    """The address of its home, and its titles, by which a thing is known that its source gives
    another name; "" for what it does not say."""
    address = document.get("source", {}).get("home_url", "")
    titles = document.get("titles")
    return address, canonical.dumps(titles).decode() if titles else ""


def _says_nothing_new(entry: SegmentEntry, known: Mapping[str, Record]) -> bool:
    """Whether a record described anew reads as before, but for when that was."""
    row = known.get(entry.record_id)
    if row is None or row.document is None or row.state != "published":
        return False

    def words(document: Mapping[str, Any]) -> dict[str, Any]:
        kept = {k: v for k, v in document.items() if k not in {"revision", "updated_at"}}
        source = document.get("source", {})
        kept["source"] = {k: v for k, v in source.items() if k != "harvested_at"}
        return kept

    return words(entry.document) == words(document_of(row))


_OUTCOMES = {
    "added": "added", "returned": "returned", "changed": "changed", "unchanged": "unchanged",
}  # fmt: skip


def _settle(fate: Fate, prepared: Prepared, kept_in: str) -> None:
    """An item that has a record of its own, or shall have."""
    item = fate.item
    if prepared.outcome == "refused":
        fate.outcome = "refused"
        fate.reasons = tuple(reasons_of(prepared.reason)) if prepared.reason else ()
        item.state = item.state or "refused"
        return
    fate.outcome = _OUTCOMES[prepared.outcome]
    if prepared.outcome == "unchanged" and prepared.record:
        # Kept and shown, but not noted: this run, or the one before it, was killed there.
        fate.outcome = "unchanged" if item.state == "present" else "added"
        if item.state == "present" and item.received_sha256 not in {"", fate.sha256}:
            fate.outcome = "changed"
    fate.entry, fate.kept_in = prepared.entry, kept_in
    if prepared.record:
        item.state, item.record, item.received_sha256 = "present", prepared.record, fate.sha256


def _join(
    source: Source, joined: Sequence[tuple[Fate, Foreign, str]], batch: Batch, now: datetime
) -> None:
    """Items that are the same thing as another record.

    A record that its own source has lost is theirs now: it stays under its id.
    """
    rows = {
        record.id: record
        for record in Record.objects.filter(id__in={holder for _, _, holder in joined})
    }
    hidden = set(
        Item.objects.filter(record__in=rows, is_hidden=True).values_list("record", flat=True)
    )
    for fate, made, holder in joined:
        row = rows.get(holder)
        if row is not None and row.kept_in and row.state == "withdrawn" and holder not in hidden:
            words = dict(made.description)
            heir = thing(source, fate.received, words, row.kept_in)
            heir = replace(heir, record=holder)
            prepared = next(iter(prepare_foreign(row.kept_in, [heir], now)))
            _settle(fate, prepared, row.kept_in)
            row.state = "published"
            for loser in Item.objects.filter(record=holder, state="deleted"):
                loser.record = ""
                batch.others.append(loser)
            continue
        item = fate.item
        same = item.state == "joined" and item.received_sha256 == fate.sha256
        fate.outcome = "unchanged" if same else "joined"
        item.state, item.record, item.received_sha256 = "joined", holder, fate.sha256
        fate.spare = True


def _merge(
    same: Sequence[tuple[Fate, Prepared, str]],
    known: Mapping[str, Record],
    now: datetime,
) -> None:
    """Records that got, later, a name which another home's record has: the same thing.

    Ours leads to that one from now on. Two of one home are never merged: one of the two has a
    wrong name, or they swap theirs, and only their home can tell. What other homes have joined
    to ours is led there too, and joins that one itself when it is next met.
    """
    holders = {fate.item.key: _holder(prepared) for fate, prepared, _ in same}
    rows = {row.id: row for row in Record.objects.filter(id__in=set(holders.values()))}
    hidden = set(
        Item.objects.filter(record__in=rows, is_hidden=True).values_list("record", flat=True)
    )
    for fate, prepared, kept_in in same:
        item, ours = fate.item, known.get(fate.item.record)
        remains = rows.get(holders[item.key])
        if (
            ours is None
            or remains is None
            or not ours.kept_in
            or remains.kept_in == ours.kept_in
            or remains.kind != ours.kind
            or (remains.state, ours.state) != ("published", "published")
            or remains.id in hidden
        ):
            _settle(fate, prepared, kept_in)
            continue
        fate.entry = take_back_foreign(ours, MERGED, REASONS[MERGED], now, merged_into=remains.id)
        fate.kept_in = ours.kept_in
        fate.outcome, fate.spare = "joined", True
        item.state, item.record, item.received_sha256 = "joined", remains.id, fate.sha256


def _holder(prepared: Prepared) -> str:
    return str(prepared.reason.data["holder"]) if prepared.reason else ""


def _leave(fates: Sequence[Fate], batch: Batch, now: datetime, category: str) -> None:
    """Items that are gone. A record that another source has too becomes that one's."""
    shown = {
        fate.item.record: fate
        for fate in fates
        if fate.item.state == "present" and not fate.item.is_hidden
    }
    records = {
        record.id: record
        for record in Record.objects.select_related("document", "origin").filter(id__in=shown)
    }
    heirs: dict[str, list[Item]] = {}
    waiting = Item.objects.filter(record__in=shown, state="joined", spare__isnull=False)
    # Those that go with it inherit nothing.
    waiting = waiting.exclude(key__in=[fate.item.key for fate in fates])
    for heir in waiting.exclude(source__state="stopped").select_related("source", "spare"):
        heirs.setdefault(heir.record, []).append(heir)
    for fate in fates:
        item = fate.item
        known = item.state in {"present", "joined", "refused"}
        fate.outcome = "deleted" if known else "unchanged"
        if item.state == "joined":
            item.record = ""
        record = records.get(item.record) if fate is shown.get(item.record) else None
        item.state = "deleted"
        if record is None:
            continue
        if record.kept_in == "":
            item.record = ""
            continue
        fate.kept_in = record.kept_in
        for heir in sorted(heirs.get(record.id, ()), key=lambda one: one.key):
            entry = _inherit(heir, record, now)
            batch.others.append(heir)
            if entry is not None:
                fate.entry, item.record = entry, ""
                break
            # What is kept of it does not hold: when it is met again, it is read again.
            heir.received_sha256 = ""
            batch.due.add(heir.source_id)
        else:
            fate.entry = take_back_foreign(record, category, REASONS[category], now)


def _inherit(heir: Item, record: Record, now: datetime) -> SegmentEntry | None:
    """The record in the words of another source that has it; None where these do not hold."""
    spare, source = heir.spare, heir.source
    received = Received(
        heir.identifier, heir.datestamp, False, unpack(spare.received), spare.format,
        spare.home_url,
    )  # fmt: skip
    words = describe(source, received, now)
    if words.description is None:
        return None
    made = replace(thing(source, received, words.description, record.kept_in), record=record.id)
    prepared = next(iter(prepare_foreign(record.kept_in, [made], now, again=True)))
    if prepared.entry is None:
        return None
    heir.state, heir.record = "present", record.id
    return prepared.entry


# --- doing ---------------------------------------------------------------------------------


def carry_out(
    source: Source, run: Run, batch: Batch, now: datetime, changes: Mapping[str, Any]
) -> None:
    """Keep, show, note. A kill between any two is mended by doing the same again."""
    places: dict[str, segments.Locator] = {}
    kept = batch.entries()
    renamed = _renamed(fate.entry for fates in kept.values() for fate in fates)
    for name, fates in kept.items():
        entries = [fate.entry for fate in fates if fate.entry is not None]
        for fate, where in zip(fates, segments.keep(name, entries, now), strict=True):
            fate.item.locator = locator_text(where)
            places[name] = where
    crash.point("harvest.shown")
    with transaction.atomic():
        _count(source, run, batch.fates)
        _write_items(source, run, batch, renamed)
        _write_spares(batch)
        _write_issues(source, run, batch.fates, now)
        followed = list(places.get(segments_of(source.id), source.followed))
        lease.keep(source, now, followed=followed, **changes)
        Run.objects.filter(key=run.key).update(
            counts=run.counts, pages=run.pages, expected=run.expected, reason=run.reason
        )
        crash.point("harvest.noted")


def _count(source: Source, run: Run, fates: Iterable[Fate]) -> None:
    for fate in fates:
        item = fate.item
        before = item.outcome if item.run == run.number else ""
        item.outcome = merged(before, fate.outcome)
        if item.outcome != before:
            run.counts = recount(run.counts, before, item.outcome)
        item.run = run.number
        if source.walk:
            item.seen_in = source.walk


def _renamed(entries: Iterable[SegmentEntry | None]) -> set[str]:
    """Records that lose a name which others may have been joined to them by. One query."""
    new = {one.record_id: one for one in entries if one is not None and one.action != "publish"}
    rows = Record.objects.filter(id__in=list(new)).select_related("document") if new else ()
    return {
        row.id
        for row in rows
        if row.document is not None
        and set(known_by(document_of(row))) - set(known_by(new[row.id].document))
    }


def _write_items(source: Source, run: Run, batch: Batch, renamed: set[str]) -> None:
    seen = [f.item for f in batch.fates if f.only_seen and f.item.outcome == "unchanged"]
    keys = {item.key for item in seen}
    Item.objects.filter(key__in=keys).update(
        run=run.number, outcome="unchanged", **({"seen_in": source.walk} if source.walk else {})
    )
    items = [fate.item for fate in batch.fates if not is_nameless(fate.item.identifier)]
    insert_each([item for item in items if item.key is None])
    update_each([i for i in items if i.key is not None and i.key not in keys], _ITEM_FIELDS)
    update_each(batch.others, ("state", "record", "received_sha256"))
    Spare.objects.filter(item__in=[one.key for one in batch.others]).delete()
    # They may be another thing after all: the next walk of everything looks at them anew.
    doubtful = Item.objects.filter(record__in=renamed, state="joined")
    due = batch.due | set(doubtful.values_list("source", flat=True))
    doubtful.update(received_sha256="")
    Source.objects.filter(key__in=due).update(whole_is_due=True)


def _write_spares(batch: Batch) -> None:
    """Keep what joined items said; forget what those said that are joined no more."""
    settled = [
        fate.item.key
        for fate in batch.fates
        if fate.item.key is not None and fate.item.state != "joined"
    ]
    if settled:
        Spare.objects.filter(item__in=settled).delete()
    joined = {fate.item.identifier: fate for fate in batch.fates if fate.spare}
    if not joined:
        return
    source = next(iter(joined.values())).item.source
    keys = dict(
        Item.objects.filter(source=source, identifier__in=list(joined)).values_list(
            "identifier", "key"
        )
    )
    Spare.objects.filter(item__in=list(keys.values())).delete()
    Spare.objects.bulk_create(
        Spare(
            item_id=keys[name],
            format=fate.received.format,
            home_url=fate.received.home_url,
            received=pack(fate.received.data),
        )
        for name, fate in joined.items()
    )


def _write_issues(source: Source, run: Run, fates: Sequence[Fate], now: datetime) -> None:
    faulty = [fate for fate in fates if fate.outcome in {"refused", "failed"}]
    open_ones = Issue.objects.filter(source=source, resolved_at__isnull=True)
    if not faulty and not open_ones.exists():
        return
    open_ones.filter(
        identifier__in=[f.item.identifier for f in fates if f.outcome not in {"refused", "failed"}]
    ).update(resolved_at=now, received=b"")
    open_ones.filter(identifier__in=[fate.item.identifier for fate in faulty]).delete()
    Issue.objects.bulk_create(
        Issue(
            source=source,
            run=run.number,
            identifier=fate.item.identifier,
            reasons=list(fate.reasons),
            received=pack(fate.received.data),
            format=fate.received.format,
            datestamp=fate.received.datestamp[:60],
            home_url=fate.received.home_url,
            found_at=now,
        )
        for fate in faulty
    )
