"""Where this node's kept files are: on its disk, or in an object store, as its options say.

Which of the two is noted in the node's directory, since options are changed more easily than
files are moved: a node that looked for its files where they are not would tell its readers
that all of them are missing, and would publish the next one elsewhere.
"""

from __future__ import annotations

import fcntl
import functools
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from config.files import parts
from tonle.infra.ocfl import Address, Bucket, Key, Place, RemoteRoot, Root, Storage, layout
from tonle.infra.ocfl.durable import EachAtOnce, sync_directory, write_file
from tonle.kernel.errors import N_, TonleError

# In the node's directory: the address of the object store. Absent where files are on the disk.
NOTE = "files-place"
# Copies of files that are looked into.
COPIES = "files-cache"
HERE = N_("the node's directory")


class FilesElsewhere(TonleError):
    """The options name another place than the one where the files are."""

    code = "files_elsewhere"
    http_status = 503
    message = N_(
        "The files of this node are kept in %(kept)s, and TONLE_FILES says %(said)s. Set it as it "
        "was, or move the files with `tonle files move`."
    )


class NoRoomForCopy(TonleError):
    code = "no_room_for_copy"
    http_status = 413
    message = N_(
        "This file is too large to be looked into here. Fetch it, and look into it on your own "
        "machine."
    )


def storage() -> Storage:
    """The storage root of this node. Raises FilesElsewhere."""
    said, kept = settings.TONLE_FILES, place()
    if kept != said:
        raise FilesElsewhere(kept=kept or HERE, said=said or HERE)
    return remote() if said else on_disk()


def on_disk() -> Root:
    return Root(settings.TONLE_OCFL_ROOT, settings.TONLE_STAGING)


def remote() -> RemoteRoot:
    """The root in the object store that the options name."""
    return RemoteRoot(_bucket(_address()), settings.TONLE_STAGING, forget)


def _address() -> Address:
    bucket, prefix = parts(settings.TONLE_FILES)
    secret = settings.TONLE_FILES_SECRET
    if not secret:
        with suppress(FileNotFoundError):
            secret = (settings.TONLE_KEYS / "files_secret").read_text(encoding="utf-8").strip()
    return Address(
        bucket,
        prefix,
        settings.TONLE_FILES_ENDPOINT,
        settings.TONLE_FILES_REGION,
        settings.TONLE_FILES_KEY,
        secret,
    )


@functools.lru_cache(maxsize=4)
def _bucket(address: Address) -> Bucket:
    """One for all threads, for it keeps connections."""
    return Bucket(address)


def place() -> str:
    """Where the files are: "" for the node's directory, the address of an object store, or
    what the options say where there are none yet."""
    with suppress(FileNotFoundError):
        return (settings.TONLE_DATA / NOTE).read_text(encoding="utf-8").strip()
    if settings.TONLE_FILES and (settings.TONLE_OCFL_ROOT / layout.ROOT_DECLARATION).exists():
        return ""
    said: str = settings.TONLE_FILES
    return said


def note_place(files: str) -> None:
    """From now on the files are there; lasting when this returns."""
    note = settings.TONLE_DATA / NOTE
    if files:
        beside = settings.TONLE_DATA / f"{NOTE}.{secrets.token_hex(6)}"
        write_file(beside, files.encode(), EachAtOnce())
        beside.replace(note)
    else:
        note.unlink(missing_ok=True)
    sync_directory(settings.TONLE_DATA)


# --- what needs a path -----------------------------------------------------------------


def address_of(kept: Place) -> str:
    """A name of a kept file that can be written down; `place_of` finds it again."""
    return f"s3:{kept.path}" if isinstance(kept, Key) else str(kept)


def place_of(address: str) -> Place:
    """What `address_of` named."""
    if address.startswith("s3:"):
        return remote().bucket.key(address.removeprefix("s3:"))
    return Path(address)


@contextmanager
def local(kept: Place) -> Iterator[Path]:
    """The file under a path, for a program that needs one, for as long as the block lasts.

    On a disk it is the file itself. Of one in an object store it is a copy, made once and
    kept as long as there is room. Raises FileNotFoundError, NoRoomForCopy, StoreAway.
    """
    if isinstance(kept, Path):
        yield kept
        return
    folder = settings.TONLE_DATA / COPIES
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / _name(kept)
    held = _hold(path)
    if held is None:
        held = _fetch(kept, path)
    try:
        # When it was used last is when it was changed last.
        os.utime(held)
        yield path
    finally:
        os.close(held)


def forget(kept: Key) -> None:
    """Remove the copy of a file that was purged."""
    (settings.TONLE_DATA / COPIES / _name(kept)).unlink(missing_ok=True)


def _name(kept: Key) -> str:
    return hashlib.sha256(str(kept).encode()).hexdigest()


def _hold(path: Path) -> int | None:
    """A descriptor of the copy that keeps it from being removed; None where there is none."""
    try:
        held = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    fcntl.flock(held, fcntl.LOCK_SH)
    try:
        if os.path.samestat(os.fstat(held), os.stat(path)):
            return held
    except FileNotFoundError:
        pass
    os.close(held)
    return None


def _fetch(kept: Key, path: Path) -> int:
    """Make the copy; of several who want it at once, one does. Its descriptor, held."""
    lock = os.open(path.with_name("lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        # One copy at a time: two would share the link, and count on the same room.
        fcntl.flock(lock, fcntl.LOCK_EX)
        held = _hold(path)
        if held is not None:
            return held
        size = kept.size_bytes
        _make_room(path.parent, size)
        part = path.with_name(f"part-{secrets.token_hex(8)}")
        try:
            with part.open("xb") as file:
                for piece in kept.stretch(0, size):
                    file.write(piece)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        held = _hold(path)
        if held is None:
            raise FileNotFoundError(str(path))
        return held
    finally:
        os.close(lock)


def _make_room(folder: Path, size_bytes: int) -> None:
    """Remove the copies that were used least lately, and what a crash left. Nobody else does."""
    room = settings.TONLE_FILES_CACHE * 1024**3
    if size_bytes > room:
        raise NoRoomForCopy
    copies = []
    for path in folder.iterdir():
        if path.name.startswith("part-"):
            path.unlink(missing_ok=True)
        elif path.name != "lock":
            found = path.stat()
            copies.append((found.st_mtime, found.st_size, path))
    taken = sum(size for _, size, _ in copies)
    for _, size, path in sorted(copies):
        if taken + size_bytes <= room:
            return
        held = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            # One that is being read stays; then there is a little less room for a while.
            with suppress(BlockingIOError):
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink(missing_ok=True)
                taken -= size
        finally:
            os.close(held)
