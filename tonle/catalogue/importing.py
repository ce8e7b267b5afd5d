"""Taking other people's metadata in: files or folders, a record at a time, in batches.

It streams: one item comes out for every record, in the order of the files, and nothing
is kept but the keys seen. It can be killed at any moment and called again: what is in is
passed over, what was begun is finished, and nothing is half in.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from django.conf import settings

from tonle.catalogue import drafts, services
from tonle.catalogue.crosswalks import HEAD_BYTES, MAX_BYTES, READERS, parse, sniff
from tonle.catalogue.document import problems
from tonle.catalogue.drafts import NewDraft
from tonle.catalogue.errors import DraftInWork, PidTaken
from tonle.catalogue.models import Draft, Pid, Record
from tonle.catalogue.permissions import demand, may_publish
from tonle.catalogue.publication.claims import claimed
from tonle.infra import crash
from tonle.infra.ocfl.durable import locked
from tonle.kernel import canonical
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Invalid, TonleError

crash.declare("import.batch", "a batch is in, the next is not: a second call goes on")

BATCH = 200
LONGEST_KEY = 400
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

Outcome = Literal[
    "added",  # a new record
    "updated",  # the source has changed: a revision
    "unchanged",  # the same again
    "duplicate",  # another record here, or earlier in this run, is the same thing
    "refused",  # faulty; the reasons say why
    "withdrawn",  # taken back here; an import does not bring it back
    "deleted",  # the source says that it deleted the item
    "empty",  # a sound file without a record in it
    "not_read",  # a format we know and do not read yet
    "unknown",  # no metadata that we know
]


@dataclass(frozen=True)
class Item:
    """What became of one record, or of a file that holds none.

    reasons: why not, as messages to be said; warnings: what was repaired on the way.
    """

    file: str
    key: str
    outcome: Outcome
    format: str = ""
    record: str = ""
    reasons: tuple[Any, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Incoming:
    """One document on its way in."""

    file: str
    key: str
    format: str
    document: dict[str, Any]
    warnings: tuple[str, ...] = ()
    received_sha256: str = ""


@dataclass
class _Run:
    actor: Actor
    now: datetime
    dry_run: bool
    seen: set[bytes] = field(default_factory=set)

    def again(self, key: str) -> bool:
        """Whether this run has met the key before."""
        short = hashlib.blake2b(key.encode(), digest_size=12).digest()
        if short in self.seen:
            return True
        self.seen.add(short)
        return False


def import_paths(
    paths: Sequence[Path], *, actor: Actor, now: datetime, dry_run: bool = False
) -> Iterator[Item]:
    """Take in every record of files and folders. dry_run says what would happen.

    Yields an Item for every record and for every file without one. Raises NotPermitted
    before anything else; faulty input never raises.
    """
    demand(may_publish(actor))
    return _consume(_read_all(paths), _Run(actor, now, dry_run))


def import_documents(
    documents: Iterable[Incoming], *, actor: Actor, now: datetime, dry_run: bool = False
) -> Iterator[Item]:
    """Take in documents that somebody has already read, such as the starter set."""
    demand(may_publish(actor))
    return _consume(documents, _Run(actor, now, dry_run))


# --- reading -------------------------------------------------------------------------------


def _read_all(paths: Sequence[Path]) -> Iterator[Incoming | Item]:
    for path in paths:
        if not path.exists():
            yield Item(_shown(path), "", "refused", reasons=(N_("There is no such file."),))
            continue
        base = path if path.is_dir() else path.parent
        for file in _files(path):
            yield from _read(file, _shown(file.relative_to(base)))


def _shown(path: Path) -> str:
    """The path as text that can be written, printed and kept: names are bytes, of any kind.

    What is no UTF-8 is escaped, and so are control characters, which steer a terminal.
    """
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return _CONTROL.sub(lambda found: f"\\x{ord(found.group()):02x}", text)


def _files(path: Path) -> Iterator[Path]:
    """Regular files in a fixed order; links are not followed, hidden ones not read."""
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(folder) / name
            if not name.startswith(".") and file.is_file() and not file.is_symlink():
                yield file


def _read(file: Path, name: str) -> Iterator[Incoming | Item]:
    try:
        with file.open("rb") as source:
            head = source.read(HEAD_BYTES)
            known = sniff(name, head)
            if known is None:
                yield Item(name, "", "unknown")
                return
            if known.name not in READERS:
                yield Item(name, "", "not_read", known.name)
                return
            # One byte more than may be: the reader then says that it is too large.
            data = head + source.read(MAX_BYTES + 1 - len(head))
    except OSError as fault:
        reason = Invalid([("", N_("The file cannot be read."))], cause=fault.strerror)
        yield Item(name, "", "refused", reasons=(reason,))
        return
    parsed = parse(known.name, data, name)
    for record in parsed.documents:
        warnings = tuple(str(warning) for warning in record.warnings)
        if record.document is None:
            yield Item(name, record.key, "refused", parsed.format, "", (record.refusal,), warnings)
        else:
            yield Incoming(
                name,
                record.key,
                parsed.format,
                record.document,
                warnings,
                record.received_sha256,
            )
    for key in parsed.deleted:
        yield Item(name, key, "deleted", parsed.format)
    if not parsed.documents and not parsed.deleted:
        yield Item(name, "", "empty", parsed.format, reasons=(parsed.remark or "",))


# --- taking in -----------------------------------------------------------------------------


def _consume(stream: Iterable[Incoming | Item], run: _Run) -> Iterator[Item]:
    batch: list[Incoming] = []
    for found in stream:
        if isinstance(found, Item):
            yield found
        elif run.again(found.key):
            reason = N_("An earlier record of this import has the same identity.")
            yield _item(found, "duplicate", reasons=(reason,))
        else:
            batch.append(found)
            if len(batch) >= BATCH:
                yield from _take_in(batch, run)
                batch = []
    yield from _take_in(batch, run)


def _take_in(batch: Sequence[Incoming], run: _Run) -> Iterable[Item]:
    """One batch, after any that another import is taking in.

    Two that took in the same items at once would each find the other's begun.
    """
    if not batch:
        return ()
    with locked(settings.TONLE_STAGING / "locks", ["import"]):
        return list(_look_and_take(batch, run))


def _look_and_take(batch: Sequence[Incoming], run: _Run) -> Iterator[Item]:
    """Look what is here, then add, update or leave."""
    described = [_describe(incoming) for incoming in batch]
    keys = [document["source"]["key"] for document in described]
    here = {
        record.source_key: record
        for record in Record.objects.select_related("document").filter(source_key__in=keys)
    }
    holders = _holders(described)
    added: list[tuple[Incoming, dict[str, Any]]] = []
    for incoming, document in zip(batch, described, strict=True):
        record = here.get(document["source"]["key"])
        faults = problems(document, whole=False)
        if faults:
            yield _item(incoming, "refused", reasons=(Invalid(faults),))
        elif record is None:
            taken = _taken(document, holders)
            if taken:
                yield _item(incoming, "duplicate", reasons=(taken,), record=taken.data["holder"])
            else:
                added.append((incoming, document))
        else:
            yield _again(incoming, document, record, run)
    yield from _add(added, run)
    crash.point("import.batch")


def _describe(incoming: Incoming) -> dict[str, Any]:
    """The document with its provenance, as the record will carry it."""
    key = incoming.key
    if len(key) > LONGEST_KEY:
        key = f"{key[: LONGEST_KEY - 65]}#{hashlib.sha256(key.encode()).hexdigest()}"
    received = incoming.received_sha256 or canonical.digest(incoming.document)
    source = {
        "format": incoming.format,
        **incoming.document.get("source", {}),
        "key": key,
        "received_sha256": received,
    }
    return {"access": {"level": "metadata_only"}, **incoming.document, "source": source}


def _holders(documents: Sequence[dict[str, Any]]) -> dict[tuple[str, str], str]:
    """Who holds the names that these documents claim. One query."""
    values = {value for document in documents for _, value in claimed(document)}
    rows = Pid.objects.filter(value__in=values).values_list("scheme", "value", "record__id")
    return {(scheme, value): holder for scheme, value, holder in rows}


def _taken(document: dict[str, Any], holders: dict[tuple[str, str], str]) -> PidTaken | None:
    for scheme, value in claimed(document):
        holder = holders.get((scheme, value))
        if holder is not None:
            return PidTaken(scheme=scheme, value=value, holder=holder)
    return None


def _again(incoming: Incoming, document: dict[str, Any], record: Record, run: _Run) -> Item:
    """An item that is here already: the same, a newer state of it, or one that was begun."""
    if record.state in {"withdrawn", "purged"}:
        return _item(incoming, "withdrawn", record=record.id)
    if (
        record.state == "published"
        and record.received_sha256 == document["source"]["received_sha256"]
    ):
        return _item(incoming, "unchanged", record=record.id)
    outcome: Outcome = "updated" if record.state == "published" else "added"
    if run.dry_run:
        return _item(incoming, outcome, record=record.id)
    try:
        draft = _draft_of(record, run)
        drafts.edit_draft(draft_id=draft.id, document=document, actor=run.actor, now=run.now)
        services.publish(draft_id=draft.id, actor=run.actor, now=run.now)
    except TonleError as refusal:
        return _item(incoming, "refused", record=record.id, reasons=(refusal,))
    return _item(incoming, outcome, record=record.id)


def _draft_of(record: Record, run: _Run) -> Draft:
    """The draft in which the newer state is written: one that we began, or a new one.

    Raises DraftInWork where a person is writing: their words are not overwritten.
    """
    begun = Draft.objects.filter(record=record, state="open").first()
    if begun is not None and begun.created_by != run.actor.id:
        raise DraftInWork(record=record.id)
    return begun or drafts.create_successor(
        record_id=record.id, actor=run.actor, now=run.now, replaces_files=False
    )


def _add(news: Sequence[tuple[Incoming, dict[str, Any]]], run: _Run) -> Iterator[Item]:
    if not news:
        return
    if run.dry_run:
        for incoming, _ in news:
            yield _item(incoming, "added")
        return
    made = drafts.create_drafts(
        news=[NewDraft(document) for _, document in news], actor=run.actor, now=run.now
    )
    outcome = services.publish_many(drafts=made, actor=run.actor, now=run.now)
    refused = [draft for draft in made if draft.record.id in outcome.refused]
    drafts.forget_drafts(drafts=refused, actor=run.actor)
    for (incoming, _), draft in zip(news, made, strict=True):
        refusal = outcome.refused.get(draft.record.id)
        if refusal is None:
            yield _item(incoming, "added", record=draft.record.id)
        elif isinstance(refusal, PidTaken):
            yield _item(incoming, "duplicate", reasons=(refusal,), record=refusal.data["holder"])
        else:
            yield _item(incoming, "refused", reasons=(refusal,))


def _item(
    incoming: Incoming, outcome: Outcome, *, record: str = "", reasons: tuple[Any, ...] = ()
) -> Item:
    return Item(
        incoming.file, incoming.key, outcome, incoming.format, record, reasons, incoming.warnings
    )
