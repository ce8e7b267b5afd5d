"""NetCDF and HDF5: dimensions, variables and what they say of themselves.

The classic form is read here; NetCDF-4, which is HDF5, with pyfive where the node has it.
Source: NetCDF Classic and 64-bit Offset File Formats (OGC 10-092r3).
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, BinaryIO

from tonle.explore.rules.limits import Limits
from tonle.explore.rules.preview import MOST_ENTRIES, Entry, Preview, clean

_TELLING = ("title", "Conventions", "institution", "source", "history", "summary")
_WORDS = ("long_name", "standard_name", "units")
_BROKEN: tuple[type[Exception], ...] = (
    struct.error,
    ValueError,
    OSError,
    KeyError,
    IndexError,
    TypeError,
    OverflowError,
)
_BROKEN += (RuntimeError, AttributeError, NotImplementedError, EOFError, AssertionError)


def look(path: Path, limits: Limits) -> Preview:
    """Variables with their shapes and units; values stay in the file."""
    found = Preview("variables")
    with path.open("rb") as file:
        head = file.read(4)
    try:
        if head[:3] == b"CDF":
            _classic(path, found)
        else:
            _hierarchical(path, found, limits)
    except RecursionError:
        found.note("depth")
    except _BROKEN:
        found.note("broken")
    return found


def _hierarchical(path: Path, found: Preview, limits: Limits) -> None:
    try:
        import pyfive
    except ImportError:
        found.reader = ""
        found.note("needs_extra")
        return
    with pyfive.File(str(path)) as file:
        _tell(dict(file.attrs), found)
        _group(file, "", found, limits, 8)


def _group(group: Any, prefix: str, found: Preview, limits: Limits, depth: int) -> None:
    for name in group:
        if not limits.go_on() or depth == 0:
            found.note("part")
            return
        thing = group[name]
        if hasattr(thing, "keys"):
            _group(thing, f"{prefix}{name}/", found, limits, depth - 1)
            continue
        found.entries_number += 1
        if len(found.entries) < MOST_ENTRIES:
            shape = " × ".join(map(str, thing.shape)) or "1"
            about = _about(dict(thing.attrs))
            said = " · ".join(part for part in (f"{shape} {thing.dtype}", about) if part)
            found.entries.append(Entry(clean(f"{prefix}{name}", 80), 0, clean(said, 160)))


def _about(attributes: dict[str, Any]) -> str:
    said = [_text(attributes[name]) for name in _WORDS if name in attributes]
    return ", ".join(dict.fromkeys(one for one in said if one))


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return clean(value.decode("utf-8", "replace"), 100)
    return clean(str(value), 100)


def _tell(attributes: dict[str, Any], found: Preview) -> None:
    if title := _text(attributes.get("title", "")):
        found.fact("title", title)
    lines = [f"{name}: {_text(attributes[name])}" for name in _TELLING[1:] if name in attributes]
    found.text = "\n".join(lines)


_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 6: 8, 7: 1, 8: 2, 9: 4, 10: 8, 11: 8}
_NAMES = {1: "byte", 2: "char", 3: "short", 4: "int", 5: "float", 6: "double", 7: "ubyte"}
_NAMES |= {8: "ushort", 9: "uint", 10: "int64", 11: "uint64"}
_MOST = 10_000


class _Header:
    """Reads the header of a classic file, number by number."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        version = file.read(4)[3]
        self._count = ">q" if version == 5 else ">i"
        self._offset = ">i" if version == 1 else ">q"
        self._take(self._count)  # Records; those that stream do not know.

    def _take(self, code: str) -> int:
        size = struct.calcsize(code)
        (value,) = struct.unpack(code, self._file.read(size))
        return int(value)

    def _many(self) -> int:
        number = self._take(self._count)
        if not 0 <= number <= _MOST:
            raise ValueError("too many")
        return number

    def _name(self) -> str:
        return self._padded(self._many()).decode("utf-8", "replace")

    def _padded(self, size: int) -> bytes:
        if size > 1 << 20:
            raise ValueError("too long")
        data = self._file.read(size + -size % 4)
        if len(data) < size:
            raise ValueError("too short")
        return data[:size]

    def dimensions(self) -> list[tuple[str, int]]:
        self._take(">i")
        return [(self._name(), self._take(self._count)) for _ in range(self._many())]

    def attributes(self) -> dict[str, Any]:
        self._take(">i")
        found: dict[str, Any] = {}
        for _ in range(self._many()):
            name, kind = self._name(), self._take(">i")
            number = self._take(self._count)
            data = self._padded(number * _SIZES[kind])
            # Only words are told; numbers would need their types.
            if kind == 2:
                found[name] = data
        return found

    def variables(self) -> list[tuple[str, list[int], dict[str, Any], int]]:
        self._take(">i")
        found = []
        for _ in range(self._many()):
            name = self._name()
            places = [self._take(self._count) for _ in range(self._many())]
            attributes = self.attributes()
            kind = self._take(">i")
            self._take(self._count)
            self._take(self._offset)
            found.append((name, places, attributes, kind))
        return found


def _classic(path: Path, found: Preview) -> None:
    with path.open("rb") as file:
        header = _Header(file)
        dimensions = header.dimensions()
        _tell(header.attributes(), found)
        variables = header.variables()
    said = ", ".join(f"{name} {size or '…'}" for name, size in dimensions[:12])
    found.fact("dimensions", said)
    found.entries_number = len(variables)
    for name, places, attributes, kind in variables[:MOST_ENTRIES]:
        shape = " × ".join(dimensions[place][0] for place in places) or "1"
        words = " · ".join(
            part for part in (f"{shape} {_NAMES.get(kind, '')}".strip(), _about(attributes)) if part
        )
        found.entries.append(Entry(clean(name, 80), 0, clean(words, 160)))
