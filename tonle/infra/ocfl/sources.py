"""Where the bytes of a file come from, and reading them once.

Each source is read a single time, while both digests are computed: SHA-512, by
which OCFL names bytes, and SHA-256, which readers and other nodes ask for.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tonle.infra.ocfl.bucket import Key, Place
from tonle.infra.ocfl.durable import Sync
from tonle.infra.ocfl.errors import BadSource
from tonle.kernel.digests import Digests, of_pieces

CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Existing:
    """Bytes that the object already holds, in any earlier version."""

    sha512: str


@dataclass(frozen=True)
class Given:
    """A file that its owner gives up: linked where possible instead of copied.

    The owner must not write to it again, and may delete its own name of it once the
    version is placed. expected, where known, must be what is found.
    """

    path: Path
    expected: Digests | None = None


Source = bytes | Path | Given | Existing


def digest_file(path: Place) -> Digests:
    """Digests of a regular file, or a key of a bucket, read in pieces. Raises BadSource."""
    if isinstance(path, Key):
        return of_pieces(_fetched(path))
    descriptor = open_regular(path)
    try:
        return of_pieces(_pieces(descriptor))
    finally:
        os.close(descriptor)


def copy_file(source: Place, target: Path, sync: Sync) -> Digests:
    """Copy into a new file, read once. Raises BadSource; never follows a symbolic link."""
    if isinstance(source, Key):
        return _fetch(source, target, sync)
    reading = open_regular(source)
    try:
        writing = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
        try:
            digests = of_pieces(_copied(reading, writing))
            sync.file(writing)
        finally:
            os.close(writing)
    finally:
        os.close(reading)
    return digests


def _fetch(source: Key, target: Path, sync: Sync) -> Digests:
    writing = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
    try:
        digests = of_pieces(_written(_fetched(source), writing))
        sync.file(writing)
    finally:
        os.close(writing)
    return digests


def _fetched(source: Key) -> Iterator[bytes]:
    try:
        yield from source.stretch(0, source.size_bytes)
    except FileNotFoundError as error:
        raise BadSource(path=str(source), problem="It is not there.") from error


def take_file(given: Given, target: Path, sync: Sync) -> Digests:
    """Link the file to a new name, or copy it where it lies on another file system.

    What is hashed is the new name, so that nobody can put other bytes under the old
    one in between. Raises BadSource.
    """
    try:
        os.link(given.path, target, follow_symlinks=False)
    except OSError:
        digests = copy_file(given.path, target, sync)
    else:
        descriptor = open_regular(target)
        try:
            digests = of_pieces(_pieces(descriptor))
            os.fchmod(descriptor, 0o444)
            sync.file(descriptor)
        finally:
            os.close(descriptor)
    if given.expected not in {None, digests}:
        raise BadSource(path=str(given.path), problem="its digest is not the one it had before.")
    return digests


def open_regular(path: Path) -> int:
    """A descriptor of a regular file; raises BadSource for anything else."""
    try:
        # Without blocking, or a pipe put in place of a file would hold us for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise BadSource(path=str(path), problem=f"{error.strerror}.") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise BadSource(path=str(path), problem="it is not a regular file.")
    return descriptor


def _pieces(descriptor: int) -> Iterator[bytes]:
    while piece := os.read(descriptor, CHUNK_BYTES):
        yield piece


def _copied(reading: int, writing: int) -> Iterator[bytes]:
    yield from _written(_pieces(reading), writing)


def _written(pieces: Iterator[bytes], writing: int) -> Iterator[bytes]:
    for piece in pieces:
        view = memoryview(piece)
        while view:
            view = view[os.write(writing, view) :]
        yield piece
