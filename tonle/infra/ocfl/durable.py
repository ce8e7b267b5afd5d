"""Making writes last through a power cut, and keeping processes apart.

A file is on the disk only after it, and the directory that names it, were
synced. For one object that is a few `fsync`; for a thousand small ones, one
`syncfs` of the whole file system costs less than the second of them. (Linux;
errors of earlier writes are reported by `syncfs` since kernel 5.8. The price is
that it also waits for what others have written there.)
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Protocol

_libc = ctypes.CDLL(None, use_errno=True)
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


Swap = Callable[[Path, Path], bool]


class Sync(Protocol):
    """How a piece of work makes its writes last."""

    def file(self, descriptor: int) -> None:
        """The file behind this descriptor has its last byte."""

    def directory(self, path: Path) -> None:
        """Names in this directory have changed."""

    def barrier(self) -> None:
        """When this returns, all of the above is on the disk."""


class EachAtOnce:
    """Syncs every file and directory where it happens. For one object."""

    def file(self, descriptor: int) -> None:
        os.fsync(descriptor)

    def directory(self, path: Path) -> None:
        sync_directory(path)

    def barrier(self) -> None:
        """Everything already lasts."""


class WholeFileSystem:
    """Syncs once per barrier, whatever was written. For many objects, on Linux."""

    def __init__(self, anchor: Path) -> None:
        self.anchor = anchor

    def file(self, descriptor: int) -> None:
        """Waits for the barrier."""

    def directory(self, path: Path) -> None:
        """Waits for the barrier."""

    def barrier(self) -> None:
        descriptor = os.open(self.anchor, os.O_RDONLY | os.O_DIRECTORY)
        try:
            if _libc.syncfs(descriptor) != 0:
                code = ctypes.get_errno()
                raise OSError(code, os.strerror(code), str(self.anchor))
        finally:
            os.close(descriptor)


def sync_for_many(anchor: Path) -> Sync:
    """The cheapest honest way to sync many small objects on this system."""
    return WholeFileSystem(anchor) if hasattr(_libc, "syncfs") else EachAtOnce()


def sync_directory(path: Path) -> None:
    """Make the names in a directory last."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_file(path: Path, data: bytes, sync: Sync) -> None:
    """Write a new file that is never written again, hence without write permission."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        sync.file(descriptor)
    finally:
        os.close(descriptor)


def make_directories(path: Path, above: Path, sync: Sync) -> None:
    """Make `path` and what is missing between it and `above`, lastingly.

    Another process may make the same ones; whoever comes second still syncs, because
    a directory that exists need not be on the disk yet.
    """
    missing = []
    while path != above:
        missing.append(path)
        path = path.parent
    for folder in reversed(missing):
        with suppress(FileExistsError):
            folder.mkdir()
        sync.directory(folder.parent)


def exchange(one: Path, other: Path) -> bool:
    """Swap two directories in one step; False where the file system cannot."""
    rename = getattr(_libc, "renameat2", None)
    if rename is None:
        return False
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}:
        return False
    raise OSError(code, os.strerror(code), str(one), None, str(other))


@contextmanager
def locked(folder: Path, names: Iterable[str]) -> Iterator[None]:
    """Hold one lock per name, across processes and threads, until the block ends.

    Taken in sorted order, so that two batches cannot wait for each other. The
    system releases them when a process dies, however it dies.
    """
    folder.mkdir(exist_ok=True)
    with ExitStack() as held:
        for name in sorted(set(names)):
            descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            held.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


def if_present(action: Callable[[], object]) -> bool:
    """Do a step that somebody else may have done; False when its file was gone."""
    try:
        action()
    except FileNotFoundError:
        return False
    return True
