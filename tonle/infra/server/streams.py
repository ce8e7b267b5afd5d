"""Streamed answers that wait for their reader without holding a thread.

Granian's own stream transport takes everything at once: measured with 2.8.7, a
reader that stopped reading left the whole answer in memory. So an answer goes
through a named pipe instead. Granian reads the pipe only as fast as the client
reads, the event loop waits until the pipe has room, and only then does a pool
thread make the next bytes. When the client goes, Granian closes the pipe, and
the generator is closed.
"""

from __future__ import annotations

import asyncio
import errno
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tonle.infra.server.limits import TURN_BYTES, TURN_SECONDS
from tonle.infra.server.pool import Pool
from tonle.infra.server.turns import Turns

# How long Granian may take to open the pipe; it does so at once unless the client is gone.
_OPEN_SECONDS = 10.0
_CLOSED = -1


class ReaderGone(Exception):
    """The client left before the end."""


class Source:
    """A view's iterator, advanced in turns; each turn may run in another thread.

    So a generator must not keep a database cursor open between its chunks: it
    asks for the next page of rows by key instead, which is also what keeps a slow
    reader from pinning SQLite's write-ahead log.
    """

    def __init__(self, chunks: Iterator[bytes], turns: Turns) -> None:
        self._chunks = chunks
        self._turns = turns

    def turn(self) -> tuple[bytes, bool]:
        """The next bytes, and whether there may be more."""
        return self._turns.run(self._turn)

    def _turn(self) -> tuple[bytes, bool]:
        made = bytearray()
        until = time.monotonic() + TURN_SECONDS
        for chunk in self._chunks:
            made += chunk
            if len(made) >= TURN_BYTES or time.monotonic() >= until:
                return bytes(made), True
        return bytes(made), False


class Pipe:
    """A named pipe that Granian reads as if it were a file."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / f"stream-{os.urandom(12).hex()}"
        self._end = _CLOSED
        os.mkfifo(self.path, 0o600)

    async def open(self) -> None:
        """Wait until Granian has opened its end. Raises ReaderGone."""
        until = time.monotonic() + _OPEN_SECONDS
        pause = 0.001
        try:
            while self._end == _CLOSED:
                try:
                    self._end = os.open(self.path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
                except OSError as error:
                    if error.errno != errno.ENXIO:
                        raise
                    if time.monotonic() > until:
                        raise ReaderGone from None
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, 0.1)
        finally:
            self.path.unlink(missing_ok=True)

    async def write(self, data: bytes) -> None:
        """Write all, as fast as the client reads. Raises ReaderGone."""
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._end, rest) :]
            except BlockingIOError:
                await self._room()
            except BrokenPipeError:
                raise ReaderGone from None

    async def _room(self) -> None:
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        loop.add_writer(self._end, ready.set)
        try:
            await ready.wait()
        finally:
            loop.remove_writer(self._end)

    def close(self) -> None:
        if self._end != _CLOSED:
            os.close(self._end)
            self._end = _CLOSED
        self.path.unlink(missing_ok=True)


async def pump(source: Source, pipe: Pipe, pool: Pool, *, broken: Callable[[], object]) -> int:
    """Send all of the source through the pipe. Returns bytes sent.

    broken() is called where the source fails, before the pipe is closed: closing it
    would end the answer as if it were whole.
    Raises ReaderGone, or what the source raised.
    """
    sent = 0
    try:
        await pipe.open()
        more = True
        while more:
            data, more = await asyncio.wrap_future(pool.submit(source.turn, urgent=True))
            await pipe.write(data)
            sent += len(data)
    except ReaderGone:
        raise
    except BaseException:
        broken()
        raise
    finally:
        pipe.close()
    return sent
