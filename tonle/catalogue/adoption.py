"""Rows from files: bringing the database up to what the storage root holds.

Every version of a record's object has its `record.json` of that moment, and its message
says what happened; so versions, revisions, files, access, effects and tombstones come
back as they were. `rebuild` adopts everything into an empty database, `reconcile` what a
restored backup does not know yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tonle.catalogue.lifecycles import RECORD, perform_all
from tonle.catalogue.log import Recorder, recording, sha256
from tonle.catalogue.models import (
    Document,
    File,
    Origin,
    Pid,
    Record,
    Revision,
    Version,
)
from tonle.catalogue.node import NODE_OBJECT
from tonle.catalogue.projections import project
from tonle.catalogue.publication import DATA, RECORD_JSON, forget_dependants, write_dependants
from tonle.catalogue.publication.claims import claimed
from tonle.infra import audit, ocfl
from tonle.kernel import canonical
from tonle.kernel.actors import SYSTEM
from tonle.kernel.dates import parse_instant
from tonle.kernel.errors import TonleError

BATCH = 200
PREFIX = "tonle:"
# What lies in the root and is no record's object.
OTHERS = (NODE_OBJECT, "tonle:segment:")


@dataclass(frozen=True)
class State:
    """One version of an object, as its record.json tells it."""

    ocfl_version: int
    message: str
    body: bytes
    document: dict[str, Any]
    content_paths: dict[str, str]


@dataclass(frozen=True)
class Found:
    """A record's object: its head, and every state that still has a description."""

    record_id: str
    head: ocfl.Head
    states: tuple[State, ...]

    @property
    def last(self) -> State:
        return self.states[-1]

    @property
    def lifecycle_state(self) -> str:
        """The state that the newest version tells."""
        if self.last.document["state"] == "published":
            return "published"
        return "purged" if self.last.message == "purge" else "withdrawn"


def objects(root: ocfl.Storage, damaged: list[tuple[str, str]]) -> Iterator[Found]:
    """Every record's object that can be read whole; the others are named in `damaged`."""
    for entry in root.walk():
        object_id = entry.object_id
        if object_id is None:
            damaged.append((entry.path, "its declaration or inventory cannot be read"))
        elif object_id.startswith(PREFIX) and not object_id.startswith(OTHERS):
            try:
                root.repair(object_id)
                yield _read(root, object_id)
            except TonleError as fault:
                damaged.append((object_id, str(fault)))


def _read(root: ocfl.Storage, object_id: str) -> Found:
    inventory = root.inventory(object_id)
    head = root.head(object_id)
    if head is None:
        raise ocfl.ObjectAbsent(what=object_id)
    path = root.object_path(object_id)
    states: list[State] = []
    for number, version in enumerate(inventory.versions, start=1):
        sha512 = version.state.get(RECORD_JSON)
        if sha512 is None:
            continue  # A takedown took the description of this version, too.
        body = (path / inventory.manifest[sha512][0]).read_bytes()
        states.append(
            State(
                number,
                version.message,
                body,
                canonical.loads(body),
                {
                    name.removeprefix(DATA): inventory.manifest[digest][0]
                    for name, digest in version.state.items()
                    if name.startswith(DATA)
                },
            )
        )
    return Found(object_id.removeprefix(PREFIX), head, tuple(states))


def adopt(origin: Origin, batch: Sequence[Found], now: datetime) -> int:
    """Bring the rows of these records up to their objects; one transaction. Returns how many.

    A record that is level with its object is passed over, and so is one of which the
    database knows more than the files: `tonle check` names it.
    """
    with recording(now) as log:
        here = {
            record.id: record
            for record in Record.objects.select_for_update(of=("self",)).filter(
                id__in=[found.record_id for found in batch]
            )
        }
        behind = [
            found
            for found in batch
            if found.states
            and (
                found.record_id not in here
                or here[found.record_id].ocfl_version < found.head.version
            )
        ]
        _write(origin, behind, here, now, log)
        audit.record_many(
            [audit.Happening("record.adopt", "record", found.record_id) for found in behind],
            SYSTEM,
            now,
        )
    return len(behind)


def _write(
    origin: Origin,
    batch: Sequence[Found],
    here: Mapping[str, Record],
    now: datetime,
    log: Recorder,
) -> None:
    records, news, known = {}, [], []
    fresh: dict[str, Sequence[State]] = {}
    for found in batch:
        record = here.get(found.record_id)
        base = record.ocfl_version if record else 0
        fresh[found.record_id] = [s for s in found.states if s.ocfl_version > base]
        if record is None:
            record = Record(id=found.record_id, origin=origin, kind=found.last.document["kind"])
            news.append(record)
        elif base:
            known.append(record)
        _project(record, found, now)
        records[found.record_id] = record
    Record.objects.bulk_create(news)
    bodies = _documents(batch, records, fresh, log)
    Record.objects.bulk_update(
        [records[found.record_id] for found in batch], _FIELDS, batch_size=BATCH
    )
    _versions(batch, records, fresh, bodies)
    _names(batch, records)
    forget_dependants(known)
    write_dependants((records[found.record_id], found.last.document) for found in batch)
    # Each record walks to the state that its files tell, by the steps that lead there.
    for event, sources, targets in _STEPS:
        movers = [
            records[found.record_id]
            for found in batch
            if found.lifecycle_state in targets and records[found.record_id].state in sources
        ]
        perform_all(RECORD, movers, event, SYSTEM, now)
    purged = [records[f.record_id] for f in batch if f.lifecycle_state == "purged"]
    File.objects.filter(version__record__in=purged).update(content_path="")


_STEPS = (
    ("publish", {"reserved"}, {"published", "withdrawn", "purged"}),
    ("reinstate", {"withdrawn"}, {"published"}),
    ("withdraw", {"published"}, {"withdrawn"}),
    ("purge", {"published", "withdrawn"}, {"purged"}),
)
# The columns that `follow_document` sets.
FOLLOWING_FIELDS = (
    "created_at",
    "published_at",
    "updated_at",
    "version",
    "revision",
    "access_level",
    "embargo_until",
    "changes_at",
    "source_key",
    "received_sha256",
    "merged_into",
)
_FIELDS = (*FOLLOWING_FIELDS, "document", "ocfl_version", "ocfl_digest")


def _project(record: Record, found: Found, now: datetime) -> None:
    follow_document(record, found.last.document, now)
    record.ocfl_version = found.head.version
    record.ocfl_digest = found.head.inventory_sha512


def follow_document(record: Record, document: dict[str, Any], now: datetime) -> None:
    """Set the columns of a row that its newest document tells; the caller saves them."""
    projection = project(document)
    record.created_at = parse_instant(document["created_at"])
    record.published_at = parse_instant(document["published_at"])
    record.updated_at = parse_instant(document["updated_at"])
    record.version, record.revision = document["version"], document["revision"]
    record.source_key = projection.source_key
    record.received_sha256 = projection.received_sha256
    record.merged_into = projection.merged_into
    projection.apply(record, now)


def _documents(
    batch: Sequence[Found],
    records: Mapping[str, Record],
    fresh: Mapping[str, Sequence[State]],
    log: Recorder,
) -> dict[tuple[str, int], Document]:
    bodies = {
        (found.record_id, state.ocfl_version): Document(
            record=records[found.record_id], sha256=sha256(state.body), body=state.body
        )
        for found in batch
        for state in fresh[found.record_id]
    }
    Document.objects.bulk_create(bodies.values())
    for found in batch:
        newest = bodies[found.record_id, found.last.ocfl_version]
        records[found.record_id].document = newest
        log.add(found.record_id, found.last.message, newest.sha256)
    return bodies


def _names(batch: Sequence[Found], records: Mapping[str, Record]) -> None:
    """The names that these records have had. One name, one record.

    A name that moved with a merge stands in the old texts of one record and in the newest of
    another: that one has it, in whichever order they are met.
    """
    named: dict[tuple[str, str], Record] = {}
    newest: dict[tuple[str, str], Record] = {}
    for found in batch:
        record = records[found.record_id]
        for state in found.states:
            named |= dict.fromkeys(claimed(state.document), record)
        newest |= dict.fromkeys(claimed(found.last.document), record)
    wanted = named | newest
    held = {
        (pid.scheme, pid.value): pid
        for pid in Pid.objects.filter(value__in={value for _, value in wanted})
    }
    moved = []
    for name, record in newest.items():
        pid = held.get(name)
        if pid is not None and pid.record_id != record.key:
            pid.record = record
            moved.append(pid)
    Pid.objects.bulk_update(moved, ["record"], batch_size=BATCH)
    Pid.objects.bulk_create(
        Pid(record=record, scheme=scheme, value=value)
        for (scheme, value), record in wanted.items()
        if (scheme, value) not in held
    )


def _versions(
    batch: Sequence[Found],
    records: Mapping[str, Record],
    fresh: Mapping[str, Sequence[State]],
    bodies: Mapping[tuple[str, int], Document],
) -> None:
    """Version, revision and file rows: the first object version of each n.r tells them."""
    firsts: list[tuple[str, State]] = []
    for found in batch:
        seen = set()
        for state in fresh[found.record_id]:
            number = (state.document["version"], state.document["revision"])
            if number not in seen and state.message in {"publish", "revise"}:
                seen.add(number)
                firsts.append((found.record_id, state))
    Version.objects.bulk_create(
        Version(
            record=records[record_id],
            number=state.document["version"],
            published_at=parse_instant(state.document["updated_at"]),
        )
        for record_id, state in firsts
        if state.document["revision"] == 0
    )
    rows = Version.objects.filter(record__in=records.values()).select_related("record")
    versions = {(row.record.id, row.number): row for row in rows}
    Revision.objects.bulk_create(
        Revision(
            version=versions[record_id, state.document["version"]],
            number=state.document["revision"],
            published_at=parse_instant(state.document["updated_at"]),
            document=bodies[record_id, state.ocfl_version],
            ocfl_version=state.ocfl_version,
        )
        for record_id, state in firsts
    )
    File.objects.bulk_create(_files(firsts, versions))


def _files(
    firsts: Iterable[tuple[str, State]], versions: Mapping[tuple[str, int], Version]
) -> Iterator[File]:
    for record_id, state in firsts:
        if state.document["revision"]:
            continue
        for position, file in enumerate(state.document["files"]):
            yield File(
                version=versions[record_id, state.document["version"]],
                position=position,
                content_path=state.content_paths.get(file["name"], ""),
                **file,
            )
