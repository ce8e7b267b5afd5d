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
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from config.files import parts
from tonle.infra import crash
from tonle.infra.ocfl import (
    Address,
    Bucket,
    Damaged,
    Key,
    NotARoot,
    Place,
    RemoteRoot,
    Root,
    Storage,
    layout,
)
from tonle.infra.ocfl.bucket import in_use
from tonle.infra.ocfl.storage import note_place, noted_place
from tonle.kernel.errors import N_, TonleError

crash.declare("files.copied", "Objects already copied are not copied again.")

# In the node's directory.
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


class AlreadyThere(TonleError):
    code = "files_already_there"
    http_status = 409
    message = N_(
        "The files of this node are in %(kept)s already, where TONLE_FILES says. Change the option "
        "first."
    )


def storage() -> Storage:
    """The storage root of this node. Raises FilesElsewhere."""
    said, kept = settings.TONLE_FILES, place()
    if kept != said:
        raise FilesElsewhere(kept=kept or HERE, said=said or HERE)
    return storage_in(said)


def storage_in(files: str) -> Storage:
    """The one in the node's directory, or in an object store."""
    if not files:
        return Root(settings.TONLE_OCFL_ROOT, settings.TONLE_STAGING)
    return remote(files)


def remote(files: str = "") -> RemoteRoot:
    """The root in an object store: the one that the node's files are in, or another."""
    return RemoteRoot(_bucket(_address(files or place())), settings.TONLE_STAGING, forget)


def _address(files: str) -> Address:
    bucket, prefix = parts(files)
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
    noted = noted_place(settings.TONLE_STAGING)
    if noted:
        return "" if noted == Root.name else noted
    if settings.TONLE_FILES and (settings.TONLE_OCFL_ROOT / layout.ROOT_DECLARATION).exists():
        return ""
    said: str = settings.TONLE_FILES
    return said


def settle_place() -> None:
    """Write down that the files are where the options say."""
    name = settings.TONLE_FILES or Root.name
    if noted_place(settings.TONLE_STAGING) != name:
        note_place(settings.TONLE_STAGING, name)


def look() -> str:
    """What keeps this node from its files, as a sentence; "" where nothing does.

    In a process of its own, since who asks is going to fork: see `ocfl/bucket.py`.
    """
    if not settings.TONLE_FILES and not place():
        return ""
    if in_use():
        return _look()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        code = 1
        try:
            os.write(writing, _look().encode()[:4000])
            code = 0
        except Exception:
            # Nobody else would tell of it: this process ends in the next line.
            traceback.print_exc()
        finally:
            # Whatever happens: the rest of the program is the first process's.
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode(errors="replace")
    _, status = os.waitpid(child, 0)
    return said or (N_("Looking for the files of this node failed.") if status else "")


def _look() -> str:
    try:
        root = storage()
        if isinstance(root, RemoteRoot):
            root.check_store()
        root.open()
    except TonleError as error:
        return str(error)
    return ""


@dataclass(frozen=True)
class Moved:
    """What was moved: objects there are, and how many of them this call copied."""

    kept: str
    files: str
    objects: int
    copied: int


def move(each: Callable[[], object] = lambda: None) -> Moved:
    """Move the files to where TONLE_FILES says; what they were stays where it is.

    While the node works, and begun again at any moment, it goes on. Every file is proven by
    its digest on the way, and that nothing was published meanwhile is seen to while nothing
    can be. Raises AlreadyThere, or NotARoot and StaleBase where another node's files are there.
    """
    kept, said = place(), settings.TONLE_FILES
    if kept == said:
        raise AlreadyThere(kept=kept or HERE)
    source, target = storage_in(kept).open(), storage_in(said).create()
    target.coming_from = source.name
    copied, heads = 0, dict[str, str]()
    while True:
        for found in source.walk():
            if found.object_id is None:
                raise Damaged(object_id=found.path, problem="It is no OCFL object.")
            head = source.head(found.object_id)
            if head is not None and heads.get(found.path) != head.inventory_sha512:
                source.repair(found.object_id)
                copied += target.bring(source.object(found.object_id))
                heads[found.path] = head.inventory_sha512
                crash.point("files.copied")
                each()
        with source.locked(None):
            if _heads(source) == heads:
                others = {one.path for one in target.walk()} ^ heads.keys()
                if others:
                    # However often this were done: what belongs to no object here stays there.
                    raise NotARoot(
                        path=target.name, problem=f"it holds other things, as {min(others)}."
                    )
                note_place(settings.TONLE_STAGING, target.name)
                return Moved(kept or HERE, said or HERE, len(heads), copied)


def _heads(root: Storage) -> dict[str, str]:
    """The digest of each object's inventory, by its path."""
    heads = ((one.path, root.object(one.object_id or "", one.path).head()) for one in root.walk())
    return {path: head.inventory_sha512 for path, head in heads if head is not None}


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
        pass  # Removed between the two looks: then there is none.
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
                # Its name is all that is asked later: a power cut must not leave an empty one.
                file.flush()
                os.fsync(file.fileno())
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
            # A purge may take a copy away at any moment.
            with suppress(FileNotFoundError):
                found = path.stat()
                copies.append((found.st_mtime, found.st_size, path))
    taken = sum(size for _, size, _ in copies)
    for _, size, path in sorted(copies):
        if taken + size_bytes <= room:
            return
        try:
            held = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            taken -= size
            continue
        try:
            # One that is being read stays; then there is a little less room for a while.
            with suppress(BlockingIOError):
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink(missing_ok=True)
                taken -= size
        finally:
            os.close(held)
