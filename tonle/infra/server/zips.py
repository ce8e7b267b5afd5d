"""A zip whose every byte has its place before the first one is read.

Members are stored, not compressed, in one order and with one time: so the same members
make the same bytes, the length is known at once, and a download goes on where it broke. The
one thing that must be read out of a member is its CRC-32; it is asked for when a reader
comes to it, and never for a part that was skipped.
Source: APPNOTE.TXT 6.3.10 (PKWARE), sections 4.3.7 to 4.3.16, 4.4.4 and 4.5.3.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tonle.infra.server.files import Part

_UTF8_NAMES = 1 << 11
_PLAIN, _LARGE = 20, 45  # Versions needed: 2.0 for folders and stored files, 4.5 for zip64.
_BY_UNIX = 3 << 8
_MODE = 0o100644 << 16  # A file for its owner to write and for all to read.
_MOST_16, _MOST_32 = 0xFFFF, 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Member:
    """One file in a zip.

    name: with slashes, relative. crc32: yields None while it works, its last value is the
    number; so that reading a large file can be put off and taken up again.
    """

    name: str
    part: Part
    crc32: Callable[[], Iterator[int | None]]


@dataclass(frozen=True, slots=True)
class _Made:
    """A part that is put together when somebody reads it."""

    size_bytes: int
    make: Callable[[], Iterator[bytes]]

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        whole = bytearray()
        for piece in self.make():
            whole += piece
            yield b""
        if len(whole) != self.size_bytes:
            raise ValueError("A part of the zip has another length than was said.")
        yield bytes(whole[start:stop])


def layout(
    members: Sequence[Member], at: datetime, *, read: Callable[[], object] = lambda: None
) -> list[Part]:
    """The zip of these members as parts for a `PartsAnswer`.

    at: the time that all members bear, UTC, to two seconds. read: called when the sums of all
    members are known, before the directory is sent. Zip64 where a member, its place or their
    number asks for it. Raises ValueError for a name that two members have, or one too long
    to be written.
    """
    names = [member.name for member in members]
    if len(set(names)) < len(names):
        raise ValueError("Two members of the zip have one name.")
    moment = _dos(at)
    parts: list[Part] = []
    offset = 0
    placed: list[tuple[Member, int]] = []
    for member in members:
        head = _local(member, moment, 0)
        placed.append((member, offset))
        parts += [_Made(len(head), _lazily(member, moment)), member.part]
        offset += len(head) + member.part.size_bytes
    directory = sum(len(_central(member, moment, 0, place)) for member, place in placed)
    end = _end(len(placed), directory, offset)

    def closing() -> Iterator[bytes]:
        for member, place in placed:
            crc = 0
            for found in member.crc32():
                crc = found or 0
                yield b""
            yield _central(member, moment, crc, place)
        read()
        yield end

    parts.append(_Made(directory + len(end), closing))
    return parts


def _lazily(member: Member, moment: int) -> Callable[[], Iterator[bytes]]:
    def make() -> Iterator[bytes]:
        crc = 0
        for found in member.crc32():
            crc = found or 0
            yield b""
        yield _local(member, moment, crc)

    return make


def _dos(at: datetime) -> int:
    """Date and time as a zip writes them; what lies outside its years takes the nearest."""
    moment = at.astimezone(UTC)
    if moment.year < 1980:
        moment = datetime(1980, 1, 1, tzinfo=UTC)
    elif moment.year > 2107:
        moment = datetime(2107, 12, 31, 23, 59, 58, tzinfo=UTC)
    date = (moment.year - 1980) << 9 | moment.month << 5 | moment.day
    return date << 16 | moment.hour << 11 | moment.minute << 5 | moment.second // 2


def _name(member: Member) -> bytes:
    name = member.name.encode()
    if len(name) > _MOST_16:
        raise ValueError("A name in the zip is too long.")
    return name


def _local(member: Member, moment: int, crc: int) -> bytes:
    name, size = _name(member), member.part.size_bytes
    extra = b""
    version = _PLAIN
    if size >= _MOST_32:
        # Both lengths must stand here, also where one would fit (4.5.3).
        version, extra = _LARGE, struct.pack("<HHQQ", 1, 16, size, size)
    size = min(size, _MOST_32)
    return (
        struct.pack(
            "<4sHHHIIIIHH",
            b"PK\x03\x04",
            version,
            _UTF8_NAMES,
            0,
            moment,
            crc,
            size,
            size,
            len(name),
            len(extra),
        )
        + name
        + extra
    )


def _central(member: Member, moment: int, crc: int, place: int) -> bytes:
    name, size = _name(member), member.part.size_bytes
    large: list[int] = [size, size] if size >= _MOST_32 else []
    if place >= _MOST_32:
        large.append(place)
    extra = struct.pack(f"<HH{len(large)}Q", 1, 8 * len(large), *large) if large else b""
    version = _LARGE if large else _PLAIN
    size = min(size, _MOST_32)
    return (
        struct.pack(
            "<4sHHHHIIIIHHHHHII",
            b"PK\x01\x02",
            _BY_UNIX | version,
            version,
            _UTF8_NAMES,
            0,
            moment,
            crc,
            size,
            size,
            len(name),
            len(extra),
            0,
            0,
            0,
            _MODE,
            min(place, _MOST_32),
        )
        + name
        + extra
    )


def _end(count: int, size: int, place: int) -> bytes:
    """The end of the directory, with the large form before it where one is needed."""
    large = b""
    if count >= _MOST_16 or size >= _MOST_32 or place >= _MOST_32:
        large = struct.pack(
            "<4sQHHIIQQQQ",
            b"PK\x06\x06",
            44,
            _BY_UNIX | _LARGE,
            _LARGE,
            0,
            0,
            count,
            count,
            size,
            place,
        ) + struct.pack("<4sIQI", b"PK\x06\x07", 0, place + size, 1)
    few = min(count, _MOST_16)
    return large + struct.pack(
        "<4sHHHHIIH",
        b"PK\x05\x06",
        0,
        0,
        few,
        few,
        min(size, _MOST_32),
        min(place, _MOST_32),
        0,
    )
