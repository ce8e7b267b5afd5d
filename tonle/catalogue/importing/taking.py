"""Taking documents in, a batch at a time, whoever has read them.

It streams: one item comes out for every record, in the order they come, and nothing is kept
but the keys seen. It can be killed at any moment and called again: what is in is passed over,
what was begun is finished, and nothing is half in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.conf import settings

from tonle.catalogue import drafts, services
from tonle.catalogue.crosswalks.common import Remark
from tonle.catalogue.document import problems
from tonle.catalogue.drafts import NewDraft
from tonle.catalogue.errors import DraftInWork, PidTaken
from tonle.catalogue.files import NewFile
from tonle.catalogue.importing.known import PLACE, Known, Stranger
from tonle.catalogue.models import Draft, Record
from tonle.catalogue.publication.claims import Holders
from tonle.infra import crash
from tonle.infra.ocfl.durable import locked
from tonle.kernel import canonical
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Invalid, TonleError

crash.declare("import.batch", "a batch is in, the next is not: a second call goes on")

BATCH = 200
LONGEST_KEY = 400

Outcome = Literal[
    "added",  # a new record
    "drafted",  # a draft, for a person to look at before it is public
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
    files: how many files came in with it.
    """

    file: str
    key: str
    outcome: Outcome
    format: str = ""
    record: str = ""
    reasons: tuple[Any, ...] = ()
    warnings: tuple[str, ...] = ()
    files: int = 0


@dataclass(frozen=True)
class Incoming:
    """One document on its way in, and its files, which are there until it is in.

    places: other keys that its place may have been known by.
    """

    file: str
    key: str
    format: str
    document: dict[str, Any]
    warnings: tuple[str, ...] = ()
    received_sha256: str = ""
    files: tuple[NewFile, ...] = ()
    places: tuple[str, ...] = ()


@dataclass
class Run:
    """One import. dry_run: say what would happen; as_drafts: publish nothing; same: what lies
    where another thing lay is that thing.

    now: of the batch in hand, once there is one.
    """

    actor: Actor
    clock: Callable[[], datetime]
    dry_run: bool = False
    as_drafts: bool = False
    same: bool = False
    seen: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.now = self.clock()

    def again(self, key: str) -> bool:
        """Whether this run has met the key before; now it has."""
        short = _short(key)
        if short in self.seen:
            return True
        self.seen.add(short)
        return False

    def is_in(self, record_id: str) -> bool:
        """Whether an item of this run is this record."""
        return _short(f"record {record_id}") in self.seen

    def put_in(self, record_id: str) -> None:
        self.seen.add(_short(f"record {record_id}"))


def _short(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=12).digest()


def consume(stream: Iterable[Incoming | Item], run: Run) -> Iterator[Item]:
    batch: list[Incoming] = []
    for found in stream:
        if isinstance(found, Item):
            yield found
        elif run.again(found.key):
            yield _met_before(found)
        else:
            batch.append(found)
            # Files lie unpacked only until the next item is asked for.
            if len(batch) >= BATCH or found.files:
                yield from _take_in(batch, run)
                batch = []
    yield from _take_in(batch, run)


def _met_before(incoming: Incoming) -> Item:
    if incoming.key.startswith(PLACE):
        reason = N_(
            "An earlier record of this import has the same key: in this file, or in one of the "
            "same name in a folder of the same name. Give one another key, or name the folder "
            "above both."
        )
        return _item(incoming, "refused", reasons=(reason,))
    reason = N_("An earlier record of this import has the same identity.")
    return _item(incoming, "duplicate", reasons=(reason,))


def _take_in(batch: Sequence[Incoming], run: Run) -> Iterable[Item]:
    """One batch, after any that another import is taking in.

    Two that took in the same items at once would each find the other's begun.
    """
    if not batch:
        return ()
    with locked(settings.TONLE_STAGING / "locks", ["import"]):
        run.now = run.clock()
        return list(_look_and_take(batch, run))


def _look_and_take(batch: Sequence[Incoming], run: Run) -> Iterator[Item]:
    """Look what is here, then add, update or leave."""
    described = [_describe(incoming) for incoming in batch]
    keys = [document["source"]["key"] for document in described]
    known = Known(
        (document, incoming.places) for incoming, document in zip(batch, described, strict=True)
    )
    holders = Holders(described, for_own=True)
    own = _own(keys)
    added: list[tuple[Incoming, dict[str, Any]]] = []
    for incoming, document in zip(batch, described, strict=True):
        record = known.find(document, incoming.places, run.is_in, same=run.same)
        faults = problems(document, whole=False)
        if faults:
            yield _item(incoming, "refused", reasons=(Invalid(faults),))
        elif document["source"]["key"] in own:
            reason = N_("It is a record of this node, exported.")
            own_id = own[document["source"]["key"]]
            yield _item(incoming, "duplicate", reasons=(reason,), record=own_id)
        elif isinstance(record, Stranger):
            yield _asked(incoming, record.record)
        elif record is None:
            taken = next(holders.of(document), None)
            if taken:
                yield _item(incoming, "duplicate", reasons=(taken,), record=taken.data["holder"])
            else:
                added.append((incoming, document))
        else:
            run.put_in(record.id)
            yield _again(incoming, document, record, run)
    for item in _add(added, run):
        run.put_in(item.record)
        yield item
    crash.point("import.batch")


def _asked(incoming: Incoming, record: Record) -> Item:
    """A person decides: nothing but the place says that the two are one."""
    reason = Remark(
        "",
        N_(
            "What lay there before became the record %(record)s, and this has no name, title "
            "or creator in common with it. If it is the same thing, import it with --same. "
            "If it is another, give its folder another name, or name the folder above."
        ),
        {"record": record.id},
    )
    return _item(incoming, "refused", reasons=(reason,), record=record.id)


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


def _own(keys: Sequence[str]) -> dict[str, str]:
    """Of keys that name a record of some node, those that are of this one: their ids."""
    ids = {key.removeprefix("tonle:"): key for key in keys if key.startswith("tonle:")}
    if not ids:
        return {}
    found = Record.objects.filter(id__in=ids).exclude(state="reserved")
    return {ids[record_id]: record_id for record_id in found.values_list("id", flat=True)}


def _again(incoming: Incoming, document: dict[str, Any], record: Record, run: Run) -> Item:
    """An item that is here already: the same, a newer state of it, or one that was begun."""
    if record.state in {"withdrawn", "purged"}:
        return _item(incoming, "withdrawn", record=record.id)
    if (
        record.state == "published"
        and record.received_sha256 == document["source"]["received_sha256"]
    ):
        return _item(incoming, "unchanged", record=record.id)
    outcome: Outcome = "updated" if record.state == "published" else "added"
    if run.as_drafts:
        outcome = "drafted"
    if run.dry_run:
        return _item(incoming, outcome, record=record.id)
    try:
        draft = _draft_of(record, run, replaces_files=bool(incoming.files))
        drafts.edit_draft(draft_id=draft.id, document=document, actor=run.actor, now=run.now)
        _bring_files(draft, incoming.files, run)
        if not run.as_drafts:
            services.publish(draft_id=draft.id, actor=run.actor, now=run.now)
    except TonleError as refusal:
        return _item(incoming, "refused", record=record.id, reasons=(refusal,))
    return _item(incoming, outcome, record=record.id)


def _bring_files(draft: Draft, files: Sequence[NewFile], run: Run) -> None:
    """Have these files in the draft, and no others of an earlier state."""
    if not files:
        return
    wanted = {file.name for file in files}
    for name in draft.files.exclude(name__in=wanted).values_list("name", flat=True):
        drafts.remove_file(draft_id=draft.id, name=name, actor=run.actor, now=run.now)
    for file in files:
        drafts.add_file(draft_id=draft.id, file=file, actor=run.actor, now=run.now)


def _draft_of(record: Record, run: Run, *, replaces_files: bool = False) -> Draft:
    """The draft in which the newer state is written: one that we began, or a new one.

    Raises DraftInWork where a person is writing: their words are not overwritten.
    """
    begun = Draft.objects.filter(record=record, state="open").first()
    if begun is not None and {begun.created_by, begun.edited_by or run.actor.id} != {run.actor.id}:
        raise DraftInWork(record=record.id)
    return begun or drafts.create_successor(
        record_id=record.id, actor=run.actor, now=run.now, replaces_files=replaces_files
    )


def _add(news: Sequence[tuple[Incoming, dict[str, Any]]], run: Run) -> Iterator[Item]:
    if not news:
        return
    if run.dry_run:
        for incoming, _ in news:
            yield _item(incoming, "drafted" if run.as_drafts else "added")
        return
    made = drafts.create_drafts(
        news=[NewDraft(document, incoming.files) for incoming, document in news],
        actor=run.actor,
        now=run.now,
    )
    if run.as_drafts:
        for (incoming, _), draft in zip(news, made, strict=True):
            yield _item(incoming, "drafted", record=draft.record.id)
        return
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
        incoming.file,
        incoming.key,
        outcome,
        incoming.format,
        record,
        reasons,
        incoming.warnings,
        len(incoming.files),
    )
