"""What people do in the catalogue. Page, API, command and import all come through here."""

from __future__ import annotations

import hashlib
import mimetypes
import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction

from tonle.catalogue import permissions
from tonle.catalogue.document import check, descriptive
from tonle.catalogue.errors import WrongState
from tonle.catalogue.events import RecordChanged
from tonle.catalogue.lifecycles import DRAFT
from tonle.catalogue.log import head, recording
from tonle.catalogue.models import Document, Draft, DraftFile, Record
from tonle.catalogue.publication import Outcome, Plan, PlannedFile, carry_out, compose
from tonle.catalogue.rules.access import next_change
from tonle.catalogue.selectors import current_files, facts_of
from tonle.infra import jobs
from tonle.infra.idempotency import once
from tonle.infra.lifecycle import perform
from tonle.kernel import canonical, identifiers
from tonle.kernel.actors import Actor
from tonle.kernel.dates import format_instant
from tonle.kernel.decisions import Decision
from tonle.kernel.errors import N_, Invalid, NotFound, NotPermitted, Refusal, TonleError

CHUNK = 1 << 20


@dataclass(frozen=True)
class NewFile:
    """A file to put into a draft: its name for readers, and the bytes on disk."""

    name: str
    path: Path
    media_type: str = ""


@dataclass(frozen=True)
class NewDraft:
    """A draft to be: the descriptive document, and its files."""

    document: dict[str, Any]
    files: Sequence[NewFile] = field(default_factory=tuple)


# --- drafts --------------------------------------------------------------------------------


def create_draft(*, new: NewDraft, actor: Actor, now: datetime, key: str | None = None) -> Draft:
    """Begin a record: its id is minted here and stays the same on every node.

    The same key again returns the first draft. Raises NotPermitted or Invalid.
    """
    found = once(
        actor,
        key,
        {"create_draft": canonical.digest(descriptive(new.document))},
        now,
        lambda: create_drafts(news=[new], actor=actor, now=now)[0].id,
    )
    return Draft.objects.select_related("record").get(id=found)


def create_drafts(*, news: Sequence[NewDraft], actor: Actor, now: datetime) -> list[Draft]:
    """Begin many records in one transaction, in the order given."""
    _demand(permissions.may_draft(actor))
    for new in news:
        check(descriptive(new.document), whole=False)
    stored = [[_store(file) for file in new.files] for new in news]
    origin = head().origin
    with transaction.atomic():
        records = Record.objects.bulk_create(
            Record(
                id=identifiers.mint(),
                kind=new.document["kind"],
                origin=origin,
                created_at=now,
                created_by=actor.id,
                source_key=new.document.get("source", {}).get("key"),
            )
            for new in news
        )
        drafts = Draft.objects.bulk_create(
            Draft(
                id=identifiers.mint(),
                record=record,
                body=canonical.dumps(descriptive(new.document)),
                created_at=now,
                updated_at=now,
                created_by=actor.id,
            )
            for record, new in zip(records, news, strict=True)
        )
        DraftFile.objects.bulk_create(
            DraftFile(draft=draft, position=n, **row)
            for draft, rows in zip(drafts, stored, strict=True)
            for n, row in enumerate(rows)
        )
    return drafts


def create_successor(*, record_id: str, actor: Actor, now: datetime, replaces_files: bool) -> Draft:
    """A draft of what comes after the newest version: new files, or corrected words.

    replaces_files: a new version with files of its own; else a revision with the same.
    Raises NotFound, NotPermitted, WrongState.
    """
    with transaction.atomic():
        record = _locked(record_id)
        _demand(permissions.may_publish(actor))
        if record.state != "published" or record.document is None:
            raise WrongState(
                [Refusal("wrong_state", N_("Only a published record has a next version."))]
            )
        waiting = Draft.objects.filter(record=record, state="open").first()
        if waiting is not None:
            return waiting
        document = canonical.loads(bytes(record.document.body))
        draft = Draft.objects.create(
            id=identifiers.mint(),
            record=record,
            body=canonical.dumps(descriptive(document)),
            replaces_files=replaces_files,
            created_at=now,
            updated_at=now,
            created_by=actor.id,
        )
        DraftFile.objects.bulk_create(
            DraftFile(
                draft=draft,
                position=file.position,
                name=file.name,
                size_bytes=file.size_bytes,
                media_type=file.media_type,
                sha256=file.sha256,
                sha512=file.sha512,
            )
            for file in current_files(record)
        )
        return draft


def edit_draft(*, draft_id: str, document: dict[str, Any], actor: Actor, now: datetime) -> Draft:
    """Put another descriptive document into a draft. The kind stays what it was."""
    check(descriptive(document), whole=False)
    with transaction.atomic():
        draft = _open_draft(draft_id, actor)
        if document["kind"] != draft.record.kind:
            raise Invalid([("/kind", N_("The kind of a record does not change."))])
        draft.body = canonical.dumps(descriptive(document))
        draft.updated_at = now
        draft.save(update_fields=["body", "updated_at"])
        return draft


def add_file(*, draft_id: str, file: NewFile, actor: Actor, now: datetime) -> DraftFile:
    """Copy a file into a draft; one of the same name is replaced. Streams, hashes, fsyncs."""
    _open_draft(draft_id, actor)
    row = _store(file)
    with transaction.atomic():
        draft = _open_draft(draft_id, actor)
        if not draft.replaces_files:
            raise WrongState(
                [Refusal("same_files", N_("A correction keeps its files. Begin a new version."))]
            )
        DraftFile.objects.filter(draft=draft, name=row["name"]).delete()
        last = DraftFile.objects.filter(draft=draft).order_by("-position").first()
        draft.updated_at = now
        draft.save(update_fields=["updated_at"])
        return DraftFile.objects.create(
            draft=draft, position=last.position + 1 if last else 0, **row
        )


def remove_file(*, draft_id: str, name: str, actor: Actor, now: datetime) -> None:
    """Take a file out of a draft. Raises NotFound."""
    with transaction.atomic():
        draft = _open_draft(draft_id, actor)
        gone, _ = DraftFile.objects.filter(draft=draft, name=name).delete()
        if not gone or not draft.replaces_files:
            raise NotFound
        draft.updated_at = now
        draft.save(update_fields=["updated_at"])


def discard_draft(*, draft_id: str, actor: Actor, now: datetime) -> None:
    """Give a draft up. Its words and files are removed; that it was there stays in the audit."""
    with transaction.atomic():
        draft = _open_draft(draft_id, actor)
        perform(DRAFT, draft, "discard", actor, now)
        paths = list(draft.files.exclude(path="").values_list("path", flat=True))
        draft.files.all().delete()
        Draft.objects.filter(key=draft.key).update(body=b"")
        transaction.on_commit(lambda: _unlink(paths))


def forget_drafts(*, drafts: Sequence[Draft], actor: Actor) -> None:
    """Take back drafts that were made a moment ago and refused: as if they had never been.

    Only of records that were never public, and only what the actor made itself.
    """
    with transaction.atomic():
        rows = list(
            Draft.objects.select_for_update(of=("self",))
            .select_related("record")
            .prefetch_related("files")
            .filter(
                key__in=[draft.key for draft in drafts],
                state="open",
                created_by=actor.id,
                record__state="reserved",
            )
        )
        paths = [file.path for draft in rows for file in draft.files.all() if file.path]
        Record.objects.filter(key__in=[draft.record.key for draft in rows]).delete()
        transaction.on_commit(lambda: _unlink(paths))


# --- publication ---------------------------------------------------------------------------


def publish(*, draft_id: str, actor: Actor, now: datetime) -> Record:
    """Publish one draft: a new record, a new version, or a revision.

    A second call finds the draft published and returns the record. Raises NotFound,
    NotPermitted, Refused (with every gate's reasons), Invalid, PidTaken, Conflict.
    """
    draft = Draft.objects.select_related("record").filter(id=draft_id).first()
    if draft is None:
        raise NotFound
    if draft.state == "published":
        _demand(permissions.may_publish(actor))
        return draft.record
    outcome = publish_many(drafts=[draft], actor=actor, now=now)
    for refusal in outcome.refused.values():
        raise refusal
    return Record.objects.get(key=draft.record.key)


def publish_many(*, drafts: Sequence[Draft], actor: Actor, now: datetime) -> Outcome:
    """Publish a batch; each draft stands or falls alone. See `publication.carry_out`."""
    rows = (
        Draft.objects.filter(key__in=[draft.key for draft in drafts])
        .select_related("record__origin")
        .prefetch_related("files")
        .order_by("key")
    )
    refused: dict[str, TonleError] = {}
    plans = []
    for draft in rows:
        if draft.state != "open":
            refused[draft.record.id] = WrongState(
                [Refusal("wrong_state", N_("This draft is not open any more."))]
            )
            continue
        try:
            plans.append(_plan(draft, now))
        except Invalid as problem:
            refused[draft.record.id] = problem
    outcome = carry_out(plans, actor=actor, now=now) if plans else Outcome()
    outcome.refused |= refused
    done = set(outcome.done)
    _unlink(
        [
            file.path
            for plan in plans
            if plan.record.id in done and plan.draft is not None
            for file in plan.draft.files.all()
            if file.path
        ]
    )
    return outcome


def set_access(*, record_id: str, access: dict[str, Any], actor: Actor, now: datetime) -> Record:
    """Change the access condition: no new version. What it hides is hidden at once."""
    return _change(record_id, "access", actor, now, {"access": access})


def set_effects(
    *, record_id: str, effects: Sequence[dict[str, Any]], actor: Actor, now: datetime
) -> Record:
    """Replace the effects that decisions elsewhere have on a record."""
    return _change(record_id, "effects", actor, now, {}, effects=effects)


def withdraw(
    *,
    record_id: str,
    category: str,
    reason: dict[str, str],
    actor: Actor,
    now: datetime,
) -> Record:
    """Take a record back. A tombstone stays under its name, and travels. Twice is once."""
    record = _get(record_id)
    if record.state == "withdrawn":
        _demand(permissions.may_publish(actor))
        return record
    return _change(
        record_id, "withdraw", actor, now, {}, tombstone=_tombstone(category, reason, now)
    )


def reinstate(*, record_id: str, actor: Actor, now: datetime) -> Record:
    """Show a withdrawn record again, as it was."""
    return _change(record_id, "reinstate", actor, now, {})


def purge(
    *,
    record_id: str,
    category: str,
    reason: dict[str, str],
    actor: Actor,
    now: datetime,
    metadata: bool = False,
) -> Record:
    """Remove the bytes for good, as a law demands. Tombstone, digests and audit remain.

    metadata: the description itself is what must go: earlier documents are erased and the
    tombstone keeps no more than the title "withdrawn".
    """
    record = _change(
        record_id,
        "purge",
        actor,
        now,
        {},
        tombstone=_tombstone(category, reason, now),
        bare=metadata,
    )
    if metadata:
        with transaction.atomic():
            Document.objects.filter(record=record).exclude(key=record.document_id).update(
                body=b"", erased_at=now
            )
    return record


def lapse_due(now: datetime, limit: int = 500) -> int:
    """Write the entry for every record whose answer has changed by the clock alone.

    An embargo that ended, an effect that began or lapsed: nothing is rewritten, but index,
    feeds and caches must look again. Returns how many.
    """
    with recording(now) as log:
        rows = list(
            Record.objects.select_for_update(of=("self",))
            .select_related("document")
            .filter(changes_at__lte=now)
            .order_by("key")[:limit]
        )
        for record in rows:
            record.changes_at = next_change(facts_of(record), now)
            record.save(update_fields=["changes_at"])
            if record.document is not None:
                log.add(record.id, "lapse", record.document.sha256)
                jobs.emit(RecordChanged(record.id, record.kind, "lapse", now), now)
    return len(rows)


# --- within --------------------------------------------------------------------------------


def _plan(draft: Draft, now: datetime) -> Plan:
    record = draft.record
    first = record.version == 0
    action = "publish" if first or draft.replaces_files else "revise"
    files = [
        PlannedFile(
            file.name,
            file.size_bytes,
            file.media_type,
            file.sha256,
            file.sha512,
            drafts_root() / file.path if file.path else None,
        )
        for file in sorted(draft.files.all(), key=lambda row: row.position)
    ]
    document = compose(
        record,
        canonical.loads(bytes(draft.body)),
        now=now,
        version=record.version + 1 if action == "publish" else record.version,
        revision=0 if action == "publish" else record.revision + 1,
        files=files,
        effects=_effects_of(record) if not first else (),
    )
    return Plan(record, "publish" if action == "publish" else "revise", document, files, draft)


def _change(
    record_id: str,
    action: Any,
    actor: Actor,
    now: datetime,
    fields: dict[str, Any],
    *,
    effects: Sequence[dict[str, Any]] | None = None,
    tombstone: dict[str, Any] | None = None,
    bare: bool = False,
) -> Record:
    """Carry out a change that makes neither version nor revision."""
    record = _get(record_id)
    if record.document is None:
        raise NotFound
    allowed = permissions.may_purge if action == "purge" else permissions.may_publish
    _demand(allowed(actor))
    document = canonical.loads(bytes(record.document.body))
    if bare:
        document = {
            "kind": record.kind,
            "titles": {"en": "Withdrawn"},
            "access": {"level": "metadata_only"},
        }
    purged = action == "purge"
    files = [] if purged else [_kept(file) for file in document.get("files", ())]
    composed = compose(
        record,
        {**document, **fields},
        now=now,
        version=record.version,
        revision=record.revision,
        files=files,
        effects=document.get("effects", ()) if effects is None else effects,
        tombstone=tombstone,
    )
    plan = Plan(record, action, composed, files, erases=bare)
    outcome = carry_out([plan], actor=actor, now=now)
    for refusal in outcome.refused.values():
        raise refusal
    return _get(record_id)


def _kept(file: dict[str, Any]) -> PlannedFile:
    return PlannedFile(**file)


def _effects_of(record: Record) -> Sequence[dict[str, Any]]:
    if record.document is None:
        return ()
    document = canonical.loads(bytes(record.document.body))
    effects: Sequence[dict[str, Any]] = document["effects"]
    return effects


def _tombstone(category: str, reason: dict[str, str], now: datetime) -> dict[str, Any]:
    return {"category": category, "reason": reason, "at": format_instant(now)}


def _demand(decision: Decision) -> None:
    if not decision:
        raise NotPermitted(reason=decision)


def _get(record_id: str) -> Record:
    record = Record.objects.select_related("origin", "document").filter(id=record_id).first()
    if record is None:
        raise NotFound
    return record


def _locked(record_id: str) -> Record:
    record = (
        Record.objects.select_for_update(of=("self",))
        .select_related("origin", "document")
        .filter(id=record_id)
        .first()
    )
    if record is None:
        raise NotFound
    return record


def _open_draft(draft_id: str, actor: Actor) -> Draft:
    """An open draft that the actor may change; one that is hidden is as one that is absent."""
    draft = (
        Draft.objects.select_for_update(of=("self",))
        .select_related("record")
        .filter(id=draft_id)
        .first()
        if transaction.get_connection().in_atomic_block
        else Draft.objects.select_related("record").filter(id=draft_id).first()
    )
    if draft is None or not permissions.may_edit(actor, draft):
        raise NotFound
    if draft.state != "open":
        raise WrongState([Refusal("wrong_state", N_("This draft is not open any more."))])
    return draft


def drafts_root() -> Path:
    """Where drafts keep their files, outside the OCFL root, on the same file system."""
    root: Path = settings.TONLE_DATA / "drafts"
    return root


def _store(file: NewFile) -> dict[str, Any]:
    """Copy a file beside the root, hashing as it goes; whole and fsynced when it returns."""
    name = _checked_name(file.name)
    relative = f"{identifiers.mint()[:2]}/{identifiers.mint()}"
    target = drafts_root() / relative
    target.parent.mkdir(parents=True, exist_ok=True)
    with file.path.open("rb") as source, target.open("xb") as sink:
        sha256, sha512, size = _copy(source, sink)
        sink.flush()
        os.fsync(sink.fileno())
    return {
        "name": name,
        "size_bytes": size,
        "media_type": file.media_type
        or mimetypes.guess_type(name)[0]
        or "application/octet-stream",
        "sha256": sha256,
        "sha512": sha512,
        "path": relative,
    }


def _copy(source: BinaryIO, sink: BinaryIO) -> tuple[str, str, int]:
    short, long, size = hashlib.sha256(), hashlib.sha512(), 0
    while chunk := source.read(CHUNK):
        short.update(chunk)
        long.update(chunk)
        sink.write(chunk)
        size += len(chunk)
    return short.hexdigest(), long.hexdigest(), size


def _checked_name(name: str) -> str:
    """A name that is safe in an address, in a zip and on any disk. Raises Invalid."""
    name = unicodedata.normalize("NFC", name)
    parts = name.split("/")
    if (
        not name
        or len(name) > 1000
        or any(part in {"", ".", ".."} for part in parts)
        or any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in name)
        or "\\" in name
    ):
        raise Invalid([("name", N_("This cannot be the name of a file."))])
    return name


def _unlink(paths: Sequence[str]) -> None:
    for path in paths:
        (drafts_root() / path).unlink(missing_ok=True)
