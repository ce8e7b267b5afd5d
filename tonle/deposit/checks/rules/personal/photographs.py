"""Photographs: where they were taken, whose camera it was, and a copy without either.

A clean copy keeps the picture bit for bit: only whole segments (JPEG) or chunks (PNG, WebP)
that describe it are left out, or (HEIC) written over with nothing, so nothing is compressed
anew. What tells how to hold the picture (orientation) and its colours (ICC profile) stays.

Sources: JPEG, ITU-T T.81 annex B; EXIF 2.32 (CIPA DC-008); XMP part 3; PNG, third edition
(W3C, 2025), section 11.3; HEIF, ISO/IEC 23008-12, and its boxes, ISO/IEC 14496-12, 8.11;
WebP, RFC 9649.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from tonle.deposit.checks.rules.personal import beside
from tonle.deposit.checks.rules.personal.traces import Limits, Report, Trace, mask

OWNERS = (
    "Image Artist",
    "Image Copyright",
    "Image XPAuthor",
    "EXIF CameraOwnerName",
    "EXIF BodySerialNumber",
    "EXIF LensSerialNumber",
)
_EXIF = b"Exif\x00\x00"
_ICC = b"ICC_PROFILE\x00"
_PNG = b"\x89PNG\r\n\x1a\n"
# Of what a PNG can do without, what tells how the picture looks; all else may tell anything.
_PNG_LOOKS = frozenset({
    b"cHRM", b"cICP", b"gAMA", b"iCCP", b"mDCV", b"cLLI", b"sBIT", b"sRGB", b"bKGD", b"hIST",
    b"tRNS", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT",
})  # fmt: skip
_HEAD_BYTES = 1 << 20


class NoPhotograph(ValueError):
    """The file is no whole JPEG, PNG, HEIC or WebP: nothing is written for it."""


def scan(path: Path, limits: Limits, report: Report) -> None:
    """Read what a photograph says of itself into the report."""
    found: set[str] = set()
    tags = tags_of(path)
    if "GPS GPSLatitude" in tags and "GPS GPSLongitude" in tags:
        found.add("photo_position")
        report.traces.append(Trace("photo_position", "GPS", mask=_covered(tags)))
    for name in OWNERS:
        value = str(tags.get(name, "")).strip().strip("\x00")
        if value and value != "[]":
            found.add("camera_owner")
            label = name.partition(" ")[2]
            report.traces.append(Trace("camera_owner", label, mask=mask("person_name", value)))
    with path.open("rb") as file:
        said = beside.texts(file.read(min(beside.LOOKED_AT, limits.size_bytes)))
    if "photo_position" not in found and (where := beside.position(said)):
        report.traces.append(Trace("photo_position", where))
    if "camera_owner" not in found and (where := beside.owner(said)):
        report.traces.append(Trace("camera_owner", where))
    report.rows += 1


def tags_of(path: Path) -> dict[str, Any]:
    """EXIF of JPEG, TIFF, HEIC, PNG, WebP; none where there is none or it is broken.

    The library is made for cameras' files, not for hostile ones, and raises nearly anything;
    it runs in a child process with bounds of its own.
    """
    try:
        with path.open("rb") as file:
            head = file.read(12)
            file.seek(0)
            # The library looks for EXIF in WebP where few programs write it.
            found = _read_tags(_webp_exif(file) if head[8:] == b"WEBP" else file)
            if "GPS GPSLatitude" not in found:
                file.seek(0)
                # Nor does it look behind long segments, nor at a second block.
                for block in beside.exif_blocks(beside.texts(file.read(beside.LOOKED_AT))):
                    found = {**_read_tags(io.BytesIO(block)), **found}
    except OSError:
        return {}
    return found


def _read_tags(source: BinaryIO) -> dict[str, Any]:
    import logging

    import exifread

    logging.getLogger("exifread").setLevel(logging.CRITICAL)
    try:
        found: dict[str, Any] = exifread.process_file(
            source, details=False, extract_thumbnail=False
        )
    except Exception:
        return {}
    return found


def _webp_exif(source: BinaryIO) -> BinaryIO:
    """The EXIF chunk of a WebP alone, as a TIFF; empty where there is none."""
    source.seek(12)
    while len(head := source.read(8)) == 8:
        kind, length = struct.unpack("<4sI", head)
        if kind == b"EXIF":
            return io.BytesIO(source.read(min(length, _HEAD_BYTES)).removeprefix(_EXIF))
        source.seek(length + (length & 1), 1)
    return io.BytesIO()


def _covered(tags: dict[str, Any]) -> str:
    """Whole degrees, the rest covered."""
    degrees = []
    for name in ("GPS GPSLatitude", "GPS GPSLongitude"):
        values = getattr(tags[name], "values", None) or []
        try:
            degrees.append(f"{int(values[0])}°••′")
        except (IndexError, TypeError, ValueError, ZeroDivisionError):
            return ""
    return ", ".join(degrees)


# A clean copy ----------------------------------------------------------------------------


def can_clean(name: str) -> bool:
    """Whether a clean copy of a file of this name can be made here."""
    return name.lower().endswith((".jpg", ".jpeg", ".png", ".heic", ".heif", ".avif", ".webp"))


def clean(path: Path, target: Path) -> None:
    """Write the photograph to target without what it says of place, time and owner.

    Raises NoPhotograph; target is then to be thrown away.
    """
    with path.open("rb") as source, target.open("xb") as sink:
        head = source.read(12)
        source.seek(0)
        if head[:2] == b"\xff\xd8":
            _clean_jpeg(source, sink, _orientation(path))
        elif head[:8] == _PNG:
            _clean_png(source, sink)
        elif head[4:8] == b"ftyp":
            _clean_heif(source, sink)
        elif head[:4] == b"RIFF" and head[8:12] == b"WEBP":
            _clean_webp(source, sink, _orientation(path))
        else:
            raise NoPhotograph


def _orientation(path: Path) -> int:
    values = getattr(tags_of(path).get("Image Orientation"), "values", None) or [1]
    value = values[0] if values and isinstance(values[0], int) else 1
    return value if 1 <= value <= 8 else 1


def _clean_jpeg(source: BinaryIO, sink: BinaryIO, orientation: int) -> None:
    """Copy a JPEG's segments but for APP1 to APP15 and comments; ICC and Adobe's APP14 stay.

    What follows the end of the picture (a second picture, a film, a maker's notes) is left
    out as well.
    """
    sink.write(b"\xff\xd8")
    oriented = orientation == 1
    for marker, body in _segments(source):
        if not oriented and marker != 0xE0:
            # After JFIF's own segment, before everything else.
            sink.write(_segment(0xE1, _EXIF + _orientation_alone(orientation)))
            oriented = True
        if marker == 0xDA:
            sink.write(_segment(marker, body))
            _copy_picture(source, sink)
            return
        described = 0xE1 <= marker <= 0xEF or marker == 0xFE
        kept = marker == 0xEE or (marker == 0xE2 and body.startswith(_ICC))
        if not described or kept:
            sink.write(_segment(marker, body))
    raise NoPhotograph


def _segments(source: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """(marker, body) of each segment up to and with the first scan's header."""
    source.seek(2)
    while True:
        if source.read(1) != b"\xff":
            raise NoPhotograph
        marker = source.read(1)
        while marker == b"\xff":
            marker = source.read(1)
        if not marker or marker[0] in {0x00, 0xD8, 0xD9}:
            raise NoPhotograph
        yield marker[0], _body(source)


def _body(source: BinaryIO) -> bytes:
    raw = source.read(2)
    length = struct.unpack(">H", raw)[0] if len(raw) == 2 else 0
    body = source.read(length - 2) if length >= 2 else b""
    if length < 2 or len(body) != length - 2:
        raise NoPhotograph
    return body


def _segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


def _copy_picture(source: BinaryIO, sink: BinaryIO) -> None:
    """Copy the compressed data, and further scans, until the end of the picture.

    Within it, 0xFF is followed by 0 or by a restart; other markers have a segment.
    """
    held = b""
    while chunk := source.read(1 << 16):
        data = held + chunk
        place = 0
        while True:
            place = data.find(b"\xff", place)
            if place < 0 or place + 1 >= len(data):
                break
            following = data[place + 1]
            if following == 0xD9:
                sink.write(data[: place + 2])
                return
            if 0xE1 <= following <= 0xEF or following == 0xFE:
                # A described segment between scans: rare, legal, and not the picture.
                sink.write(data[:place])
                source.seek(place + 2 - len(data), 1)
                _body(source)
                data, place = b"", 0
                break
            place += 2 if following != 0xFF else 1
        if place < 0 or not data:
            sink.write(data)
            held = b""
        else:
            sink.write(data[:place])
            held = data[place:]
    raise NoPhotograph


def _orientation_alone(value: int) -> bytes:
    """A TIFF header with one entry: orientation (tag 0x0112, SHORT)."""
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, value, 0)
    return b"II*\x00" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 0)


def _clean_png(source: BinaryIO, sink: BinaryIO) -> None:
    """Copy the chunks that a PNG is shown by; what follows IEND is left out."""
    sink.write(source.read(8))
    while True:
        head = source.read(8)
        if len(head) != 8:
            raise NoPhotograph
        length, kind = struct.unpack(">I4s", head)
        if length > 0x7FFFFFFF:
            raise NoPhotograph
        # A small first letter: a reader that does not know the chunk may pass over it.
        keep = kind in _PNG_LOOKS or not kind[0] & 0x20
        if keep:
            sink.write(head)
        check = zlib.crc32(kind)
        left = length
        while left:
            piece = source.read(min(left, 1 << 16))
            if not piece:
                raise NoPhotograph
            left -= len(piece)
            check = zlib.crc32(piece, check)
            if keep:
                sink.write(piece)
        crc = source.read(4)
        if len(crc) != 4 or struct.unpack(">I", crc)[0] != check:
            raise NoPhotograph
        if keep:
            sink.write(crc)
        if kind == b"IEND":
            return


# HEIC, HEIF and AVIF: boxes, of which `meta` says where each item lies -------------------

# A picture, where its items lie, and nothing; whatever else there is goes: films, makers' notes.
_KEPT_BOXES = frozenset({b"ftyp", b"meta", b"mdat", b"free", b"skip"})
_MOST_META, _MOST_DESCRIBED = 16 << 20, 64 << 20
# No tags at all, behind four bytes that say where they begin.
_NO_EXIF = b"\0\0\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"
_NO_XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'


def _clean_heif(source: BinaryIO, sink: BinaryIO) -> None:
    """Copy the file and write over the items that describe it, in place: no offset moves.

    A film or a series of pictures has descriptions elsewhere, and is refused.
    """
    size = source.seek(0, 2)
    boxes = list(_boxes(source, 0, size))
    metas = [(begin, end) for kind, _, begin, end in boxes if kind == b"meta"]
    if len(metas) != 1 or any(kind == b"moov" for kind, *_ in boxes):
        raise NoPhotograph
    begin, end = metas[0]
    if end - begin > _MOST_META:
        raise NoPhotograph
    described = _described_items(source, begin + 4, end, size)
    source.seek(0)
    while chunk := source.read(1 << 20):
        sink.write(chunk)
    for kind, head, inside, after in boxes:
        if kind not in _KEPT_BOXES:
            sink.seek(head + 4)
            sink.write(b"free")
            _write_over(sink, inside, after - inside, b"")
    for nothing, at, length in described:
        _write_over(sink, at, length, nothing)
    sink.seek(0, 2)


def _write_over(sink: BinaryIO, at: int, length: int, nothing: bytes) -> None:
    sink.seek(at)
    said = nothing if len(nothing) <= length else b""
    sink.write(said)
    left, blank = length - len(said), b" " if nothing is _NO_XMP else b"\0"
    while left > 0:
        sink.write(blank * min(left, 1 << 16))
        left -= 1 << 16


def _boxes(source: BinaryIO, at: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """(kind, where it begins, where its content begins, where it ends) of boxes in a row."""
    while at < end:
        source.seek(at)
        head = source.read(16)
        if len(head) < 8:
            raise NoPhotograph
        length, kind = struct.unpack(">I4s", head[:8])
        inside = at + 8
        if length == 1 and len(head) == 16:
            length, inside = struct.unpack(">Q", head[8:])[0], at + 16
        after = end if length == 0 else at + length
        if not inside <= after <= end:
            raise NoPhotograph
        yield kind, at, inside, after
        at = after


def _described_items(
    source: BinaryIO, begin: int, end: int, size: int
) -> list[tuple[bytes, int, int]]:
    """(what is written over it, where, how long) of each part of EXIF and XMP."""
    parts = {kind: (inside, after) for kind, _, inside, after in _boxes(source, begin, end)}
    if b"iinf" not in parts or b"iloc" not in parts:
        raise NoPhotograph
    nothing = _items(source, *parts[b"iinf"])
    found = []
    left = _MOST_DESCRIBED
    for item, method, at, length in _extents(_read(source, *parts[b"iloc"])):
        if item not in nothing:
            continue
        if method not in ({0, 1} if b"idat" in parts else {0}):
            raise NoPhotograph
        first = at + (parts[b"idat"][0] if method else 0)
        left -= length
        # Over what else would be written, and how often?
        if length == 0 or left < 0 or first + length > size or (method == 0 and at < end):
            raise NoPhotograph
        found.append((nothing[item], first, length))
    return found


def _read(source: BinaryIO, begin: int, end: int) -> bytes:
    source.seek(begin)
    return source.read(end - begin)


def _items(source: BinaryIO, begin: int, end: int) -> dict[int, bytes]:
    """Items that describe the picture, by number: what to write over each."""
    version = _read(source, begin, begin + 1)
    first = begin + (6 if version == b"\0" else 8)
    found = {}
    for kind, _, inside, after in _boxes(source, first, end):
        data = _read(source, inside, min(after, inside + 300))
        if kind != b"infe" or len(data) < 12 or data[0] not in {2, 3}:
            continue
        wide = data[0] == 3
        number = int.from_bytes(data[4 : 8 if wide else 6], "big")
        named = data[10:14] if wide else data[8:12]
        if named == b"Exif":
            found[number] = _NO_EXIF
        elif named == b"mime":
            found[number] = _NO_XMP
    return found


def _extents(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """(item, how its place is meant, place, length) of each part of each item."""
    place = 4

    def number(size: int) -> int:
        nonlocal place
        if place + size > len(data):
            raise NoPhotograph
        place += size
        return int.from_bytes(data[place - size : place], "big")

    if not data or data[0] > 2:
        raise NoPhotograph
    version, sizes = data[0], number(2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version else 0
    if not offset_size or not length_size:
        raise NoPhotograph  # Every extent takes room: so many there can be, and no more.
    for _ in range(number(4 if version == 2 else 2)):
        item = number(4 if version == 2 else 2)
        method = number(2) & 15 if version else 0
        if number(2):
            raise NoPhotograph  # It lies in another file.
        base = number(base_size)
        for _ in range(number(2)):
            number(index_size)
            at = number(offset_size)
            yield item, method, base + at, number(length_size)


def _clean_webp(source: BinaryIO, sink: BinaryIO, orientation: int) -> None:
    """Copy a WebP's chunks but for EXIF, XMP and whatever it does not need."""
    size = source.seek(0, 2)
    source.seek(12)
    sink.write(b"RIFF\0\0\0\0WEBP")
    turned = orientation != 1
    while head := source.read(8):
        if len(head) != 8:
            raise NoPhotograph
        kind, length = struct.unpack("<4sI", head)
        if source.tell() + length > size:
            raise NoPhotograph
        if kind in _WEBP_CHUNKS:
            body = source.read(length)
            if kind == b"VP8X" and body:
                # Neither EXIF (8), unless it says how to hold the picture, nor XMP (4).
                body = bytes([body[0] & ~0b1100 | (8 if turned else 0)]) + body[1:]
            _webp_chunk(sink, kind, body)
        else:
            source.seek(length, 1)
        source.seek(length & 1, 1)
    if turned:
        _webp_chunk(sink, b"EXIF", _orientation_alone(orientation))
    length = sink.tell()
    sink.seek(4)
    sink.write(struct.pack("<I", length - 8))
    sink.seek(0, 2)


_WEBP_CHUNKS = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})


def _webp_chunk(sink: BinaryIO, kind: bytes, body: bytes) -> None:
    sink.write(struct.pack("<4sI", kind, len(body)) + body + b"\0" * (len(body) & 1))
