"""Where indexes lie on disk: generations side by side, one of which is current.

    index/
      current                  the name of the generation that readers use
      lock                     held by the one indexer at work
      <fingerprint>-<number>/  a tantivy index; the fingerprint says by which schema and analysis

A generation newer than the current one is being built; older ones are on their way out.
So a builder that died goes on where it was, with nothing else to remember.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_NAME = re.compile(r"([0-9a-f]{16})-(\d{6})")
_LOCK_PAUSE_SECONDS = 0.2

# The file of a generation that its engine replaces with each commit.
COMMITTED = "meta.json"


class Stopped(Exception):
    """The wait was ended from outside."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One index on the shelf."""

    path: Path
    fingerprint: str
    number: int


def fingerprint(*hashes: str) -> str:
    """Short name of everything an index depends on besides its documents."""
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()[:16]


def look(path: Path | None) -> tuple[int, int]:
    """Other numbers whenever a file was replaced, zeros where there is none."""
    try:
        status = path.stat() if path else None
    except FileNotFoundError:
        status = None
    return (status.st_ino, status.st_mtime_ns) if status else (0, 0)


class Shelf:
    """The directory of a node's indexes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.pointer = root / "current"

    def current(self) -> Generation | None:
        """The generation readers use, None before the first is built."""
        try:
            name = self.pointer.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        generation = self._generation(name)
        return generation if generation and generation.path.is_dir() else None

    def stamp(self) -> tuple[int, int, int, int]:
        """Other numbers whenever readers may find other things: another generation is
        current, or it has a newer commit. Zeros before there is an index. Two looks at
        the file system."""
        current = self.current()
        return (*look(self.pointer), *look(current.path / COMMITTED if current else None))

    def building(self, wanted: str) -> Generation | None:
        """The generation being built by this fingerprint, if there is one."""
        current = self.current()
        newest = max(self._all(), key=lambda generation: generation.number, default=None)
        if newest is None or newest.fingerprint != wanted:
            return None
        return newest if current is None or newest.number > current.number else None

    def begin(self, wanted: str) -> Generation:
        """A new, empty generation, newer than all others."""
        number = max((generation.number for generation in self._all()), default=0) + 1
        path = self.root / f"{wanted}-{number:06d}"
        path.mkdir(parents=True)
        return Generation(path, wanted, number)

    def make_current(self, generation: Generation) -> None:
        """Point readers to it: at once or, after a crash, not at all."""
        temporary = self.root / "current.new"
        with temporary.open("w", encoding="ascii") as file:
            file.write(generation.path.name)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.pointer)
        directory = os.open(self.root, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

    def discard(self, generation: Generation) -> None:
        """Remove a generation. Readers that have its files open keep reading them."""
        shutil.rmtree(generation.path, ignore_errors=True)

    def sweep(self) -> None:
        """Remove what is neither current nor newer, and builds that a newer one overtook."""
        generations = sorted(self._all(), key=lambda generation: generation.number)
        current = self.current()
        for generation in generations[:-1]:
            if current is None or generation.number != current.number:
                self.discard(generation)

    @contextmanager
    def lock(self, stop: threading.Event) -> Iterator[None]:
        """Be the one indexer; wait while another is. The system frees the lock of a process
        that dies. Raises Stopped when stop is set while waiting."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "lock").open("w") as file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if stop.wait(_LOCK_PAUSE_SECONDS):
                        raise Stopped from None
            yield

    def _all(self) -> list[Generation]:
        if not self.root.is_dir():
            return []
        found = (self._generation(path.name) for path in self.root.iterdir() if path.is_dir())
        return [generation for generation in found if generation]

    def _generation(self, name: str) -> Generation | None:
        match = _NAME.fullmatch(name)
        return Generation(self.root / name, match[1], int(match[2])) if match else None
