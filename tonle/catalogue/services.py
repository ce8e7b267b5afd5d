"""Making things public, changing and taking them back.

Page, API, command and import all come through here; `drafts` is what goes before, and
`publication` carries it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from tonle.catalogue import gates, permissions
from tonle.catalogue.errors import WrongState
from tonle.catalogue.events import RecordChanged
from tonle.catalogue.files import drafts_root, unlink
from tonle.catalogue.log import recording
from tonle.catalogue.models import Draft, File, Record
from tonle.catalogue.permissions import demand
from tonle.catalogue.publication import (
    Outcome,
    Plan,
    PlannedFile,
    bare,
    carry_out,
    compose,
    is_bare,
    storage,
)
from tonle.catalogue.rules.access import READ_METADATA, next_change
from tonle.catalogue.selectors import document_of, facts_of, permitted, readable_file
from tonle.infra import audit, jobs, ocfl
from tonle.kernel import canonical
from tonle.kernel.actors import Actor
from tonle.kernel.dates import format_instant
from tonle.kernel.errors import N_, Invalid, NotFound, Refusal, TonleError


def publish(*, draft_id: str, actor: Actor, now: datetime) -> Record:
    """Publish one draft: a new record, a new version, or a revision.

    A second call finds the draft published and returns the record, whoever of those that
    may publish it calls. Raises NotFound, NotPermitted, Refused (with every gate's reasons),
    Invalid, PidTaken, Conflict.
    """
    draft = Draft.objects.select_related("record").filter(id=draft_id).first()
    if draft is None or gates.hides(draft, actor):
        raise NotFound
    if not (permissions.may_edit(actor, draft) or permissions.may_publish_draft(actor, draft)):
        raise NotFound
    demand(permissions.may_publish_draft(actor, draft))
    if draft.state == "published":
        return draft.record
    outcome = publish_many(drafts=[draft], actor=actor, now=now)
    for refusal in outcome.refused.values():
        draft.refresh_from_db(fields=["state"])
        if draft.state == "published":
            break  # Somebody pressed twice, or two people at once: it is done.
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
    unlink(
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
    """Replace the effects that decisions elsewhere have on a record.

    Raises Invalid for one that would hide the description: what is published stays public
    or is withdrawn with a tombstone.
    """
    if any(effect.get("action") == READ_METADATA for effect in effects):
        raise Invalid(
            [("action", N_("A published description is public. Withdraw the record instead."))]
        )
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
    record = _changeable(record_id, "withdraw", actor, now)
    if record.state == "withdrawn":
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
    tombstone keeps no more than the title "withdrawn". It may follow a purge of the files.
    Twice is once.
    """
    record = _get(record_id)
    if record.state == "purged" and (not metadata or is_bare(document_of(record))):
        demand(permissions.may_purge(actor))
        return record
    return _change(
        record_id,
        "purge",
        actor,
        now,
        {},
        tombstone=_tombstone(category, reason, now),
        erases=metadata,
    )


def read_file(
    *, record_id: str, name: str, actor: Actor, now: datetime, version: int | None = None
) -> tuple[File, ocfl.Place]:
    """A file for one reader, and where its bytes are.

    Reading what is not open to all leaves one audit row an hour.

    Raises NotFound, FilesNotReadable with the reasons, or NotStored.
    """
    file, path, open_to_all = readable_file(
        record_id=record_id, name=name, actor=actor, now=now, root=storage(), version=version
    )
    if not open_to_all:
        with transaction.atomic():
            audit.record_hourly("record.file_read", "record", record_id, actor, now)
    return file, path


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
        changes = []
        for record in rows:
            record.changes_at = next_change(facts_of(record), now)
            record.save(update_fields=["changes_at"])
            if record.document is not None:
                log.add(record.id, "lapse", record.document.sha256)
                changes.append(RecordChanged(record.id, record.kind, "lapse", now))
        jobs.emit_all(changes, now)
    return len(rows)


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
    description = canonical.loads(bytes(draft.body))
    communities = list(permissions.draft_communities(draft))
    if communities:
        description["communities"] = communities
    document = compose(
        record,
        description,
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
    erases: bool = False,
) -> Record:
    """Carry out a change that makes neither version nor revision."""
    record = _changeable(record_id, action, actor, now)
    permissions.demand_own(record)
    document = document_of(record)
    if erases:
        document = bare(document)
    purged = action == "purge"
    if tombstone and record.merged_into:
        # Whatever is removed of a duplicate, its name goes on leading to what remains.
        tombstone = {**tombstone, "merged_into": record.merged_into}
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
    plan = Plan(record, action, composed, files, erases=erases)
    outcome = carry_out([plan], actor=actor, now=now)
    for refusal in outcome.refused.values():
        raise refusal
    return _get(record_id)


def _kept(file: dict[str, Any]) -> PlannedFile:
    return PlannedFile(**file)


def _effects_of(record: Record) -> Sequence[dict[str, Any]]:
    effects: Sequence[dict[str, Any]] = document_of(record)["effects"]
    return effects


def _tombstone(category: str, reason: dict[str, str], now: datetime) -> dict[str, Any]:
    return {"category": category, "reason": reason, "at": format_instant(now)}


def _changeable(record_id: str, action: Any, actor: Actor, now: datetime) -> Record:
    """The record, for who may change it so. Raises NotPermitted, and NotFound where the actor is
    not to know that it is there."""
    record = _get(record_id)
    decision = permissions.may_change(actor, action, record)
    seen = Record.objects.filter(permitted(actor, READ_METADATA, now), key=record.key)
    if not decision and not seen.exists():
        raise NotFound
    demand(decision)
    return record


def _get(record_id: str) -> Record:
    record = Record.objects.select_related("origin", "document").filter(id=record_id).first()
    if record is None:
        raise NotFound
    return record
