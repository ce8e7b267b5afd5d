"""Reading one object, and telling a whole one from an interrupted one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Generic, TypeVar

from tonle.infra.ocfl import layout
from tonle.infra.ocfl.bucket import Key, Place
from tonle.infra.ocfl.errors import BadSource, Damaged, ObjectAbsent, ObjectTooLarge
from tonle.infra.ocfl.inventory import MOST_BYTES, Inventory, loads, sidecar
from tonle.infra.ocfl.sources import digest_file
from tonle.infra.ocfl.staging import Head

P = TypeVar("P", bound=Place)


@dataclass(frozen=True)
class ObjectDir(Generic[P]):
    """The directory of one object, which may or may not be there."""

    path: P
    object_id: str

    def place(self, below: str) -> Place:
        """Where something of the object lies, by its path in it."""
        return self.path / below

    def head(self) -> Head | None:
        """Where the object stands, or None where there is no such object. Raises Damaged."""
        data = self.inventory_bytes()
        if data is None:
            return None
        return Head(self._parse(data).head, hashlib.sha512(data).hexdigest())

    def inventory(self) -> Inventory:
        """The object's inventory, checked. Raises ObjectAbsent or Damaged."""
        data = self.inventory_bytes()
        if data is None:
            raise ObjectAbsent(what=self.object_id)
        return self._parse(data)

    def inventory_bytes(self) -> bytes | None:
        """The root inventory, proven by its sidecar, or None where there is no object.

        Between the replacing of inventory and of sidecar the two differ; then the copy
        in the version directory, which came in with its own sidecar, is the proof.
        """
        data = read_inventory(self.path / layout.INVENTORY, self.object_id)
        if data is None:
            if self.is_there():
                raise self._damaged("its root inventory is missing.")
            return None
        if self._sidecar_fits(self.path, data):
            return data
        head = layout.version_name(self._parse(data).head)
        copy = read_inventory(self.path / head / layout.INVENTORY, self.object_id)
        if copy == data and self._sidecar_fits(self.path / head, data):
            return data
        raise self._damaged("its root inventory and the sidecar differ.")

    def is_settled(self) -> bool:
        """Whether the root's sidecar belongs to its inventory."""
        data = read_inventory(self.path / layout.INVENTORY, self.object_id)
        return data is not None and self._sidecar_fits(self.path, data)

    def newest_version(self) -> int | None:
        """The highest numbered version directory, whatever the inventory says."""
        names = self.names()
        if names is None:
            raise ObjectAbsent(what=self.object_id)
        return max(filter(None, map(layout.version_number, names)), default=None)

    def names(self, below: str = "") -> list[str] | None:
        """What lies in the object's directory, or in one below it; None where there is none."""
        try:
            return sorted(os.listdir(str(self.path / below if below else self.path)))
        except (FileNotFoundError, NotADirectoryError):
            return None

    def files(self, below: str) -> Iterator[str]:
        """Every file below a directory of the object, by its path in the object; a directory
        without any ends in a slash."""
        for where, folders, files in os.walk(str(self.path / below)):
            inside = Path(where).relative_to(str(self.path)).as_posix()
            if not folders and not files:
                yield f"{inside}/"
            yield from (f"{inside}/{name}" for name in sorted(files))
            folders.sort()

    def sizes(self) -> Callable[[str], int]:
        """How long a file of the object is, by its content path. Raises FileNotFoundError."""
        return lambda path: os.stat(str(self.path / path)).st_size

    def is_there(self) -> bool:
        """Whether anything of the object is there."""
        return os.path.isdir(str(self.path))

    def version_sha512(self, number: int) -> str | None:
        """SHA-512 of the inventory inside a version directory, or None without one."""
        path = self.path / layout.version_name(number) / layout.INVENTORY
        data = read_inventory(path, self.object_id)
        return None if data is None else hashlib.sha512(data).hexdigest()

    def checked_version(self, number: int) -> bytes:
        """The inventory inside a version directory, proven to be that version's. Raises Damaged."""
        folder = self.place(layout.version_name(number))
        data = read_inventory(folder / layout.INVENTORY, self.object_id)
        if data is None or not self._sidecar_fits(folder, data):
            raise self._damaged(f"the inventory of version {number} and its sidecar differ.")
        if self._parse(data).head != number:
            raise self._damaged(f"version {number} holds the inventory of another version.")
        return data

    def check_content(self, data: bytes) -> None:
        """Raise Damaged unless the newest version's files are all there and unchanged.

        data: the newest version's inventory. Files of older versions must be there;
        whether they are unchanged is for fixity to say.
        """
        inventory = self._parse(data)
        newest = f"{layout.version_name(inventory.head)}/"
        for sha512, paths in inventory.manifest.items():
            for path in paths:
                if not (self.path / path).is_file():
                    raise self._damaged(f"{path} is missing.")
                try:
                    intact = not path.startswith(newest) or (
                        digest_file(self.path / path).sha512 == sha512
                    )
                except BadSource as error:
                    raise self._damaged(f"{path} cannot be read.") from error
                if not intact:
                    raise self._damaged(f"{path} has other bytes than its digest says.")

    def _sidecar_fits(self, folder: Place, data: bytes) -> bool:
        try:
            if isinstance(folder, Key):
                return (folder / layout.SIDECAR).read_bytes() == sidecar(data)
            with (folder / layout.SIDECAR).open("rb") as file:
                return file.read(1024) == sidecar(data)
        except OSError:
            return False

    def _parse(self, data: bytes) -> Inventory:
        inventory = loads(data, self.object_id)
        if inventory.object_id != self.object_id:
            raise self._damaged(f"its inventory names {inventory.object_id[:200]}.")
        return inventory

    def _damaged(self, problem: str) -> Damaged:
        return Damaged(object_id=self.object_id, problem=problem)


def read_inventory(path: Place, where: str) -> bytes | None:
    """The bytes of an inventory, or None where there is no such file. Bounded."""
    try:
        if isinstance(path, Key):
            data = path.read_bytes()
        else:
            with path.open("rb") as file:
                data = file.read(MOST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    if len(data) > MOST_BYTES:
        raise ObjectTooLarge(object_id=where, found=len(data), unit="bytes", limit=MOST_BYTES)
    return data


@dataclass(frozen=True)
class Found:
    """One thing met while walking a root: path below the root, and the object's id.

    object_id is None for something that is no object and should not be there.
    """

    path: str
    object_id: str | None


def walk(root: Path, after: str = "") -> Iterator[Found]:
    """All objects of a root in the order of their paths, those after `after` only.

    Memory is bounded by the largest directory: with two levels of two hex digits, a
    leaf holds about 150 of ten million objects.
    """
    for first in sorted(os.listdir(root)):
        if first in {layout.ROOT_DECLARATION, layout.LAYOUT_FILE, "extensions"}:
            continue
        if first < after[:2]:
            continue
        yield from _walk_level(root, first, after)


def _walk_level(root: Path, path: str, after: str) -> Iterator[Found]:
    depth = path.count("/")
    if not (root / path).is_dir() or (root / path).is_symlink():
        if path > after:
            yield Found(path, None)
    elif depth < 2:
        for name in sorted(os.listdir(root / path)):
            child = f"{path}/{name}"
            if child >= after[: len(child)]:
                yield from _walk_level(root, child, after)
    elif path > after:
        yield Found(path, object_id_at(path, root / path / layout.INVENTORY))


def object_id_at(path: str, inventory: Place) -> str | None:
    """The id from the object's name, or from its inventory where the name was cut; None for what
    is no object."""
    object_id = layout.object_id_of(PurePosixPath(path))
    if object_id is not None:
        return object_id
    data = read_inventory(inventory, path)
    if data is None:
        return None
    try:
        object_id = loads(data, path).object_id
    except Damaged:
        return None
    return object_id if str(layout.object_path(object_id)) == path else None
