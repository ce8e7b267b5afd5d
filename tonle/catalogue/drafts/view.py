"""A draft as its depositors and curators see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tonle.catalogue.document import descriptive
from tonle.catalogue.drafts.files import given_files
from tonle.catalogue.drafts.opening import known
from tonle.catalogue.models import Draft, DraftEditor, DraftFile, Record
from tonle.catalogue.selectors import document_of
from tonle.kernel import canonical
from tonle.kernel.actors import Actor


@dataclass(frozen=True)
class DraftFileView:
    """A file of a draft. is_new: not one of the version before. given: `draft_file` has it."""

    name: str
    size_bytes: int
    media_type: str
    sha256: str
    sha512: str
    is_new: bool
    given: bool = True


@dataclass(frozen=True)
class DraftView:
    """A draft as it stands.

    state: open, publishing, published or discarded. document: the descriptive part; once
    published, that of the record, and empty once discarded. editors: actor ids. edit_seq:
    what to give as `base` when saving.
    """

    id: str
    record_id: str
    kind: str
    document: dict[str, Any]
    files: tuple[DraftFileView, ...]
    edit_seq: int
    state: str
    editors: tuple[str, ...]
    is_successor: bool
    replaces_files: bool
    community: str
    owner: str
    record_state: str
    created_at: datetime
    updated_at: datetime


def draft_view(
    *, draft_id: str, actor: Actor, now: datetime, shown_to: Actor | None = None
) -> DraftView:
    """One draft. Raises NotFound, alike for what is hidden and what is absent. Six queries.

    shown_to: who sees it by the actor's right, as for `draft_file`.
    """
    draft = known(draft_id, actor)
    files = DraftFile.objects.filter(draft=draft).order_by("position", "key")
    given = set(files.filter(given_files(actor, now, shown_to)).values_list("key", flat=True))
    record = draft.record
    if draft.body:
        document = canonical.loads(bytes(draft.body))
    elif draft.state == "published":
        document = descriptive(
            document_of(Record.objects.select_related("document").get(key=record.key))
        )
    else:
        document = {}
    return DraftView(
        draft.id,
        record.id,
        record.kind,
        document,
        tuple(
            DraftFileView(
                file.name,
                file.size_bytes,
                file.media_type,
                file.sha256,
                file.sha512,
                bool(file.path),
                file.key in given,
            )
            for file in files
        ),
        draft.edit_seq,
        draft.state,
        tuple(
            DraftEditor.objects.filter(draft=draft).order_by("key").values_list("actor", flat=True)
        ),
        _follows(draft),
        draft.replaces_files,
        draft.community,
        draft.created_by,
        record.state,
        draft.created_at,
        draft.updated_at,
    )


def _follows(draft: Draft) -> bool:
    """Whether it is of a record that was published before it."""
    if draft.state != "published":
        return draft.record.version > 0
    return Draft.objects.filter(record=draft.record, state="published", key__lt=draft.key).exists()
