"""A storage root on a disk: the node's kept files, opened once and used from everywhere."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from tonle.infra import crash
from tonle.infra.ocfl import layout
from tonle.infra.ocfl.durable import (
    EachAtOnce,
    Swap,
    Sync,
    exchange,
    make_directories,
    sync_directory,
    write_file,
)
from tonle.infra.ocfl.errors import Damaged, NotARoot, ObjectAbsent, OcflError, StaleBase
from tonle.infra.ocfl.inventory import Inventory, goes_on_from, loads, sidecar
from tonle.infra.ocfl.placing import place_all, repair_object
from tonle.infra.ocfl.purging import NEW, aside, return_aside, stage_rewrite
from tonle.infra.ocfl.reading import Found, ObjectDir, read_inventory, walk
from tonle.infra.ocfl.sources import copy_file
from tonle.infra.ocfl.staging import (
    Head,
    Kind,
    Request,
    Staged,
    stage_version,
    write_declaration,
)
from tonle.infra.ocfl.storage import Storage

crash.declare("ocfl.root_created", "A half-made storage root is finished, never mistaken for one.")


class Root(Storage):
    """A storage root on a disk; its staging area lies on the same file system."""

    name = "disk"

    def __init__(self, path: Path, staging: Path, swap: Swap = exchange) -> None:
        """swap: how two directories change places in one step, False where they cannot."""
        super().__init__(staging)
        self.path = path
        self.swap = swap

    # The root itself

    def create(self) -> Self:
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

    def open(self) -> Self:
        self._check_layout()
        self.staging.mkdir(parents=True, exist_ok=True)
        if os.stat(self.staging).st_dev != os.stat(self.path).st_dev:
            raise self._not_a_root(
                f"the staging area {self.staging} lies on another file system, so nothing can be "
                "renamed into the root."
            )
        return self

    def object_root(self) -> Path:
        return self.path

    def object_path(self, object_id: str) -> Path:
        """Where an object is, or would be."""
        return self.path / layout.object_path(object_id)

    def object(self, object_id: str, path: str | None = None) -> ObjectDir[Path]:
        place = self.object_path(object_id) if path is None else self.path / path
        return ObjectDir(place, object_id)

    def exists(self, object_id: str) -> bool:
        return self.object_path(object_id).is_dir()

    # Reading

    def read(self, object_id: str, version: int, logical_path: str) -> Path:
        """The file that holds the bytes of one file of one version. Raises ObjectAbsent."""
        return self.path / self.content_path(object_id, version, logical_path)

    def walk(self, after: str = "") -> Iterator[Found]:
        return walk(self.path, after)

    def _sweep_one(self, path: Path) -> None:
        if path.name.startswith("aside-"):
            self._sweep_aside(path)
        else:
            super()._sweep_one(path)

    def _sweep_aside(self, path: Path) -> None:
        """Delete an object set aside, unless it is nowhere else: then put it back."""
        data = read_inventory(path / layout.INVENTORY, path.name)
        if data is None:
            shutil.rmtree(path, ignore_errors=True)
            return
        object_id = loads(data, path.name).object_id
        with self.locked([object_id]):
            self._repair(object_id)
            shutil.rmtree(path, ignore_errors=True)

    # Inside

    def bring(self, source: ObjectDir[Any]) -> bool:
        data = source.inventory_bytes()
        if data is None:
            raise ObjectAbsent(what=source.object_id)
        inventory = loads(data, source.object_id)
        there = self.head(source.object_id)
        head = Head(inventory.head, hashlib.sha512(data).hexdigest())
        if there == head:
            return False
        if there is not None and not goes_on_from(inventory, self.inventory(source.object_id)):
            raise StaleBase(
                object_id=source.object_id, expected=head.version - 1, found=there.version
            )
        kind: Kind = "object" if there is None else "rewrite"
        staged = Staged(
            f"{kind}-{secrets.token_hex(12)}",
            kind,
            source.object_id,
            str(layout.object_path(source.object_id)),
            there,
            head,
            (),
        )
        try:
            self._copy(source, inventory, data, staged)
            self.place(staged)
        except BaseException:
            self.discard(staged)
            raise
        return True

    def _copy(
        self, source: ObjectDir[Any], inventory: Inventory, data: bytes, staged: Staged
    ) -> None:
        place, sync = self.staging / staged.name, EachAtOnce()
        place.mkdir()
        new = place if staged.kind == "object" else place / NEW
        new.mkdir(exist_ok=True)
        for sha512, paths in inventory.manifest.items():
            for path in paths:
                make_directories((new / path).parent, new, sync)
                if copy_file(source.place(path), new / path, sync).sha512 != sha512:
                    raise Damaged(object_id=source.object_id, problem=f"{path} was changed.")
        for number in range(1, inventory.head + 1):
            folder = new / layout.version_name(number)
            folder.mkdir(exist_ok=True)
            own = data if number == inventory.head else source.checked_version(number)
            write_file(folder / layout.INVENTORY, own, sync)
            write_file(folder / layout.SIDECAR, sidecar(own), sync)
            sync.directory(folder)
        write_file(new / layout.INVENTORY, data, sync)
        write_file(new / layout.SIDECAR, sidecar(data), sync)
        write_declaration(new, sync)
        sync.directory(self.staging)

    # Inside

    def _repair(self, object_id: str) -> bool:
        target, sync = ObjectDir(self.object_path(object_id), object_id), EachAtOnce()
        returned = return_aside(target, staging=self.staging, sync=sync)
        return repair_object(target, staging=self.staging, sync=sync) or returned

    def _current(self, object_id: str, base: Head | None) -> Inventory | None:
        target = self.object(object_id)
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
            sizes=self.object(request.object_id).sizes(),
            sync=sync,
        )

    def _stage_rewrite(self, request: Request, gone: Collection[str], current: Inventory) -> Staged:
        return stage_rewrite(
            request,
            gone=gone,
            current=current,
            target=self.object(request.object_id),
            staging=self.staging,
            sync=EachAtOnce(),
        )

    def _place(self, batch: Sequence[Staged], sync: Sync, /) -> list[OcflError | None]:
        with self.locked([staged.object_id for staged in batch]):
            return place_all(batch, root=self.path, staging=self.staging, sync=sync, swap=self.swap)
