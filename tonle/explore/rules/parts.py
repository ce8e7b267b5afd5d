"""Documents that are zips of XML: one part after the other, bounded, without entities."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from lxml import etree

# Of one part, unpacked; a document with pictures has them in parts that nobody opens.
MOST_PART_BYTES = 24 << 20
_DOCTYPE = (b"<!DOCTYPE", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))


class Refused(Exception):
    """code: of the note that says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


BROKEN = (
    *(zlib.error, zipfile.BadZipFile, zipfile.LargeZipFile, etree.LxmlError, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError, LookupError, AttributeError),
)


class _Bounded:
    """A part that ends with an error where it is longer than it should be."""

    def __init__(self, file: Any, member: zipfile.ZipInfo, most: int) -> None:
        self._file = file
        self._left = most
        self._packed = member.compress_size
        self._first = True

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._file.read(1 << 15 if size < 0 else min(size, 1 << 15))
        self._left -= len(data)
        if self._left < 0:
            raise Refused("bomb" if self._packed < MOST_PART_BYTES // 100 else "too_large")
        if self._first and any(mark in data for mark in _DOCTYPE):
            # No such format has one; it is the door for entities.
            raise Refused("broken")
        self._first = False
        return data


def opened(path: Any) -> zipfile.ZipFile:
    """The zip. Raises Refused, and what is in BROKEN."""
    archive = zipfile.ZipFile(path)
    if any(one.flag_bits & 1 for one in archive.infolist()):
        raise Refused("locked")
    return archive


def walk(
    archive: zipfile.ZipFile, name: str, *tags: str, most: int = MOST_PART_BYTES
) -> Iterator[etree._Element]:
    """Elements of these tags as they end, each emptied when the next is asked for."""
    member = archive.getinfo(name)
    with archive.open(member) as file:
        events = etree.iterparse(
            _Bounded(file, member, most),
            events=("end",),
            tag=tags,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        for _, element in events:
            yield element
            element.clear(keep_tail=True)


def root(
    archive: zipfile.ZipFile, name: str, most: int = MOST_PART_BYTES // 4
) -> etree._Element | None:
    """The whole of a small part, None where there is none."""
    if name not in archive.NameToInfo:
        return None
    member = archive.getinfo(name)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    with archive.open(member) as file:
        bounded, data = _Bounded(file, member, most), io.BytesIO()
        while piece := bounded.read():
            data.write(piece)
    return etree.fromstring(data.getvalue(), parser)
