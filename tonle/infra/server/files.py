"""Answers that are files: views name the file, the server sends it.

A view returns `FileAnswer(path, …)`. `ServerMiddleware` narrows it to what the
request asks for (304, 412, 206, 416); the adapter then hands path and range to
Granian, so that a slow reader holds no thread. Under Django's test client the
same bytes are streamed.
Sources: RFC 9110 sections 13 and 14, RFC 9530 (digest fields).
"""

from __future__ import annotations

import base64
import mimetypes
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header, http_date, parse_http_date_safe

_CHUNK_BYTES = 64 * 1024
# No file is longer than 18 digits say, and Python reads no number of some thousand.
_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.ASCII | re.IGNORECASE)
_ENTITY_TAG = re.compile(r'(?:W/)?"[^"]*"')
# A deposited file may be HTML or SVG; whatever it is, it gets no rights on the node's pages.
_SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:"


class FileAnswer(StreamingHttpResponse):
    """One file, whole or in part.

    content_type: guessed from the name when not given. etag: quoted; made from
    sha256 when not given, else from length and time. sha256, sha512: hex digests
    of the whole file; they become Repr-Digest and, for a whole answer,
    Content-Digest. last_modified: aware; the file's own time when not given.
    filename: what the reader's browser calls it. inline: show it in the browser
    instead of offering to save it.
    Raises FileNotFoundError.
    """

    def __init__(
        self,
        path: Path,
        *,
        content_type: str | None = None,
        etag: str | None = None,
        sha256: str | None = None,
        sha512: str | None = None,
        last_modified: datetime | None = None,
        filename: str | None = None,
        inline: bool = False,
    ) -> None:
        stat = path.stat()
        self.path = path
        self.size_bytes = stat.st_size
        self.start = 0
        self.stop = stat.st_size
        self._modified = int(last_modified.timestamp() if last_modified else stat.st_mtime)
        self._etag = etag or (
            f'"{sha256}"' if sha256 else f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
        )
        self._digests = _digest_field(sha256, sha512)
        name = filename or path.name
        kind = content_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
        super().__init__(self._bytes(), content_type=kind)
        self["Content-Length"] = str(self.size_bytes)
        self["Accept-Ranges"] = "bytes"
        # Without it, caches keep what has a date for as long as they guess (RFC 9111, 4.2.2),
        # also past a restriction. Asking again costs them a 304.
        self["Cache-Control"] = "no-cache"
        self["ETag"] = self._etag
        self["Last-Modified"] = http_date(self._modified)
        self["Content-Security-Policy"] = _SANDBOX
        disposition = content_disposition_header(as_attachment=not inline, filename=name)
        if disposition:
            self["Content-Disposition"] = disposition
        if self._digests:
            self["Repr-Digest"] = self._digests
            self["Content-Digest"] = self._digests

    @property
    def has_bytes(self) -> bool:
        """Whether the answer carries bytes of the file (not 304, 412 or 416)."""
        return self.status_code in {200, 206}

    def narrow(self, request: HttpRequest) -> None:
        """Apply the request's preconditions and range."""
        headers = request.headers
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
        """The chosen bytes. Lazy: the adapter never asks, it sends the file itself."""
        if self.start >= self.stop:
            return
        with self.path.open("rb") as file:
            yield from _read(file, self.start, self.stop)


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


def _digest_field(sha256: str | None, sha512: str | None) -> str:
    known = (("sha-256", sha256), ("sha-512", sha512))
    return ", ".join(
        f"{name}=:{base64.b64encode(bytes.fromhex(hexadecimal)).decode()}:"
        for name, hexadecimal in known
        if hexadecimal
    )
