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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from django.db import IntegrityError

from tonle.catalogue import gates, permissions
from tonle.catalogue.document import SCHEMA, check, descriptive
from tonle.catalogue.errors import BeingPublished, PidTaken, WrongState
from tonle.catalogue.events import RecordChanged
from tonle.catalogue.lifecycles import DRAFT, RECORD
from tonle.catalogue.log import Recorder, recording
from tonle.catalogue.models import (
    Document,
    Draft,
    Effect,
    File,
    Intent,
    Pid,
    Record,
    Relation,
    Revision,
    Version,
)
from tonle.catalogue.projections import Projection, project
from tonle.catalogue.rules.access import READ_FILES, EffectFacts, role_key, rule
from tonle.infra import audit, crash, jobs, ocfl
from tonle.infra.lifecycle import perform_many
from tonle.kernel import canonical
from tonle.kernel.actors import ANONYMOUS, SYSTEM, Actor
from tonle.kernel.dates import format_instant
from tonle.kernel.errors import N_, Conflict, NotPermitted, Refusal, Refused, TonleError
from tonle.kernel.lifecycle import Machine

logger = logging.getLogger(__name__)

# Where a record's object keeps its document and its files.
RECORD_JSON, DATA = "record.json", "data/"

Action = Literal["publish", "revise", "access", "effects", "withdraw", "reinstate", "purge"]

crash.declare("publish.staged", "files staged, nothing authorised: the stage is swept")
crash.declare("publish.authorised", "intent written: a restart places the files")
crash.declare("publish.placed", "files in place: a restart makes them visible")
crash.declare("publish.visible", "visible, not yet answered: a repetition finds it done")


@dataclass(frozen=True)
class PlannedFile:
    """A file of the version to be; source is None where the object holds the bytes already."""

    name: str
    size_bytes: int
    media_type: str
    sha256: str
    sha512: str
    source: Path | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "size_bytes": self.size_bytes,
            "media_type": self.media_type,
            "sha256": self.sha256,
            "sha512": self.sha512,
        }


@dataclass(frozen=True)
class Plan:
    """One change of one record, ready to be carried out."""

    record: Record
    action: Action
    document: dict[str, Any]
    files: Sequence[PlannedFile]
    draft: Draft | None = None
    # Of a purge: the descriptions go as well.
    erases: bool = False


@dataclass
class Outcome:
    """What became of a batch: records changed, and refusals by the record's id."""

    done: list[str] = field(default_factory=list)
    refused: dict[str, TonleError] = field(default_factory=dict)


def storage() -> ocfl.Root:
    """The OCFL root of this node."""
    return ocfl.Root(settings.TONLE_OCFL_ROOT, settings.TONLE_STAGING)


def object_id(record_id: str) -> str:
    return f"tonle:{record_id}"


def compose(
    record: Record,
    description: dict[str, Any],
    *,
    now: datetime,
    version: int,
    revision: int,
    files: Sequence[PlannedFile],
    effects: Sequence[dict[str, Any]] = (),
    tombstone: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The whole document: what people wrote, and what the catalogue adds. Raises Invalid."""
    document = {
        **descriptive(description),
        "schema": SCHEMA,
        "id": record.id,
        "kind": record.kind,
        "state": "withdrawn" if tombstone else "published",
        "home": {"origin": record.origin.id},
        "version": version,
        "revision": revision,
        "created_at": format_instant(record.created_at),
        "published_at": format_instant(record.published_at or now),
        "updated_at": format_instant(now),
        "files": [file.as_json() for file in files],
        "effects": list(effects),
    }
    if settings.TONLE_NAAN != "99999":
        ark = {"scheme": "ark", "value": f"ark:{settings.TONLE_NAAN}/{record.id}"}
        if ark not in document.setdefault("pids", []):
            document["pids"] = [*document["pids"], ark]
    if tombstone:
        document["tombstone"] = tombstone
    check(document, whole=True)
    return document


def carry_out(plans: Sequence[Plan], *, actor: Actor, now: datetime) -> Outcome:
    """Carry out a batch of changes; each record stands or falls alone.

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
        intents = _authorise(plans, staged, actor, now, outcome)
    except (IntegrityError, TonleError) as fault:
        # One of the batch is at fault: a file that cannot be kept, an object that has moved
        # on, a name claimed between our look and our claim. Alone, each says for itself.
        for stage in staged.values():
            root.discard(stage)
        return _one_by_one(plans, fault, actor, now)
    for record_id in outcome.refused:
        root.discard(staged[record_id])
    crash.point("publish.authorised")
    _complete(root, list(intents.values()))
    # Even if somebody else's recovery has finished some of them: they are done.
    outcome.done += intents
    return outcome


def _one_by_one(
    plans: Sequence[Plan], fault: IntegrityError | TonleError, actor: Actor, now: datetime
) -> Outcome:
    if len(plans) == 1:
        stale = isinstance(fault, IntegrityError | ocfl.StaleBase)
        refusal = BeingPublished() if isinstance(fault, IntegrityError) or stale else fault
        return Outcome(refused={plans[0].record.id: refusal})
    outcome = Outcome()
    for plan in plans:
        part = carry_out([plan], actor=actor, now=now)
        outcome.done += part.done
        outcome.refused |= part.refused
    return outcome


def recover(batch: int = 200) -> int:
    """Roll every open intent forward. Returns how many. Safe beside a working publisher."""
    root, count = storage(), 0
    last = 0
    while keys := list(
        Intent.objects.filter(key__gt=last).order_by("key").values_list("key", flat=True)[:batch]
    ):
        _complete(root, keys)
        count += len(keys)
        last = keys[-1]
    return count


def perform_all(
    machine: Machine, things: Sequence[Any], event: str, actor: Actor, now: datetime
) -> None:
    """One event for all of them, or for none: the first refusal is raised."""
    if not things:
        return
    for _, refusal in perform_many(machine, things, event, actor, now).refused:
        raise refusal


# --- 1. stage ------------------------------------------------------------------------------


def _stage(
    root: ocfl.Root, plans: Sequence[Plan], now: datetime, staged: dict[str, ocfl.Staged]
) -> None:
    """Stage all, into `staged` as they come, so that a fault can discard what there is."""
    for plan in plans:
        if plan.action == "purge":
            staged[plan.record.id] = _stage_purge(root, plan, now)
    kept = [plan for plan in plans if plan.action != "purge"]
    stages = root.stage_many([_request(plan, now) for plan in kept])
    staged |= {plan.record.id: stage for plan, stage in zip(kept, stages, strict=True)}


def _stage_purge(root: ocfl.Root, plan: Plan, now: datetime) -> ocfl.Staged:
    """The object anew, without the bytes of any file it ever had, under a tombstone."""
    name = object_id(plan.record.id)
    digests = set(File.objects.filter(version__record=plan.record).values_list("sha512", flat=True))
    if plan.erases:
        digests |= {version.state[RECORD_JSON] for version in root.versions(name)}
    return root.stage_purge(
        name,
        ocfl.Head(plan.record.ocfl_version, plan.record.ocfl_digest),
        digests=digests,
        files={RECORD_JSON: canonical.dumps(plan.document)},
        message="purge",
        user=None,
        created=now,
    )


def _request(plan: Plan, now: datetime) -> ocfl.Request:
    files: dict[str, ocfl.Source] = {RECORD_JSON: canonical.dumps(plan.document)}
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
    return ocfl.Given(file.source, ocfl.Digests(file.size_bytes, file.sha256, file.sha512))


# --- 2. tx1 --------------------------------------------------------------------------------


def _permit(plan: Plan, actor: Actor) -> None:
    allowed = permissions.may_purge if plan.action == "purge" else permissions.may_publish
    decision = allowed(actor)
    if not decision:
        raise NotPermitted(reason=decision)


def _authorise(
    plans: Sequence[Plan],
    staged: dict[str, ocfl.Staged],
    actor: Actor,
    now: datetime,
    outcome: Outcome,
) -> dict[str, int]:
    """The first transaction. Returns record id to key of intent; refusals go to the outcome."""
    with recording(now) as log:
        keys = [plan.record.key for plan in plans]
        locked = {
            row.key: row
            for row in Record.objects.select_for_update(of=("self",))
            .select_related("origin")
            .filter(key__in=keys)
            .order_by("key")
        }
        busy = set(Intent.objects.filter(record__in=keys).values_list("record_id", flat=True))
        claims = _Claims(plans)
        admitted = []
        for plan in plans:
            try:
                _admit(plan, locked[plan.record.key], busy, claims, actor, now)
            except TonleError as refusal:
                outcome.refused[plan.record.id] = refusal
            else:
                admitted.append(replace(plan, record=locked[plan.record.key]))
        if not admitted:
            return {}
        claims.write(admitted)
        documents = [
            Document(record=plan.record, sha256=canonical.digest(plan.document), body=body)
            for plan in admitted
            for body in [canonical.dumps(plan.document)]
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


def _admit(
    plan: Plan, record: Record, busy: set[int], claims: _Claims, actor: Actor, now: datetime
) -> None:
    if record.key in busy:
        raise BeingPublished
    if (record.ocfl_version, record.ocfl_digest) != (
        plan.record.ocfl_version,
        plan.record.ocfl_digest,
    ):
        raise Conflict
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
    "reinstate": {"withdrawn"},
    "purge": {"published", "withdrawn"},
}
_WRONG_STATE: dict[Action, str] = {
    "publish": N_("A withdrawn record has no new versions. Reinstate it first."),
    "revise": N_("Only a published record can be corrected."),
    "access": N_("Only a published record has an access condition to change."),
    "effects": N_("Only a published record carries effects."),
    "withdraw": N_("Only a published record can be withdrawn."),
    "reinstate": N_("Only a withdrawn record can be reinstated."),
    "purge": N_("Only a published or withdrawn record has files to remove."),
}


class _Claims:
    """The names that a batch of documents lays claim to."""

    def __init__(self, plans: Sequence[Plan]) -> None:
        wanted = {pid for plan in plans for pid in _pids(plan.document)}
        values = {value for _, value in wanted}
        rows = Pid.objects.filter(value__in=values).values_list("scheme", "value", "record__id")
        self._held = {(scheme, value): holder for scheme, value, holder in rows}
        self._new: dict[tuple[str, str], str] = {}

    def check(self, plan: Plan) -> None:
        """Raises PidTaken where another record, here or earlier in the batch, has the name."""
        for scheme, value in _pids(plan.document):
            holder = self._held.setdefault((scheme, value), plan.record.id)
            if holder != plan.record.id:
                raise PidTaken(scheme=scheme, value=value, holder=holder)

    def write(self, plans: Sequence[Plan]) -> None:
        records = {plan.record.id: plan.record for plan in plans}
        known = set(
            Pid.objects.filter(record__in=list(records.values())).values_list("scheme", "value")
        )
        Pid.objects.bulk_create(
            Pid(record=plan.record, scheme=scheme, value=value)
            for plan in plans
            for scheme, value in _pids(plan.document)
            if (scheme, value) not in known
        )


def _pids(document: dict[str, Any]) -> Iterable[tuple[str, str]]:
    return dict.fromkeys((pid["scheme"], pid["value"]) for pid in document.get("pids", ()))


def _hide(plans: Sequence[Plan], actor: Actor, now: datetime, log: Recorder) -> None:
    """What becomes hidden is hidden before any file moves; what opens waits for tx2."""
    for event in ("withdraw", "purge"):
        gone = [plan.record for plan in plans if plan.action == event]
        perform_all(RECORD, gone, event, actor, now)
        if gone:
            log.hide()
    for plan in plans:
        if plan.action not in {"access", "effects"}:
            continue
        projection = project(plan.document)
        if rule(ANONYMOUS, READ_FILES, projection.facts("published"), now).outcome != "allow":
            _write_access(plan.record, projection, now)
            log.hide()


# --- 3. place ------------------------------------------------------------------------------


def _complete(root: ocfl.Root, keys: Sequence[int]) -> None:
    """Place what is authorised and make it visible; from any step, any number of times."""
    intents = list(Intent.objects.filter(key__in=keys).select_related("record").order_by("key"))
    faults = root.place_many([ocfl.Staged.from_json(intent.staged) for intent in intents])
    placed = []
    for intent, fault in zip(intents, faults, strict=True):
        if fault is None:
            placed.append(intent.key)
        else:
            # The intent stays: `tonle check` names it, and a mended disk lets it go on.
            logger.error("record %s is authorised but not in place: %s", intent.record.id, fault)
    crash.point("publish.placed")
    _make_visible(placed)
    crash.point("publish.visible")
    for fault in faults:
        if fault is not None:
            raise fault


# --- 4. tx2 --------------------------------------------------------------------------------


def _make_visible(keys: Sequence[int]) -> None:
    """The second transaction. An intent that somebody else has finished is simply gone."""
    instants = list(Intent.objects.filter(key__in=keys).values_list("at", flat=True))
    if not instants:
        return
    with recording(max(instants)) as log:
        intents = list(
            Intent.objects.select_for_update(of=("self",))
            .select_related("record__origin", "draft", "document")
            .filter(key__in=keys)
            .order_by("record__key")
        )
        writer = _Writer()
        for intent in intents:
            writer.take(intent)
            log.add(intent.record.id, intent.action, intent.document.sha256)
        writer.write()
        for intent in intents:
            jobs.emit(
                RecordChanged(intent.record.id, intent.record.kind, intent.action, intent.at),
                intent.at,
            )
        Intent.objects.filter(key__in=[intent.key for intent in intents]).delete()


_LIFECYCLE_OF: dict[str, str] = {"publish": "publish", "reinstate": "reinstate"}
_RECORD_FIELDS = (
    "document",
    "published_at",
    "updated_at",
    "version",
    "revision",
    "ocfl_version",
    "ocfl_digest",
    "access_level",
    "embargo_until",
    "changes_at",
    "source_key",
    "received_sha256",
)


class _Writer:
    """Gathers the rows of one tx2, so that a thousand records cost a few statements."""

    def __init__(self) -> None:
        self.intents: list[Intent] = []

    def take(self, intent: Intent) -> None:
        self.intents.append(intent)

    def write(self) -> None:
        documents = {i.key: canonical.loads(bytes(i.document.body)) for i in self.intents}
        for intent in self.intents:
            self._record(intent, documents[intent.key])
        records = [intent.record for intent in self.intents]
        Record.objects.bulk_update(records, _RECORD_FIELDS, batch_size=200)
        self._versions(documents)
        self._dependants(documents)
        self._lifecycles()

    def _record(self, intent: Intent, document: dict[str, Any]) -> None:
        record = intent.record
        head = ocfl.Staged.from_json(intent.staged).head
        projection = project(document)
        record.document = intent.document
        record.published_at = record.published_at or intent.at
        record.updated_at = intent.at
        record.version, record.revision = document["version"], document["revision"]
        record.ocfl_version, record.ocfl_digest = head.version, head.inventory_sha512
        record.source_key = projection.source_key or record.source_key
        record.received_sha256 = projection.received_sha256
        projection.apply(record, intent.at)

    def _versions(self, documents: dict[int, dict[str, Any]]) -> None:
        """Version, revision and file rows of those that publish or revise."""
        news = [i for i in self.intents if i.action in {"publish", "revise"}]
        if not news:
            return
        firsts = [i for i in news if documents[i.key]["revision"] == 0]
        Version.objects.bulk_create(
            Version(record=i.record, number=i.record.version, published_at=i.at) for i in firsts
        )
        rows = Version.objects.filter(record__in=[i.record for i in news]).only(
            "key", "record_id", "number"
        )
        versions = {(row.record_id, row.number): row for row in rows}
        Revision.objects.bulk_create(
            Revision(
                version=versions[i.record.key, i.record.version],
                number=i.record.revision,
                published_at=i.at,
                document=i.document,
                ocfl_version=i.record.ocfl_version,
            )
            for i in news
        )
        File.objects.bulk_create(
            File(
                version=versions[i.record.key, i.record.version],
                position=position,
                content_path=paths[DATA + file["name"]],
                **file,
            )
            for i in firsts
            for paths in [{f["logical_path"]: f["content_path"] for f in i.staged["files"]}]
            for position, file in enumerate(documents[i.key]["files"])
        )

    def _dependants(self, documents: dict[int, dict[str, Any]]) -> None:
        records = [intent.record for intent in self.intents]
        known = [r for i, r in zip(self.intents, records, strict=True) if not _is_new(i)]
        if known:
            Relation.objects.filter(record__in=known).delete()
            Effect.objects.filter(record__in=known).delete()
        write_dependants((i.record, documents[i.key]) for i in self.intents)
        purged = [i.record for i in self.intents if i.action == "purge"]
        if purged:
            File.objects.filter(version__record__in=purged).update(content_path="")

    def _lifecycles(self) -> None:
        for action, event in _LIFECYCLE_OF.items():
            moved = [
                i.record
                for i in self.intents
                if i.action == action and i.record.state in {"reserved", "withdrawn"}
            ]
            perform_all(RECORD, moved, event, SYSTEM, self.intents[0].at)
        drafts = [i.draft for i in self.intents if i.draft is not None]
        perform_all(DRAFT, drafts, "complete", SYSTEM, self.intents[0].at)
        if drafts:
            Draft.objects.filter(key__in=[d.key for d in drafts]).update(body=b"")


def _is_new(intent: Intent) -> bool:
    return intent.action == "publish" and intent.record.version == 1


def write_dependants(items: Iterable[tuple[Record, dict[str, Any]]]) -> None:
    """Relation and effect rows, as the documents state them."""
    relations, effects = [], []
    for record, document in items:
        relations += [
            Relation(record=record, position=n, type=row["type"], **row["target"])
            for n, row in enumerate(document.get("relations", ()))
            # A longer target is no name that anybody looks up; the document keeps it.
            if len(row["target"]["value"]) <= 500
        ]
        effects += _effect_rows(record, project(document).effects, document["effects"])
    Relation.objects.bulk_create(relations)
    Effect.objects.bulk_create(effects)


def _effect_rows(
    record: Record, facts: Sequence[EffectFacts], documents: Sequence[dict[str, Any]]
) -> list[Effect]:
    return [
        Effect(
            record=record,
            action=fact.action,
            rule=fact.rule,
            params=dict(fact.params),
            source=document.get("source", ""),
            obligation=document.get("obligation", {}),
            needed_role=role_key(fact.params) if fact.rule == "role" else "",
            valid_from=fact.valid_from,
            valid_until=fact.valid_until,
        )
        for fact, document in zip(facts, documents, strict=True)
    ]


def _write_access(record: Record, projection: Projection, now: datetime) -> None:
    projection.apply(record, now)
    record.save(update_fields=["access_level", "embargo_until", "changes_at"])
    Effect.objects.filter(record=record).delete()
    Effect.objects.bulk_create(
        _effect_rows(record, projection.effects, projection.document["effects"])
    )
