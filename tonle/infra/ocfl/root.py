"""A storage root: the node's kept files, opened once and used from everywhere."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from tonle.infra import crash
from tonle.infra.ocfl import layout
from tonle.infra.ocfl.durable import (
    EachAtOnce,
    Swap,
    Sync,
    exchange,
    locked,
    make_directories,
    sync_directory,
    sync_for_many,
    write_file,
)
from tonle.infra.ocfl.errors import NotARoot, ObjectAbsent, OcflError, StaleBase
from tonle.infra.ocfl.fixity import Checked, check_declarations, check_object, stray
from tonle.infra.ocfl.inventory import Inventory, User, Version, loads
from tonle.infra.ocfl.placing import place_all, repair_object
from tonle.infra.ocfl.purging import aside, return_aside, stage_rewrite
from tonle.infra.ocfl.reading import Found, ObjectDir, read_inventory, walk
from tonle.infra.ocfl.sources import Source
from tonle.infra.ocfl.staging import Head, Request, Staged, is_staging_name, stage_version

crash.declare("ocfl.root_created", "A half-made storage root is finished, never mistaken for one.")


class Root:
    """An OCFL 1.1 storage root and its staging area, which lies on the same file system.

    Making one reads nothing. Safe to share between threads; any number of processes
    may use the same directories.
    """

    def __init__(self, path: Path, staging: Path, swap: Swap = exchange) -> None:
        """swap: how two directories change places in one step, False where they cannot."""
        self.path = path
        self.staging = staging
        self.swap = swap

    # The root itself

    def create(self) -> Root:
        """Make the root and its staging area, or finish making them; returns self.

        A root that is already there is opened. Raises NotARoot for a directory that
        holds anything else.
        """
        self.staging.mkdir(parents=True, exist_ok=True)
        self.path.mkdir(parents=True, exist_ok=True)
        if not (self.path / layout.ROOT_DECLARATION).exists():
            strange = set(os.listdir(self.path)) - {"extensions", layout.LAYOUT_FILE}
            if strange:
                raise NotARoot(
                    path=str(self.path), problem=f"it already holds {min(strange)[:100]}."
                )
            sync = EachAtOnce()
            config = self.path / layout.EXTENSION_CONFIG
            make_directories(config.parent, self.path, sync)
            self._declare(config, layout.as_json(layout.CONFIG))
            self._declare(self.path / layout.LAYOUT_FILE, layout.as_json(layout.LAYOUT))
            crash.point("ocfl.root_created")
            # Last, because it is what makes the directory a root.
            declaration = self.path / layout.ROOT_DECLARATION
            self._declare(declaration, layout.ROOT_DECLARATION_TEXT)
            sync_directory(self.path.parent)
        return self.open()

    def _declare(self, target: Path, data: bytes) -> None:
        beside = self.staging / f"file-{secrets.token_hex(12)}"
        write_file(beside, data, EachAtOnce())
        os.replace(beside, target)
        sync_directory(target.parent)

    def open(self) -> Root:
        """Check that this is a root of our layout; returns self. Raises NotARoot."""
        if self._read(layout.ROOT_DECLARATION) != layout.ROOT_DECLARATION_TEXT:
            raise self._not_a_root("it does not declare OCFL 1.1. Create it first.")
        try:
            extension = json.loads(self._read(layout.LAYOUT_FILE))["extension"]
            config = json.loads(self._read(layout.EXTENSION_CONFIG))
        except (ValueError, KeyError, TypeError):
            raise self._not_a_root("its layout cannot be read.") from None
        if extension != layout.EXTENSION:
            raise self._not_a_root(f"its layout is {extension!r}, not {layout.EXTENSION}.")
        if config != layout.CONFIG:
            raise self._not_a_root(f"its layout is configured as {config!r}.")
        self.staging.mkdir(parents=True, exist_ok=True)
        if os.stat(self.staging).st_dev != os.stat(self.path).st_dev:
            raise self._not_a_root(
                f"the staging area {self.staging} lies on another file system, so nothing can be "
                "renamed into the root."
            )
        return self

    def _read(self, name: str) -> bytes:
        try:
            with (self.path / name).open("rb") as file:
                return file.read(64 * 1024)
        except OSError:
            return b""

    def _not_a_root(self, problem: str) -> NotARoot:
        return NotARoot(path=str(self.path), problem=problem)

    # Reading

    def object_path(self, object_id: str) -> Path:
        """Where an object is, or would be."""
        return self.path / layout.object_path(object_id)

    def head(self, object_id: str) -> Head | None:
        """Newest version and inventory digest of an object; None where there is none."""
        return self._object(object_id).head()

    def inventory(self, object_id: str) -> Inventory:
        """The object's checked inventory. Raises ObjectAbsent or Damaged."""
        return self._object(object_id).inventory()

    def versions(self, object_id: str) -> tuple[Version, ...]:
        """All versions of an object, oldest first."""
        return self.inventory(object_id).versions

    def read(self, object_id: str, version: int, logical_path: str) -> Path:
        """The file that holds the bytes of one file of one version. Raises ObjectAbsent."""
        inventory = self.inventory(object_id)
        if 1 <= version <= inventory.head:
            sha512 = inventory.versions[version - 1].state.get(logical_path)
            if sha512 is not None:
                return self.object_path(object_id) / inventory.manifest[sha512][0]
        raise ObjectAbsent(what=f"{logical_path} in version {version} of {object_id}")

    def walk(self, after: str = "") -> Iterator[Found]:
        """Everything in the root in a fixed order, from a cursor (the last path seen) on."""
        return walk(self.path, after)

    def _object(self, object_id: str) -> ObjectDir:
        return ObjectDir(self.object_path(object_id), object_id)

    # Writing

    def stage(self, request: Request) -> Staged:
        """Write one version into the staging area, lasting, and seen by nobody.

        Raises StaleBase where the object is not at `request.base`, BadPath, BadSource
        or ObjectTooLarge.
        """
        staged = self._stage(request, EachAtOnce())
        crash.point("ocfl.staged")
        return staged

    def stage_many(self, requests: Iterable[Request]) -> list[Staged]:
        """Stage versions of different objects, made lasting together. All, or an error."""
        sync = sync_for_many(self.staging)
        done: list[Staged] = []
        try:
            for request in requests:
                done.append(self._stage(request, sync))
            sync.barrier()
            crash.point("ocfl.staged")
        except BaseException:
            for staged in done:
                self.discard(staged)
            raise
        return done

    def place(self, staged: Staged) -> None:
        """Put a staged version into the root; readers see it when this returns.

        Again, from another process, or after a crash at any step, it ends the same.
        Raises StaleBase where the object has become something else, StagingLost where
        neither the root nor the staging area has the version any more.
        """
        [error] = self._place([staged], EachAtOnce())
        if error is not None:
            raise error

    def place_many(self, batch: Sequence[Staged]) -> list[OcflError | None]:
        """Place versions of different objects, made lasting together.

        Returns one entry for each, in order: None when it is in place, else what kept
        it out. One that fails keeps no other out.
        """
        if len({staged.object_id for staged in batch}) != len(batch):
            raise ValueError("a batch may hold an object only once")
        return self._place(batch, sync_for_many(self.staging))

    def discard(self, staged: Staged) -> None:
        """Throw away what was staged and will not be placed. Nothing there is no error."""
        shutil.rmtree(self.staging / staged.name, ignore_errors=True)

    def repair(self, object_id: str) -> bool:
        """Complete an object left between two steps. True if there was something to complete.

        Raises ObjectAbsent, or Damaged where the newest version is not whole.
        """
        with self._locked([object_id]):
            return self._repair(object_id)

    def sweep(self, older_than: datetime, keep: Container[str] = ()) -> list[str]:
        """Remove what was staged before an instant and never placed; returns the names.

        keep: names (`Staged.name`) that open intents still need. Only what this module
        writes is recognised; anything else in the staging area is left alone.
        """
        removed = []
        for name in sorted(os.listdir(self.staging)):
            path = self.staging / name
            if name in keep or not is_staging_name(name):
                continue
            try:
                if path.lstat().st_mtime >= older_than.timestamp():
                    continue
            except FileNotFoundError:
                continue
            if name.startswith("aside-"):
                self._sweep_aside(path)
            elif path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
            removed.append(name)
        return removed

    def _sweep_aside(self, path: Path) -> None:
        """Delete an object set aside, unless it is nowhere else: then put it back."""
        data = read_inventory(path / layout.INVENTORY, path.name)
        if data is None:
            shutil.rmtree(path, ignore_errors=True)
            return
        object_id = loads(data, path.name).object_id
        with self._locked([object_id]):
            self._repair(object_id)
            shutil.rmtree(path, ignore_errors=True)

    # Purging

    def stage_purge(
        self,
        object_id: str,
        base: Head,
        *,
        digests: Collection[str] = (),
        logical_paths: Collection[str] = (),
        files: Mapping[str, Source] | None = None,
        message: str,
        user: User | None,
        created: datetime,
    ) -> Staged:
        """Rewrite an object without some bytes, beside the root; `place` swaps it in.

        digests: SHA-512 of the bytes; logical_paths: names whose bytes, in whatever
        version and under whatever other name, go. files are added or replaced in the
        version that records the purge; where one of them takes a purged name, give
        digests, or the same purge done again would take it too. Bytes that the object
        does not hold are no error. Raises as `stage` does.
        """
        current = self._current(object_id, base)
        if current is None:
            raise ObjectAbsent(what=object_id)
        gone = {digest.lower() for digest in digests} | {
            version.state[path]
            for version in current.versions
            for path in logical_paths
            if path in version.state
        }
        staged = stage_rewrite(
            Request(object_id, base, files or {}, message, user, created),
            gone=gone,
            target=self._object(object_id),
            staging=self.staging,
            sync=EachAtOnce(),
        )
        crash.point("ocfl.staged")
        return staged

    def purge(
        self,
        object_id: str,
        *,
        digests: Collection[str] = (),
        logical_paths: Collection[str] = (),
        files: Mapping[str, Source] | None = None,
        message: str,
        user: User | None,
        created: datetime,
    ) -> Staged | None:
        """Stage and place a purge at once; None where none of it is in the object any more."""
        self.repair(object_id)
        inventory = self.inventory(object_id)
        names = {path for version in inventory.versions for path in version.state}
        if not names & set(logical_paths) and not inventory.manifest.keys() & set(digests):
            return None
        head = self.head(object_id)
        if head is None:
            raise ObjectAbsent(what=object_id)
        staged = self.stage_purge(
            object_id,
            head,
            digests=digests,
            logical_paths=logical_paths,
            files=files,
            message=message,
            user=user,
            created=created,
        )
        self.place(staged)
        return staged

    # Fixity

    def fixity(self, object_id: str) -> Checked:
        """Read every byte of one object and compare; findings are what is wrong."""
        target = self._object(object_id)
        path = str(layout.object_path(object_id))
        checked = check_object(target, path)
        if checked.findings:
            # Perhaps a version was just coming in. Under the lock nothing moves.
            with self._locked([object_id]):
                checked = check_object(target, path)
        return checked

    def fixity_all(self, after: str = "") -> Iterator[Checked]:
        """Fixity of the whole root, object by object, in the order of `walk`.

        after: the `path` of the last object checked, to go on from there; empty also
        checks the root's own declarations.
        """
        if not after:
            yield check_declarations(self.path)
        for found in self.walk(after):
            if found.object_id is None:
                yield stray(found.path)
            else:
                yield self.fixity(found.object_id)

    # Inside

    def _repair(self, object_id: str) -> bool:
        target, sync = self._object(object_id), EachAtOnce()
        returned = return_aside(target, staging=self.staging, sync=sync)
        return repair_object(target, staging=self.staging, sync=sync) or returned

    def _current(self, object_id: str, base: Head | None) -> Inventory | None:
        """The inventory at `base`, None for no object. Raises StaleBase."""
        target = self._object(object_id)
        found = target.head()
        interrupted = (
            aside(self.staging, object_id).exists()
            if found is None
            else target.version_sha512(found.version + 1) is not None
        )
        if interrupted:
            # An authorised change stopped half-way: it goes first.
            self.repair(object_id)
            found = target.head()
        if found != base:
            raise StaleBase(
                object_id=object_id,
                expected=base.version if base else 0,
                found=found.version if found else 0,
            )
        return target.inventory() if found else None

    def _stage(self, request: Request, sync: Sync) -> Staged:
        return stage_version(
            request,
            staging=self.staging,
            current=self._current(request.object_id, request.base),
            object_dir=self.object_path(request.object_id),
            sync=sync,
        )

    def _place(self, batch: Sequence[Staged], sync: Sync) -> list[OcflError | None]:
        with self._locked([staged.object_id for staged in batch]):
            return place_all(batch, root=self.path, staging=self.staging, sync=sync, swap=self.swap)

    def _locked(self, object_ids: Iterable[str]) -> AbstractContextManager[None]:
        # One of 256 locks for an object: the same first level that it lies in.
        names = {layout.object_path(object_id).parts[0] for object_id in object_ids}
        return locked(self.staging / "locks", names)
