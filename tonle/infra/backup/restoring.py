"""Proving a backup, and making a node of it in an empty place."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from tonle.infra import crash
from tonle.infra.backup import databases, manifest
from tonle.infra.backup.errors import BackupDamaged, KeptElsewhere, NodeNotEmpty, NotABackup
from tonle.infra.backup.making import PLAIN, Node
from tonle.infra.backup.manifest import Kept
from tonle.infra.backup.pool import POOL, Pooled, all_bad_files, contents, inventory_of
from tonle.infra.ocfl import BadSource, RemoteRoot, Root, digest_file
from tonle.infra.ocfl.durable import (
    EachAtOnce,
    Sync,
    make_directories,
    sync_directory,
    sync_for_many,
    write_file,
)
from tonle.infra.ocfl.inventory import sidecar
from tonle.infra.ocfl.layout import (
    INVENTORY,
    OBJECT_DECLARATION,
    OBJECT_DECLARATION_TEXT,
    SIDECAR,
    version_name,
)
from tonle.infra.ocfl.sources import copy_file

crash.declare("restore.begun", "A restore that only began can be begun again.")
crash.declare("restore.object_copied", "Objects already restored are not copied again.")
crash.declare("restore.files_copied", "A node without rows is not started; restore goes on.")
crash.declare("restore.rows_loaded", "A node without keys is not started; restore goes on.")

BEGUN = "restoring.json"
RESTORED = "restored.json"


def verify(
    source: Path, each: Callable[[], object] = lambda: None, remote: RemoteRoot | None = None
) -> Iterator[str]:
    """Read everything a backup names; yields what is missing or changed, by path.

    source: one finished backup. each: called after every object. remote: the object store in
    which kept files stayed, where they did: there their inventories are looked at, and
    `tonle fixity` reads the rest. Raises NotABackup.
    """
    head = manifest.header(source)
    if not manifest.is_intact(source):
        yield manifest.NAME
        return
    for file in head.files:
        if not _is(source / file.path, file.sha256):
            yield file.path
    count = 0
    for kept in manifest.objects(source):
        count += 1
        if head.kept_in:
            if remote is None or not _stands(remote, kept):
                yield kept.object
        else:
            yield from all_bad_files(source.parent / POOL, kept)
        each()
    if count != head.objects:
        yield manifest.NAME


def _stands(root: RemoteRoot, kept: Kept) -> bool:
    """Whether the object store holds what the backup names, and perhaps more."""
    target = root.object(kept.id, kept.object)
    head = target.head()
    if head is None or head.version < len(kept.versions):
        return False
    # Purged since, it tells another history, and that is the right one.
    return head.version > len(kept.versions) or head.inventory_sha512 == kept.versions[-1]


def _is(path: Path, sha256: str) -> bool:
    try:
        return digest_file(path).sha256 == sha256
    except BadSource:
        return False


def restore(
    source: Path, *, node: Node, now: datetime, each: Callable[[], object] = lambda: None
) -> None:
    """Make a node of a backup, in an empty directory and, on PostgreSQL, an empty database.

    The backup is proven whole before anything is written. Stopped at any moment and
    called again it goes on. The keys come last: without them no command starts the
    node. Raises NotABackup, BackupDamaged, NodeNotEmpty or OtherDatabase.
    """
    source = source.resolve()
    begun = _check_empty(node, source)
    head = manifest.header(source)
    databases.check(head.database, begun=begun)
    if head.kept_in and (node.remote is None or str(node.remote.bucket.address) != head.kept_in):
        raise KeptElsewhere(place=head.kept_in)
    bad = list(verify(source, remote=node.remote))
    if bad:
        raise BackupDamaged(path=str(source), count=len(bad), first=bad[0])
    node.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    _note(node.data / BEGUN, {"backup": str(source)})
    crash.point("restore.begun")
    if head.kept_in:
        node.staging.mkdir(parents=True, exist_ok=True)
    else:
        _restore_objects(source, node, each)
    _replace_tree(source / "staging", node.staging)
    crash.point("restore.files_copied")
    databases.load(source / "database", head.database, node.data)
    crash.point("restore.rows_loaded")
    note = {
        "backup": source.name,
        "created_at": head.created_at,
        "restored_at": now.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    }
    _note(node.data / RESTORED, note)
    # The keys last, for they are what makes it a node.
    for name in sorted(PLAIN, key=lambda name: name == "keys"):
        _replace_tree(source / name, node.data / name)
    (node.data / BEGUN).unlink()
    sync_directory(node.data)


def _check_empty(node: Node, source: Path) -> bool:
    """Whether a restore of this very backup stopped here. Raises NodeNotEmpty."""
    if not node.data.exists() or not os.listdir(node.data):
        return False
    try:
        begun = json.loads((node.data / BEGUN).read_text(encoding="utf-8"))
        if begun["backup"] == str(source):
            return True
    except (OSError, ValueError, KeyError):
        pass
    raise NodeNotEmpty(place=str(node.data))


def _note(path: Path, value: dict[str, str]) -> None:
    path.unlink(missing_ok=True)
    beside = path.with_name(f"{path.name}.part")
    beside.unlink(missing_ok=True)
    write_file(beside, json.dumps(value).encode(), EachAtOnce())
    beside.rename(path)
    sync_directory(path.parent)


def _restore_objects(source: Path, node: Node, each: Callable[[], object]) -> None:
    if node.remote is not None:
        _restore_remotely(source, node.remote.create(), each)
        return
    root = Root(node.ocfl, node.staging).create()
    sync = sync_for_many(node.data)
    for kept in manifest.objects(source):
        target = root.path / kept.object
        if inventory_of(target, kept.id, kept.versions[-1]) is None:
            _restore_object(source.parent / POOL, kept, root.path, sync)
            crash.point("restore.object_copied")
        each()
    sync.barrier()


def _restore_remotely(source: Path, root: RemoteRoot, each: Callable[[], object]) -> None:
    """Into an object store. What stands there newer than in the backup stays: it is adopted by
    the node's next start."""
    for kept in manifest.objects(source):
        if not _stands(root, kept):
            names = kept.pool_names()
            folders = {
                version_name(number): source.parent / POOL / kept.object / name
                for number, name in enumerate(names, 1)
            }
            root.bring(Pooled(source.parent / POOL / kept.object, kept.id, folders))
            crash.point("restore.object_copied")
        each()


def _restore_object(pool: Path, kept: Kept, root: Path, sync: Sync) -> None:
    """Put the versions together again; the root inventory, which completes it, comes last."""
    target = root / kept.object
    shutil.rmtree(target, ignore_errors=True)
    make_directories(target, root, sync)
    names = zip(kept.pool_names(), kept.versions, strict=True)
    data = b""
    for number, (name, sha512) in enumerate(names, 1):
        version, folder = target / version_name(number), pool / kept.object / name
        version.mkdir()
        found = inventory_of(folder, kept.id, sha512)
        if found is None:
            raise NotABackup(path=str(folder), problem="it changed while it was being restored.")
        data = found
        for path, digest in contents(data, kept.id, number):
            make_directories((version / path).parent, version, sync)
            if copy_file(folder / path, version / path, sync).sha512 != digest:
                raise NotABackup(
                    path=str(folder), problem="it changed while it was being restored."
                )
        write_file(version / INVENTORY, data, sync)
        write_file(version / SIDECAR, sidecar(data), sync)
        sync.directory(version)
    write_file(target / OBJECT_DECLARATION, OBJECT_DECLARATION_TEXT, sync)
    write_file(target / SIDECAR, sidecar(data), sync)
    write_file(target / INVENTORY, data, sync)
    sync.directory(target)


def _replace_tree(source: Path, target: Path) -> None:
    """Copy a directory of the backup over what an earlier attempt may have left of it."""
    if not source.is_dir():
        return
    sync = EachAtOnce()
    make_directories(target, target.parent, sync)
    for path in sorted(source.rglob("*")):
        copy = target / path.relative_to(source)
        if path.is_dir():
            make_directories(copy, copy.parent, sync)
        else:
            copy.unlink(missing_ok=True)
            copy_file(path, copy, sync)
            if source.name != "staging":
                # Keys and usage are rewritten by the node; only kept files are read-only.
                copy.chmod(0o600)
    for folder in [target, *(path for path in target.rglob("*") if path.is_dir())]:
        sync_directory(folder)
