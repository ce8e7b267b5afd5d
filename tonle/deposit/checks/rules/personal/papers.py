"""PDF: whether its properties name an author. Its pages are not read, and the report says so.

Properties packed in object streams are not unpacked: what is found is told, what is not
found proves nothing.

Source: ISO 32000-1:2008, section 14.3.3 (document information dictionary).
"""

from __future__ import annotations

import re
from pathlib import Path

from tonle.deposit.checks.rules.personal.traces import Limits, Report, Trace, mask

_AUTHOR = re.compile(
    rb"/Author\s{0,8}(?:\((?P<text>[^()\\]{1,200})\)|<(?P<hex>[0-9A-Fa-f\s]{4,800})>)"
)
_XMP_AUTHOR = re.compile(
    rb"<dc:creator>.{0,200}?<rdf:li[^>]{0,80}>(?P<text>[^<]{1,200})<", re.DOTALL
)
_END_BYTES = 1 << 20


def scan(path: Path, limits: Limits, report: Report) -> None:
    """Look for an author in the first and last mebibyte."""
    report.note("kind_not_read")
    with path.open("rb") as file:
        data = file.read(min(_END_BYTES, limits.size_bytes))
        size = path.stat().st_size
        if size > _END_BYTES:
            file.seek(max(_END_BYTES, size - _END_BYTES))
            data += b"\n" + file.read(_END_BYTES)
    found = _AUTHOR.search(data) or _XMP_AUTHOR.search(data)
    if found is None:
        return
    groups = found.groupdict()
    text = _text(groups["text"]) if groups.get("text") else _from_hex(groups.get("hex") or b"")
    if text.strip(" \x00"):
        # A publication is meant to name its authors, so nobody is asked to decide.
        report.traces.append(
            Trace("document_author", "Author", mask=mask("person_name", text), decide=False)
        )


def _text(raw: bytes) -> str:
    if raw.startswith(b"\xfe\xff"):
        return raw[2:].decode("utf-16-be", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _from_hex(raw: bytes) -> str:
    digits = re.sub(rb"\s", b"", raw)
    return _text(bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii")))
