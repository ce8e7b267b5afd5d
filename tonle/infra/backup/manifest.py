"""What a backup holds: a file of JSON lines, the first about the whole, then one per object.

    {"format": "tonle-backup/1", "created_at": …, "database": {…}, "files": [{path, size_bytes,
     sha256}, …], "problems": [{object, problem}, …], "objects": n, "kept_in": ""}
    {"object": "ab/cd/tonle%3a…", "id": "tonle:…", "versions": ["<sha512 of v1's inventory>", …]}

The digest of a version's inventory proves that inventory, and the inventory proves
every file of the version; so the manifest, with its own SHA-256 beside it, proves
the whole backup and stays small.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from tonle.infra.backup.errors import NotABackup
from tonle.infra.ocfl.durable import EachAtOnce, write_file

FORMAT = "tonle-backup/1"
NAME = "manifest.jsonl"
SIDECAR = "manifest.jsonl.sha256"


@dataclass(frozen=True)
class File:
    """A file of the backup itself. path: below the backup, with slashes."""

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Problem:
    """An object that could not be backed up as it is now, and why."""

    object: str
    problem: str


@dataclass(frozen=True)
class Header:
    """The first line. created_at: RFC 3339; database: what `databases.load` needs."""

    created_at: str
    database: dict[str, Any]
    files: tuple[File, ...]
    problems: tuple[Problem, ...]
    objects: int
    # The object store in which the kept files stayed, "" where they are in the pool.
    kept_in: str = ""


@dataclass(frozen=True)
class Kept:
    """One object. versions: SHA-512 of the inventory of v1, v2 and so on."""

    object: str
    id: str
    versions: tuple[str, ...]

    def pool_names(self) -> list[str]:
        """Directory of each version in the pool, below the object's path.

        The digest is part of the name, because a purge gives v1 other bytes while older
        backups still need what it was.
        """
        return [f"v{n}-{sha512[:24]}" for n, sha512 in enumerate(self.versions, 1)]


def dumps(value: Header | Kept) -> bytes:
    document = asdict(value)
    if isinstance(value, Header):
        document = {"format": FORMAT, **document}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def write(folder: Path, header: Header, objects: Path) -> None:
    """Put header and the lines already in `objects` together, with the SHA-256 beside.

    objects: a file of lines made by `dumps`; it is used up.
    """
    digest = hashlib.sha256()
    with (folder / NAME).open("xb") as target, objects.open("rb") as source:
        for line in _lines(dumps(header), source):
            digest.update(line)
            target.write(line)
        target.flush()
        os.fsync(target.fileno())
    objects.unlink()
    write_file(folder / SIDECAR, f"{digest.hexdigest()} {NAME}\n".encode(), EachAtOnce())


def _lines(first: bytes, rest: Any) -> Iterator[bytes]:
    yield first
    yield from rest


def is_intact(folder: Path) -> bool:
    """Whether the manifest is the one that was written."""
    try:
        with (folder / NAME).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return (folder / SIDECAR).read_bytes() == f"{digest} {NAME}\n".encode()
    except OSError:
        return False


def header(folder: Path) -> Header:
    """The first line. Raises NotABackup."""
    try:
        with (folder / NAME).open("rb") as file:
            document = json.loads(file.readline())
        if document.pop("format") != FORMAT:
            raise NotABackup(path=str(folder), problem="it has another format.")
        files = tuple(File(**file) for file in document.pop("files"))
        problems = tuple(Problem(**problem) for problem in document.pop("problems"))
        return Header(files=files, problems=problems, **document)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotABackup(path=str(folder), problem="its manifest cannot be read.") from error


def objects(folder: Path) -> Iterator[Kept]:
    """The objects in the order of their paths. Raises NotABackup."""
    try:
        with (folder / NAME).open("rb") as file:
            file.readline()
            for line in file:
                document = json.loads(line)
                versions = tuple(document.pop("versions"))
                kept = Kept(versions=versions, **document)
                # A restore writes there, and clears the place before.
                below = PurePosixPath(kept.object)
                if below.is_absolute() or not below.parts or ".." in below.parts:
                    raise NotABackup(path=str(folder), problem="an object lies outside of it.")
                yield kept
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotABackup(path=str(folder), problem="its manifest cannot be read.") from error
