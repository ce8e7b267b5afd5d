"""The two digests by which files are known, taken in one reading.

SHA-512 names bytes in the storage, SHA-256 is what readers and other nodes ask for. They are
taken side by side: SHA-512 alone costs three times what SHA-256 does on a machine that has an
instruction for the latter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass


@dataclass(frozen=True)
class Digests:
    """What identifies some bytes. size_bytes; digests in lower-case hex."""

    size_bytes: int
    sha256: str
    sha512: str


def of_bytes(data: bytes) -> Digests:
    """Digests of bytes in memory."""
    return Digests(len(data), hashlib.sha256(data).hexdigest(), hashlib.sha512(data).hexdigest())


def of_pieces(pieces: Iterable[bytes]) -> Digests:
    """Digests of bytes that come in pieces, of 1 MiB best; two of them are held at most.

    What the reading of a piece raises is raised here.
    """
    size, short, long = 0, hashlib.sha256(), hashlib.sha512()
    others: ThreadPoolExecutor | None = None
    waiting: Future[None] | None = None
    try:
        for piece in pieces:
            # A file of one piece needs no thread.
            if size and others is None:
                others = ThreadPoolExecutor(1, thread_name_prefix="sha512")
            if waiting is not None:
                waiting.result()
            if others is None:
                long.update(piece)
            else:
                waiting = others.submit(long.update, piece)
            short.update(piece)
            size += len(piece)
    finally:
        # Waits for the last piece.
        if others is not None:
            others.shutdown()
    return Digests(size, short.hexdigest(), long.hexdigest())
