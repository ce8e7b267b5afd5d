"""What a node asks of its kept files, wherever they lie: on a disk, or in an object store.

Staging is the same for both: a version is made whole on the local disk, and nobody sees it.
What differs is how it is put where readers find it: `root.py` by renaming, `remote.py` by
sending and one put that only one writer can win.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from abc import ABC, abstractmethod
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from tonle.infra import crash
from tonle.infra.ocfl import layout
from tonle.infra.ocfl.bucket import Place
from tonle.infra.ocfl.durable import (
    EachAtOnce,
    Sync,
    locked,
    sync_directory,
    sync_for_many,
    write_file,
)
from tonle.infra.ocfl.errors import NotARoot, ObjectAbsent, OcflError, StoreRefuses
from tonle.infra.ocfl.fixity import Checked, check_declarations, check_object, stray
from tonle.infra.ocfl.inventory import Inventory, User, Version
from tonle.infra.ocfl.reading import Found, ObjectDir
from tonle.infra.ocfl.sources import Source
from tonle.infra.ocfl.staging import Head, Request, Staged, is_staging_name


class Storage(ABC):
    """An OCFL 1.1 storage root and its staging area on the local disk.

    Making one reads nothing. Safe to share between threads; any number of processes
    may use the same.
    """

    # What it is called where it is written down which storage a node has.
    name: str
    # The storage whose files are being moved here, and which is the node's until they are.
    coming_from = ""

    def __init__(self, staging: Path) -> None:
        self.staging = staging

    # The root itself

    @abstractmethod
    def create(self) -> Self:
        """Make the root and its staging area, or finish making them; returns self.

        A root that is already there is opened. Raises NotARoot for a place that
        holds anything else.
        """

    @abstractmethod
    def open(self) -> Self:
        """Check that this is a root of our layout; returns self. Raises NotARoot."""

    @abstractmethod
    def object_root(self) -> Place:
        """Where all of it lies."""

    def object_path(self, object_id: str) -> Place:
        """Where an object is, or would be."""
        return self.object_root() / layout.object_path(object_id)

    @abstractmethod
    def object(self, object_id: str, path: str | None = None) -> ObjectDir[Any]:
        """One object, to be read. path: where it lies below the root, if not where it must."""

    @abstractmethod
    def exists(self, object_id: str) -> bool:
        """Whether there is such an object. One look."""

    def _check_layout(self) -> None:
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

    def _read(self, name: str) -> bytes:
        try:
            with (self.object_root() / name).open("rb") as file:
                return file.read(64 * 1024)
        except OSError:
            return b""

    def there(self, object_id: str, content_paths: Collection[str]) -> set[str]:
        """Those of an object's content paths at which there is a file."""
        folder = self.object_path(object_id)
        return {path for path in content_paths if (folder / path).is_file()}

    def _not_a_root(self, problem: str) -> NotARoot:
        return NotARoot(path=str(self.object_root()), problem=problem)

    # Reading

    def head(self, object_id: str) -> Head | None:
        """Newest version and inventory digest of an object; None where there is none."""
        return self.object(object_id).head()

    def inventory(self, object_id: str) -> Inventory:
        """The object's checked inventory. Raises ObjectAbsent or Damaged."""
        return self.object(object_id).inventory()

    def versions(self, object_id: str) -> tuple[Version, ...]:
        """All versions of an object, oldest first."""
        return self.inventory(object_id).versions

    def read(self, object_id: str, version: int, logical_path: str) -> Place:
        """What holds the bytes of one file of one version. Raises ObjectAbsent."""
        return self.object_root() / self.content_path(object_id, version, logical_path)

    def content_path(self, object_id: str, version: int, logical_path: str) -> str:
        """The same, below the root."""
        inventory = self.inventory(object_id)
        if 1 <= version <= inventory.head:
            sha512 = inventory.versions[version - 1].state.get(logical_path)
            if sha512 is not None:
                return f"{layout.object_path(object_id)}/{inventory.manifest[sha512][0]}"
        raise ObjectAbsent(what=f"{logical_path} in version {version} of {object_id}")

    @abstractmethod
    def walk(self, after: str = "") -> Iterator[Found]:
        """Everything in the root in a fixed order, from a cursor (the last path seen) on."""

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
        with self.locked([object_id]):
            return self._repair(object_id)

    def sweep(self, older_than: datetime, keep: Container[str] = ()) -> list[str]:
        """Remove what was staged before an instant and never placed; returns the names.

        keep: names (`Staged.name`) that open intents still need. Only what this package
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
            self._sweep_one(path)
            removed.append(name)
        return removed

    def _sweep_one(self, path: Path) -> None:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)

    @abstractmethod
    def bring(self, source: ObjectDir[Any]) -> bool:
        """Copy an object with all of its versions, proving every file; False where it is here.

        What is here may be an earlier state of it. Interrupted, it is begun again. Raises
        StaleBase where another object, or a later state, is here; Damaged or BadSource where
        the source is not whole.
        """

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
        request = Request(object_id, base, files or {}, message, user, created)
        staged = self._stage_rewrite(request, gone, current)
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
        target = self.object(object_id)
        path = str(layout.object_path(object_id))
        checked = check_object(target, path)
        if checked.findings:
            # Perhaps a version was just coming in. Under the lock nothing moves.
            with self.locked([object_id]):
                checked = check_object(target, path)
        return checked

    def fixity_all(self, after: str = "") -> Iterator[Checked]:
        """Fixity of the whole root, object by object, in the order of `walk`.

        after: the `path` of the last object checked, to go on from there; empty also
        checks the root's own declarations.
        """
        if not after:
            yield check_declarations(self.object_root())
        for found in self.walk(after):
            if found.object_id is None:
                yield stray(found.path)
            else:
                yield self.fixity(found.object_id)

    # Inside

    @abstractmethod
    def _stage(self, request: Request, sync: Sync) -> Staged: ...

    @abstractmethod
    def _stage_rewrite(
        self, request: Request, gone: Collection[str], current: Inventory
    ) -> Staged: ...

    @abstractmethod
    def _place(self, batch: Sequence[Staged], _sync: Sync, /) -> list[OcflError | None]: ...

    @abstractmethod
    def _repair(self, object_id: str) -> bool: ...

    @abstractmethod
    def _current(self, object_id: str, base: Head | None) -> Inventory | None:
        """The inventory at `base`, None for no object. Raises StaleBase."""

    @contextmanager
    def locked(self, object_ids: Iterable[str] | None) -> Iterator[None]:
        """Hold what keeps other processes of this node from changing these objects; None: all.

        Raises StoreRefuses where the node's files were moved elsewhere in the meantime.
        """
        # One of 256 locks for an object: the same first level that it lies in.
        names = (
            {f"{number:02x}" for number in range(256)}
            if object_ids is None
            else {layout.object_path(object_id).parts[0] for object_id in object_ids}
        )
        with locked(self.staging / "locks", names):
            moved = noted_place(self.staging)
            if moved not in {"", self.name, self.coming_from}:
                raise StoreRefuses(
                    place=self.name, reason=f"The files were moved to {moved}: start anew."
                )
            yield


# In the staging area: the name of the storage that is the node's, once it was chosen.
PLACE = "place"


def noted_place(staging: Path) -> str:
    """Which storage is the node's; "" where that was never written down."""
    try:
        return (staging / PLACE).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def note_place(staging: Path, name: str) -> None:
    """From now on that storage is the node's; lasting when this returns."""
    beside = staging / f"file-{secrets.token_hex(12)}"
    write_file(beside, name.encode(), EachAtOnce())
    beside.replace(staging / PLACE)
    sync_directory(staging)
