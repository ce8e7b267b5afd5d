"""Photographs: where they were taken, whose camera it was, and a copy without either.

A clean copy keeps the picture bit for bit: only whole segments (JPEG) or chunks (PNG) that
describe it are left out, so nothing is compressed anew. What tells how to hold the picture
(orientation) and its colours (ICC profile) stays.

Sources: JPEG, ITU-T T.81 annex B; EXIF 2.32 (CIPA DC-008); XMP part 3; PNG, third edition
(W3C, 2025), section 11.3.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from tonle.deposit.checks.rules.personal.traces import Limits, Report, Trace, mask

_OWNERS = (
    "Image Artist",
    "Image Copyright",
    "Image XPAuthor",
    "EXIF CameraOwnerName",
    "EXIF BodySerialNumber",
    "EXIF LensSerialNumber",
)
_EXIF = b"Exif\x00\x00"
_ICC = b"ICC_PROFILE\x00"
_XMP_POSITION = re.compile(rb"exif:GPSL(?:at|ong)itude|Iptc4xmpExt:LocationCreated")
_XMP_OWNER = re.compile(rb"aux:OwnerName|aux:SerialNumber|exifEX:CameraOwnerName|<dc:creator>")
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_WORDS = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf"})
_HEAD_BYTES = 1 << 20


class NoPhotograph(ValueError):
    """The file is no whole JPEG or PNG: nothing is written for it."""


def scan(path: Path, limits: Limits, report: Report) -> None:
    """Read what a photograph says of itself into the report."""
    found: set[str] = set()
    tags = _tags(path)
    if "GPS GPSLatitude" in tags and "GPS GPSLongitude" in tags:
        found.add("photo_position")
        report.traces.append(Trace("photo_position", "GPS", mask=_covered(tags)))
    for name in _OWNERS:
        value = str(tags.get(name, "")).strip().strip("\x00")
        if value and value != "[]":
            found.add("camera_owner")
            label = name.partition(" ")[2]
            report.traces.append(Trace("camera_owner", label, mask=mask("person_name", value)))
    with path.open("rb") as file:
        head = file.read(min(_HEAD_BYTES, limits.size_bytes))
    if "photo_position" not in found and _XMP_POSITION.search(head):
        report.traces.append(Trace("photo_position", "XMP"))
    if "camera_owner" not in found and _XMP_OWNER.search(head):
        report.traces.append(Trace("camera_owner", "XMP"))
    report.rows += 1


def _tags(path: Path) -> dict[str, Any]:
    """EXIF of JPEG, TIFF, HEIC, PNG, WebP; none where there is none or it is broken.

    The library is made for cameras' files, not for hostile ones, and raises nearly anything;
    it runs in a child process with bounds of its own.
    """
    import logging

    import exifread

    logging.getLogger("exifread").setLevel(logging.CRITICAL)
    try:
        with path.open("rb") as file:
            found: dict[str, Any] = exifread.process_file(
                file, details=False, extract_thumbnail=False
            )
    except Exception:
        return {}
    return found


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
    return name.lower().endswith((".jpg", ".jpeg", ".png"))


def clean(path: Path, target: Path) -> None:
    """Write the photograph to target without what it says of place, time and owner.

    Raises NoPhotograph; target is then to be thrown away.
    """
    with path.open("rb") as source, target.open("xb") as sink:
        head = source.read(8)
        source.seek(0)
        if head[:2] == b"\xff\xd8":
            _clean_jpeg(source, sink, _orientation(path))
        elif head == _PNG:
            _clean_png(source, sink)
        else:
            raise NoPhotograph


def _orientation(path: Path) -> int:
    values = getattr(_tags(path).get("Image Orientation"), "values", None) or [1]
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
    """Copy a PNG's chunks but for texts, EXIF and time; what follows IEND is left out."""
    sink.write(source.read(8))
    while True:
        head = source.read(8)
        if len(head) != 8:
            raise NoPhotograph
        length, kind = struct.unpack(">I4s", head)
        if length > 0x7FFFFFFF:
            raise NoPhotograph
        keep = kind not in _PNG_WORDS and kind != b"tIME"
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
