"""An object store that speaks S3: one bucket, and below a prefix of it the kept files.

What is asked of it: whole puts that carry a checksum, puts that happen only if nothing is
there or only over what was read (`If-None-Match`, `If-Match`), ranges, and listings. All of
it goes through obstore, which is loaded by nobody who keeps files on a disk.

obstore has threads of its own, and threads do not survive a fork: a process that is going
to fork must not have asked a store (`in_use` tells), or its children would wait for ever.
"""

from __future__ import annotations

import hashlib
import io
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Literal, TypeVar, cast

from typing_extensions import Buffer

from tonle.infra.ocfl.errors import BadSource, StoreAway, StoreRefuses

if TYPE_CHECKING:
    from obstore.store import S3Store

# A piece of a large file on its way in, and so the memory that one takes, times three.
PIECE_BYTES = 8 << 20
# S3 takes keys of 1,024 bytes; an object's path and a content path take 821 at most.
LONGEST_PREFIX = 200
# What a reader is given at first, and at most when it is quick: see `Key.stretch`.
LEAST_STRETCH, MOST_STRETCH = 256 << 10, 4 << 20
# So long after a failure, whoever asks next is told at once: threads of pages do not queue up.
AWAY_SECONDS = 2.0
# Beside an object's root inventory, so that its proof comes with it in one answer.
DIGEST = "sha512"

_T = TypeVar("_T")


@dataclass(frozen=True)
class Address:
    """Where the files are. prefix: without slashes at its ends, may be empty."""

    bucket: str
    prefix: str
    endpoint: str
    region: str
    key: str = field(repr=False)
    secret: str = field(repr=False)

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")


@dataclass(frozen=True)
class Fetched:
    """A small thing as a whole. sha512: what its writer said, "" for nothing."""

    data: bytes
    e_tag: str
    sha512: str


@dataclass(frozen=True)
class Listed:
    """One key of a listing, below the prefix."""

    key: str
    size_bytes: int
    changed_at: datetime


def in_use() -> bool:
    """Whether this process has asked an object store, and so must not fork any more."""
    return bool(_using)


_using: set[int] = set()
_opening = threading.Lock()


class Bucket:
    """One bucket. Safe to share between threads. Making one asks nothing.

    Every method raises StoreAway where the store cannot be reached or fails, and StoreRefuses
    where it does not take our keys.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        self._opened: dict[bool, S3Store] = {}
        # Until when nobody is made to wait for a store that was away a moment ago.
        self._away_until = 0.0

    def key(self, path: str = "") -> Key:
        return Key(self, path)

    def get(self, key: str) -> Fetched | None:
        """A small thing, whole; None where it is not."""

        def ask(store: S3Store) -> Fetched:
            import obstore

            found = obstore.get(store, key)
            said = cast(Mapping[str, str], found.attributes).get(DIGEST, "")
            return Fetched(bytes(found.bytes()), found.meta["e_tag"] or "", said)

        return self._ask(ask, absent=None)

    def head(self, key: str) -> Listed | None:
        """How long it is and since when it is there; None where it is not."""

        def ask(store: S3Store) -> Listed:
            import obstore

            found = obstore.head(store, key)
            return Listed(key, found["size"], found["last_modified"])

        return self._ask(ask, absent=None)

    def range(self, key: str, start: int, stop: int) -> Buffer:
        """Bytes from start to stop. Raises FileNotFoundError."""

        def ask(store: S3Store) -> Buffer:
            import obstore

            return obstore.get_range(store, key, start=start, end=stop)

        return self._ask(ask)

    def put(self, key: str, data: bytes) -> None:
        """Write, over whatever is there."""
        self._put(key, data, "overwrite")

    def put_new(self, key: str, data: bytes) -> bool:
        """Write where nothing is; False where something is, unless it is these very bytes."""
        return self._put_if(key, data, "create")

    def put_over(self, key: str, data: bytes, e_tag: str) -> bool:
        """Write over what was read with this e_tag; False where it is another by now."""
        return self._put_if(key, data, e_tag)

    def _put_if(self, key: str, data: bytes, condition: str) -> bool:
        if self._put(key, data, condition):
            return True
        # Perhaps ours came through, and its answer did not: then this was the second try.
        found = self.get(key)
        return found is not None and found.data == data

    def _put(self, key: str, data: bytes, condition: str) -> bool:
        def ask(store: S3Store) -> bool:
            import obstore
            from obstore.exceptions import AlreadyExistsError, PreconditionError

            plain = condition in {"create", "overwrite"}
            mode = cast(Literal["create"], condition) if plain else {"e_tag": condition}
            said = {DIGEST: hashlib.sha512(data).hexdigest()}
            try:
                obstore.put(
                    store,
                    key,
                    data,
                    mode=mode,  # type: ignore[arg-type] # A TypedDict that exists for checkers only.
                    attributes=said,
                    use_multipart=False,
                )
            except (AlreadyExistsError, PreconditionError):
                return False
            return True

        return self._ask(ask, patient=True)

    def send(self, key: str, source: Path, sha512: str) -> None:
        """Write a file of any length, in pieces, if its bytes are those of the digest.

        Nothing is there before all of it is. Raises BadSource for other bytes.
        """
        with source.open("rb") as file:
            self.send_pieces(key, iter(lambda: file.read(PIECE_BYTES), b""), sha512)

    def send_pieces(self, key: str, pieces: Iterable[Buffer], sha512: str) -> None:
        """As `send`, from pieces as they come."""
        digest = hashlib.sha512()
        began = iter(pieces)
        first = bytes(next(began, b""))

        def proven() -> Iterator[bytes]:
            piece: Buffer = first
            while True:
                digest.update(piece)
                following = next(began, None)
                if following is None and digest.hexdigest() != sha512:
                    # Before the last piece goes, so that the whole is never put together.
                    raise BadSource(path=key, problem="its digest is not the one it had before.")
                yield bytes(piece)
                if following is None:
                    return
                piece = following

        def ask(store: S3Store) -> None:
            import obstore

            if len(first) < PIECE_BYTES:
                data = b"".join(proven())
                obstore.put(store, key, data, use_multipart=False)
            else:
                obstore.put(
                    store,
                    key,
                    proven(),
                    use_multipart=True,
                    chunk_size=PIECE_BYTES,
                    max_concurrency=2,
                )

        self._ask(ask, patient=True)

    def list(self, prefix: str = "", after: str = "") -> Iterator[Listed]:
        """Everything below a prefix, in the store's own order, which is one of names.

        after: begin behind this key.
        """

        def begin(store: S3Store) -> Iterator[list[Listed]]:
            import obstore

            stream = obstore.list(store, prefix or None, offset=after or None, chunk_size=1000)
            for batch in stream:
                yield [Listed(m["path"], m["size"], m["last_modified"]) for m in batch]

        pages = self._ask(begin)
        while (page := self._ask(lambda _: next(pages, None))) is not None:
            yield from page

    def delete(self, keys: Iterable[str]) -> None:
        """Remove; what is not there is no error."""
        wanted = list(keys)
        if not wanted:
            return

        def ask(store: S3Store) -> None:
            import obstore

            obstore.delete(store, wanted)

        self._ask(ask, absent=None)

    # Inside

    def _store(self, patient: bool) -> S3Store:
        if _using - {os.getpid()}:
            raise RuntimeError("the object store was asked before this process was forked")
        opened = self._opened.get(patient)
        if opened is None:
            with _opening:
                _using.add(os.getpid())
                opened = self._opened[patient] = self._open(patient)
        return opened

    def _open(self, patient: bool) -> S3Store:
        """patient: for writing, where a slow link takes minutes and nobody's page waits."""
        from obstore.store import S3Store

        where = self.address
        return S3Store(
            where.bucket,
            prefix=where.prefix or None,
            endpoint=where.endpoint or None,
            region=where.region,
            access_key_id=where.key,
            secret_access_key=where.secret,
            # The store refuses what arrives with other bytes than were sent.
            checksum_algorithm="SHA256",
            client_options={
                "allow_http": where.endpoint.startswith("http://"),
                "connect_timeout": timedelta(seconds=3),
                "timeout": timedelta(seconds=180 if patient else 20),
            },
            retry_config={
                "max_retries": 5 if patient else 2,
                "retry_timeout": timedelta(seconds=20 if patient else 4),
                "backoff": {
                    "init_backoff": timedelta(milliseconds=100),
                    "max_backoff": timedelta(seconds=3),
                    "base": 2,
                },
            },
        )

    def _ask(self, ask: Callable[[S3Store], _T], *, patient: bool = False, **default: _T) -> _T:
        """What was asked, or our own error for one of obstore's."""
        if time.monotonic() < self._away_until:
            raise StoreAway(place=str(self.address), reason="It was away a moment ago.")
        try:
            store = self._store(patient)
        except ModuleNotFoundError as error:
            raise StoreRefuses(
                place=str(self.address),
                reason="The library for it is not installed: pip install -r requirements/s3.txt",
            ) from error
        from obstore import exceptions

        try:
            return ask(store)
        except FileNotFoundError:
            if "absent" in default:
                return default["absent"]
            raise
        except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError) as error:
            raise StoreRefuses(place=str(self.address), reason=_first_line(error)) from error
        except exceptions.BaseError as error:
            self._away_until = time.monotonic() + AWAY_SECONDS
            raise StoreAway(place=str(self.address), reason=_first_line(error)) from error


# What is put and removed again, to try a store: this, and some digits.
PROBE = "tonle-probe-"


def _first_line(error: Exception) -> str:
    # What follows is the library's own view of itself, for those who write it.
    return str(error).split("\n")[0][:300]


class Key:
    """A kept file in a bucket, or what lies below it; what `Path` is for a disk.

    It never changes once it is there, so what was learnt of it is remembered.
    """

    def __init__(self, bucket: Bucket, path: str) -> None:
        self.bucket = bucket
        self.path = path
        self._head: Listed | None = None

    def __truediv__(self, below: str | PurePosixPath) -> Key:
        return Key(self.bucket, f"{self.path}/{below}" if self.path else str(below))

    def __str__(self) -> str:
        return f"{self.bucket.address}/{self.path}"

    def __repr__(self) -> str:
        return f"Key({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    def head(self) -> Listed:
        """Raises FileNotFoundError."""
        if self._head is None:
            self._head = self.bucket.head(self.path)
        if self._head is None:
            raise FileNotFoundError(str(self))
        return self._head

    @property
    def size_bytes(self) -> int:
        return self.head().size_bytes

    def is_file(self) -> bool:
        try:
            self.head()
        except FileNotFoundError:
            return False
        return True

    exists = is_file

    def read_bytes(self) -> bytes:
        """The whole of a small thing. Raises FileNotFoundError."""
        found = self.bucket.get(self.path)
        if found is None:
            raise FileNotFoundError(str(self))
        return found.data

    def open(self, mode: Literal["rb"] = "rb") -> BinaryIO:
        """For reading; in pieces, as they are asked for. Raises FileNotFoundError."""
        if mode != "rb":
            raise ValueError("what is kept is only read")
        return io.BufferedReader(_Reading(self), buffer_size=1 << 20)

    def stretch(self, start: int, stop: int) -> Iterator[bytes]:
        """Bytes from start to stop, each piece fetched when it is asked for.

        No connection stays open between two pieces, however slow the reader is, and a slow
        reader is given small ones: 200 of them then hold 50 MB and not 800.
        """
        much = LEAST_STRETCH
        while start < stop:
            piece = bytes(self.bucket.range(self.path, start, min(start + much, stop)))
            if not piece:
                raise OSError(f"{self.name} ends {stop - start} bytes too early.")
            start += len(piece)
            began = time.monotonic()
            yield piece
            quick = time.monotonic() - began < 0.5
            much = min(2 * much, MOST_STRETCH) if quick else LEAST_STRETCH


class _Reading(io.RawIOBase):
    """A key as a file that can be read and sought."""

    def __init__(self, key: Key) -> None:
        self._key = key
        self._size = key.size_bytes
        self._at = 0
        self.name = key.name

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer).cast("B")
        stop = min(self._at + len(view), self._size)
        if self._at >= stop:
            return 0
        found = memoryview(self._key.bucket.range(self._key.path, self._at, stop))
        view[: len(found)] = found
        self._at += len(found)
        return len(found)


Place = Path | Key
"""Where kept files lie: what is done with one (`/`, `open`, `is_file`, `read_bytes`) is done
with the other."""
