"""Answers that are files: views name the file, the server sends it.

A view returns `file_answer(kept, …)`, or `PartsAnswer(parts, …)` where the bytes lie in
several places (a zip). `ServerMiddleware` narrows it to what the request asks for (304,
412, 206, 416); the adapter then hands path and range to Granian, so that a slow reader
holds no thread, and reads parts in short turns. Under Django's test client the same
bytes are streamed.

Of several ranges in one request none is taken and the whole is sent, as RFC 9110 section
14.2 allows: no client of ours asks so, and answering it would let one small request ask for
the same gigabyte a thousand times.
Sources: RFC 9110 sections 13 and 14, RFC 9530 (digest fields).
"""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol, TypedDict, Unpack

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header, http_date, parse_http_date_safe

from tonle.infra.ocfl import Key, Place

_CHUNK_BYTES = 64 * 1024
# No file is longer than 18 digits say, and Python reads no number of some thousand.
_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.ASCII | re.IGNORECASE)
_ENTITY_TAG = re.compile(r'(?:W/)?"[^"]*"')
# One wish of a Want-… field: an algorithm, and how much it is liked, 0 to 10.
_WISH = re.compile(r"(sha-\d{3})\s*(?:=\s*(\d{1,2}))?")
# A deposited file may be HTML or SVG; whatever it is, it gets no rights on the node's pages.
_SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:"


class RangedAnswer(StreamingHttpResponse):
    """Bytes of a known length, whole or in part. Not used by itself.

    size_bytes: of the whole. etag: quoted, strong. modified: seconds since 1970. digests:
    the field of the whole, "" where none is known. filename: what the reader's browser
    calls it. inline: show it in the browser instead of offering to save it.
    """

    def __init__(
        self,
        size_bytes: int,
        *,
        content_type: str,
        etag: str,
        modified: int,
        digests: dict[str, str],
        filename: str,
        inline: bool = False,
    ) -> None:
        self.size_bytes = size_bytes
        self.start = 0
        self.stop = size_bytes
        self._modified = modified
        self._etag = etag
        self._digests = digests
        super().__init__(self._bytes(), content_type=content_type)
        self["Content-Length"] = str(self.size_bytes)
        self["Accept-Ranges"] = "bytes"
        # Without it, caches keep what has a date for as long as they guess (RFC 9111, 4.2.2),
        # also past a restriction. Asking again costs them a 304.
        self["Cache-Control"] = "no-cache"
        self["ETag"] = self._etag
        self["Last-Modified"] = http_date(self._modified)
        self["Content-Security-Policy"] = _SANDBOX
        disposition = content_disposition_header(as_attachment=not inline, filename=filename)
        if disposition:
            self["Content-Disposition"] = disposition
        if self._digests:
            self["Repr-Digest"] = self["Content-Digest"] = _digest_field(self._digests)

    @property
    def has_bytes(self) -> bool:
        """Whether the answer carries bytes of the file (not 304, 412 or 416)."""
        return self.status_code in {200, 206}

    def narrow(self, request: HttpRequest) -> None:
        """Apply the request's preconditions, wishes and range."""
        headers = request.headers
        self._wish("Repr-Digest", headers.get("Want-Repr-Digest"))
        self._wish("Content-Digest", headers.get("Want-Content-Digest"))
        safe = request.method in {"GET", "HEAD"}
        if_match = headers.get("If-Match")
        if_unmodified = headers.get("If-Unmodified-Since")
        if if_match is not None:
            if not _matches(if_match, self._etag, strong=True):
                return self._become(412)
        elif if_unmodified is not None:
            date = parse_http_date_safe(if_unmodified)
            if date is not None and self._modified > date:
                return self._become(412)
        if_none_match = headers.get("If-None-Match")
        if_modified = headers.get("If-Modified-Since")
        if if_none_match is not None:
            if _matches(if_none_match, self._etag, strong=False):
                return self._become(304 if safe else 412)
        elif if_modified is not None and safe:
            date = parse_http_date_safe(if_modified)
            if date is not None and self._modified <= date:
                return self._become(304)
        wanted = headers.get("Range")
        if (
            wanted is not None
            and request.method == "GET"
            and self._range_holds(headers.get("If-Range"))
        ):
            self._take_range(wanted)
        return None

    def _wish(self, field: str, wanted: str | None) -> None:
        """Of the digests that are known, only the one a client likes best (RFC 9530, 4)."""
        if wanted is None or not self._digests:
            return
        likes = {name: int(weight or 1) for name, weight in _WISH.findall(wanted.lower())}
        best = max(self._digests, key=lambda name: likes.get(name, 0))
        if likes.get(best, 0) > 0:
            self[field] = _digest_field({best: self._digests[best]})
        elif any(likes.get(name) == 0 for name in self._digests):
            # None of ours is wanted, and one of them expressly not.
            del self[field]

    def _range_holds(self, if_range: str | None) -> bool:
        """Whether the part the client has is of this very file."""
        if if_range is None:
            return True
        if if_range.startswith(('"', "W/")):
            return not if_range.startswith("W/") and if_range.strip() == self._etag
        return parse_http_date_safe(if_range) == self._modified

    def _take_range(self, wanted: str) -> None:
        """One range makes a 206, an unsatisfiable one a 416; anything else sends the whole."""
        match = _RANGE.fullmatch(wanted.strip())
        if match is None:
            return
        first, last = match.groups()
        if first:
            start = int(first)
            stop = min(int(last) + 1, self.size_bytes) if last else self.size_bytes
            if last and int(last) < start:
                return
        elif last:
            start, stop = max(self.size_bytes - int(last), 0), self.size_bytes
        else:
            return
        if start >= stop:
            self["Content-Range"] = f"bytes */{self.size_bytes}"
            self._become(416)
            return
        self.status_code = 206
        self.start, self.stop = start, stop
        self["Content-Range"] = f"bytes {start}-{stop - 1}/{self.size_bytes}"
        self["Content-Length"] = str(stop - start)
        # Of the part; Repr-Digest stays, it is of the whole.
        del self["Content-Digest"]

    def _become(self, status: int) -> None:
        self.status_code = status
        self.start = self.stop = 0
        del self["Content-Digest"]
        if status == 304:
            # RFC 9110 section 15.4.5: nothing that describes a body is needed.
            for name in ("Content-Length", "Content-Type", "Content-Disposition", "Repr-Digest"):
                del self[name]
            return
        self["Content-Length"] = "0"
        del self["Content-Disposition"]
        del self["Repr-Digest"]

    def _bytes(self) -> Iterator[bytes]:
        """The bytes from start to stop. Lazy: both are only known when they are asked for."""
        raise NotImplementedError


class Said(TypedDict, total=False):
    """What is said of one file.

    content_type: guessed from the name when not given. etag: quoted; made from
    sha256 when not given, else of what the file's place tells. sha256, sha512: hex digests
    of the whole file; they become Repr-Digest and, for a whole answer,
    Content-Digest. last_modified: aware; the file's own time when not given.
    """

    content_type: str | None
    etag: str | None
    sha256: str | None
    sha512: str | None
    last_modified: datetime | None
    filename: str | None
    inline: bool


class _OneFile(RangedAnswer):
    """One file, wherever it is. own: an ETag for it, for want of a digest; changed_at: seconds."""

    def __init__(
        self, size_bytes: int, name: str, own: str, changed_at: float, **said: Unpack[Said]
    ) -> None:
        name = said.get("filename") or name
        sha256, last_modified = said.get("sha256"), said.get("last_modified")
        known = (("sha-256", sha256), ("sha-512", said.get("sha512")))
        super().__init__(
            size_bytes,
            content_type=(
                said.get("content_type")
                or mimetypes.guess_type(name)[0]
                or "application/octet-stream"
            ),
            etag=said.get("etag") or f'"{sha256 or own}"',
            modified=int(last_modified.timestamp() if last_modified else changed_at),
            digests={algorithm: digest for algorithm, digest in known if digest},
            filename=name,
            inline=said.get("inline", False),
        )


class FileAnswer(_OneFile):
    """One file on this machine, whole or in part. Raises FileNotFoundError."""

    def __init__(self, path: Path, **said: Unpack[Said]) -> None:
        stat = path.stat()
        self.path = path
        own = f"{stat.st_mtime_ns:x}-{stat.st_size:x}"
        super().__init__(stat.st_size, path.name, own, stat.st_mtime, **said)

    def _bytes(self) -> Iterator[bytes]:
        """The adapter never asks for them, it sends the file itself."""
        if self.start >= self.stop:
            return
        with self.path.open("rb") as file:
            yield from _read(file, self.start, self.stop)


class KeptAnswer(_OneFile):
    """One file in an object store, whole or in part.

    It goes through this node, which alone knows who may have it: no address of the store is
    given out. Raises FileNotFoundError, StoreAway.
    """

    def __init__(self, kept: Key, **said: Unpack[Said]) -> None:
        head = kept.head()
        self._kept = kept
        own = hashlib.sha256(str(kept).encode()).hexdigest()
        super().__init__(head.size_bytes, kept.name, own, head.changed_at.timestamp(), **said)

    def _bytes(self) -> Iterator[bytes]:
        yield from self._kept.stretch(self.start, self.stop)


def file_answer(kept: Place, **said: Unpack[Said]) -> RangedAnswer:
    """The answer that is a kept file, wherever it is."""
    return FileAnswer(kept, **said) if isinstance(kept, Path) else KeptAnswer(kept, **said)


class Part(Protocol):
    """A stretch of an answer whose length is known before its bytes are."""

    @property
    def size_bytes(self) -> int: ...

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """Its bytes from start to stop. What takes long yields b"" now and then, so that
        the thread that reads can turn to somebody else."""
        ...


class PartsAnswer(RangedAnswer):
    """Parts one after the other, as one file that can be resumed anywhere.

    etag: quoted, strong: other for other bytes. last_modified: aware.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        *,
        content_type: str,
        etag: str,
        last_modified: datetime,
        filename: str,
    ) -> None:
        self._parts = tuple(parts)
        super().__init__(
            sum(part.size_bytes for part in self._parts),
            content_type=content_type,
            etag=etag,
            modified=int(last_modified.timestamp()),
            digests={},
            filename=filename,
        )

    def _bytes(self) -> Iterator[bytes]:
        at = 0
        for part in self._parts:
            start, stop = max(self.start - at, 0), min(self.stop - at, part.size_bytes)
            if start < stop:
                yield from part.read(start, stop)
            at += part.size_bytes


@dataclass(frozen=True, slots=True)
class Literal:
    """A part that is at hand."""

    data: bytes

    @property
    def size_bytes(self) -> int:
        return len(self.data)

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        yield self.data[start:stop]


@dataclass(frozen=True, slots=True)
class OfFile:
    """A part that is a whole kept file. size_bytes: as it was when it was published.

    Raises OSError while reading, where the file has become shorter: better a broken answer
    than one with a hole.
    """

    path: Place
    size_bytes: int

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        if isinstance(self.path, Key):
            yield from self.path.stretch(start, stop)
            return
        left = stop - start
        with self.path.open("rb") as file:
            for chunk in _read(file, start, stop):
                left -= len(chunk)
                yield chunk
        if left:
            raise OSError(f"{self.path.name} ends {left} bytes too early.")


def _read(file: BinaryIO, start: int, stop: int) -> Iterator[bytes]:
    file.seek(start)
    left = stop - start
    while left and (chunk := file.read(min(left, _CHUNK_BYTES))):
        left -= len(chunk)
        yield chunk


def _matches(field: str, etag: str, *, strong: bool) -> bool:
    """Whether an If-Match or If-None-Match field names this entity tag."""
    if field.strip() == "*":
        return True
    tags = _ENTITY_TAG.findall(field)
    if strong:
        return not etag.startswith("W/") and etag in tags
    return etag.removeprefix("W/") in {tag.removeprefix("W/") for tag in tags}


def _digest_field(digests: dict[str, str]) -> str:
    """Algorithm to hex digest, as RFC 9530 writes it."""
    return ", ".join(
        f"{name}=:{base64.b64encode(bytes.fromhex(hexadecimal)).decode()}:"
        for name, hexadecimal in digests.items()
    )
