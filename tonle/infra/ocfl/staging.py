"""Building a version beside the storage root, whole and on the disk, before anybody is told.

A staged directory is a child of the staging area and holds

    object-…/            a whole new object, to be renamed into the root as it is
    version-…/vN/        one new version directory, with
    version-…/inventory.json and its sidecar, the object's next root inventory
    rewrite-…/object/    a whole object without purged bytes, to be swapped in

Nothing here is visible, and nothing here is needed again once it is placed.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Self

from tonle.infra import crash
from tonle.infra.ocfl import layout
from tonle.infra.ocfl.durable import Sync, write_file
from tonle.infra.ocfl.errors import BadSource, ObjectTooLarge
from tonle.infra.ocfl.inventory import MOST_BYTES, MOST_FILES, Inventory, User, Version, sidecar
from tonle.infra.ocfl.paths import ContentNames, check_logical_paths, folders_of
from tonle.infra.ocfl.sources import (
    Existing,
    Given,
    Source,
    copy_file,
    take_file,
)
from tonle.kernel.digests import Digests, of_bytes

crash.declare("ocfl.staging", "A half-staged version is never seen, and can be swept away.")
crash.declare("ocfl.staged", "A staged version that nobody authorised is never seen.")

Kind = Literal["object", "version", "rewrite"]
# The length of a file of an object, by its content path.
Sizes = Callable[[str], int]

_NAME = re.compile(r"(object|version|rewrite|aside|file)-[0-9a-f]{24}")


def is_staging_name(name: str) -> bool:
    """Whether an entry of the staging area was put there by this package."""
    return _NAME.fullmatch(name) is not None


@dataclass(frozen=True)
class Head:
    """Where an object stands: its newest version and the digest of its root inventory."""

    version: int
    inventory_sha512: str


@dataclass(frozen=True)
class Request:
    """A version to stage.

    base: the head it was made for; None for a new object.
    files: logical path to source; the whole of the new version, not a difference.
    created: aware instant.
    """

    object_id: str
    base: Head | None
    files: Mapping[str, Source]
    message: str
    user: User | None
    created: datetime


@dataclass(frozen=True)
class Stored:
    """One file of a version: name, path of the bytes below the object, their digests."""

    logical_path: str
    content_path: str
    size_bytes: int
    sha256: str
    sha512: str


@dataclass(frozen=True)
class Staged:
    """A staged version, as an intent row keeps it between the two transactions.

    name: the directory in the staging area. object_path: below the root, with slashes.
    head: what the object's head will be. base: what it must be before, None for none.
    files: the files of the new version, by logical path.
    """

    name: str
    kind: Kind
    object_id: str
    object_path: str
    base: Head | None
    head: Head
    files: tuple[Stored, ...]

    @property
    def version(self) -> int:
        return self.head.version

    @property
    def inventory_sha512(self) -> str:
        return self.head.inventory_sha512

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON column; `from_json` turns them back."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The same Staged again. Raises TypeError or KeyError for anything else."""
        return cls(
            name=value["name"],
            kind=value["kind"],
            object_id=value["object_id"],
            object_path=value["object_path"],
            base=Head(**value["base"]) if value["base"] else None,
            head=Head(**value["head"]),
            files=tuple(Stored(**stored) for stored in value["files"]),
        )


def stage_version(
    request: Request,
    *,
    staging: Path,
    current: Inventory | None,
    sizes: Sizes,
    sync: Sync,
    by_digest: bool = False,
    kind: Kind | None = None,
) -> Staged:
    """Write one version into the staging area; the caller has checked its base.

    current: the object's inventory, None for a new object. The result is on the disk
    after the caller's `sync.barrier()`. Leaves nothing behind when it raises. sizes: how
    long what the object has is. by_digest: see `VersionWriter`. kind: what it is, if that
    does not follow from there being an object.
    """
    check_logical_paths(request.files)
    if len(request.files) > MOST_FILES:
        raise ObjectTooLarge(
            object_id=request.object_id, found=len(request.files), unit="files", limit=MOST_FILES
        )
    kind = kind or ("object" if current is None else "version")
    name = f"{kind}-{secrets.token_hex(12)}"
    place = staging / name
    try:
        place.mkdir()
        writer = VersionWriter(request, place, current, sizes, sync, by_digest=by_digest)
        head, files = writer.write()
        if kind == "object":
            write_declaration(place, sync)
        sync.directory(staging)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    path = layout.object_path(request.object_id)
    return Staged(name, kind, request.object_id, str(path), request.base, head, files)


def write_declaration(object_dir: Path, sync: Sync) -> None:
    """Declare a directory to be an OCFL object."""
    write_file(object_dir / layout.OBJECT_DECLARATION, layout.OBJECT_DECLARATION_TEXT, sync)
    sync.directory(object_dir)


class VersionWriter:
    """Writes the next version's directory into `place`, and the inventory that includes it.

    current: the inventory so far, None before the first version. sizes: how long what it
    names is. by_digest: content paths begin with the digest of their bytes, so that two
    writers never put different bytes in one place.
    """

    def __init__(
        self,
        request: Request,
        place: Path,
        current: Inventory | None,
        sizes: Sizes,
        sync: Sync,
        *,
        by_digest: bool = False,
    ) -> None:
        self.request = request
        self.place = place
        self.current = current
        self.sizes_before = sizes
        self.by_digest = by_digest
        self.sync = sync
        self.number = (current.head if current else 0) + 1
        self.version = layout.version_name(self.number)
        self.version_dir = place / self.version
        self.manifest = dict(current.manifest) if current else {}
        self.sha256 = dict(current.sha256) if current else {}
        self.sizes: dict[str, int] = {}
        self.names = ContentNames()
        # Below `place`; as text, for a hundred thousand files make this add up.
        self.folders: set[str] = {self.version}

    def write(self) -> tuple[Head, tuple[Stored, ...]]:
        self.version_dir.mkdir()
        state: dict[str, str] = {}
        for logical_path in sorted(self.request.files):
            state[logical_path] = self._add(logical_path, self.request.files[logical_path])
            crash.point("ocfl.staging")
        inventory = self._inventory(state)
        data = inventory.dumps()
        if len(data) > MOST_BYTES:
            raise ObjectTooLarge(
                object_id=self.request.object_id, found=len(data), unit="bytes", limit=MOST_BYTES
            )
        for folder in (self.version_dir, self.place):
            write_file(folder / layout.INVENTORY, data, self.sync)
            write_file(folder / layout.SIDECAR, sidecar(data), self.sync)
        for below in sorted(self.folders, reverse=True):
            self.sync.directory(self.place / below)
        self.sync.directory(self.place)
        head = Head(self.number, hashlib.sha512(data).hexdigest())
        return head, tuple(self._stored(path, digest) for path, digest in state.items())

    def _add(self, logical_path: str, source: Source) -> str:
        """Put the bytes of one file where they belong, once; returns their SHA-512."""
        if isinstance(source, Existing):
            if source.sha512 not in self.manifest:
                raise BadSource(path=logical_path, problem="the object does not hold its bytes.")
            return source.sha512
        if isinstance(source, bytes):
            digests = of_bytes(source)
            if digests.sha512 not in self.manifest:
                write_file(self._new_place(logical_path, digests), source, self.sync)
            return digests.sha512
        incoming = self.place / "incoming"
        if isinstance(source, Given):
            digests = take_file(source, incoming, self.sync)
        else:
            digests = copy_file(source, incoming, self.sync)
        if digests.sha512 in self.manifest:
            incoming.unlink()
        else:
            incoming.rename(self._new_place(logical_path, digests))
        return digests.sha512

    def _new_place(self, logical_path: str, digests: Digests) -> Path:
        """Choose and remember the content path of bytes the object did not have."""
        below = self.names.place(logical_path)
        if self.by_digest:
            below = f"{digests.sha512[:32]}/{below}"
        content_path = f"{self.version}/{layout.CONTENT}/{below}"
        self.manifest[digests.sha512] = (content_path,)
        self.sha256[content_path] = digests.sha256
        self.sizes[content_path] = digests.size_bytes
        for folder in reversed(folders_of(content_path)):
            if folder not in self.folders:
                os.mkdir(self.place / folder)
                self.folders.add(folder)
        return self.place / content_path

    def _inventory(self, state: Mapping[str, str]) -> Inventory:
        request = self.request
        version = Version(self.number, request.created, request.message, request.user, state)
        versions = (*(self.current.versions if self.current else ()), version)
        return Inventory(request.object_id, self.manifest, versions, self.sha256)

    def _stored(self, logical_path: str, sha512: str) -> Stored:
        content_path = self.manifest[sha512][0]
        size = self.sizes.get(content_path)
        if size is None:
            size = self.sizes_before(content_path)
        sha256 = self.sha256.get(content_path, "")
        return Stored(logical_path, content_path, size, sha256, sha512)
