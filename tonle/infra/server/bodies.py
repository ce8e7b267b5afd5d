"""Request bodies: received by the event loop, so that a slow sender holds no thread.

An ordinary body is bounded, gathered whole and only then shown to a view. A body
that ends early never reaches a view as if it were whole.
"""

from __future__ import annotations

import asyncio
import io
import tempfile
from collections.abc import AsyncIterator
from concurrent.futures import Executor
from pathlib import Path
from typing import IO

from tonle.infra.server.limits import BODY_IN_MEMORY_BYTES, WRITE_BYTES
from tonle.infra.server.protocol import Transport


class BodyError(Exception):
    """The body cannot be used."""


class Cut(BodyError):
    """The client went away, or ended the body before its declared length."""


class Stalled(BodyError):
    """Nothing arrived for too long, or the whole took too long."""


class Oversized(BodyError):
    """More arrived than is accepted."""


class BadFraming(BodyError):
    """The head does not say in one way how long the body is."""


def declared_length(content_length: list[str], transfer_encoding: str | None) -> int | None:
    """Length in bytes that the head declares; None where the body comes in chunks.

    Raises BadFraming for two declarations that may disagree: what one server
    reads as a body, the next could read as another request.
    Source: RFC 9112 section 6.3.
    """
    if transfer_encoding is not None:
        if content_length or transfer_encoding.strip().lower() != "chunked":
            raise BadFraming
        return None
    if not content_length:
        return 0
    value = content_length[0].strip()
    if len(content_length) > 1 or not (value.isascii() and value.isdigit()):
        raise BadFraming
    return int(value)


class Incoming:
    """One body as it arrives, chunk by chunk.

    declared: bytes, or None for chunked. idle_seconds bounds each silence,
    total_seconds (None: unbounded) the whole.
    """

    def __init__(
        self,
        transport: Transport,
        declared: int | None,
        *,
        idle_seconds: float,
        total_seconds: float | None = None,
    ) -> None:
        self._transport = transport
        self._chunks: AsyncIterator[bytes] | None = None
        self._declared = declared
        self._idle = idle_seconds
        self._total = total_seconds
        self._deadline = float("inf")
        self._ended = declared == 0
        self.received = 0

    async def read(self) -> bytes:
        """The next chunk; b"" at a clean end.

        Raises Cut, or Stalled. After either the body must not be read again:
        Granian still holds a lock for the read that was given up.
        """
        if self._ended:
            return b""
        loop = asyncio.get_running_loop()
        if self._chunks is None:
            self._chunks = aiter(self._transport)
            if self._total is not None:
                self._deadline = loop.time() + self._total
        chunk = await self._next(self._chunks)
        if chunk:
            self.received += len(chunk)
            return chunk
        self._ended = True
        if self._declared is not None:
            if self.received < self._declared:
                raise Cut
        elif await self._next(self._chunks) is not None:
            # A second empty chunk: the connection ended before the last chunk did
            # (or trailers came, which nobody sends to a node and none would read).
            raise Cut
        return b""

    async def _next(self, chunks: AsyncIterator[bytes]) -> bytes | None:
        loop = asyncio.get_running_loop()
        until = min(loop.time() + self._idle, self._deadline)
        try:
            async with asyncio.timeout_at(until):
                return await anext(chunks)
        except StopAsyncIteration:
            return None
        except TimeoutError:
            self._ended = True
            raise Stalled from None


async def gather(
    incoming: Incoming, *, limit_bytes: int, disk: Executor, directory: Path | None
) -> IO[bytes]:
    """The whole body as a file open at its start: in memory when small, else temporary on disk.

    Raises Oversized, Cut or Stalled; the temporary file is gone then.
    """
    loop = asyncio.get_running_loop()
    buffer = bytearray()
    file: IO[bytes] | None = None
    try:
        while chunk := await incoming.read():
            if incoming.received > limit_bytes:
                raise Oversized
            buffer += chunk
            if len(buffer) >= (BODY_IN_MEMORY_BYTES if file is None else WRITE_BYTES):
                if file is None:
                    # Unnamed from the start: a killed server leaves nothing behind.
                    file = await loop.run_in_executor(disk, _temporary, directory)
                await loop.run_in_executor(disk, file.write, bytes(buffer))
                buffer.clear()
        if file is None:
            return io.BytesIO(bytes(buffer))
        await loop.run_in_executor(disk, file.write, bytes(buffer))
        file.seek(0)
        whole, file = file, None
        return whole
    finally:
        if file is not None:
            file.close()


def _temporary(directory: Path | None) -> IO[bytes]:
    return tempfile.TemporaryFile(dir=directory)
