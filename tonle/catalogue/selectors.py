"""Questions about what is there. Each starts from what the actor may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.db.models import Exists, OuterRef, Q

from tonle.catalogue.document import remembered
from tonle.catalogue.errors import FilesNotReadable, NotStored
from tonle.catalogue.models import (
    AccessGrant,
    Document,
    Effect,
    File,
    Record,
    RecordCommunity,
    Revision,
)
from tonle.catalogue.rules.access import (
    READ_FILES,
    READ_METADATA,
    SIGHT,
    EffectFacts,
    GrantFacts,
    RecordFacts,
    Ruling,
    curated,
    keeps,
    rule,
)
from tonle.infra import ocfl
from tonle.kernel import canonical
from tonle.kernel.actors import ANONYMOUS, NODE, Actor
from tonle.kernel.errors import Moved, NotFound, Refusal

SHOWN = ("published", "withdrawn", "purged")


def facts_of(record: Record, action: str = READ_FILES) -> RecordFacts:
    """What the access rule needs for this action, from a row. One query for the effects.

    For files, one more for the communities of a record that is not open to all, and one for
    the grants of a restricted one; for others neither changes the answer.
    """
    level = record.access_level if action == READ_FILES else "open"
    effects = [
        EffectFacts(row.action, row.rule, row.params, row.valid_from, row.valid_until)
        for row in record.effects.all()
    ]
    return RecordFacts(
        record.state,
        record.access_level,
        record.embargo_until,
        record.created_by,
        effects,
        communities_of(record) if level != "open" or record.state == "reserved" else (),
        _grants(record) if level == "restricted" else (),
    )


def communities_of(record: Record) -> tuple[str, ...]:
    """The communities that the newest document names. One query unless prefetched."""
    return tuple(sorted(row.community for row in record.communities.all()))


def _grants(record: Record) -> list[GrantFacts]:
    return [
        GrantFacts(row.grantee, row.valid_from, row.valid_until, row.withdrawn_at)
        for row in record.grants.all()
    ]


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
    return {record.id: rule(actor, action, facts_of(record, action), now) for record in records}


def permitted(actor: Actor, action: str, now: datetime) -> Q:
    """The twin of `rules.access.rule`: the records for which its answer is `allow`."""
    if action not in {READ_METADATA, READ_FILES}:
        return Q(pk__in=[])
    kept = _kept(actor)
    shown = Q(state__in=SHOWN)
    if kept is not None:
        shown |= Q(state="reserved") & kept
    if action == READ_FILES:
        level = Q(access_level="open") | Q(access_level="embargoed", embargo_until__lte=now)
        if kept is not None:
            level |= ~Q(access_level="metadata_only") & kept
        if actor.kind == "person" and actor.id:
            level |= Q(access_level="restricted") & Q(Exists(_granted(actor, now)))
        shown &= ~Q(state__in=["withdrawn", "purged"]) & level
    unbarred: Q = shown & ~Q(Exists(_barring(actor, action, now)))
    return unbarred


def _kept(actor: Actor) -> Q | None:
    """The records that the actor keeps or has written; None where there can be none.

    None rather than a condition that nothing meets: an anonymous reader's query, which is
    nearly every query, is the shorter and the faster for it.
    """
    if keeps(actor, SIGHT):
        return Q()
    mine = curated(actor, SIGHT)
    kept = Q(created_by=actor.id) if actor.kind == "person" and actor.id else None
    if mine:
        belonging = RecordCommunity.objects.filter(record=OuterRef("pk"), community__in=mine)
        kept = Q(Exists(belonging)) if kept is None else kept | Q(Exists(belonging))
    return kept


def _granted(actor: Actor, now: datetime) -> Any:
    """Grants that let the actor in at this instant, as `GrantFacts.holds` says."""
    return AccessGrant.objects.filter(
        Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=now),
        record=OuterRef("pk"),
        grantee=actor.id,
        valid_from__lte=now,
        valid_until__gt=now,
    )


def _barring(actor: Actor, action: str, now: datetime) -> Any:
    """Effects in force that this actor does not satisfy."""
    satisfied = Q()
    for role in actor.roles:
        if role.scope == NODE:
            satisfied |= Q(rule="role", needed_role__startswith=f"{role.name}@")
        else:
            satisfied |= Q(
                rule="role", needed_role=f"{role.name}@{role.scope.kind}:{role.scope.id}"
            )
    in_force = Effect.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=now),
        Q(valid_until__isnull=True) | Q(valid_until__gt=now),
        record=OuterRef("pk"),
        action=action,
    )
    return in_force.exclude(satisfied) if satisfied else in_force


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
    # As the document lists them; none of a record that was taken back.
    files: tuple[dict[str, Any], ...]
    files_ruling: Ruling
    # The newest version and revision, or an earlier one that somebody cited.
    is_newest: bool


def record_view(
    *, record_id: str, actor: Actor, now: datetime, version: int | None = None
) -> RecordView:
    """One record for one reader; version None is the newest. Three queries, one more for an
    earlier version.

    Raises NotFound: alike for what is absent and for what the actor may not know of; Moved
    for a duplicate. Its versions were not those of the record that remains, so whoever asks
    for one is led to that record's page.
    """
    record = _visible(record_id, actor, now)
    _lead_on(record, "" if version is None else "/records/*")
    history = _history(record)
    shown, newest = document_row(record), True
    if version is not None and record.state == "published":
        chosen = next((entry for entry in history if entry.version == version), None)
        if chosen is None:
            raise NotFound
        if version != record.version:
            shown = Document.objects.get(
                record=record,
                key__in=Revision.objects.filter(
                    version__record=record, version__number=version, number=chosen.revision
                ).values("document"),
            )
            newest = False
    document: dict[str, Any] = canonical.loads(bytes(shown.body))
    if record.state in {"withdrawn", "purged"}:
        document = remembered(document)
    return RecordView(
        record,
        document,
        shown.sha256,
        history,
        tuple(document["files"]) if record.state == "published" else (),
        rule(actor, READ_FILES, facts_of(record), now),
        newest,
    )


def _history(record: Record) -> tuple[HistoryEntry, ...]:
    """Every revision, newest first, without its document: a long history has many."""
    rows = (
        Revision.objects.filter(version__record=record)
        .order_by("-version__number", "-number")
        .values_list("version__number", "number", "published_at", "document__sha256")
    )
    return tuple(HistoryEntry(*row) for row in rows)


def _visible(record_id: str, actor: Actor, now: datetime) -> Record:
    record = (
        Record.objects.select_related("document")
        .filter(permitted(actor, READ_METADATA, now), id=record_id)
        .first()
    )
    if record is None or record.document is None:
        raise NotFound
    return record


def remaining(record: Record) -> Record:
    """The record that a duplicate has become part of, at the end of the chain. One query a link.

    Merges refuse to close a circle; should files from elsewhere hold one, whoever is in it
    or leads to it is its own end: its tombstone is shown, and nobody is sent around.
    """
    last, seen = record, {record.id}
    while last.merged_into:
        if last.merged_into in seen:
            return record
        seen.add(last.merged_into)
        following = (
            Record.objects.select_related("origin", "document").filter(id=last.merged_into).first()
        )
        if following is None:
            break
        last = following
    return last


def _lead_on(record: Record, address: str = "") -> None:
    """Raises Moved for a duplicate."""
    if record.merged_into:
        last = remaining(record)
        if last.id != record.id:
            raise Moved(old=record.id, new=last.id, address=address.replace("*", last.id))


def _files(record: Record, version: int) -> list[File]:
    return list(
        File.objects.filter(version__record=record, version__number=version).order_by("position")
    )


def current_files(record: Record) -> list[File]:
    """The files of the newest version, in their order."""
    return _files(record, record.version)


def records_with_files(record_ids: Iterable[str]) -> set[str]:
    """Which of these records have files, in any of their versions. One query."""
    rows = File.objects.filter(version__record__id__in=list(record_ids))
    return set(rows.values_list("version__record__id", flat=True).distinct())


def lone_digests(record_id: str) -> set[str]:
    """SHA-256 of files of a record, in any of its versions, that no published record has now.

    What was made of such bytes is to be forgotten. Two queries.
    """
    mine = set(File.objects.filter(version__record__id=record_id).values_list("sha256", flat=True))
    held = File.objects.filter(sha256__in=mine, version__record__state="published")
    return mine - set(held.values_list("sha256", flat=True))


def _where_now(record: Record, name: str, version: int | None) -> str:
    """Where the bytes of a duplicate's file are now; `*` stands for the remaining record."""
    old = File.objects.filter(
        version__record=record, version__number=version or record.version, name=name
    ).first()
    last = remaining(record)
    same = File.objects.filter(
        version__record=last, version__number=last.version, sha512=old.sha512 if old else ""
    ).first()
    return f"/records/*/files/{quote(same.name)}" if same else "/records/*"


def readable_file(
    *,
    record_id: str,
    name: str,
    actor: Actor,
    now: datetime,
    root: ocfl.Storage,
    version: int | None = None,
) -> tuple[File, ocfl.Place, bool]:
    """A file, where its bytes are, and whether it is open to everybody. Four queries.

    Raises NotFound, FilesNotReadable with the reasons, NotStored, or Moved for a file of a
    duplicate: to the same bytes where the record that remains has them, else to its page.
    """
    record = _visible(record_id, actor, now)
    _lead_on(record, _where_now(record, name, version) if record.merged_into else "")
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
    open_to_all = bool(rule(ANONYMOUS, READ_FILES, facts_of(record), now))
    return file, path, open_to_all
