"""The second transaction: what is in place becomes what everybody sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from tonle.catalogue.events import RecordChanged
from tonle.catalogue.lifecycles import DRAFT, RECORD, perform_all
from tonle.catalogue.log import recording
from tonle.catalogue.models import (
    Document,
    Draft,
    DraftEdit,
    Effect,
    File,
    Intent,
    Record,
    RecordCommunity,
    RecordExtent,
    RecordMember,
    Relation,
    Revision,
    Version,
)
from tonle.catalogue.projections import Projection, project
from tonle.catalogue.publication.plans import DATA, is_bare
from tonle.catalogue.rules import extent
from tonle.catalogue.rules.access import EffectFacts, role_key
from tonle.infra import jobs, ocfl
from tonle.infra.bulk import insert_each, update_each
from tonle.kernel import canonical
from tonle.kernel.actors import SYSTEM

Dependant = Relation | Effect | RecordCommunity | RecordMember | RecordExtent


def make_visible(keys: Sequence[int]) -> None:
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
        if not intents:
            return  # Somebody else's recovery finished them while we waited for the lock.
        writer = _Writer()
        for intent in intents:
            writer.take(intent)
            log.add(intent.record.id, intent.action, intent.document.sha256)
        writer.write()
        changes = [RecordChanged(i.record.id, i.record.kind, i.action, i.at) for i in intents]
        jobs.emit_all(changes, max(instants))
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
    "merged_into",
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
        update_each(records, _RECORD_FIELDS)
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
        record.merged_into = projection.merged_into
        projection.apply(record, intent.at)

    def _versions(self, documents: dict[int, dict[str, Any]]) -> None:
        """Version, revision and file rows of those that publish or revise."""
        news = [i for i in self.intents if i.action in {"publish", "revise"}]
        if not news:
            return
        firsts = [i for i in news if documents[i.key]["revision"] == 0]
        insert_each(
            Version(record=i.record, number=i.record.version, published_at=i.at) for i in firsts
        )
        rows = Version.objects.filter(record__in=[i.record for i in news]).only(
            "key", "record_id", "number"
        )
        versions = {(row.record_id, row.number): row for row in rows}
        insert_each(
            Revision(
                version=versions[i.record.key, i.record.version],
                number=i.record.revision,
                published_at=i.at,
                document=i.document,
                ocfl_version=i.record.ocfl_version,
            )
            for i in news
        )
        insert_each(
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
            forget_dependants(known)
        write_dependants((i.record, documents[i.key]) for i in self.intents)
        purged = [i.record for i in self.intents if i.action == "purge"]
        if purged:
            File.objects.filter(version__record__in=purged).update(content_path="")
        for intent in self.intents:
            if is_bare(documents[intent.key]):
                Document.objects.filter(record=intent.record, erased_at=None).exclude(
                    key=intent.document.key
                ).update(body=b"", erased_at=intent.at)

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
            keys = [draft.key for draft in drafts]
            Draft.objects.filter(key__in=keys).update(body=b"")
            DraftEdit.objects.filter(draft__in=keys).delete()


def _is_new(intent: Intent) -> bool:
    return intent.action == "publish" and intent.record.version == 1


# Whatever rows follow from a document. `tonle check` compares them with it.
DEPENDANTS: tuple[type[Dependant], ...] = (
    Relation, Effect, RecordCommunity, RecordMember, RecordExtent
)  # fmt: skip


def forget_dependants(records: Sequence[Record]) -> None:
    """Remove what follows from earlier documents, before the newest one's is written."""
    for model in DEPENDANTS:
        model._default_manager.filter(record__in=records).delete()


def write_dependants(items: Iterable[tuple[Record, dict[str, Any]]]) -> None:
    """The rows that follow from these documents, each kind in a few statements."""
    rows: dict[type[Dependant], list[Dependant]] = {model: [] for model in DEPENDANTS}
    for record, document in items:
        for row in dependants(record, document):
            rows[type(row)].append(row)
    for of_one_model in rows.values():
        insert_each(of_one_model)


def dependants(record: Record, document: dict[str, Any]) -> Iterator[Dependant]:
    """Relation, effect, community, member and extent rows, as the document states them."""
    projection = project(document)
    for position, row in enumerate(document.get("relations", ())):
        # A longer target is no name that anybody looks up; the document keeps it.
        if len(row["target"]["value"]) <= 500:
            yield Relation(record=record, position=position, type=row["type"], **row["target"])
    yield from _effect_rows(record, projection.effects, document["effects"])
    for name in projection.communities:
        # A longer one is no name of a community here.
        if len(name) <= 60:
            yield RecordCommunity(record=record, community=name)
    for member in document.get("members", ()):
        yield RecordMember(record=record, member=member)
    yield from _extent(record, document)


def _extent(record: Record, document: dict[str, Any]) -> list[RecordExtent]:
    box = extent.bounds(document.get("geo_locations", ()))
    if box is None:
        return []
    when = extent.interval(document)
    west, south, east, north = box.corners
    return [
        RecordExtent(
            record=record,
            west=west,
            south=south,
            east=east,
            north=north,
            start=when.start if when else None,
            end=when.end if when else None,
        )
    ]


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


def write_access(record: Record, projection: Projection, now: datetime) -> None:
    projection.apply(record, now)
    record.save(update_fields=["access_level", "embargo_until", "changes_at"])
    Effect.objects.filter(record=record).delete()
    insert_each(_effect_rows(record, projection.effects, projection.document["effects"]))
