"""Beginning a draft, and giving one up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from tonle.catalogue import permissions
from tonle.catalogue.document import check_begun, descriptive
from tonle.catalogue.drafts.opening import opened
from tonle.catalogue.errors import DraftInWork, WrongState
from tonle.catalogue.files import NewFile, empty, store, unlink
from tonle.catalogue.lifecycles import DRAFT
from tonle.catalogue.log import head
from tonle.catalogue.models import Draft, DraftFile, Record
from tonle.catalogue.permissions import demand
from tonle.catalogue.rules.access import READ_METADATA
from tonle.catalogue.selectors import communities_of, current_files, document_of, permitted
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
    # The community whose curators are to look after it; empty is the node's own.
    community: str = ""
    # The public name of the record, where the thing has one already; else one is minted.
    record: str = ""


def create_draft(*, new: NewDraft, actor: Actor, now: datetime, key: str | None = None) -> Draft:
    """Begin a record: its id is minted here and stays the same on every node.

    The same key again returns the first draft. Raises NotPermitted or Invalid.
    """
    found = once(
        actor,
        key,
        {"create_draft": canonical.digest(descriptive(new.document)), "for": new.community},
        now,
        lambda: create_drafts(news=[new], actor=actor, now=now)[0].id,
    )
    return Draft.objects.select_related("record").get(id=found)


def create_drafts(*, news: Sequence[NewDraft], actor: Actor, now: datetime) -> list[Draft]:
    """Begin many records in one transaction, in the order given."""
    demand(permissions.may_draft(actor))
    for new in news:
        _community(new.community)
        check_begun(descriptive(new.document))
    stored = [[store(file) for file in new.files] for new in news]
    origin = head().origin
    with transaction.atomic():
        records = Record.objects.bulk_create(
            Record(
                id=new.record or identifiers.mint(),
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
                community=new.community,
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

    replaces_files: a new version with files of its own; else a revision with the same. A
    draft that is in work already is the answer to whoever may write it.
    Raises NotFound, NotPermitted, WrongState, DraftInWork.
    """
    with transaction.atomic():
        record = _locked(record_id, actor, now)
        communities = communities_of(record)
        demand(permissions.may_succeed(actor, owner=record.created_by, communities=communities))
        permissions.demand_own(record)
        if record.state != "published":
            raise WrongState(
                [Refusal("wrong_state", N_("Only a published record has a next version."))]
            )
        waiting = (
            Draft.objects.select_related("record")
            .filter(record=record, state__in=["open", "publishing"])
            .first()
        )
        if waiting is not None:
            if waiting.state != "open" or not permissions.may_read_draft(actor, waiting):
                raise DraftInWork(record=record.id)
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
            community=communities[0] if communities else "",
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


def assign_community(*, draft_id: str, community: str, actor: Actor, now: datetime) -> None:
    """Hand a draft to the curators of a community, or to the node's own with "".

    Once published, the record belongs to it. Raises NotFound, WrongState, Refused.
    """
    with transaction.atomic():
        draft = opened(draft_id, actor, now)
        draft.community = _community(community)
        draft.updated_at = now
        # A publication that was prepared for another community must notice.
        draft.files_seq += 1
        draft.save(update_fields=["community", "files_seq", "updated_at"])


def discard_draft(*, draft_id: str, actor: Actor, now: datetime) -> None:
    """Give a draft up. Its words and files are removed; that it was there stays in the audit."""
    with transaction.atomic():
        draft = opened(draft_id, actor, now, gives_up=True)
        perform(DRAFT, draft, "discard", actor, now)
        empty([draft])


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


def _community(name: str) -> str:
    if len(name) > 60:
        raise Invalid([("community", N_("No community has a name as long as this."))])
    return name


def _locked(record_id: str, actor: Actor, now: datetime) -> Record:
    record = (
        Record.objects.select_for_update(of=("self",))
        .select_related("origin", "document")
        .filter(permitted(actor, READ_METADATA, now), id=record_id)
        .first()
    )
    if record is None:
        raise NotFound
    return record
