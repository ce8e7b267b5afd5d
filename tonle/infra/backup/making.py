"""Making a backup: rows, then what is staged, then what is kept; then the manifest."""

from __future__ import annotations

import hashlib
import heapq
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from tonle.infra import crash
from tonle.infra.backup import databases, manifest
from tonle.infra.backup.errors import LaterBackup, NotABackup, OthersBackups
from tonle.infra.backup.manifest import File, Header, Kept, Problem
from tonle.infra.backup.pool import POOL, all_bad_files, bad_files, contents
from tonle.infra.ocfl import (
    Damaged,
    OcflError,
    Place,
    RemoteRoot,
    Root,
    Storage,
    digest_file,
)
from tonle.infra.ocfl.durable import (
    EachAtOnce,
    Sync,
    locked,
    make_directories,
    sync_directory,
    sync_for_many,
    write_file,
)
from tonle.infra.ocfl.inventory import sidecar
from tonle.infra.ocfl.layout import INVENTORY, SIDECAR, version_name
from tonle.infra.ocfl.reading import ObjectDir
from tonle.infra.ocfl.sources import Given, copy_file, take_file
from tonle.infra.ocfl.staging import is_staging_name
from tonle.infra.staying import staying
from tonle.kernel.digests import Digests

crash.declare("backup.rows_copied", "A backup without files is no backup; the next one is.")
crash.declare("backup.version_copied", "Versions already copied are not copied again.")
crash.declare("backup.files_copied", "A backup without a manifest is no backup; the next one is.")
crash.declare("backup.manifest_written", "A backup is whole or not there.")
crash.declare("backup.renamed", "A finished backup whose forerunners remain is whole.")
crash.declare("backup.pruned", "Versions that no backup names are removed next time.")

PARTIAL = "partial"
STAMP = "%Y%m%dT%H%M%S.%fZ"
# Directories of the node that are copied whole, where they exist.
PLAIN = ("drafts", "keys", "terms", "usage")


@dataclass(frozen=True)
class Node:
    """The directories of a node that is to be kept, or to be made."""

    data: Path
    ocfl: Path
    staging: Path
    # Where the kept files are instead, if they stand in an object store.
    remote: RemoteRoot | None = None

    @property
    def storage(self) -> Storage:
        return self.remote or Root(self.ocfl, self.staging)


@dataclass(frozen=True)
class Made:
    """A finished backup: its directory, what it holds, and what could not be taken."""

    path: Path
    objects: int
    versions_copied: int
    problems: tuple[Problem, ...]


def backup(
    destination: Path,
    now: datetime,
    *,
    node: Node,
    keep: int = 7,
    each: Callable[[], object] = lambda: None,
    link: bool = False,
) -> Made:
    """Back up a node, while it works, into a directory of backups.

    keep: how many backups stay, this one included; at least 1. link: kept files get a
    second name instead of a second copy, where they lie on one file system; that guards
    against mistakes, not against the loss of the disk. Of a node whose files stand in an
    object store they then stay there, and the backup says which they are. each: called after every
    object. Stopped at any moment it leaves the earlier backups as they were, and called
    again it goes on with what was copied. Damaged objects are named in `problems`; where
    an earlier backup holds them, they are kept from there. Raises LaterBackup or OthersBackups
    where older backups would be thrown away for what is not their successor.
    """
    if keep < 1:
        raise ValueError("keep at least one backup")
    destination.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(destination / "locks", ["backup"]):
        _demand_successor(destination, now, node)
        making = _Making(destination, now, node, each, link)
        made = making.run()
        prune(destination, keep)
    return made


def _demand_successor(destination: Path, now: datetime, node: Node) -> None:
    """Only the newest stay, so this one must be newer than all, and of the same node."""
    newest = next(reversed(backups(destination)), None)
    if newest is None:
        return
    if newest.name > now.astimezone(UTC).strftime(STAMP):
        raise LaterBackup(path=str(newest))
    # A restored node has its keys from the backup, and goes on with the same directory.
    own, others = (folder / "keys" / "secret_key" for folder in (node.data, newest))
    if own.is_file() and others.is_file() and own.read_bytes() != others.read_bytes():
        raise OthersBackups(path=str(destination))


def mend(source: Path, *, node: Node, each: Callable[[], object] = lambda: None) -> None:
    """Copy anew, from the node, what the pool no longer holds whole of a finished backup.

    What the node does not hold either stays as it is; `verify` says what is left. each: called
    after every object. Raises NotABackup.
    """
    header = manifest.header(source)
    if header.kept_in:
        return
    destination = source.parent
    with locked(destination / "locks", ["backup"]):
        made_at = datetime.fromisoformat(header.created_at)
        making = _Making(destination, made_at, node, each, link=False)
        for kept in manifest.objects(source):
            making.mend(kept)
            each()


def backups(destination: Path) -> list[Path]:
    """The finished backups in a directory, oldest first."""
    if not destination.is_dir():
        return []
    found = [path for path in destination.iterdir() if (path / manifest.NAME).is_file()]
    return sorted(path for path in found if path.name[:1].isdigit())


class _Making:
    def __init__(
        self,
        destination: Path,
        now: datetime,
        node: Node,
        each: Callable[[], object],
        link: bool,
    ) -> None:
        self.destination = destination
        self.now = now.astimezone(UTC)
        self.node = node
        self.link = link
        self.each = each
        self.pool = destination / POOL
        self.partial = destination / PARTIAL
        self.copied = 0
        self.problems: list[Problem] = []

    def run(self) -> Made:
        finished = self.destination / self.now.strftime(STAMP)
        if finished.exists():
            raise NotABackup(path=str(finished), problem="a backup of this instant is there.")
        shutil.rmtree(self.partial, ignore_errors=True)
        # It holds keys and everybody's rows: for the owner only, whatever the umask.
        self.partial.mkdir(mode=0o700)
        (self.partial / "database").mkdir()
        with staying(self.node.data):
            database = databases.dump(self.partial / "database")
            crash.point("backup.rows_copied")
            for name in PLAIN:
                _copy_tree(self.node.data / name, self.partial / name)
            self._copy_staging()
        count = self._copy_objects(self.partial / "objects.part")
        crash.point("backup.files_copied")
        header = Header(
            self.now.isoformat().replace("+00:00", "Z"),
            database,
            tuple(self._own_files()),
            tuple(self.problems),
            count,
            kept_in=self._stays,
        )
        manifest.write(self.partial, header, self.partial / "objects.part")
        sync_directory(self.partial)
        crash.point("backup.manifest_written")
        self.partial.rename(finished)
        sync_directory(self.destination)
        crash.point("backup.renamed")
        return Made(finished, count, self.copied, header.problems)

    def _own_files(self) -> Iterator[File]:
        for path in sorted(self.partial.rglob("*")):
            if path.is_file() and path.name != "objects.part":
                digests = digest_file(path)
                below = path.relative_to(self.partial).as_posix()
                yield File(below, digests.size_bytes, digests.sha256)

    def _copy_staging(self) -> None:
        """Before the root: what leaves staging meanwhile is then found in the root."""
        names = os.listdir(self.node.staging) if self.node.staging.is_dir() else []
        for name in sorted(names):
            if is_staging_name(name) and (self.node.staging / name).is_dir():
                _copy_tree(self.node.staging / name, self.partial / "staging" / name)

    def _copy_objects(self, lines: Path) -> int:
        root = self.node.storage
        sync = sync_for_many(self.destination)
        # Of the same sort: what another left in its store is not in the pool, and is copied now.
        earlier = backups(self.destination)
        before = _Earlier(
            [path for path in earlier if manifest.header(path).kept_in == self._stays]
        )
        count = 0
        make_directories(self.pool, self.destination, sync)
        with lines.open("xb") as file:
            for found in root.walk():
                if found.object_id is None:
                    self.problems.append(Problem(found.path, "It is no OCFL object."))
                    continue
                kept = self._keep(root, found.path, found.object_id, before.get(found.path), sync)
                if kept is not None:
                    file.write(manifest.dumps(kept))
                    count += 1
                self.each()
        sync.barrier()
        return count

    def _keep(
        self, root: Storage, path: str, object_id: str, earlier: Kept | None, sync: Sync
    ) -> Kept | None:
        target = root.object(object_id, path)
        try:
            for _ in range(3):
                head = target.head()
                if head is None:
                    return earlier
                if earlier and earlier.versions[-1] == head.inventory_sha512:
                    return earlier
                kept = self._copy_versions(target, path, head.version, earlier, sync)
                if kept.versions[-1] == head.inventory_sha512:
                    return kept
                # A purge exchanged the object while it was being copied: once more.
        except (OcflError, OSError) as error:
            self.problems.append(Problem(path, str(error)))
            return earlier
        self.problems.append(Problem(path, "It changed while it was being copied."))
        return earlier

    def _copy_versions(
        self, target: ObjectDir[Any], path: str, head: int, earlier: Kept | None, sync: Sync
    ) -> Kept:
        inventories = [target.checked_version(number) for number in range(1, head + 1)]
        digests = tuple(hashlib.sha512(data).hexdigest() for data in inventories)
        kept = Kept(path, target.object_id, digests)
        if self._stays:
            return kept
        finished = set(earlier.pool_names()) if earlier else set()
        for number, (data, name) in enumerate(zip(inventories, kept.pool_names(), strict=True), 1):
            place = self.pool / path / name
            if name in finished:
                continue
            # What a backup left that did not finish, perhaps for want of power, need not have
            # reached the disk.
            bad = bad_files(place, target.object_id, number, digests[number - 1])
            if place.exists() and not any(bad):
                continue
            self._copy_version(target, number, data, place, sync)
        return kept

    def _copy_version(
        self, target: ObjectDir[Any], number: int, data: bytes, place: Path, sync: Sync
    ) -> None:
        """Copy one version directory, proving every file by its inventory on the way."""
        part = self.pool / "part"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        for path, sha512 in contents(data, target.object_id, number):
            make_directories((part / path).parent, part, sync)
            source = target.path / version_name(number) / path
            if self._take(source, part / path, sync).sha512 != sha512:
                raise Damaged(object_id=target.object_id, problem=f"{path} was changed.")
        write_file(part / INVENTORY, data, sync)
        write_file(part / SIDECAR, sidecar(data), sync)
        make_directories(place.parent, self.pool, sync)
        # Only now: what lies there may hold the last good bytes of another file.
        shutil.rmtree(place, ignore_errors=True)
        part.rename(place)
        sync.directory(place.parent)
        self.copied += 1
        crash.point("backup.version_copied")

    def mend(self, kept: Kept) -> None:
        """Put the versions of an object that are damaged in the pool there anew."""
        if not any(all_bad_files(self.pool, kept)):
            return
        target = self.node.storage.object(kept.id, kept.object)
        versions = zip(kept.pool_names(), kept.versions, strict=True)
        for number, (name, sha512) in enumerate(versions, 1):
            place = self.pool / kept.object / name
            if not any(bad_files(place, kept.id, number, sha512)):
                continue
            with suppress(OcflError, OSError):
                data = target.checked_version(number)
                # Purged since, it tells another history.
                if hashlib.sha512(data).hexdigest() == sha512:
                    self._copy_version(target, number, data, place, EachAtOnce())

    @property
    def _stays(self) -> str:
        """The object store in which kept files stay, "" where they are copied: see `backup`."""
        remote = self.node.remote
        return str(remote.bucket.address) if self.link and remote is not None else ""

    def _take(self, source: Place, target: Path, sync: Sync) -> Digests:
        if self.link and isinstance(source, Path):
            return take_file(Given(source), target, sync)
        return copy_file(source, target, sync)


class _Earlier:
    """The newest earlier backup, read beside the walk: both are in the order of paths."""

    def __init__(self, earlier: list[Path]) -> None:
        usable = [path for path in earlier if manifest.is_intact(path)]
        self._objects = manifest.objects(usable[-1]) if usable else iter(())
        self._next = next(self._objects, None)

    def get(self, path: str) -> Kept | None:
        while self._next is not None and self._next.object < path:
            self._next = next(self._objects, None)
        return self._next if self._next is not None and self._next.object == path else None


def prune(destination: Path, keep: int) -> None:
    """Remove all but the newest backups, and the versions that none of them names."""
    found = backups(destination)
    for path in found[:-keep]:
        # Under another name first: a half-removed backup must not look like one.
        doomed = destination / f"removing-{path.name}"
        path.rename(doomed)
        sync_directory(destination)
    for doomed in destination.glob("removing-*"):
        shutil.rmtree(doomed)
    crash.point("backup.pruned")
    kept = heapq.merge(
        *(manifest.objects(path) for path in found[-keep:]), key=lambda item: item.object
    )
    for path, group in groupby(kept, key=lambda item: item.object):
        named = {name for item in group for name in item.pool_names()}
        if not (destination / POOL / path).is_dir():
            # It stayed in its object store.
            continue
        for name in set(os.listdir(destination / POOL / path)) - named:
            shutil.rmtree(destination / POOL / path / name)


def _copy_tree(source: Path, target: Path) -> None:
    """Copy a directory of plain files. What vanishes meanwhile was placed, and is left out."""
    if not source.is_dir():
        return
    target.mkdir(parents=True)
    paths: list[Path] = []
    with suppress(FileNotFoundError):
        paths = sorted(source.rglob("*"))
    for path in paths:
        copy = target / path.relative_to(source)
        try:
            if path.is_dir() and not path.is_symlink():
                copy.mkdir()
            elif path.is_file():
                copy_file(path, copy, EachAtOnce())
        except (OSError, OcflError):
            if path.exists():
                raise
    for folder in [target, *(path for path in target.rglob("*") if path.is_dir())]:
        sync_directory(folder)
