"""Questions about what is there. Each starts from what the actor may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Exists, OuterRef, Q

from tonle.catalogue.errors import FilesNotReadable, NotStored
from tonle.catalogue.models import Document, Effect, File, Record, Relation, Revision
from tonle.catalogue.rules.access import (
    KEEPERS,
    READ_FILES,
    READ_METADATA,
    EffectFacts,
    RecordFacts,
    Ruling,
    rule,
)
from tonle.infra import ocfl
from tonle.kernel import canonical
from tonle.kernel.actors import NODE, Actor, Role
from tonle.kernel.errors import NotFound, Refusal

SHOWN = ("published", "withdrawn", "purged")


def facts_of(record: Record) -> RecordFacts:
    """What the access rule needs, from a row. One query for the effects."""
    effects = [
        EffectFacts(row.action, row.rule, row.params, row.valid_from, row.valid_until)
        for row in record.effects.all()
    ]
    return RecordFacts(
        record.state, record.access_level, record.embargo_until, record.created_by, effects
    )


def document_row(record: Record) -> Document:
    """The newest document's row of a record that was published. Raises NotFound for others."""
    if record.document is None:
        raise NotFound
    return record.document


def document_of(record: Record) -> dict[str, Any]:
    """The newest document of a record that was published."""
    document: dict[str, Any] = canonical.loads(bytes(document_row(record).body))
    return document


def decide(
    actor: Actor, action: str, records: Sequence[Record], now: datetime
) -> dict[str, Ruling]:
    """May the actor do this with each of these records? By record id."""
    return {record.id: rule(actor, action, facts_of(record), now) for record in records}


def permitted(actor: Actor, action: str, now: datetime) -> Q:
    """The twin of `rules.access.rule`: the records for which its answer is `allow`."""
    if action not in {READ_METADATA, READ_FILES}:
        return Q(pk__in=[])
    keeper = any(Role(name, NODE) in actor.roles for name in KEEPERS)
    mine = Q(created_by=actor.id) if actor.kind == "person" and actor.id else Q(pk__in=[])
    kept = Q() if keeper else mine
    shown = Q(state__in=SHOWN) | (Q(state="reserved") & kept)
    if action == READ_FILES:
        level = Q(access_level="open") | (
            Q(access_level="embargoed", embargo_until__lte=now)
            | (~Q(access_level="metadata_only") & kept)
        )
        shown &= ~Q(state__in=["withdrawn", "purged"]) & level
    unbarred: Q = shown & ~Q(Exists(_barring(actor, action, now)))
    return unbarred


def _barring(actor: Actor, action: str, now: datetime) -> Any:
    """Effects in force that this actor does not satisfy."""
    satisfied = Q(pk__in=[])
    for role in actor.roles:
        if role.scope == NODE:
            satisfied |= Q(rule="role", needed_role__startswith=f"{role.name}@")
        else:
            satisfied |= Q(
                rule="role", needed_role=f"{role.name}@{role.scope.kind}:{role.scope.id}"
            )
    return (
        Effect.objects.filter(record=OuterRef("pk"), action=action)
        .filter(Q(valid_from__isnull=True) | Q(valid_from__lte=now))
        .filter(Q(valid_until__isnull=True) | Q(valid_until__gt=now))
        .exclude(satisfied)
    )


@dataclass(frozen=True)
class HistoryEntry:
    """One revision of one version, newest first in lists."""

    version: int
    revision: int
    published_at: datetime
    sha256: str

    @property
    def label(self) -> str:
        return f"{self.version}.{self.revision}" if self.revision else str(self.version)


@dataclass(frozen=True)
class RecordView:
    """A record as a page, the API or an export shows it."""

    record: Record
    document: dict[str, Any]
    sha256: str
    history: tuple[HistoryEntry, ...]
    files: tuple[File, ...]
    files_ruling: Ruling
    # The newest version and revision, or an earlier one that somebody cited.
    is_newest: bool
    incoming: tuple[Relation, ...]


def record_view(
    *, record_id: str, actor: Actor, now: datetime, version: int | None = None
) -> RecordView:
    """One record for one reader; version None is the newest. Six queries.

    Raises NotFound: alike for what is absent and for what the actor may not know of.
    """
    record = _visible(record_id, actor, now)
    revisions = list(
        Revision.objects.filter(version__record=record)
        .select_related("version", "document")
        .order_by("-version__number", "-number")
    )
    shown, newest = document_row(record), True
    shown_version = record.version
    if version is not None and record.state == "published":
        chosen = next((r for r in revisions if r.version.number == version), None)
        if chosen is None:
            raise NotFound
        if version != record.version:
            shown, newest, shown_version = chosen.document, False, version
    return RecordView(
        record,
        canonical.loads(bytes(shown.body)),
        shown.sha256,
        tuple(
            HistoryEntry(r.version.number, r.number, r.published_at, r.document.sha256)
            for r in revisions
        ),
        tuple(_files(record, shown_version)) if record.state == "published" else (),
        rule(actor, READ_FILES, facts_of(record), now),
        newest,
        tuple(
            Relation.objects.filter(scheme="tonle", value=record.id, record__state="published")
            .select_related("record")
            .order_by("record__id")[:100]
        ),
    )


def _visible(record_id: str, actor: Actor, now: datetime) -> Record:
    record = (
        Record.objects.select_related("origin", "document")
        .prefetch_related("effects", "pids")
        .filter(permitted(actor, READ_METADATA, now), id=record_id)
        .first()
    )
    if record is None or record.document is None:
        raise NotFound
    return record


def _files(record: Record, version: int) -> list[File]:
    return list(
        File.objects.filter(version__record=record, version__number=version).order_by("position")
    )


def current_files(record: Record) -> list[File]:
    """The files of the newest version, in their order."""
    return _files(record, record.version)


def readable_file(
    *,
    record_id: str,
    name: str,
    actor: Actor,
    now: datetime,
    root: ocfl.Root,
    version: int | None = None,
) -> tuple[File, Path]:
    """A file and the path of its bytes. Three queries.

    Raises NotFound, FilesNotReadable with the reasons, or NotStored.
    """
    record = _visible(record_id, actor, now)
    file = File.objects.filter(
        version__record=record, version__number=version or record.version, name=name
    ).first()
    if file is None or record.state != "published":
        raise NotFound
    ruling = rule(actor, READ_FILES, facts_of(record), now)
    if not ruling:
        raise FilesNotReadable([Refusal("access", reason) for reason in ruling.reasons])
    path = root.object_path(f"tonle:{record.id}") / file.content_path
    if not file.content_path or not path.is_file():
        raise NotStored(record=record.id)
    return file, path
