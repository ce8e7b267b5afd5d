"""Segments as files: OCFL objects whose every version adds one compressed file of entries.

The object `tonle:segment:<name>:<number>` holds `entries/<file>-<count>.jsonl.gz`, a line an
entry: what happened, the whole document, and the bytes as they were received. The counts in
the names say how full an object is without reading it.
"""

from __future__ import annotations

import base64
import gzip
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, NamedTuple

from django.conf import settings

from tonle.catalogue.models import SegmentHead
from tonle.catalogue.publication import storage
from tonle.infra import crash, ocfl
from tonle.infra.ocfl.durable import locked
from tonle.kernel import canonical
from tonle.kernel.errors import NotFound

crash.declare("segment.appended", "entries are kept, rows do not know of them: they follow")

PREFIX = "tonle:segment:"
# An object is full at this many entries, or files where they come in small lots.
MOST_ENTRIES, MOST_FILES = 10_000, 200
# Fast: entries come by the thousand, and a level more saves a tenth of the space.
LEVEL = 3

SegmentAction = Literal["publish", "revise", "withdraw", "reinstate"]
_NAME = re.compile(r"[a-z0-9][a-z0-9:._-]{0,58}")
_FILE = re.compile(r"entries/(\d{6})-(\d+)\.jsonl\.gz")


class Locator(NamedTuple):
    """Where an entry lies: object, file in it, line in that; all begin with 1."""

    number: int
    file: int
    line: int


@dataclass(frozen=True)
class SegmentEntry:
    """One state of one record.

    document: the whole `tonle-record/1`. received: the bytes that it was made of, in the
    format that the catalogue's readers know by received_format; empty where nothing came, as
    for a deletion.
    """

    action: SegmentAction
    document: dict[str, Any]
    received: bytes = b""
    received_format: str = ""

    @property
    def record_id(self) -> str:
        name: str = self.document["id"]
        return name

    @cached_property
    def body(self) -> bytes:
        """The document in canonical bytes. Raises Invalid for what these cannot hold."""
        return canonical.dumps(self.document)

    def dumps(self) -> bytes:
        """One line of canonical JSON; bytes that are no UTF-8 are written in base 64."""
        # By hand, in the order of the names: the document is in canonical bytes already.
        line = b'{"action":%b,"document":%b' % (canonical.dumps(self.action), self.body)
        if self.received:
            try:
                name, text = b"received", self.received.decode("utf-8")
            except UnicodeDecodeError:
                name = b"received_base64"
                text = base64.b64encode(self.received).decode("ascii")
            line += b',"%b":%b,"received_format":%b' % (
                name,
                canonical.dumps(text),
                canonical.dumps(self.received_format),
            )
        return line + b"}\n"

    @classmethod
    def loads(cls, line: bytes) -> SegmentEntry:
        value = canonical.loads(line)
        received = value.get("received", "").encode()
        if "received_base64" in value:
            received = base64.b64decode(value["received_base64"])
        return cls(value["action"], value["document"], received, value.get("received_format", ""))


BEGINNING = Locator(1, 0, 0)


def append(name: str, entries: Sequence[SegmentEntry], now: datetime) -> list[Locator]:
    """Keep entries, in order; when this returns they last. Where each lies, in that order.

    name: of the segments, such as `harvest:<source>`. At most MOST_ENTRIES at once. One
    writer of a name at a time; others wait.
    """
    return write(name, entries, now).places


class Written(NamedTuple):
    """Where entries lie, in their order, and the place of the one before the first of them."""

    before: Locator
    places: list[Locator]


def write(name: str, entries: Sequence[SegmentEntry], now: datetime) -> Written:
    """As `append`."""
    if not entries:
        return Written(BEGINNING, [])
    if _NAME.fullmatch(name) is None or len(entries) > MOST_ENTRIES:
        raise ValueError(f"not to be appended: {name!r}, {len(entries)} entries")
    root = storage()
    # First of all the row: whoever comes up after a crash then looks for what it lacks.
    SegmentHead.objects.get_or_create(name=name)
    with locked(settings.TONLE_STAGING / "locks", [f"segment-{name}"]):
        number, head, files, before = _open(root, name, len(entries))
        file = len(files) + 1
        data = gzip.compress(b"".join(e.dumps() for e in entries), compresslevel=LEVEL, mtime=0)
        kept: dict[str, ocfl.Source] = {path: ocfl.Existing(sha512) for path, sha512 in files}
        kept[f"entries/{file:06d}-{len(entries)}.jsonl.gz"] = data
        object_id = f"{PREFIX}{name}:{number}"
        root.place(root.stage(ocfl.Request(object_id, head, kept, "append", None, now)))
    crash.point("segment.appended")
    places = [Locator(number, file, line) for line in range(1, len(entries) + 1)]
    return Written(before, places)


def _open(
    root: ocfl.Storage, name: str, more: int
) -> tuple[int, ocfl.Head | None, list[tuple[str, str]], Locator]:
    """The object that takes the next entries: its number, its head, its files so far; and
    where the last entry before them lies."""
    number, before = newest(root, name), BEGINNING
    if number:
        object_id = f"{PREFIX}{name}:{number}"
        root.repair(object_id)
        head = root.head(object_id)
        if head is not None:
            files = sorted(root.inventory(object_id).latest.state.items())
            before = Locator(number, *_parse(files[-1][0]))
            full = sum(count for _, count in map(_parse, (path for path, _ in files)))
            if full + more <= MOST_ENTRIES and len(files) < MOST_FILES:
                return number, head, files, before
    return number + 1, None, [], before


def newest(root: ocfl.Storage, name: str) -> int:
    """The number of the newest object of a name; 0 for none. Few looks at the disk."""
    low = 1
    while _exists(root, name, low * 2):
        low *= 2
    high = low * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _exists(root, name, middle) else (low, middle)
    return low if low > 1 or _exists(root, name, 1) else 0


def _exists(root: ocfl.Storage, name: str, number: int) -> bool:
    return root.exists(f"{PREFIX}{name}:{number}")


def _parse(path: str) -> tuple[int, int]:
    """The number and the count in the name of a file of entries."""
    found = _FILE.fullmatch(path)
    if found is None:
        raise ValueError(f"no file of entries: {path}")
    return int(found[1]), int(found[2])


def walk_entries(name: str, after: Locator = BEGINNING) -> Iterator[tuple[Locator, SegmentEntry]]:
    """Every entry behind a place, in order. Holds one file's entries at a time, unpacked
    line by line."""
    root = storage()
    number = max(after.number, 1)
    while _exists(root, name, number):
        root.repair(f"{PREFIX}{name}:{number}")
        for file, path in _paths(root, name, number):
            if (number, file) < (after.number, after.file):
                continue
            done = after.line if (number, file) == (after.number, after.file) else 0
            with path.open("rb") as opened, gzip.open(opened, "rb") as lines:
                for line, data in enumerate(lines, start=1):
                    if line > done:
                        yield Locator(number, file, line), SegmentEntry.loads(data)
        number += 1


def _paths(root: ocfl.Storage, name: str, number: int) -> list[tuple[int, ocfl.Place]]:
    object_id = f"{PREFIX}{name}:{number}"
    inventory = root.inventory(object_id)
    folder = root.object_path(object_id)
    return [
        (_parse(path)[0], folder / inventory.manifest[sha512][0])
        for path, sha512 in sorted(inventory.latest.state.items())
    ]


def last(root: ocfl.Storage, name: str) -> Locator:
    """The place of the last entry that is kept; BEGINNING for none. Reads no entries."""
    number = newest(root, name)
    if not number:
        return BEGINNING
    files = sorted(root.inventory(f"{PREFIX}{name}:{number}").latest.state)
    return Locator(number, *_parse(files[-1]))


def objects(root: ocfl.Storage, name: str) -> list[str]:
    """The names of the objects that hold these segments, in order."""
    return [f"{PREFIX}{name}:{number}" for number in range(1, newest(root, name) + 1)]


def read(name: str, where: Locator) -> SegmentEntry:
    """The entry at a place. Raises NotFound."""
    root = storage()
    if _exists(root, name, where.number):
        for file, path in _paths(root, name, where.number):
            if file == where.file:
                with path.open("rb") as opened, gzip.open(opened, "rb") as lines:
                    for line, data in enumerate(lines, start=1):
                        if line == where.line:
                            return SegmentEntry.loads(data)
    raise NotFound


def names(root: ocfl.Storage) -> Iterator[str]:
    """The names of all segments in a storage root; walks it once."""
    for found in root.walk():
        if found.object_id and found.object_id.startswith(PREFIX):
            name, _, number = found.object_id.removeprefix(PREFIX).rpartition(":")
            if number == "1":
                yield name
