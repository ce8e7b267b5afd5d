"""The pool: every kept version once, whatever number of backups name it.

objects/<object path>/v3-<24 digits of the inventory's SHA-512>/   a version directory
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tonle.infra.backup.manifest import Kept
from tonle.infra.ocfl import BadSource, digest_file
from tonle.infra.ocfl.inventory import loads
from tonle.infra.ocfl.layout import INVENTORY, version_name
from tonle.infra.ocfl.reading import ObjectDir, read_inventory

POOL = "objects"


def contents(data: bytes, object_id: str, number: int) -> Iterator[tuple[str, str]]:
    """Path below the version directory, and SHA-512, of the bytes that came with a version.

    data: the version's inventory.
    """
    start = f"{version_name(number)}/"
    for sha512, paths in loads(data, object_id).manifest.items():
        for path in paths:
            if path.startswith(start):
                yield path.removeprefix(start), sha512


@dataclass(frozen=True)
class Pooled(ObjectDir[Path]):
    """An object as it lies in the pool: each version in a directory that is named otherwise."""

    folders: Mapping[str, Path]

    def place(self, below: str) -> Path:
        version, _, rest = below.partition("/")
        return self.folders[version] / rest

    def inventory_bytes(self) -> bytes | None:
        return self.checked_version(len(self.folders))


def inventory_of(folder: Path, object_id: str, sha512: str) -> bytes | None:
    """The inventory in a version directory, or None where it is not the one meant."""
    data = read_inventory(folder / INVENTORY, object_id)
    return data if data is not None and hashlib.sha512(data).hexdigest() == sha512 else None


def bad_files(folder: Path, object_id: str, number: int, sha512: str) -> Iterator[str]:
    """What is missing or changed in a version directory, read to the last byte."""
    data = inventory_of(folder, object_id, sha512)
    if data is None:
        yield INVENTORY
        return
    for path, digest in contents(data, object_id, number):
        try:
            intact = digest_file(folder / path).sha512 == digest
        except BadSource:
            intact = False
        if not intact:
            yield path


def all_bad_files(pool: Path, kept: Kept) -> Iterator[str]:
    """The same for all versions of an object; paths below the pool."""
    names = zip(kept.pool_names(), kept.versions, strict=True)
    for number, (name, sha512) in enumerate(names, 1):
        for path in bad_files(pool / kept.object / name, kept.id, number, sha512):
            yield f"{kept.object}/{name}/{path}"
