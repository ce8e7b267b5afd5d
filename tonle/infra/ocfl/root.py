"""A storage root: the node's kept files, opened once and used from everywhere."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from tonle.infra import crash
from tonle.infra.ocfl import layout
from tonle.infra.ocfl.durable import (
    EachAtOnce,
    Sync,
    locked,
    make_directories,
    sync_directory,
    sync_for_many,
    write_file,
)
from tonle.infra.ocfl.errors import NotARoot, ObjectAbsent, OcflError, StaleBase
from tonle.infra.ocfl.inventory import Inventory, Version
from tonle.infra.ocfl.placing import place_all, repair_object
from tonle.infra.ocfl.reading import Found, ObjectDir, walk
from tonle.infra.ocfl.staging import Head, Request, Staged, stage_version

crash.declare("ocfl.root_created", "A half-made storage root is finished, never mistaken for one.")


class Root:
    """An OCFL 1.1 storage root and its staging area, which lies on the same file system.

    Making one reads nothing. Safe to share between threads; any number of processes
    may use the same directories.
    """

    def __init__(self, path: Path, staging: Path) -> None:
        self.path = path
        self.staging = staging

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
        return self._stage(request, EachAtOnce())

    def stage_many(self, requests: Iterable[Request]) -> list[Staged]:
        """Stage versions of different objects, made lasting together. All, or an error."""
        sync = sync_for_many(self.staging)
        done: list[Staged] = []
        try:
            for request in requests:
                done.append(self._stage(request, sync))
            sync.barrier()
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

    def _repair(self, object_id: str) -> bool:
        return repair_object(self._object(object_id), staging=self.staging, sync=EachAtOnce())

    def _stage(self, request: Request, sync: Sync) -> Staged:
        target = self._object(request.object_id)
        found = target.head()
        if found is not None and target.version_sha512(found.version + 1) is not None:
            # An authorised version was interrupted on its way in: it goes first.
            self.repair(request.object_id)
            found = target.head()
        if found != request.base:
            raise StaleBase(
                object_id=request.object_id,
                expected=request.base.version if request.base else 0,
                found=found.version if found else 0,
            )
        return stage_version(
            request,
            staging=self.staging,
            current=target.inventory() if found else None,
            object_dir=target.path,
            sync=sync,
        )

    def _place(self, batch: Sequence[Staged], sync: Sync) -> list[OcflError | None]:
        with self._locked([staged.object_id for staged in batch]):
            return place_all(batch, root=self.path, staging=self.staging, sync=sync)

    def _locked(self, object_ids: Iterable[str]) -> AbstractContextManager[None]:
        # One of 256 locks for an object: the same first level that it lies in.
        names = {layout.object_path(object_id).parts[0] for object_id in object_ids}
        return locked(self.staging / "locks", names)
