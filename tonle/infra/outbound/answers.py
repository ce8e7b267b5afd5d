"""What comes back: bounded in type, size and unfolding, whole or as it comes."""

from __future__ import annotations

import json as jsons
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tonle.infra.outbound.addresses import host_of
from tonle.infra.outbound.errors import (
    AnswerTooLarge,
    AnswerUnexpected,
    AnswerUnfolds,
    OutboundError,
    TooSlow,
    Unreachable,
)
from tonle.infra.outbound.watch import Watch

if TYPE_CHECKING:
    from requests import Response

_CHUNK = 64 * 1024
# What a compressed answer may become: metadata shrinks to a tenth, rarely to a fiftieth; a
# bomb to a thousandth. Small answers may well be all blanks.
_RATIO = 200
_RATIO_FREE_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """How much is waited for and read: seconds in all, bytes of body, redirects."""

    seconds: float = 30
    size_bytes: int = 1024 * 1024
    redirects: int = 3


@dataclass(frozen=True)
class Answer:
    """What came back, read whole. headers: names in lower case. url: where it came from."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str = field(repr=False)  # It may hold a key, and a dataclass is soon in a log.

    def json(self) -> Any:
        """The body as JSON. Raises AnswerUnexpected."""
        try:
            return jsons.loads(self.body)
        except (ValueError, RecursionError):
            raise AnswerUnexpected(host=host_of(self.url)) from None


@dataclass(frozen=True)
class Stream:
    """An answer that is read as it comes; `chunks` raises as `send` does."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]
    url: str = field(repr=False)


def checked(
    answer: Response,
    url: str,
    accept: tuple[str, ...],
    limits: Limits,
    watch: Watch,
    *,
    gzip: bool,
) -> Stream:
    host = host_of(url)
    found = {name.lower(): value for name, value in answer.headers.items()}
    media_type = found.get("content-type", "").partition(";")[0].strip().lower()
    if answer.ok and accept and media_type not in accept:
        raise AnswerUnexpected(host=host)
    encoding = found.get("content-encoding", "").strip().lower() or "identity"
    if encoding not in ({"identity", "gzip", "x-gzip"} if gzip else {"identity"}):
        raise AnswerUnexpected(host=host)
    told = found.get("content-length", "")
    if told.isdigit() and int(told) > limits.size_bytes:
        raise AnswerTooLarge(host=host, limit_bytes=limits.size_bytes)

    def chunks() -> Iterator[bytes]:
        read = 0
        with translated(host, watch):
            raw = answer.raw.stream(_CHUNK, decode_content=False)
            for chunk in raw if encoding == "identity" else _unfolded(raw, host):
                read += len(chunk)
                if read > limits.size_bytes:
                    raise AnswerTooLarge(host=host, limit_bytes=limits.size_bytes)
                yield chunk
        if watch.expired():
            # A connection that the watch cut can look like the end of an answer.
            raise TooSlow(host=host)

    return Stream(answer.status_code, found, chunks(), url)


def _unfolded(chunks: Iterable[bytes], host: str) -> Iterator[bytes]:
    """What gzip made small, a bounded piece at a time, by a bounded ratio.

    Raises AnswerUnfolds, AnswerUnexpected for what is no gzip, Unreachable for half of one.
    """
    taken = given = 0
    unfolder = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    for chunk in chunks:
        taken += len(chunk)
        waiting, piece = chunk, b""
        # A full piece may have left more inside than the part of the chunk that waits.
        while waiting or (len(piece) == _CHUNK and not unfolder.eof):
            if unfolder.eof:
                # Several compressed pieces one after another are one answer.
                unfolder = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
            try:
                piece = unfolder.decompress(waiting, _CHUNK)
            except zlib.error:
                raise AnswerUnexpected(host=host) from None
            waiting = unfolder.unused_data if unfolder.eof else unfolder.unconsumed_tail
            given += len(piece)
            if given > _RATIO_FREE_BYTES and given > taken * _RATIO:
                raise AnswerUnfolds(host=host)
            if piece:
                yield piece
    if taken and not unfolder.eof:
        raise Unreachable(host=host)


@contextmanager
def translated(host: str, watch: Watch) -> Iterator[None]:
    """The library's errors as ours; theirs tell the whole address, so none is kept as cause."""
    import requests
    import urllib3

    try:
        yield
    except OutboundError:
        raise
    except (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError):
        raise TooSlow(host=host) from None
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError):
        raise (TooSlow if watch.expired() else Unreachable)(host=host) from None
