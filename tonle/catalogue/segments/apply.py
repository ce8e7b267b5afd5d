"""Bringing rows, log and search up to what the segments hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from django.conf import settings

from tonle.catalogue.adoption import FOLLOWING_FIELDS, follow_document
from tonle.catalogue.lifecycles import RECORD, perform_all
from tonle.catalogue.log import Recorder, recording, sha256
from tonle.catalogue.models import (
    Document,
    Origin,
    Pid,
    Record,
    Revision,
    SegmentHead,
    Version,
)
from tonle.catalogue.publication.claims import known_by, names_held
from tonle.catalogue.publication.visible import forget_dependants, write_dependants
from tonle.catalogue.segments.files import (
    BEGINNING,
    Locator,
    SegmentEntry,
    walk_entries,
    write,
)
from tonle.infra import audit, crash
from tonle.infra.bulk import insert_each, insert_rows, reserve_keys, update_each
from tonle.infra.lifecycle import admit_many
from tonle.infra.ocfl.durable import locked
from tonle.kernel.actors import SYSTEM
from tonle.kernel.dates import parse_instant

crash.declare("segment.applied", "some entries are rows, others not yet: they follow")

# Entries of one transaction.
BATCH = 1_000


@dataclass(frozen=True)
class Applied:
    """How far the rows have followed, and what could not be said of a record.

    unnamed: (record, scheme, value) of names that another record has: the record is shown
    without them, and whoever looks at the report sees it.
    """

    entries: int = 0
    unnamed: tuple[tuple[str, str, str], ...] = ()


def keep(name: str, entries: Sequence[SegmentEntry], now: datetime) -> list[Locator]:
    """`append` and `apply` in one: kept first, then shown. Where each lies, in that order."""
    written = write(name, entries, now)
    apply(name, now, written=(written.before, list(zip(written.places, entries, strict=True))))
    return written.places


def apply(
    name: str,
    now: datetime,
    step: Callable[[int], None] = lambda _: None,
    *,
    written: tuple[Locator, Sequence[tuple[Locator, SegmentEntry]]] | None = None,
) -> Applied:
    """Bring the rows up to the segments of a name. Twice is once; may be killed anywhere.

    step is called with the number of entries of each transaction. written: entries that the
    caller has just kept, and the place before them: where the rows stand there, nobody needs
    to unpack and read what is still at hand.
    """
    count, unnamed = 0, list[tuple[str, str, str]]()
    with locked(settings.TONLE_STAGING / "locks", [f"segment-rows-{name}"]):
        here = stand(name)
        at_hand = written is not None and written[0] == here
        following = iter(written[1]) if written and at_hand else walk_entries(name, here)
        while batch := list(islice(following, BATCH)):
            unnamed += _apply(name, batch, now)
            count += len(batch)
            crash.point("segment.applied")
            step(len(batch))
    return Applied(count, tuple(unnamed))


def catch_up(now: datetime) -> int:
    """The same for every name that was ever appended to: when a node comes up. How many entries."""
    known = SegmentHead.objects.order_by("name").values_list("name", flat=True)
    return sum(apply(name, now).entries for name in list(known))


def stand(name: str) -> Locator:
    """Where the rows are: the place of the last entry that they know."""
    head = SegmentHead.objects.filter(name=name).first()
    return Locator(head.number, head.file, head.lines) if head and head.number else BEGINNING


def _apply(
    name: str, batch: Sequence[tuple[Locator, SegmentEntry]], now: datetime
) -> Iterable[tuple[str, str, str]]:
    """One transaction: rows of these entries, their places in the log, and how far we are."""
    last = batch[-1][0]
    with recording(now) as log:
        writer = _Writer(name, [entry for _, entry in batch], now)
        writer.write(log)
        audit.record(
            "segment.apply",
            "segment",
            name,
            SYSTEM,
            now,
            {"number": last.number, "file": last.file, "entries": len(batch)},
        )
        SegmentHead.objects.update_or_create(
            name=name,
            defaults={"number": last.number, "file": last.file, "lines": last.line},
        )
    return writer.unnamed


class _Document(NamedTuple):
    """A row of Document, by its columns."""

    key: int
    record_id: int
    sha256: str
    body: bytes


class _Writer:
    """The rows of some entries of one name. A record may come more than once: in order."""

    def __init__(self, name: str, entries: Sequence[SegmentEntry], now: datetime) -> None:
        self.name, self.entries, self.now = name, entries, now
        self.origin = Origin.objects.get(is_home=True)
        self.newest = {entry.record_id: entry for entry in entries}
        self.records: dict[str, Record] = {}
        self.unnamed: list[tuple[str, str, str]] = []

    def write(self, log: Recorder) -> None:
        known = list(
            Record.objects.select_for_update(of=("self",)).filter(id__in=list(self.newest))
        )
        self.records = {record.id: record for record in known}
        fresh = [name for name in self.newest if name not in self.records]
        self._admit(fresh)
        documents = self._documents()
        for entry, row in zip(self.entries, documents, strict=True):
            record = self.records[entry.record_id]
            record.document_id = row.key
            follow_document(record, entry.document, self.now)
        insert_each(self.records[name] for name in fresh)
        insert_rows(Document, _Document._fields, documents)
        update_each(known, (*FOLLOWING_FIELDS, "document"))
        self._revisions(documents)
        self._names()
        if known:
            forget_dependants(known)
        write_dependants((self.records[r], e.document) for r, e in self.newest.items())
        self._states(known)
        for entry, row in zip(self.entries, documents, strict=True):
            log.add(entry.record_id, entry.action, row.sha256)

    def _admit(self, fresh: Sequence[str]) -> None:
        """Rows of records that are new here: they come in already public, or taken back."""
        states = {name: self.newest[name].document["state"] for name in fresh}
        seqs = admit_many(RECORD, states, "publish", SYSTEM, self.now)
        for name, key in zip(fresh, reserve_keys(Record, len(fresh)), strict=True):
            self.records[name] = Record(
                key=key,
                id=name,
                kind=self.newest[name].document["kind"],
                origin=self.origin,
                kept_in=self.name,
                state=states[name],
                state_seq=seqs[name],
            )

    def _documents(self) -> list[_Document]:
        """A row for each entry, in their order; records name them, so they have their keys."""
        keys = reserve_keys(Document, len(self.entries))
        return [
            _Document(key, self.records[entry.record_id].key, sha256(entry.body), entry.body)
            for key, entry in zip(keys, self.entries, strict=True)
        ]

    def _revisions(self, documents: Sequence[_Document]) -> None:
        """Version and revision rows of those that say something new."""
        telling = [
            (row.record_id, entry, row.key, _updated(entry))
            for entry, row in zip(self.entries, documents, strict=True)
            if entry.action in {"publish", "revise"}
        ]
        first = [(record, at) for record, entry, _, at in telling if entry.action == "publish"]
        keys = reserve_keys(Version, len(first))
        versions = {record: key for (record, _), key in zip(first, keys, strict=True)}
        insert_rows(
            Version,
            ("key", "record_id", "number", "published_at"),
            [(key, record, 1, at) for (record, at), key in zip(first, keys, strict=True)],
        )
        older = {record for record, _, _, _ in telling} - set(versions)
        versions |= Version.objects.filter(record__in=older).values_list("record_id", "key")
        insert_rows(
            Revision,
            ("version_id", "number", "published_at", "document_id", "ocfl_version"),
            [
                (versions[record], entry.document["revision"], at, document, 0)
                for record, entry, document, at in telling
            ],
        )

    def _names(self) -> None:
        """The names that the records lay claim to. One that another has stays with that one."""
        wanted = dict[tuple[str, str], Record]()
        for record_id, entry in self.newest.items():
            for name in known_by(entry.document):
                wanted.setdefault(name, self.records[record_id])
        held, _, unsaid = names_held({value for _, value in wanted})
        for name in unsaid.keys() & wanted.keys():
            # Whoever had it was corrected not to: it leads to the thing that it is of.
            Pid.objects.filter(key=unsaid[name]).update(record=wanted[name])
            held[name] = wanted[name].id
        self.unnamed += [
            (record.id, *name)
            for name, record in wanted.items()
            if held.get(name, record.id) != record.id and name[0] != "home"
        ]
        # A name that its source has corrected is free for the thing that it is of.
        records = {record.key for record in self.records.values() if record.id in self.newest}
        rows = Pid.objects.filter(record__in=records).values_list("key", "scheme", "value")
        Pid.objects.filter(
            key__in=[key for key, scheme, value in rows if (scheme, value) not in wanted]
        ).delete()
        insert_rows(
            Pid,
            ("record_id", "scheme", "value"),
            [(record.key, *name) for name, record in wanted.items() if name not in held],
        )

    def _states(self, known: Sequence[Record]) -> None:
        """Those that were here walk to the state that their newest entry tells."""
        for event, source, target in (
            ("reinstate", "withdrawn", "published"),
            ("withdraw", "published", "withdrawn"),
        ):
            moved = [
                record
                for record in known
                if record.state == source and self.newest[record.id].document["state"] == target
            ]
            perform_all(RECORD, moved, event, SYSTEM, self.now)


def _updated(entry: SegmentEntry) -> datetime:
    return parse_instant(entry.document["updated_at"])
