"""Uploads that survive a cut link: permission first, then the event loop writes the body.

A view marked `@takes_upload` is called before its body has arrived. It decides,
and answers either with an ordinary response (a refusal, say) or with
`UploadAnswer(plan, complete)`. Then the body is appended to `plan.path` by the
event loop, without a thread, and whatever arrived is kept and synced, whole or
cut. At last `complete(received)` runs in a thread and makes the response that
the client gets, if it is still there.

Under Django's test client, and any server but ours, the decorator does all this
within the view's own thread, so the same view works everywhere.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import functools
import hashlib
import hmac
import os
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Concatenate, TypeVar, cast

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase

from tonle.infra import crash
from tonle.infra.server.bodies import Cut, Incoming, Stalled
from tonle.infra.server.limits import MIB, WRITE_BYTES

# Set by the adapter on a request whose body it will receive after the view.
DEFERRED = "tonle_body_deferred"
# What a power cut may take of a long body, and what the disk is given to write at once.
SYNC_BYTES = 64 * MIB
# Left free on the disk for the node's database and log: bodies that were each promised room
# arrive side by side.
RESERVE_BYTES = 256 * MIB
_FULL = {errno.ENOSPC, errno.EDQUOT}

crash.declare("uploads.written", "Bytes of a body are in the file, and nothing says so.")
crash.declare("uploads.synced", "A body's bytes are on disk, and no row counts them.")


class End(Enum):
    """How an upload's body ended."""

    WHOLE = "whole"
    CUT = "cut"
    STALLED = "stalled"
    TOO_LARGE = "too_large"
    # Another request writes the same file now.
    BUSY = "busy"
    # The file is not as long as the plan says: somebody else wrote meanwhile.
    MOVED = "moved"
    # The disk has no more room than the node keeps for itself. What arrived stays.
    FULL = "full"
    # All of it came, and it is not what its checksum says. Nothing of it is kept.
    DIFFERS = "differs"


@dataclass(frozen=True)
class Checksum:
    """What a body must amount to. algorithm: a name that hashlib knows."""

    algorithm: str
    digest: bytes


@dataclass(frozen=True)
class SpoolPlan:
    """Where a body goes.

    path: an existing directory's file, made when missing. offset: the length in
    bytes that the file has now; the body is appended. limit_bytes: most that this
    body may bring. checksum: of the whole body; one that differs, or that did not come
    whole and so cannot be compared, leaves the file as it was. reserve_bytes: what the body
    must leave free on the disk.
    """

    path: Path
    offset: int
    limit_bytes: int
    checksum: Checksum | None = None
    reserve_bytes: int = RESERVE_BYTES


@dataclass(frozen=True)
class Received:
    """What came of a plan. length: the file's length now, on disk and synced."""

    plan: SpoolPlan
    length: int
    end: End


Complete = Callable[[Received], HttpResponse]


class UploadAnswer(HttpResponse):
    """A view's permission to receive the body. complete runs afterwards, also for a cut body."""

    def __init__(self, plan: SpoolPlan, complete: Complete) -> None:
        super().__init__(status=202)
        self.plan = plan
        self.complete = complete

    def finish(self, received: Received) -> HttpResponse:
        """The final response, with the headers and cookies that middleware gave this one."""
        response = self.complete(received)
        for name, value in self.items():
            if name not in response and name not in {"Content-Type", "Content-Length"}:
                response[name] = value
        for name, morsel in self.cookies.items():
            response.cookies.setdefault(name, morsel)
        return response


V = TypeVar("V", bound=Callable[Concatenate[HttpRequest, ...], HttpResponseBase])


def takes_upload(view: V) -> V:
    """Mark a view as one that decides before the body arrives."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if not isinstance(response, UploadAnswer) or getattr(request, DEFERRED, False):
            return response
        with _Sink(response.plan) as sink:
            received = sink.finish(_receive(request, sink))
        return response.finish(received)

    wrapped.takes_upload = True  # type: ignore[attr-defined]  # The adapter asks for it by name.
    return cast(V, wrapped)


def _receive(request: HttpRequest, sink: _Sink) -> End:
    """Read a request to its end, as any server but ours shows it: cut, it is merely short."""
    declared = request.META.get("CONTENT_LENGTH") or ""
    arrived = 0
    try:
        while sink.end is None and (chunk := request.read(WRITE_BYTES)):
            arrived += len(chunk)
            sink.take(chunk)
    except UnreadablePostError:
        return End.CUT
    return End.CUT if declared.isdecimal() and arrived < int(declared) else End.WHOLE


class _Sink:
    """The open file of one upload. Its methods block; the adapter calls them on disk threads."""

    def __init__(self, plan: SpoolPlan) -> None:
        self._plan = plan
        self._length = self._synced = plan.offset
        # Taken as the bytes pass: to read them again would cost the disk as much as writing.
        # SHA-1 guards against a bad line here, as tus asks, and against nobody's intent.
        self._hash = (
            hashlib.new(plan.checksum.algorithm, usedforsecurity=False) if plan.checksum else None
        )
        self.end: End | None = None
        self._file = os.open(plan.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._lock()
        except BaseException:
            os.close(self._file)
            raise

    def _lock(self) -> None:
        try:
            # The lock goes with the descriptor, so a killed server leaves none behind.
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.end = End.BUSY
            return
        self._length = os.lseek(self._file, 0, os.SEEK_END)
        if self._length != self._plan.offset:
            self.end = End.MOVED

    def __enter__(self) -> _Sink:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    def take(self, data: bytes | bytearray) -> None:
        """Append; what exceeds the plan's limit, or the disk, is dropped and ends the upload."""
        if data and self._is_full(len(data)):
            self.end = End.FULL
            return
        room = self._plan.offset + self._plan.limit_bytes - self._length
        rest = memoryview(data)[:room]
        if len(data) > room:
            self.end = End.TOO_LARGE
        if self._hash is not None:
            self._hash.update(rest)
        while rest:
            try:
                written = os.write(self._file, rest)
            except OSError as error:
                if error.errno not in _FULL:
                    raise
                self.end = End.FULL
                return
            self._length += written
            rest = rest[written:]
        crash.point("uploads.written")
        if self._length - self._synced >= SYNC_BYTES:
            os.fsync(self._file)
            self._synced = self._length

    def _is_full(self, more: int) -> bool:
        found = os.fstatvfs(self._file)
        return found.f_bavail * found.f_frsize < self._plan.reserve_bytes + more

    def finish(self, end: End) -> Received:
        """Check and sync, and say how far the file reaches now."""
        if self.end not in {End.BUSY, End.MOVED}:
            end = self._checked(self.end or end)
            os.fsync(self._file)
            _sync_directory(self._plan.path.parent)
            crash.point("uploads.synced")
        else:
            end = self.end
        length = os.fstat(self._file).st_size
        return Received(self._plan, length, end)

    def _checked(self, end: End) -> End:
        """How the body ended, once its checksum was asked."""
        if self._hash is None or self._plan.checksum is None:
            return end
        if end is End.WHOLE:
            if hmac.compare_digest(self._hash.digest(), self._plan.checksum.digest):
                return end
            end = End.DIFFERS
        os.ftruncate(self._file, self._plan.offset)
        return end


def is_being_written(path: Path) -> bool:
    """Whether a body is being appended to the file at this moment, by any process here."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def settle(path: Path, at_most: int) -> int | None:
    """Make sure of a file whose writer died: its length, synced; None while one is alive.

    at_most: bytes beyond are cut off, since nobody has vouched for them. A file that is not
    there has no bytes.
    """
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return 0
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(file).st_size > at_most:
            os.ftruncate(file, at_most)
        os.fsync(file)
        return os.fstat(file).st_size
    except BlockingIOError:
        return None
    finally:
        os.close(file)


def _sync_directory(path: Path) -> None:
    directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


async def spool(plan: SpoolPlan, incoming: Incoming, disk: Executor) -> Received:
    """Append the body to the plan's file as it arrives; whatever arrived is kept and synced."""
    loop = asyncio.get_running_loop()
    sink = await loop.run_in_executor(disk, _Sink, plan)
    try:
        buffer = bytearray()
        end = End.WHOLE
        # While one piece is written the next one arrives: two are held, never more.
        writing: asyncio.Future[None] | None = None
        try:
            while sink.end is None and (chunk := await incoming.read()):
                buffer += chunk
                if len(buffer) >= WRITE_BYTES:
                    if writing is not None:
                        await writing
                    full, buffer = buffer, bytearray()
                    writing = loop.run_in_executor(disk, sink.take, full)
        except Cut:
            end = End.CUT
        except Stalled:
            end = End.STALLED
        finally:
            # Nothing else may touch the file before, nor close it.
            if writing is not None:
                await writing
        if sink.end is None:
            await loop.run_in_executor(disk, sink.take, buffer)
        return await loop.run_in_executor(disk, sink.finish, end)
    finally:
        sink.__exit__()
