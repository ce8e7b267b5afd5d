"""What a TIFF says of itself in its tags: size, bands, and where on the Earth it lies.

Pillow draws most of them; this reads also those that it cannot (hundreds of bands), and the
keys of GeoTIFF. Sources: TIFF 6.0 (1992), BigTIFF, OGC GeoTIFF 1.1 (19-008r4).
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, BinaryIO

# struct codes of the types of fields by their number.
_TYPES = {1: "B", 2: "s", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I"}
_TYPES |= {16: "Q", 17: "q", 18: "Q"}
_MOST_FIELDS = 300
_MOST_VALUES = 4_096


def tags(path: Path) -> dict[int, tuple[Any, ...]]:
    """The fields of the first directory by number; those of no use here are left out.

    Raises ValueError where the file is no TIFF or lies about its own length.
    """
    with path.open("rb") as file:
        try:
            return _directory(file)
        except (struct.error, OverflowError, OSError) as error:
            raise ValueError("broken") from error


def _directory(file: BinaryIO) -> dict[int, tuple[Any, ...]]:
    head = file.read(16)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None:
        raise ValueError("no TIFF")
    (version,) = struct.unpack_from(f"{order}H", head, 2)
    big = version == 43
    word, count_code, entry = ("Q", "Q", 20) if big else ("I", "H", 12)
    (place,) = struct.unpack_from(f"{order}{word}", head, 8 if big else 4)
    file.seek(place)
    (number,) = struct.unpack(f"{order}{count_code}", file.read(struct.calcsize(f"={count_code}")))
    found: dict[int, tuple[Any, ...]] = {}
    data = file.read(min(number, _MOST_FIELDS) * entry)
    inline = 8 if big else 4
    for at in range(0, len(data) - entry + 1, entry):
        tag, kind = struct.unpack_from(f"{order}HH", data, at)
        (many,) = struct.unpack_from(f"{order}{word}", data, at + 4)
        code = _TYPES.get(kind)
        if code is None:
            continue
        many = min(many, _MOST_VALUES)
        size = many * struct.calcsize(f"={code}")
        if size <= inline:
            value = data[at + 4 + inline : at + 4 + inline + size]
        else:
            (away,) = struct.unpack_from(f"{order}{word}", data, at + 4 + inline)
            file.seek(away)
            value = file.read(size)
        if len(value) < size:
            continue
        found[tag] = (
            (value.split(b"\0")[0].decode("utf-8", "replace"),)
            if code == "s"
            else struct.unpack(f"{order}{many}{code}", value)
        )
    return found


def bounds(found: dict[int, tuple[Any, ...]]) -> tuple[float, float, float, float] | None:
    """West, south, east, north in units of its coordinate system, None where it does not say.

    From one tie point and the size of a pixel; rotated grids are left out.
    """
    scale, tie = found.get(33550, ()), found.get(33922, ())
    size = (found.get(256, (0,))[0], found.get(257, (0,))[0])
    if len(scale) < 2 or len(tie) < 6 or not all(size):
        return None
    west = tie[3] - tie[0] * scale[0]
    north = tie[4] + tie[1] * scale[1]
    return west, north - size[1] * scale[1], west + size[0] * scale[0], north


def crs(found: dict[int, tuple[Any, ...]]) -> str:
    """The coordinate system by its EPSG code, else by the name that the file gives it."""
    keys = found.get(34735, ())
    named = {keys[at]: keys[at + 3] for at in range(4, len(keys) - 3, 4) if keys[at + 1] == 0}
    for key in (3072, 2048):
        code = named.get(key, 0)
        if 1024 <= code < 32767:
            return f"EPSG:{code}"
    return str(found.get(34737, ("",))[0]).split("|")[0]


def is_geographic(found: dict[int, tuple[Any, ...]]) -> bool:
    """Whether its coordinates are degrees (GTModelTypeGeoKey is 2)."""
    keys = found.get(34735, ())
    return any(keys[at] == 1024 and keys[at + 3] == 2 for at in range(4, len(keys) - 3, 4))
