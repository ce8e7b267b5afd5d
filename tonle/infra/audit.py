"""What happened, who did it, when: append-only and hash-chained.

Every writing thread of a process has a chain of its own (a *stream*), so that two
transactions never wait for one head; a daily seal ties all streams together.
An entry holds no personal value: those lie beside it as (salt, value), and the chain
takes SHA-256(salt ‖ value). Deleting them leaves the chain provable, and `verify`
says *erased*, not *broken*.

What this proves, and what not: any change of a sealed entry, or the loss of one, is
found. Somebody who owns the database could cut off entries written since the last
seal, or rewrite everything; so each seal's hash also goes to the log, off the
database.

Cost of one `record`: two queries, one more when there are personal values.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import secrets
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from django.db import connection, transaction
from django.db.models import Max

from tonle.infra.bulk import insert_each, reserve_keys
from tonle.infra.models import AuditEntry, AuditSeal, AuditSealHead, SideValue
from tonle.kernel import canonical
from tonle.kernel.actors import Actor

log = logging.getLogger(__name__)

START = "0" * 64
"""The `prev` of the first entry of every chain."""

_SALT_BYTES = 16  # As long as the digest is hard to guess: 128 bits.


# Streams ---------------------------------------------------------------------------------


class _Held:
    """A stream while one thread writes to it; handed back when the thread ends.

    A dead thread has no open transaction, so its stream may go on in another thread;
    otherwise a server with short-lived threads would make a stream per request.
    """

    def __init__(self) -> None:
        try:
            self.stream = _idle.pop()
        except IndexError:
            self.stream = secrets.token_hex(8)
        self.pool = _idle

    def __del__(self) -> None:
        self.pool.append(self.stream)


_idle: deque[str] = deque()
_local = threading.local()


def _forget_streams() -> None:
    """After a fork: the parent goes on with its streams, the child starts its own."""
    global _idle, _local
    _idle = deque()
    _local = threading.local()


os.register_at_fork(after_in_child=_forget_streams)


def _stream() -> str:
    held = getattr(_local, "held", None)
    if held is None:
        held = _local.held = _Held()
    stream: str = held.stream
    return stream


# Writing ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Happening:
    """One thing to record. data: canonical JSON values, nothing personal.

    personal: field to text that may name somebody, erasable with its subject (a
    person's random id; the actor's where it is not given).
    """

    action: str
    object_kind: str
    object_id: str
    data: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""


def record(
    action: str,
    object_kind: str,
    object_id: str,
    actor: Actor,
    now: datetime,
    data: Mapping[str, Any] | None = None,
    *,
    personal: Mapping[str, str] | None = None,
    subject: str = "",
) -> AuditEntry:
    """Append one entry in the current transaction: it stands or falls with what it tells of.

    now: UTC. Raises RuntimeError outside a transaction, Invalid for data that canonical
    JSON does not know (floats).
    """
    happening = Happening(action, object_kind, object_id, data or {}, personal or {}, subject)
    return record_many([happening], actor, now)[0]


def record_many(happenings: Sequence[Happening], actor: Actor, now: datetime) -> list[AuditEntry]:
    """Append many entries, in order, in the current transaction; as `record`.

    Two queries (more for a batch beyond the database's limit of parameters).
    """
    if not happenings:
        return []
    if not connection.in_atomic_block:
        raise RuntimeError("An audit entry needs the transaction of what it tells of.")
    stream = _stream()
    # Read, not remembered: a rollback, even to a savepoint, moves the head back.
    head = (
        AuditEntry.objects.filter(stream=stream).order_by("-seq").values_list("seq", "hash").first()
    )
    seq, prev = head or (0, START)
    entries: list[AuditEntry] = []
    sides: list[SideValue] = []
    for happening in happenings:
        data = dict(happening.data)
        if happening.personal:
            data["personal"] = {}
        seq += 1
        entry = AuditEntry(
            stream=stream,
            seq=seq,
            at=now,
            action=happening.action,
            object_kind=happening.object_kind,
            object_id=happening.object_id,
            actor=actor.id,
            prev=prev,
        )
        for name, value in happening.personal.items():
            salt = secrets.token_bytes(_SALT_BYTES)
            data["personal"][name] = _side_digest(salt, value)
            sides.append(
                SideValue(
                    entry=entry,
                    field=name,
                    subject=happening.subject or actor.id,
                    salt=salt,
                    value=value,
                )
            )
        entry.data = canonical.dumps(data).decode()
        prev = entry.hash = _entry_hash(entry)
        entries.append(entry)
    if len(entries) == 1:
        # Nearly always: one question less than with a key asked for beforehand.
        entries[0].save(force_insert=True)
    else:
        for entry, key in zip(entries, reserve_keys(AuditEntry, len(entries)), strict=True):
            entry.pk = key
        insert_each(entries)
    for side in sides:
        side.entry_id = side.entry.pk
    insert_each(sides)
    return entries


def record_hourly(
    action: str, object_kind: str, object_id: str, actor: Actor, now: datetime
) -> AuditEntry | None:
    """Append an entry unless the same was recorded in this clock hour; then None.

    For views of restricted files, where a reader's hundred ranges are one use. One query
    when it is known. Two at the same instant may both be recorded; none is lost.
    """
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    known = AuditEntry.objects.filter(
        object_kind=object_kind,
        object_id=object_id,
        action=action,
        actor=actor.id,
        at__range=(hour, now),
    )
    if known.exists():
        return None
    with transaction.atomic():
        return record(action, object_kind, object_id, actor, now)


def _side_digest(salt: bytes, value: str) -> str:
    return hashlib.sha256(salt + value.encode()).hexdigest()


def _entry_hash(entry: AuditEntry) -> str:
    """SHA-256 over the canonical JSON of everything the entry says."""
    return canonical.digest(
        {
            "stream": entry.stream,
            "seq": entry.seq,
            "at": _instant(entry.at),
            "action": entry.action,
            "object_kind": entry.object_kind,
            "object_id": entry.object_id,
            "actor": entry.actor,
            "data": hashlib.sha256(entry.data.encode()).hexdigest(),
            "prev": entry.prev,
        }
    )


def _instant(at: datetime) -> str:
    """RFC 3339, UTC, always six digits of the second: both databases give back the same."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def erase(subject: str, *, actor: Actor, now: datetime) -> int:
    """Delete every personal value about this person beside the chain, and record that.

    Returns how many were deleted. The chain stays provable. No way back.
    """
    with transaction.atomic():
        count, _ = SideValue.objects.filter(subject=subject).delete()
        record("audit.erase", "person", subject, actor, now, {"values": count})
    return count


def personal(entry_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """The personal values beside these entries, those that are not erased. One query."""
    found: dict[int, dict[str, str]] = {}
    rows = SideValue.objects.filter(entry_id__in=entry_ids)
    for entry_id, name, value in rows.values_list("entry_id", "field", "value"):
        found.setdefault(entry_id, {})[name] = value
    return found


# Sealing ---------------------------------------------------------------------------------


def seal(now: datetime) -> AuditSeal:
    """Seal the heads of all streams that moved since the last seal. Daily, by the clock.

    What is not committed yet is sealed next time. Costs a walk over the index of streams.
    """
    with transaction.atomic():
        last = AuditSeal.objects.order_by("-seq").select_for_update().first()
        sealed = dict(AuditSealHead.objects.values_list("stream").annotate(Max("seq")).order_by())
        heads = [
            (stream, seq)
            for stream, seq in AuditEntry.objects.values_list("stream")
            .annotate(Max("seq"))
            .order_by("stream")
            if seq > sealed.get(stream, 0)
        ]
        rows = [
            AuditSealHead(
                stream=stream,
                seq=seq,
                hash=AuditEntry.objects.values_list("hash", flat=True).get(stream=stream, seq=seq),
            )
            for stream, seq in heads
        ]
        made = AuditSeal(seq=last.seq + 1 if last else 1, at=now, prev=last.hash if last else START)
        made.hash = _seal_hash(made, rows)
        made.save(force_insert=True)
        for row in rows:
            row.seal = made
        AuditSealHead.objects.bulk_create(rows)
    log.info("Audit seal %d: %s over %d streams", made.seq, made.hash, len(rows))
    return made


def _seal_hash(made: AuditSeal, heads: Sequence[AuditSealHead]) -> str:
    return canonical.digest(
        {
            "seq": made.seq,
            "at": _instant(made.at),
            "prev": made.prev,
            "heads": [[head.stream, head.seq, head.hash] for head in heads],
        }
    )


# Verifying -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """Something found at a place ("stream/seq", "seal 7"). erased is no fault; broken is."""

    kind: Literal["erased", "broken"]
    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


@dataclass
class Report:
    """How much was looked at, and what was wrong. `ok` means nothing is broken."""

    entries: int = 0
    streams: int = 0
    seals: int = 0
    erased: int = 0
    broken: int = 0

    @property
    def ok(self) -> bool:
        return self.broken == 0


def verify(report: Report | None = None) -> Iterator[Finding]:
    """Walk through every stream and every seal; yields what is erased or broken.

    Fill in `report` along the way. Memory does not grow with the number of entries.
    """
    report = report if report is not None else Report()
    for finding in _verify(report):
        if finding.kind == "broken":
            report.broken += 1
        else:
            report.erased += 1
        yield finding


def _verify(report: Report) -> Iterator[Finding]:
    stream, seq, prev = "", 0, START
    for entries in _batches():
        sides = _side_values(entries)
        for entry in entries:
            if entry.stream != stream:
                stream, seq, prev = entry.stream, 0, START
                report.streams += 1
            place = f"{entry.stream}/{entry.seq}"
            if entry.seq != seq + 1:
                yield Finding("broken", place, f"entries {seq + 1} to {entry.seq - 1} are missing")
            elif entry.prev != prev:
                yield Finding("broken", place, "does not follow the entry before it")
            if entry.hash != _entry_hash(entry):
                yield Finding("broken", place, "was changed after it was written")
            yield from _verify_personal(entry, place, sides.get(entry.pk, {}))
            seq, prev = entry.seq, entry.hash
            report.entries += 1
    yield from _verify_seals(report)


def _batches(size: int = 2000) -> Iterator[list[AuditEntry]]:
    """All entries by stream and place, keyset by keyset, so that no cursor stays open."""
    entries = AuditEntry.objects.order_by("stream", "seq")
    stream, seq = "", 0
    while True:
        batch = list(entries.filter(stream=stream, seq__gt=seq)[:size])
        if not batch:
            # The next stream: one step in the index of places.
            found = entries.filter(stream__gt=stream).values_list("stream", flat=True).first()
            if found is None:
                return
            stream, seq = found, 0
            continue
        yield batch
        seq = batch[-1].seq


def _side_values(entries: Sequence[AuditEntry]) -> dict[int, dict[str, SideValue]]:
    with_personal = [entry.pk for entry in entries if '"personal":{' in entry.data]
    found: dict[int, dict[str, SideValue]] = {}
    for start in range(0, len(with_personal), 500):
        for side in SideValue.objects.filter(entry_id__in=with_personal[start : start + 500]):
            found.setdefault(side.entry_id, {})[side.field] = side
    return found


def _verify_personal(
    entry: AuditEntry, place: str, sides: Mapping[str, SideValue]
) -> Iterator[Finding]:
    if '"personal":{' not in entry.data:
        return
    try:
        digests = json.loads(entry.data)["personal"]
    except (ValueError, KeyError):
        return  # Said already: its hash does not match.
    for name, digest in digests.items():
        side = sides.get(name)
        if side is None:
            yield Finding("erased", place, f"{name} is erased")
        elif _side_digest(bytes(side.salt), side.value) != digest:
            yield Finding("broken", place, f"{name} was changed after it was written")


def _verify_seals(report: Report) -> Iterator[Finding]:
    seq, prev = 0, START
    for made in AuditSeal.objects.order_by("seq").prefetch_related("heads").iterator(100):
        place = f"seal {made.seq}"
        heads = sorted(made.heads.all(), key=lambda head: head.stream)
        if made.seq != seq + 1:
            yield Finding("broken", place, f"seals {seq + 1} to {made.seq - 1} are missing")
        elif made.prev != prev:
            yield Finding("broken", place, "does not follow the seal before it")
        if made.hash != _seal_hash(made, heads):
            yield Finding("broken", place, "was changed after it was made")
        for head in heads:
            found = (
                AuditEntry.objects.filter(stream=head.stream, seq=head.seq)
                .values_list("hash", flat=True)
                .first()
            )
            if found != head.hash:
                what = "is missing" if found is None else "is another"
                yield Finding("broken", f"{head.stream}/{head.seq}", f"{what} than in {place}")
        seq, prev = made.seq, made.hash
        report.seals += 1
