"""Making the database anew from the OCFL root alone.

Every version of a record's object holds its `record.json` of that moment, and its message
says what happened; so versions, revisions, files, access, effects and tombstones come back
as they were. Drafts, accounts and the audit do not: they need a backup. The chain goes on
in a new epoch whose statement names the last entry that the files can prove.

It can be killed at any moment and called again: records that are back are passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings

from tonle.catalogue import node
from tonle.catalogue.lifecycles import RECORD, perform_all
from tonle.catalogue.log import Recorder, open_epoch, recording, sha256
from tonle.catalogue.models import (
    Document,
    File,
    LogHead,
    Origin,
    Pid,
    Record,
    Revision,
    Version,
)
from tonle.catalogue.projections import project
from tonle.catalogue.publication import (
    DATA,
    RECORD_JSON,
    storage,
    write_dependants,
)
from tonle.catalogue.publication.claims import claimed
from tonle.infra import audit, crash, ocfl
from tonle.kernel import canonical
from tonle.kernel.actors import SYSTEM
from tonle.kernel.dates import parse_instant
from tonle.kernel.errors import N_, TonleError

crash.declare("rebuild.begun", "epoch open, no record back: a second call goes on")
crash.declare("rebuild.batch", "some records back: a second call passes them over")
crash.declare("rebuild.ended", "all back, not yet said: a second call finds nothing to do")

BATCH = 200


class NotEmpty(TonleError):
    code = "database_not_empty"
    http_status = 409
    message = N_(
        "The database still holds records, so there is nothing to rebuild. To make it anew from "
        "the files, stop the node, move the database away, and call this again."
    )


class Unfinished(TonleError):
    code = "rebuild_unfinished"
    http_status = 503
    message = N_("A rebuild was begun and interrupted. Run `tonle rebuild` again to finish it.")


class NothingThere(TonleError):
    code = "no_files"
    http_status = 409
    message = N_("The storage root %(path)s holds no node, so nothing can be rebuilt from it.")


@dataclass
class Report:
    """What a rebuild brought back, and what it could not read: (object, why)."""

    records: int = 0
    earlier: int = 0
    damaged: list[tuple[str, str]] = field(default_factory=list)


def unfinished() -> bool:
    """Whether a rebuild was begun and has not come to its end: the node must not be served."""
    return _marker().exists()


def rebuild(now: datetime, step: Callable[[int], None] = lambda _: None) -> Report:
    """Bring every record back. step is called with the number of objects of each batch.

    Raises NotEmpty or NothingThere.
    """
    root = storage().open()
    known = node.read(root)
    if known is None:
        raise NothingThere(path=settings.TONLE_OCFL_ROOT)
    if not unfinished():
        if LogHead.objects.exists():
            raise NotEmpty
        _marker().touch()
    if not LogHead.objects.exists():
        open_epoch(origin=known["origin"], reason="rebuild", last=node.last_known(root), now=now)
    crash.point("rebuild.begun")
    origin = Origin.objects.get(is_home=True)
    report = Report()
    objects = _objects(root, report)
    while batch := list(islice(objects, BATCH)):
        _bring_back(origin, batch, now, report)
        crash.point("rebuild.batch")
        step(len(batch))
    node.describe(root, now)
    crash.point("rebuild.ended")
    _marker().unlink(missing_ok=True)
    return report


def _marker() -> Path:
    marker: Path = settings.TONLE_DATA / "rebuild-unfinished"
    return marker


@dataclass(frozen=True)
class _State:
    """One version of an object, as its record.json tells it."""

    ocfl_version: int
    message: str
    body: bytes
    document: dict[str, Any]
    content_paths: dict[str, str]


@dataclass(frozen=True)
class _Found:
    record_id: str
    head: ocfl.Head
    states: tuple[_State, ...]


def _objects(root: ocfl.Root, report: Report) -> Iterator[_Found]:
    """Every record's object that can be read whole; the others go to the report."""
    for found in root.walk():
        object_id = found.object_id
        if object_id is None or not object_id.startswith("tonle:") or object_id == node.NODE_OBJECT:
            continue
        try:
            root.repair(object_id)
            yield _read(root, object_id)
        except TonleError as fault:
            report.damaged.append((object_id, str(fault)))


def _read(root: ocfl.Root, object_id: str) -> _Found:
    inventory = root.inventory(object_id)
    head = root.head(object_id)
    if head is None:
        raise ocfl.ObjectAbsent(what=object_id)
    path = root.object_path(object_id)
    states = []
    for number, version in enumerate(inventory.versions, start=1):
        sha512 = version.state.get(RECORD_JSON)
        if sha512 is None:
            continue  # A takedown took the description of this version, too.
        body = (path / inventory.manifest[sha512][0]).read_bytes()
        states.append(
            _State(
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
    return _Found(object_id.removeprefix("tonle:"), head, tuple(states))


def _bring_back(origin: Origin, batch: Sequence[_Found], now: datetime, report: Report) -> None:
    with recording(now) as log:
        here = set(
            Record.objects.filter(id__in=[found.record_id for found in batch]).values_list(
                "id", flat=True
            )
        )
        fresh = [found for found in batch if found.record_id not in here and found.states]
        report.earlier += len(here)
        _write(origin, fresh, now, log)
        audit.record_many(
            [audit.Happening("record.rebuild", "record", found.record_id) for found in fresh],
            SYSTEM,
            now,
        )
    report.records += len(fresh)


def _write(origin: Origin, batch: Sequence[_Found], now: datetime, log: Recorder) -> None:
    records = {found.record_id: _record(origin, found, now) for found in batch}
    Record.objects.bulk_create(records.values())
    bodies = {}
    documents = []
    for found in batch:
        for state in found.states:
            row = Document(
                record=records[found.record_id], sha256=sha256(state.body), body=state.body
            )
            bodies[found.record_id, state.ocfl_version] = row
            documents.append(row)
    Document.objects.bulk_create(documents)
    for found in batch:
        newest = bodies[found.record_id, found.states[-1].ocfl_version]
        records[found.record_id].document = newest
        log.add(found.record_id, found.states[-1].message, newest.sha256)
    Record.objects.bulk_update(records.values(), ["document"], batch_size=BATCH)
    _versions(batch, records, bodies)
    pids = {
        pid: records[found.record_id]
        for found in batch
        for state in found.states
        for pid in claimed(state.document)
    }
    Pid.objects.bulk_create(
        Pid(record=record, scheme=scheme, value=value) for (scheme, value), record in pids.items()
    )
    write_dependants((records[found.record_id], found.states[-1].document) for found in batch)
    # Each record walks to the state that its files tell, by the steps that lead there.
    for event, states in _STEPS.items():
        movers = [records[f.record_id] for f in batch if _state_of(f) in states]
        perform_all(RECORD, movers, event, SYSTEM, now)


_STEPS = {
    "publish": {"published", "withdrawn", "purged"},
    "withdraw": {"withdrawn"},
    "purge": {"purged"},
}


def _record(origin: Origin, found: _Found, now: datetime) -> Record:
    document = found.states[-1].document
    projection = project(document)
    record = Record(
        id=found.record_id,
        kind=document["kind"],
        origin=origin,
        created_at=parse_instant(document["created_at"]),
        published_at=parse_instant(document["published_at"]),
        updated_at=parse_instant(document["updated_at"]),
        version=document["version"],
        revision=document["revision"],
        ocfl_version=found.head.version,
        ocfl_digest=found.head.inventory_sha512,
        source_key=projection.source_key,
        received_sha256=projection.received_sha256,
    )
    projection.apply(record, now)
    return record


def _state_of(found: _Found) -> str:
    last = found.states[-1]
    if last.document["state"] == "published":
        return "published"
    return "purged" if last.message == "purge" else "withdrawn"


def _versions(
    batch: Sequence[_Found],
    records: dict[str, Record],
    bodies: dict[tuple[str, int], Document],
) -> None:
    """Version, revision and file rows: the first object version of each n.r tells them."""
    firsts: list[tuple[_Found, _State]] = []
    for found in batch:
        seen = set()
        for state in found.states:
            number = (state.document["version"], state.document["revision"])
            if number not in seen and state.message in {"publish", "revise"}:
                seen.add(number)
                firsts.append((found, state))
    versions = {
        (found.record_id, state.document["version"]): Version(
            record=records[found.record_id],
            number=state.document["version"],
            published_at=parse_instant(state.document["updated_at"]),
        )
        for found, state in firsts
        if state.document["revision"] == 0
    }
    Version.objects.bulk_create(versions.values())
    Revision.objects.bulk_create(
        Revision(
            version=versions[found.record_id, state.document["version"]],
            number=state.document["revision"],
            published_at=parse_instant(state.document["updated_at"]),
            document=bodies[found.record_id, state.ocfl_version],
            ocfl_version=state.ocfl_version,
        )
        for found, state in firsts
    )
    File.objects.bulk_create(_files(firsts, versions))


def _files(
    firsts: Iterable[tuple[_Found, _State]], versions: dict[tuple[str, int], Version]
) -> Iterator[File]:
    for found, state in firsts:
        if state.document["revision"]:
            continue
        for position, file in enumerate(state.document["files"]):
            yield File(
                version=versions[found.record_id, state.document["version"]],
                position=position,
                content_path=state.content_paths.get(file["name"], ""),
                **file,
            )
