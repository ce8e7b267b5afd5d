"""The change log: every public change of this node, in commit order, without gaps.

The trap it avoids: a database sequence hands out numbers before commit, so a reader
that remembers "I have seen up to 7" may miss 6, which commits later. Here the number
comes from one row that the transaction locks as its last statement and holds to its
commit; so whoever sees an entry sees all before it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.functional import cached_property

from tonle.catalogue.models import Change, Document, Epoch, LogHead, Origin
from tonle.infra import pagecache
from tonle.infra.bulk import insert_rows
from tonle.kernel import canonical
from tonle.kernel.dates import format_instant
from tonle.kernel.errors import N_, TonleError

GENESIS = "0" * 64


class NoNode(TonleError):
    code = "no_node"
    http_status = 503
    message = N_("This node has not been set up yet. Run `tonle init` first.")


@dataclass(frozen=True)
class Entry:
    """What one entry says, before it has a place: which record, what happened, which document."""

    record: str
    action: str
    sha256: str


@dataclass
class Recorder:
    """Collects the entries of one transaction."""

    entries: list[Entry] = field(default_factory=list)
    hides: int = 0

    def add(self, record: str, action: str, sha256: str) -> None:
        self.entries.append(Entry(record, action, sha256))

    def hide(self) -> None:
        """Something public has become hidden before its entry; page caches must notice."""
        self.hides += 1


@contextmanager
def recording(now: datetime) -> Iterator[Recorder]:
    """One transaction whose entries are appended as its last statement before commit.

    The lock on the head is taken after all other locks, by every writer, so that no two
    writers can wait for each other; and it is held as briefly as can be.
    """
    recorder = Recorder()
    with transaction.atomic():
        yield recorder
        if recorder.entries or recorder.hides:
            _append(recorder, now)
            transaction.on_commit(pagecache.touch)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def head() -> LogHead:
    """Where the log stands. Raises NoNode before `tonle init`. One query."""
    try:
        return LogHead.objects.select_related("origin").get()
    except LogHead.DoesNotExist:
        raise NoNode from None


def entry_hash(*, origin: str, epoch: int, seq: int, at: datetime, entry: Entry, prev: str) -> str:
    """SHA-256 over what the author says of one entry; `pos` is each node's own and left out."""
    return canonical.digest(
        {
            "action": entry.action,
            "at": format_instant(at),
            "epoch": epoch,
            "origin": origin,
            "prev": prev,
            "record": entry.record,
            "seq": seq,
            "sha256": entry.sha256,
        }
    )


_COLUMNS = (
    "pos", "origin_id", "epoch", "seq", "at", "record", "action", "sha256", "prev", "hash",
)  # fmt: skip


def _append(recorder: Recorder, now: datetime) -> None:
    stand = LogHead.objects.select_for_update(of=("self",)).select_related("origin").first()
    if stand is None:
        raise NoNode
    # A clock that was set back must not make history run backwards.
    stand.at = max(now, stand.at)
    rows = []
    for entry in recorder.entries:
        stand.pos += 1
        stand.seq += 1
        prev = stand.hash
        stand.hash = entry_hash(
            origin=stand.origin.id,
            epoch=stand.epoch,
            seq=stand.seq,
            at=stand.at,
            entry=entry,
            prev=prev,
        )
        rows.append(
            (
                stand.pos,
                stand.origin.pk,
                stand.epoch,
                stand.seq,
                stand.at,
                entry.record,
                entry.action,
                entry.sha256,
                prev,
                stand.hash,
            )
        )
    stand.hides += recorder.hides
    insert_rows(Change, _COLUMNS, rows)
    stand.save(update_fields=["pos", "seq", "hash", "at", "hides"])


def open_epoch(*, origin: str, reason: str, last: LastKnown | None, now: datetime) -> Epoch:
    """Begin the next stretch of home's chain: at init, and after restore, rebuild or move.

    last: the last entry known of the epoch before, as the statement will name it. The
    statement is canonical JSON; its digest becomes the `prev` of the first entry. Peers
    that had seen more of the old epoch learn from it that those entries are void.
    """
    with transaction.atomic():
        home, _ = Origin.objects.get_or_create(id=origin, defaults={"is_home": True})
        newest = Epoch.objects.filter(origin=home).order_by("-number").first()
        number = max(newest.number if newest else 0, last.epoch if last else 0) + 1
        statement = canonical.dumps(
            {
                "schema": "tonle-epoch/1",
                "origin": origin,
                "epoch": number,
                "opened_at": format_instant(now),
                "reason": reason,
                "last": last.as_json() if last else None,
            }
        )
        epoch = Epoch.objects.create(
            origin=home,
            number=number,
            opened_at=now,
            statement=statement,
            hash=sha256(statement),
        )
        stand = LogHead.objects.select_for_update().first()
        if stand is None:
            LogHead.objects.create(origin=home, epoch=number, hash=epoch.hash, at=now)
        else:
            stand.epoch, stand.seq, stand.hash = number, 0, epoch.hash
            stand.at = max(now, stand.at)
            stand.save(update_fields=["epoch", "seq", "hash", "at"])
    return epoch


@dataclass(frozen=True)
class LastKnown:
    """The last entry of a chain that somebody can prove: its epoch, number and hash."""

    epoch: int
    seq: int
    hash: str

    def as_json(self) -> dict[str, int | str]:
        return {"epoch": self.epoch, "seq": self.seq, "hash": self.hash}


def after(pos: int, limit: int = 1000) -> list[Change]:
    """Entries after a position, in order. One query on the primary key."""
    return list(Change.objects.filter(pos__gt=pos).order_by("pos")[:limit])


@dataclass(frozen=True)
class Finding:
    """Something wrong with the log: where, and what."""

    pos: int
    what: str


class Verifier:
    """Walks the whole log once and says what does not hold. Memory does not grow with it."""

    def __init__(self, batch: int = 2000) -> None:
        self.batch = batch
        self.checked = 0
        self.erased = 0

    @cached_property
    def _epochs(self) -> dict[tuple[str, int], str]:
        rows = Epoch.objects.values_list("origin__id", "number", "hash")
        return {(origin, number): digest for origin, number, digest in rows}

    def findings(self) -> Iterator[Finding]:
        for epoch in Epoch.objects.iterator():
            if sha256(bytes(epoch.statement)) != epoch.hash:
                yield Finding(0, f"the statement of epoch {epoch.number} does not match its hash")
        pos, tips = 0, dict[tuple[str, int], tuple[int, str]]()
        while rows := list(
            Change.objects.select_related("origin")
            .filter(pos__gt=pos)
            .order_by("pos")[: self.batch]
        ):
            for row in rows:
                yield from self._entry(row, pos, tips)
                pos = row.pos
                self.checked += 1
            yield from self._documents(rows)
        stand = head()
        if stand.pos != pos:
            yield Finding(pos, f"the head says {stand.pos}, the last entry is {pos}")

    def _entry(
        self, row: Change, before: int, tips: dict[tuple[str, int], tuple[int, str]]
    ) -> Iterator[Finding]:
        if row.pos != before + 1:
            yield Finding(row.pos, f"entries between {before} and {row.pos} are missing")
        chain = (row.origin.id, row.epoch)
        seq, tip = tips.get(chain, (0, self._epochs.get(chain, GENESIS)))
        if row.seq != seq + 1 or row.prev != tip:
            yield Finding(row.pos, "the entry does not follow the one before it in its chain")
        entry = Entry(row.record, row.action, row.sha256)
        expected = entry_hash(
            origin=row.origin.id,
            epoch=row.epoch,
            seq=row.seq,
            at=row.at,
            entry=entry,
            prev=row.prev,
        )
        if row.hash != expected:
            yield Finding(row.pos, "the entry's hash does not match what it says")
        tips[chain] = (row.seq, row.hash)

    def _documents(self, rows: Sequence[Change]) -> Iterator[Finding]:
        wanted = {row.sha256: row.pos for row in rows}
        seen = set()
        documents = Document.objects.filter(sha256__in=wanted).iterator(chunk_size=500)
        for document in documents:
            seen.add(document.sha256)
            if document.erased_at is not None:
                self.erased += 1
            elif sha256(bytes(document.body)) != document.sha256:
                yield Finding(wanted[document.sha256], "the document does not match its digest")
        for digest in sorted(set(wanted) - seen):
            yield Finding(wanted[digest], "the document of the entry is missing")
