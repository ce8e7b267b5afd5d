"""What to do with things that others describe: new here, changed, the same, or held already.

It decides and composes; `segments.append` keeps what was decided, `segments.apply` shows it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from tonle.catalogue.document import problems
from tonle.catalogue.merging import is_own_ark
from tonle.catalogue.models import Origin, Record
from tonle.catalogue.publication import compose
from tonle.catalogue.publication.claims import Holders
from tonle.catalogue.segments.files import SegmentAction, SegmentEntry
from tonle.catalogue.selectors import document_of
from tonle.kernel import canonical, identifiers
from tonle.kernel.dates import format_instant
from tonle.kernel.errors import Invalid, TonleError

LONGEST_KEY = 400

ForeignOutcome = Literal[
    "added",  # a new record
    "changed",  # its source describes it anew
    "unchanged",  # the same again
    "returned",  # it had been taken back, and its source has it again
    "joined",  # another record here is the same thing
    "refused",  # faulty; `reason` says why
]


@dataclass(frozen=True)
class Foreign:
    """A thing as its source describes it.

    name: what the source calls it; one name is one thing of that source.
    description: the descriptive part of a `tonle-record/1`; its `source` is kept and completed.
    received: the bytes it was made of, in a format of the catalogue's readers.
    record: the id it has or shall have here, where the caller knows; "" finds or mints one.
    """

    name: str
    description: Mapping[str, Any]
    received: bytes = b""
    received_format: str = ""
    record: str = ""


@dataclass(frozen=True)
class Prepared:
    """What becomes of it. entry: what to append; None where there is nothing to keep.

    record: its id here, or of the record that it is joined to.
    """

    outcome: ForeignOutcome
    record: str = ""
    entry: SegmentEntry | None = None
    reason: TonleError | None = None


def source_key(segments: str, name: str) -> str:
    """What records of a source are found by: its segments' name and its own name for them."""
    key = f"{segments} {name}"
    if len(key) > LONGEST_KEY:
        key = f"{key[: LONGEST_KEY - 65]}#{hashlib.sha256(name.encode()).hexdigest()}"
    return key


@dataclass
class _Here:
    """What the database knows of a batch: found by key, by id, and by the names claimed."""

    by_key: dict[str, Record] = field(default_factory=dict)
    by_id: dict[str, Record] = field(default_factory=dict)
    holders: Holders = field(default_factory=lambda: Holders(()))


def prepare_foreign(
    segments: str, things: Sequence[Foreign], now: datetime, *, again: bool = False
) -> Iterator[Prepared]:
    """What becomes of each, in order. Two queries for all of them; changes nothing.

    segments: the name under which they are kept. again: describe anew what was received
    before too, since a reader has learnt more. A thing that comes twice in one call is
    prepared for its first time only, the second is `unchanged`.
    """
    here = _look(segments, things)
    origin = Origin.objects.get(is_home=True)
    met: set[str] = set()
    for thing in things:
        key = source_key(segments, thing.name)
        if key in met:
            yield Prepared("unchanged")
            continue
        met.add(key)
        yield _prepare(thing, key, here, origin, now, again=again)


def _look(segments: str, things: Sequence[Foreign]) -> _Here:
    keys = [source_key(segments, thing.name) for thing in things]
    ids = [thing.record for thing in things if thing.record]
    here = _Here()
    rows = Record.objects.select_related("document", "origin")
    here.by_key = {r.source_key: r for r in rows.filter(source_key__in=keys) if r.source_key}
    if ids:
        here.by_id = {r.id: r for r in rows.filter(id__in=ids)}
    here.holders = Holders(
        [thing.description for thing in things], names=[thing.name for thing in things]
    )
    return here


def _prepare(
    thing: Foreign,
    key: str,
    here: _Here,
    origin: Origin,
    now: datetime,
    *,
    again: bool,
) -> Prepared:
    received = hashlib.sha256(thing.received or canonical.dumps(dict(thing.description)))
    source = {
        "format": thing.received_format or "tonle",
        **thing.description.get("source", {}),
        "key": key,
        "received_sha256": received.hexdigest(),
    }
    description = {"access": {"level": "metadata_only"}, **thing.description, "source": source}
    record = here.by_id.get(thing.record) or here.by_key.get(key)
    held = list(here.holders.of(description, thing.name))
    if record is None:
        # A name that the thing has elsewhere already: one thing, one record. All others are
        # held against the schema when they are composed.
        claimed = next((taken.data["holder"] for taken in held), "")
        if holder := claimed or here.holders.from_home(description):
            if faults := problems(description, whole=False):
                return Prepared("refused", reason=Invalid(faults))
            return Prepared("joined", holder)
        made = Record(
            id=thing.record or identifiers.mint(),
            kind=description.get("kind", ""),
            origin=origin,
            created_at=now,
        )
        prepared = _composed("added", "publish", made, description, thing, now, revision=0)
        if prepared.entry is not None:
            # The next of this batch with the same name is the same thing.
            here.holders.give(description, made.id)
        return prepared
    for taken in held:
        if taken.data["holder"] != record.id:
            if record.state == "withdrawn":
                # While it was gone, the thing became another record.
                return Prepared("joined", taken.data["holder"])
            return Prepared("refused", record.id, reason=taken)
    return _known(record, description, thing, now, again=again)


def _known(
    record: Record, description: dict[str, Any], thing: Foreign, now: datetime, *, again: bool
) -> Prepared:
    same = record.received_sha256 == description["source"]["received_sha256"]
    if record.state == "published" and same and not again:
        return Prepared("unchanged", record.id)
    if description.get("kind") != record.kind:
        # A record's kind is its for ever: addresses and sets depend on it.
        description = {**description, "kind": record.kind}
        description.pop("profile", None)
    revision = record.revision + 1
    if record.state == "withdrawn":
        return _composed("returned", "reinstate", record, description, thing, now, record.revision)
    return _composed("changed", "revise", record, description, thing, now, revision)


def _composed(
    outcome: ForeignOutcome,
    action: SegmentAction,
    record: Record,
    description: dict[str, Any],
    thing: Foreign,
    now: datetime,
    revision: int,
) -> Prepared:
    try:
        document = compose(record, description, now=now, version=1, revision=revision, files=())
        entry = SegmentEntry(action, document, thing.received, thing.received_format)
        # Written out here: what cannot be would be found when a whole batch is kept.
        _ = entry.body
    except Invalid as fault:
        return Prepared("refused", reason=fault)
    return Prepared(outcome, record.id, entry)


def take_back_foreign(
    record: Record,
    category: str,
    reason: Mapping[str, str],
    now: datetime,
    *,
    merged_into: str = "",
) -> SegmentEntry | None:
    """The entry by which a record is taken back; None where it was already.

    merged_into: the record of the same thing, to which its address leads from then on.
    """
    if record.state != "published":
        return None
    document = document_of(record)
    tombstone = {"category": category, "reason": dict(reason), "at": format_instant(now)}
    if merged_into:
        tombstone["merged_into"] = merged_into
        # The thing's names lead to the record that remains; this node's own lead there by it.
        named = [pid for pid in document.get("pids", ()) if is_own_ark(pid, record)]
        document = {**document, "pids": named}
    document = compose(
        record,
        document,
        now=now,
        version=record.version,
        revision=record.revision,
        files=(),
        tombstone=tombstone,
    )
    return SegmentEntry("withdraw", document)
