"""From a Django response to what is sent: headers, and bytes, a file's range, or a stream."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from tonle.infra.server.files import FileAnswer, RangedAnswer
from tonle.infra.server.protocol import HeaderList, Transport

# Where more time stops buying bytes on pages of a few kB; see benchmarks/server.py. Brotli's
# fifth takes as long as gzip's sixth and leaves a page a tenth to a seventh smaller.
GZIP_LEVEL, BROTLI_LEVEL = 6, 5
# Of streams, which are long and made once for one reader: see benchmarks/oai.py.
STREAM_GZIP_LEVEL = 4
# Below this a compressed answer fits the same packet as the plain one.
COMPRESSED_FROM_BYTES = 500
_TEXT = re.compile(
    r"text/|application/(json|javascript|xml|problem\+json|[a-z0-9.+-]+\+(json|xml))|image/svg\+xml",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True)
class FileRange:
    """Bytes start (inclusive) to stop (exclusive) of a file; whole says that it is all of it."""

    path: Path
    start: int
    stop: int
    whole: bool


@dataclass(frozen=True)
class Stream:
    """Bytes still to be made. close() ends the Django request; it runs in a pool thread."""

    chunks: Iterator[bytes]
    close: Callable[[], None]


@dataclass
class Answer:
    """What is sent for one request."""

    status: int
    headers: HeaderList
    body: bytes | FileRange | Stream = b""


def codings(accept_encoding: str | None) -> tuple[str, ...]:
    """Which of our content codings the client takes, the smaller one first.

    Of qualities only 0, "not this one", is heard: all who take both decode both at once.
    Brotli is sent to those alone who name it. Source: RFC 9110 section 12.5.3; RFC 7932.
    """
    taken = dict[str, bool]()
    for item in (accept_encoding or "").split(","):
        coding, _, parameter = item.partition(";")
        quality = parameter.strip().lower().removeprefix("q=")
        name = coding.strip().lower().removeprefix("x-")
        taken.setdefault(name, not re.fullmatch(r"0(\.0*)?", quality))
    gzip_taken = taken.get("gzip", taken.get("*", False))
    wanted = (("br", taken.get("br", False)), ("gzip", gzip_taken))
    return tuple(name for name, wished in wanted if wished)


def is_text(content_type: str | None) -> bool:
    """Whether compression is worth trying for that content type."""
    return _TEXT.match(content_type or "") is not None


def compress(data: bytes, coding: str) -> bytes:
    """A page in "br" or "gzip", the same bytes for the same page: no time is in it."""
    if coding == "br":
        import brotli  # Where pages are sent, and not in every process.

        return bytes(brotli.compress(data, mode=brotli.MODE_TEXT, quality=BROTLI_LEVEL))
    return gzip.compress(data, GZIP_LEVEL, mtime=0)


def from_response(response: HttpResponseBase, *, accepted: tuple[str, ...]) -> Answer:
    """What to send for a Django response. Blocks (compression); runs in a pool thread.

    accepted: as `codings` reads them.

    An ordinary response is closed here; a stream is closed by whoever sends it.
    """
    if isinstance(response, RangedAnswer) and not response.has_bytes:
        answer = Answer(response.status_code, _headers(response))
        response.close()
        return answer
    if isinstance(response, FileAnswer):
        whole = response.status_code == 200
        body = FileRange(response.path, response.start, response.stop, whole)
        answer = Answer(response.status_code, _headers(response), body)
        response.close()
        return answer
    if isinstance(response, StreamingHttpResponse):
        if response.is_async:
            raise TypeError("the server runs no asynchronous iterators; give it a plain one")
        chunks = iter(response)
        if _may_compress(response):
            _vary(response)
            if "gzip" in accepted:
                chunks = compressed(chunks)
                response["Content-Encoding"] = "gzip"
        return Answer(response.status_code, _headers(response), Stream(chunks, response.close))
    if not isinstance(response, HttpResponse):
        raise TypeError(f"the server cannot send a {type(response).__name__}")
    data = response.content
    if is_text(response.get("Content-Type")) and not response.has_header("Content-Encoding"):
        _vary(response)
        if accepted and len(data) >= COMPRESSED_FROM_BYTES and response.status_code != 206:
            data = compress(data, accepted[0])
            response["Content-Encoding"] = accepted[0]
            # The same page, but not the same bytes.
            etag = response.get("ETag")
            if etag and not etag.startswith("W/"):
                response["ETag"] = f"W/{etag}"
    if response.status_code not in {204, 304}:
        response["Content-Length"] = str(len(data))
    answer = Answer(response.status_code, _headers(response), data)
    response.close()
    return answer


def _may_compress(response: StreamingHttpResponse) -> bool:
    """Whether a stream is text whose length and ranges nobody was told."""
    told = ("Content-Encoding", "Content-Length", "Content-Range", "Accept-Ranges")
    return (
        response.status_code == 200
        and is_text(response.get("Content-Type"))
        and not any(response.has_header(name) for name in told)
    )


def compressed(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes as gzip. A chunk comes out for each that goes in, perhaps empty, so that
    whoever takes them still sees progress."""
    packer = zlib.compressobj(STREAM_GZIP_LEVEL, wbits=zlib.MAX_WBITS | 16)
    for chunk in chunks:
        yield packer.compress(chunk)
    yield packer.flush()


def _vary(response: HttpResponseBase) -> None:
    known = response.get("Vary", "")
    if "accept-encoding" not in known.lower():
        response["Vary"] = f"{known}, Accept-Encoding" if known else "Accept-Encoding"


def _headers(response: HttpResponseBase) -> HeaderList:
    headers = [(name.lower(), value) for name, value in response.items()]
    headers += [("set-cookie", morsel.OutputString()) for morsel in response.cookies.values()]
    return headers


def send(
    transport: Transport,
    status: int,
    headers: HeaderList,
    body: bytes | FileRange,
    *,
    head_only: bool,
) -> int:
    """Send bytes or a file. Returns the bytes of body that were handed over.

    A stream is sent by `tonle.infra.server.streams`.
    """
    if head_only or status in {204, 304}:
        transport.response_empty(status, headers)
        return 0
    if isinstance(body, FileRange):
        if body.start >= body.stop:
            transport.response_empty(status, headers)
        elif body.whole:
            transport.response_file(status, headers, str(body.path))
        else:
            transport.response_file_range(status, headers, str(body.path), body.start, body.stop)
        return body.stop - body.start
    transport.response_bytes(status, headers, body)
    return len(body)
