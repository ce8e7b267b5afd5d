"""A record's name as a UUID and back, for protocols that know things by UUIDs alone. Pure.

A name is 14 characters of an alphabet of 29 and a check character: 68 bits, which a UUID of
version 8 (RFC 9562, section 5.8: bits of one's own) holds with room for a mark. So a record has
the same UUID on every node, and no node needs a table to find it again.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from tonle.kernel.identifiers import noid

# "TONLE" in ASCII and a version of this scheme: the first 48 bits of every UUID of ours.
_MARK: Final = 0x544F4E4C4501
_DIGITS: Final = noid.BETANUMERICS


def uuid_of(record: str) -> UUID:
    """The UUID of a record. Raises ValueError for what is no record's name."""
    if not noid.is_valid(record):
        raise ValueError("a record's name has 15 characters, the last a check")
    number = 0
    for character in record[:-1]:
        number = number * len(_DIGITS) + _DIGITS.index(character)
    high, low = divmod(number, 1 << 62)
    return UUID(int=_MARK << 80 | 8 << 76 | high << 64 | 0b10 << 62 | low)


def record_of(uuid: UUID) -> str | None:
    """The record that has this UUID, None for a UUID of somebody else."""
    given = uuid.int
    if given >> 80 != _MARK or (given >> 76) & 0xF != 8 or (given >> 62) & 0b11 != 0b10:
        return None
    number = ((given >> 64) & 0xFFF) << 62 | given & ((1 << 62) - 1)
    characters = []
    for _ in range(noid.ID_LENGTH - 1):
        number, digit = divmod(number, len(_DIGITS))
        characters.append(_DIGITS[digit])
    if number:
        return None
    body = "".join(reversed(characters))
    return body + noid.check_character(body)
