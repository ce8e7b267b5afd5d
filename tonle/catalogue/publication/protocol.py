"""Publishing is a protocol with a proof, not one commit.

1. stage   the OCFL version with its inventory, beside the root; fsync
2. tx1     lock, permission, gates, names claimed, audit, intent row; what hides, hides here
3. place   rename the version in, then root inventory and sidecar; fsync
4. tx2     visible: projections, versions, change-log entry, events; intent gone

A crash before 2 leaves staged files that nobody asked for: swept. A crash after 2 leaves
an intent, and `recover` rolls it forward from any step, as often as need be, also while
the first process still works on it. So whatever was answered is on disk and in the log,
and a rebuild from files can at most complete what was authorised and not yet answered.

One record or a thousand take the same path; a batch pays its fsyncs and commits once.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from django.db import IntegrityError

from tonle.catalogue import gates, permissions
from tonle.catalogue.errors import BeingPublished, DraftInWork, WrongState
from tonle.catalogue.files import drafts_root, empty
from tonle.catalogue.lifecycles import DRAFT, RECORD, perform_all
from tonle.catalogue.log import Recorder, recording, sha256
from tonle.catalogue.models import Document, Draft, DraftFile, File, Intent, Record
from tonle.catalogue.projections import project
from tonle.catalogue.publication.claims import Claims
from tonle.catalogue.publication.plans import (
    DATA,
    RECORD_JSON,
    Action,
    Outcome,
    Plan,
    PlannedFile,
    is_bare,
    object_id,
    storage,
)
from tonle.catalogue.publication.visible import make_visible, write_access
from tonle.catalogue.rules.access import READ_FILES, rule
from tonle.infra import audit, crash, ocfl
from tonle.kernel import canonical
from tonle.kernel.actors import ANONYMOUS, SYSTEM, Actor
from tonle.kernel.digests import Digests
from tonle.kernel.errors import N_, Conflict, Refusal, Refused, TonleError

logger = logging.getLogger(__name__)

crash.declare("publish.staged", "files staged, nothing authorised: the stage is swept")
crash.declare("publish.authorised", "intent written: a restart places the files")
crash.declare("publish.placed", "files in place: a restart makes them visible")
crash.declare("publish.visible", "visible, not yet answered: a repetition finds it done")


def carry_out(
    plans: Sequence[Plan], *, actor: Actor, now: datetime, together: bool = False
) -> Outcome:
    """Carry out a batch of changes; each record stands or falls alone.

    together: all or none, where one change would be wrong without the other.

    Raises NotPermitted for the whole batch. Every other refusal is in the outcome, with
    all its reasons; a refused change leaves nothing behind.
    """
    for plan in plans:
        _permit(plan, actor)
    root, outcome = storage(), Outcome()
    staged: dict[str, ocfl.Staged] = {}
    try:
        _stage(root, plans, now, staged)
        crash.point("publish.staged")
        intents = _authorise(plans, staged, actor, now, outcome, together=together)
    except (IntegrityError, TonleError) as fault:
        # One of the batch is at fault: a file that cannot be kept, an object that has moved
        # on, a name claimed between our look and our claim. Alone, each says for itself.
        for stage in staged.values():
            root.discard(stage)
        if together:
            return Outcome(refused={plan.record.id: _refusal(fault) for plan in plans})
        return _one_by_one(plans, fault, actor, now)
    for record_id in outcome.refused:
        root.discard(staged[record_id])
    crash.point("publish.authorised")
    for unplaced in _complete(root, list(intents.values())):
        raise unplaced
    # Even if somebody else's recovery has finished some of them: they are done.
    outcome.done += intents
    return outcome


def _one_by_one(
    plans: Sequence[Plan], fault: IntegrityError | TonleError, actor: Actor, now: datetime
) -> Outcome:
    if len(plans) == 1:
        return Outcome(refused={plans[0].record.id: _refusal(fault)})
    outcome = Outcome()
    for plan in plans:
        part = carry_out([plan], actor=actor, now=now)
        outcome.done += part.done
        outcome.refused |= part.refused
    return outcome


def _refusal(fault: IntegrityError | TonleError) -> TonleError:
    if isinstance(fault, IntegrityError | ocfl.StaleBase):
        return BeingPublished()
    return fault


def recover(batch: int = 200) -> int:
    """Roll every open intent forward. Returns how many. Safe beside a working publisher.

    One that cannot be placed stays, is logged, and keeps neither the others nor the node
    that starts from going on; `tonle check` names it.
    """
    root, count = storage(), 0
    last = 0
    while keys := list(
        Intent.objects.filter(key__gt=last).order_by("key").values_list("key", flat=True)[:batch]
    ):
        count += len(keys) - len(_complete(root, keys))
        last = keys[-1]
    return count


# --- 1. stage ------------------------------------------------------------------------------


def _stage(
    root: ocfl.Storage, plans: Sequence[Plan], now: datetime, staged: dict[str, ocfl.Staged]
) -> None:
    """Stage all, into `staged` as they come, so that a fault can discard what there is."""
    for plan in plans:
        if plan.action == "purge":
            staged[plan.record.id] = _stage_purge(root, plan, now)
    kept = [plan for plan in plans if plan.action != "purge"]
    stages = root.stage_many([_request(plan, now) for plan in kept])
    staged |= {plan.record.id: stage for plan, stage in zip(kept, stages, strict=True)}


def _stage_purge(root: ocfl.Storage, plan: Plan, now: datetime) -> ocfl.Staged:
    """The object anew, without the bytes of any file it ever had, under a tombstone."""
    name = object_id(plan.record.id)
    digests = set(File.objects.filter(version__record=plan.record).values_list("sha512", flat=True))
    if plan.erases:
        # A version that was purged before has none.
        digests |= {version.state.get(RECORD_JSON, "") for version in root.versions(name)} - {""}
    return root.stage_purge(
        name,
        ocfl.Head(plan.record.ocfl_version, plan.record.ocfl_digest),
        digests=digests,
        files={RECORD_JSON: plan.body},
        message="purge",
        user=None,
        created=now,
    )


def _request(plan: Plan, now: datetime) -> ocfl.Request:
    files: dict[str, ocfl.Source] = {RECORD_JSON: plan.body}
    for file in plan.files:
        files[DATA + file.name] = _source(file)
    record = plan.record
    return ocfl.Request(
        object_id=object_id(record.id),
        base=ocfl.Head(record.ocfl_version, record.ocfl_digest) if record.ocfl_version else None,
        files=files,
        message=plan.action,
        user=None,
        created=now,
    )


def _source(file: PlannedFile) -> ocfl.Source:
    if file.source is None:
        return ocfl.Existing(file.sha512)
    return ocfl.Given(file.source, Digests(file.size_bytes, file.sha256, file.sha512))


# --- 2. tx1 --------------------------------------------------------------------------------


def _permit(plan: Plan, actor: Actor) -> None:
    if plan.draft is not None:
        permissions.demand(permissions.may_publish_draft(actor, plan.draft))
    else:
        permissions.demand(permissions.may_change(actor, plan.action, plan.record))


def _authorise(
    plans: Sequence[Plan],
    staged: dict[str, ocfl.Staged],
    actor: Actor,
    now: datetime,
    outcome: Outcome,
    *,
    together: bool,
) -> dict[str, int]:
    """The first transaction. Returns record id to key of intent; refusals go to the outcome.

    together: raises the first refusal instead, and nothing is written.
    """
    with recording(now) as log:
        keys = [plan.record.key for plan in plans]
        others = [plan.remains.key for plan in plans if plan.remains is not None]
        locked = {
            row.key: row
            for row in Record.objects.select_for_update(of=("self",))
            .select_related("origin")
            .filter(key__in=[*keys, *others])
            .order_by("key")
        }
        written = {
            row.key: row
            for row in Draft.objects.select_for_update(of=("self",))
            .filter(key__in=[plan.draft.key for plan in plans if plan.draft is not None])
            .order_by("key")
            .only("key", "state", "edit_seq", "files_seq")
        }
        busy = set(Intent.objects.filter(record__in=keys).values_list("record_id", flat=True))
        claims = Claims(plans)
        admitted = []
        for plan in plans:
            try:
                _unchanged(plan, locked, written)
                _remaining(plan, locked)
                _admit(plan, locked[plan.record.key], busy, claims, actor, now)
            except TonleError as refusal:
                if together:
                    raise
                outcome.refused[plan.record.id] = refusal
            else:
                admitted.append(replace(plan, record=locked[plan.record.key]))
        if not admitted:
            return {}
        claims.write(admitted)
        documents = [
            Document(record=plan.record, sha256=sha256(plan.body), body=plan.body)
            for plan in admitted
        ]
        Document.objects.bulk_create(documents)
        intents = Intent.objects.bulk_create(
            Intent(
                record=plan.record,
                draft=plan.draft,
                action=plan.action,
                document=document,
                staged=staged[plan.record.id].to_json(),
                actor=actor.id,
                at=now,
            )
            for plan, document in zip(admitted, documents, strict=True)
        )
        drafts = [plan.draft for plan in admitted if plan.draft is not None]
        perform_all(DRAFT, drafts, "publish", actor, now)
        _hide(admitted, actor, now, log)
        audit.record_many(
            [audit.Happening(f"record.{p.action}", "record", p.record.id) for p in admitted],
            actor,
            now,
        )
    return {intent.record.id: intent.key for intent in intents}


def _unchanged(plan: Plan, records: dict[int, Record], drafts: dict[int, Draft]) -> None:
    """Raises Conflict unless record and draft are what the plan was made from.

    Words or files that came in while the files were staged would be lost without a word.
    """
    record = records.get(plan.record.key)
    if record is None or (record.ocfl_version, record.ocfl_digest) != (
        plan.record.ocfl_version,
        plan.record.ocfl_digest,
    ):
        raise Conflict
    if plan.draft is None:
        return
    draft = drafts.get(plan.draft.key)
    if draft is None or (draft.edit_seq, draft.files_seq) != (
        plan.draft.edit_seq,
        plan.draft.files_seq,
    ):
        raise Conflict


def _remaining(plan: Plan, records: dict[int, Record]) -> None:
    """Raises where a duplicate would lead to nothing that is shown, or hide what is written.

    Of two merges that close a circle, the first one's duplicate is withdrawn by now.
    """
    if plan.remains is None:
        return
    last = records.get(plan.remains.key)
    if last is None or last.state != "published":
        raise WrongState([Refusal("wrong_state", _WRONG_STATE["merge"])])
    if Draft.objects.filter(record=plan.record, state__in=["open", "publishing"]).exists():
        raise DraftInWork(record=plan.record.id)


def _admit(
    plan: Plan, record: Record, busy: set[int], claims: Claims, actor: Actor, now: datetime
) -> None:
    if record.key in busy:
        raise BeingPublished
    if record.state not in _STATES[plan.action]:
        raise WrongState([Refusal("wrong_state", _WRONG_STATE[plan.action])])
    if plan.action in {"publish", "revise", "reinstate"}:
        found = gates.refusals(plan.document, actor, now)
        if found:
            raise Refused(found)
    claims.check(plan)


_STATES: dict[Action, set[str]] = {
    "publish": {"reserved", "published"},
    "revise": {"published"},
    "access": {"published"},
    "effects": {"published"},
    "withdraw": {"published"},
    "merge": {"published"},
    "reinstate": {"withdrawn"},
    # Again, where the files went first and now the description must follow.
    "purge": {"published", "withdrawn", "purged"},
}


_WRONG_STATE: dict[Action, str] = {
    "publish": N_("A withdrawn record has no new versions. Reinstate it first."),
    "revise": N_("Only a published record can be corrected."),
    "access": N_("Only a published record has an access condition to change."),
    "effects": N_("Only a published record carries effects."),
    "withdraw": N_("Only a published record can be withdrawn."),
    "merge": N_("Only a published record can become part of another."),
    "reinstate": N_("Only a withdrawn record can be reinstated."),
    "purge": N_("Only a published or withdrawn record has files to remove."),
}


def _hide(plans: Sequence[Plan], actor: Actor, now: datetime, log: Recorder) -> None:
    """What becomes hidden is hidden before any file moves; what opens waits for tx2."""
    for event in ("withdraw", "merge", "purge"):
        gone = [plan.record for plan in plans if plan.action == event]
        perform_all(RECORD, [row for row in gone if row.state != "purged"], event, actor, now)
        if gone:
            log.hide()
    _discard_drafts([plan.record for plan in plans if plan.action == "purge"], now)
    for plan in plans:
        if plan.action not in {"access", "effects"}:
            continue
        projection = project(plan.document)
        if rule(ANONYMOUS, READ_FILES, projection.facts("published"), now).outcome != "allow":
            write_access(plan.record, projection, now)
            log.hide()


def _discard_drafts(records: Sequence[Record], now: datetime) -> None:
    """What is being written about a purged record repeats it, and can never be published."""
    if not records:
        return
    drafts = list(
        Draft.objects.select_for_update(of=("self",))
        .select_related("record")
        .filter(record__in=records, state="open")
        .order_by("key")
    )
    perform_all(DRAFT, drafts, "discard", SYSTEM, now)
    empty(drafts)


# --- 3. place, then 4. tx2 -----------------------------------------------------------------


def _complete(root: ocfl.Storage, keys: Sequence[int]) -> list[ocfl.OcflError]:
    """Place what is authorised and make it visible; from any step, any number of times.

    Returns what kept some of them out of place.
    """
    intents = list(
        Intent.objects.filter(key__in=keys)
        .select_related("record", "draft", "document")
        .order_by("key")
    )
    faults = root.place_many([ocfl.Staged.from_json(intent.staged) for intent in intents])
    faults = [
        _place_anew(root, intent) if isinstance(fault, ocfl.StagingLost) else fault
        for intent, fault in zip(intents, faults, strict=True)
    ]
    placed = []
    for intent, fault in zip(intents, faults, strict=True):
        if fault is None:
            placed.append(intent.key)
        else:
            # The intent stays: `tonle check` names it, and a mended disk lets it go on.
            logger.error("record %s is authorised but not in place: %s", intent.record.id, fault)
    crash.point("publish.placed")
    make_visible(placed)
    crash.point("publish.visible")
    return [fault for fault in faults if fault is not None]


def _place_anew(root: ocfl.Storage, intent: Intent) -> ocfl.OcflError | None:
    """Stage an authorised version once more, whose stage was lost, and place it.

    The document is in the database and the files lie with the draft, so the same bytes come
    out; a restored backup, or a cleared staging area, costs no publication.
    """
    document = canonical.loads(bytes(intent.document.body))
    kept = intent.draft.files.exclude(path="") if intent.draft else DraftFile.objects.none()
    sources = {file.name: drafts_root() / file.path for file in kept}
    files = [PlannedFile(**row, source=sources.get(row["name"])) for row in document["files"]]
    erases = intent.action == "purge" and is_bare(document)
    action = cast(Action, intent.action)
    plan = Plan(intent.record, action, document, files, intent.draft, erases)
    staged: dict[str, ocfl.Staged] = {}
    try:
        _stage(root, [plan], intent.at, staged)
        intent.staged = staged[intent.record.id].to_json()
        intent.save(update_fields=["staged"])
        root.place(staged[intent.record.id])
    except ocfl.OcflError as fault:
        return fault
    return None
