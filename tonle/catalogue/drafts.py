"""Writing a record before anybody sees it: drafts, their words and their files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from tonle.catalogue import permissions
from tonle.catalogue.document import check, descriptive
from tonle.catalogue.errors import WrongState
from tonle.catalogue.files import NewFile, store, unlink
from tonle.catalogue.lifecycles import DRAFT
from tonle.catalogue.log import head
from tonle.catalogue.models import Draft, DraftFile, Record
from tonle.catalogue.permissions import demand
from tonle.catalogue.selectors import current_files, document_of
from tonle.infra.idempotency import once
from tonle.infra.lifecycle import perform
from tonle.kernel import canonical, identifiers
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Invalid, NotFound, Refusal


@dataclass(frozen=True)
class NewDraft:
    """A draft to be: the descriptive document, and its files."""

    document: dict[str, Any]
    files: Sequence[NewFile] = field(default_factory=tuple)


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
    demand(permissions.may_draft(actor))
    for new in news:
        check(descriptive(new.document), whole=False)
    stored = [[store(file) for file in new.files] for new in news]
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
        demand(permissions.may_publish(actor))
        if record.state != "published":
            raise WrongState(
                [Refusal("wrong_state", N_("Only a published record has a next version."))]
            )
        waiting = Draft.objects.filter(record=record, state="open").first()
        if waiting is not None:
            return waiting
        document = document_of(record)
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
    row = store(file)
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
        transaction.on_commit(lambda: unlink(paths))


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
        transaction.on_commit(lambda: unlink(paths))


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
