"""What a photograph says elsewhere than in the first EXIF block that a library finds.

Drones write their place into XMP under names of their own, editors into IPTC, telephones into
a film behind the picture; converters put EXIF into texts of a PNG, or behind other segments.
None of it is shown by most viewers, and all of it is read by those who look for it.

Sources: XMP part 3; IPTC IIM 4.2, datasets 2:27, 2:80, 2:90, 2:92, 2:118; Photoshop file
formats, image resource 0x0404; PNG, third edition, section 11.3.3; ISO 6709 as QuickTime writes
it; raw profiles as ImageMagick and ExifTool write them into PNG.
"""

from __future__ import annotations

import binascii
import re
import struct
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Final

# More than a photograph has: the rest is looked at no longer.
LOOKED_AT: Final = 64 << 20
_MOST, _BLOCK_BYTES, _TEXT_BYTES = 8, 256 << 10, 4 << 20
_EXIF: Final = re.compile(rb"Exif\0[\0\xff](?=II\*\0|MM\0\*)")
_XMP_POSITION: Final = re.compile(
    rb":gps-?l(?:at|ong?)|photoshop:City|Iptc4xmpCore:Location\b"
    rb"|Iptc4xmpExt:(?:Location(?:Created|Shown)|Sublocation|City)\b",
    re.IGNORECASE,
)
_XMP_OWNER: Final = re.compile(
    rb"aux:(?:OwnerName|SerialNumber)|exifEX:(?:CameraOwnerName|(?:Body|Lens)SerialNumber)"
    rb"|<dc:creator>|tiff:Artist|xmpRights:Owner|drone-dji:(?:Camera|Drone)SerialNumber"
)
_FILM_POSITION: Final = re.compile(rb"\xa9xyz.{4}[+-]\d+\.\d+[+-]\d+\.\d+", re.DOTALL)
_RESOURCE: Final = re.compile(rb"8BIM\x04\x04")
_PLACES, _PEOPLE = frozenset({27, 90, 92}), frozenset({80, 118})
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PROFILE: Final = re.compile(rb"\n(?:exif|APP1)\n *\d+\n([0-9a-f\s]+)", re.IGNORECASE)


def texts(data: bytes) -> bytes:
    """The bytes of a photograph, with what a PNG holds compressed, and UTF-16 made plain."""
    if data.startswith(_PNG):
        data += b"\n" + b"\n".join(_inflated(data))
    if b"x\0m\0p\0m\0e\0t\0a" in data:
        data += b"\n" + data.replace(b"\0", b"")
    return data


def exif_blocks(said: bytes) -> Iterator[bytes]:
    """Each EXIF block as a TIFF, the first few. said: what `texts` gave."""
    for match in islice(_EXIF.finditer(said), _MOST):
        yield said[match.end() : match.end() + _BLOCK_BYTES]
    for match in islice(_PROFILE.finditer(said), _MOST):
        try:
            profile = binascii.unhexlify(b"".join(match[1].split()))
        except binascii.Error:
            continue
        yield profile.removeprefix(b"Exif\0\0")


def position(said: bytes) -> str:
    """In which kind of words it says where it was taken; "" where in none of these."""
    if _XMP_POSITION.search(said):
        return "XMP"
    if not _PLACES.isdisjoint(_iptc(said)):
        return "IPTC"
    return "MP4" if _FILM_POSITION.search(said) else ""


def owner(said: bytes) -> str:
    """In which kind of words it names a person or the number of a device; "" where in none."""
    if _XMP_OWNER.search(said):
        return "XMP"
    return "" if _PEOPLE.isdisjoint(_iptc(said)) else "IPTC"


def _iptc(said: bytes) -> set[int]:
    """Numbers of the datasets of record 2 that say something."""
    found = set()
    for match in islice(_RESOURCE.finditer(said), _MOST):
        at = match.end()
        # A Pascal string, filled up to an even number of bytes, and the length.
        at += (1 + int.from_bytes(said[at : at + 1], "big") + 1) // 2 * 2
        end = at + 4 + int.from_bytes(said[at : at + 4], "big")
        at += 4
        while at + 5 <= min(end, len(said)) and said[at] == 0x1C:
            _, record, dataset, length = struct.unpack(">BBBH", said[at : at + 5])
            if record == 2 and length and said[at + 5 : at + 5 + length].strip(b" \0"):
                found.add(dataset)
            at += 5 + length
    return found


def _inflated(data: bytes) -> Iterator[bytes]:
    """The texts of a PNG that are compressed, as far as they are whole; EXIF with its mark."""
    at, left = len(_PNG), _TEXT_BYTES
    while at + 8 <= len(data) and left > 0:
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        at += length + 12
        if kind == b"eXIf":
            yield b"Exif\0\0" + body
        if kind not in {b"zTXt", b"iTXt"}:
            continue
        for begin in _streams(kind, body):
            try:
                text = zlib.decompressobj().decompress(body[begin:], left)
            except zlib.error:
                continue
            left -= len(text)
            yield text


def _streams(kind: bytes, body: bytes) -> Iterator[int]:
    """Where compressed text begins in a chunk: after keyword, flags, language and translation."""
    keyword = body.find(b"\0")
    if keyword < 0:
        return
    if kind == b"zTXt":
        yield keyword + 2
    elif body[keyword + 1 : keyword + 2] == b"\1":
        language = body.find(b"\0", keyword + 3)
        translated = body.find(b"\0", language + 1) if language >= 0 else -1
        if translated >= 0:
            yield translated + 1
