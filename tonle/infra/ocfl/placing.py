"""Putting a staged version where readers find it; going on from wherever a crash left it.

Every step is a rename or an atomic replace, each is on the disk before the next,
and each first looks whether it was done already. So placing twice, in two
processes, or again after a power cut ends in the same object.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

from tonle.infra import crash
from tonle.infra.ocfl import layout
from tonle.infra.ocfl.durable import (
    Swap,
    Sync,
    if_present,
    make_directories,
    sync_directory,
    write_file,
)
from tonle.infra.ocfl.errors import Damaged, OcflError, StagingLost, StaleBase
from tonle.infra.ocfl.inventory import sidecar
from tonle.infra.ocfl.purging import NEW, aside
from tonle.infra.ocfl.reading import ObjectDir
from tonle.infra.ocfl.staging import Head, Staged

crash.declare("ocfl.object_renamed", "A new object is in the root whole or not at all.")
crash.declare(
    "ocfl.version_renamed", "A version whose inventory is not yet the root's is completed."
)
crash.declare("ocfl.inventory_replaced", "A root inventory with an old sidecar is completed.")
crash.declare("ocfl.sidecar_replaced", "A placed version whose staging remains is left as it is.")
crash.declare("ocfl.rewrite_set_aside", "An object set aside for its rewritten self comes back.")
crash.declare("ocfl.rewrite_swapped", "Purged bytes left in staging are removed afterwards.")


def place_all(
    batch: Sequence[Staged], *, root: Path, staging: Path, sync: Sync, swap: Swap
) -> list[OcflError | None]:
    """Place every staged version; the caller holds the locks of all their objects.

    Returns, in the order given, None for what is now in place and the error for what
    is not; one that fails keeps no other from being placed.
    """
    work = [_Placing(staged, root, staging, sync, swap) for staged in batch]
    for step in (_Placing.move_in, _Placing.replace_inventory, _Placing.replace_sidecar):
        pending = [placing for placing in work if not placing.finished]
        for placing in pending:
            try:
                step(placing)
            except OcflError as error:
                placing.error = error
        if pending:
            sync.barrier()
    for placing in work:
        if placing.error is None:
            placing.tidy()
    return [placing.error for placing in work]


class _Placing:
    """One staged version on its way in; three steps with a barrier after each."""

    def __init__(self, staged: Staged, root: Path, staging: Path, sync: Sync, swap: Swap) -> None:
        self.staged = staged
        self.staging = staging
        self.place = staging / staged.name
        self.target = ObjectDir(root / staged.object_path, staged.object_id)
        self.root = root
        self.sync = sync
        self.swap = swap
        self.error: OcflError | None = None
        self.placed = False

    @property
    def finished(self) -> bool:
        return self.placed or self.error is not None

    def move_in(self) -> None:
        """Rename what was staged into the root, unless that was done before."""
        found = self.target.head()
        if found == self.staged.head:
            # Only the sidecar can still be missing; the next two steps see to it.
            self.placed = self.target.is_settled()
        elif self._is_history(found):
            self.placed = True
        elif self.staged.kind == "object":
            self._move_object(found)
        elif self.staged.kind == "version":
            self._move_version(found)
        else:
            self._swap(found)

    def _is_history(self, found: Head | None) -> bool:
        """Whether the object has gone on from the very version that was staged."""
        if found is None or found.version <= self.staged.version:
            return False
        return self.target.version_sha512(self.staged.version) == self.staged.inventory_sha512

    def _move_object(self, found: Head | None) -> None:
        if found is not None:
            raise self._stale(found)
        target = self.target.path
        make_directories(target.parent, self.root, self.sync)
        try:
            os.rename(self.place, target)
        except FileNotFoundError:
            raise self._lost() from None
        self.sync.directory(target.parent)
        self.sync.directory(self.staging)
        crash.point("ocfl.object_renamed")
        self.placed = True

    def _move_version(self, found: Head | None) -> None:
        number = self.staged.version
        there = self.target.version_sha512(number)
        if found != self.staged.base:
            raise self._stale(found)
        if there == self.staged.inventory_sha512:
            return
        if there is not None:
            # Another authorised version was interrupted here: it goes first.
            repair_object(self.target, staging=self.staging, sync=self.sync)
            raise self._stale(self.target.head())
        name = layout.version_name(number)
        try:
            os.rename(self.place / name, self.target.path / name)
        except FileNotFoundError:
            raise self._lost() from None
        self.sync.directory(self.target.path)
        crash.point("ocfl.version_renamed")

    def replace_inventory(self) -> None:
        self._replace(layout.INVENTORY)
        crash.point("ocfl.inventory_replaced")

    def replace_sidecar(self) -> None:
        self._replace(layout.SIDECAR)
        crash.point("ocfl.sidecar_replaced")
        self.placed = True

    def _replace(self, name: str) -> None:
        """Put the staged root file in place; take the version's own copy if it was used up."""
        if not if_present(lambda: os.replace(self.place / name, self.target.path / name)):
            source = self.target.path / layout.version_name(self.staged.version) / name
            _replace_file(self.target.path / name, source.read_bytes(), self.staging, self.sync)
        self.sync.directory(self.target.path)

    def _swap(self, found: Head | None) -> None:
        """Exchange the object for its rewritten self; the old one ends in staging."""
        new, waiting = self.place / NEW, aside(self.staging, self.staged.object_id)
        if found is None and waiting.exists() and new.exists():
            os.rename(new, self.target.path)
        elif found != self.staged.base:
            raise self._stale(found)
        elif not new.exists():
            raise self._lost()
        elif not self.swap(new, self.target.path):
            # Something older under this name was purged before and not yet deleted.
            shutil.rmtree(waiting, ignore_errors=True)
            os.rename(self.target.path, waiting)
            self.sync.directory(self.staging)
            crash.point("ocfl.rewrite_set_aside")
            os.rename(new, self.target.path)
        self.sync.directory(self.target.path.parent)
        self.sync.directory(self.place)
        crash.point("ocfl.rewrite_swapped")
        self.placed = True

    def tidy(self) -> None:
        """Delete what is left in staging; for a rewritten object, the purged bytes."""
        shutil.rmtree(self.place, ignore_errors=True)
        if self.staged.kind == "rewrite":
            shutil.rmtree(aside(self.staging, self.staged.object_id), ignore_errors=True)
            sync_directory(self.staging)

    def _stale(self, found: Head | None) -> StaleBase:
        return StaleBase(
            object_id=self.staged.object_id,
            expected=self.staged.base.version if self.staged.base else 0,
            found=found.version if found else 0,
        )

    def _lost(self) -> StagingLost:
        return StagingLost(object_id=self.staged.object_id, version=self.staged.version)


def repair_object(target: ObjectDir[Path], *, staging: Path, sync: Sync) -> bool:
    """Complete an object that was left between two steps; the caller holds its lock.

    The newest version directory decides, for it was renamed in only after its
    publication was authorised. True when something was completed, False when the
    object stood whole. Raises Damaged, and changes nothing, where the newest version
    is not whole itself: no authorised version is ever rolled back.
    """
    number = target.newest_version()
    if number is None:
        raise Damaged(object_id=target.object_id, problem="it has no version.")
    data = target.checked_version(number)
    wanted = {layout.INVENTORY: data, layout.SIDECAR: sidecar(data)}
    stale = [
        name
        for name in wanted
        if not (target.path / name).is_file() or (target.path / name).read_bytes() != wanted[name]
    ]
    if not stale:
        return False
    target.check_content(data)
    for name in stale:
        _replace_file(target.path / name, wanted[name], staging, sync)
        sync.directory(target.path)
    sync.barrier()
    return True


def _replace_file(target: Path, data: bytes, staging: Path, sync: Sync) -> None:
    """Write beside, then replace in one step."""
    beside = staging / f"file-{secrets.token_hex(12)}"
    write_file(beside, data, sync)
    os.replace(beside, target)
