"""Files and folders, read: a document for every record, an item for what holds none."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tonle.catalogue.crosswalks import (
    HEAD_BYTES,
    MAX_BYTES,
    READERS,
    Parsed,
    parse,
    sniff,
    why_not_read,
)
from tonle.catalogue.crosswalks.answering import answered
from tonle.catalogue.crosswalks.common import ParsedRecord
from tonle.catalogue.crosswalks.tables import Mapping, NotATable, read_table
from tonle.catalogue.importing import crates
from tonle.catalogue.importing.known import PLACE
from tonle.catalogue.importing.taking import Incoming, Item
from tonle.kernel.errors import N_, Invalid

# Folders of a path that tell places apart; deeper ones are the same tree again.
_DEPTH = 8
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class How:
    """How files are read. mapping: of tables; files: crates come in with their files.

    unpack: whether those files are wanted in fact; a dry run only counts them.
    """

    mapping: Mapping | None = None
    files: bool = True
    unpack: bool = True


def read_paths(paths: Sequence[Path], how: How) -> Iterator[Incoming | Item]:
    """Everything in files and folders, in a fixed order."""
    for path in paths:
        if not path.exists():
            yield Item(shown(path), "", "refused", reasons=(N_("There is no such file."),))
            continue
        whole = path.resolve()
        if how.files and crates.is_crate_folder(path):
            name = shown(Path(whole.name))
            yield from placed(crates.read_folder(path, name, how.unpack), name, name, whole)
            continue
        base = path if path.is_dir() else path.parent
        top = base.resolve()
        for found in _files(path, how):
            inner = found.relative_to(base)
            name, place = shown(inner), shown(Path(top.name) / inner)
            if found.is_dir():
                read = crates.read_folder(found, name, how.unpack)
            else:
                read = _read(found, name, how)
            yield from placed(read, name, place, top / inner)


def placed(
    read: Iterator[Incoming | Item], name: str, place: str, whole: Path
) -> Iterator[Incoming | Item]:
    """What a file holds, under keys that tell its folder from all others.

    name: what the readers made keys of. place: the same with the folder that was named. whole:
    its absolute path, of which every end is a place it may have been known by. A name of the
    world comes first, since it is the thing's own wherever it lies.
    """
    parts = shown(whole).strip("/").split("/")[-_DEPTH:]
    ends = ["/".join(parts[number:]) for number in range(len(parts))]
    for found in read:
        if isinstance(found, Item):
            yield found
            continue
        named = f"{PLACE}{name}"
        within = found.key[len(named) :] if found.key.startswith(named) else ""
        key = found.key
        if key == f"{named}{within}":
            key = _own_name(found) or f"{PLACE}{place}{within}"
        places = dict.fromkeys(f"{PLACE}{end}{within}" for end in (place, *ends))
        places.pop(key, None)
        yield replace(found, key=key, places=tuple(places))


def _own_name(found: Incoming) -> str:
    """The first name of the world of a thing; "" where it has none."""
    for pid in found.document.get("pids", ()):
        # An address is where a thing lies; many may lie there.
        if pid["scheme"] != "url":
            return f"{pid['scheme']}:{pid['value'].removeprefix(pid['scheme'] + ':')}"
    return ""


def shown(path: Path) -> str:
    """The path as text that can be written, printed and kept: names are bytes, of any kind.

    What is no UTF-8 is escaped, and so are control characters, which steer a terminal.
    """
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return _CONTROL.sub(lambda found: f"\\x{ord(found.group()):02x}", text)


def _files(path: Path, how: How) -> Iterator[Path]:
    """Regular files in a fixed order, and folders that are crates; no link is followed.

    Of hidden files only those that hold metadata by their name are read.
    """
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        here = Path(folder)
        kept = sorted(name for name in folders if not name.startswith("."))
        crated = [name for name in kept if how.files and crates.is_crate_folder(here / name)]
        # What lies in a crate is of the crate.
        folders[:] = [name for name in kept if name not in crated]
        for name in crated:
            yield here / name
        for name in sorted(names):
            file = here / name
            known = not name.startswith(".") or name == ".zenodo.json"
            if known and file.is_file() and not file.is_symlink():
                yield file


def _read(file: Path, name: str, how: How) -> Iterator[Incoming | Item]:
    try:
        with file.open("rb") as source:
            head = source.read(HEAD_BYTES)
            if how.files and head[:4] == b"PK\x03\x04" and crates.is_crate_zip(source):
                yield from crates.read_zip(file, name, how.unpack)
                return
            known = sniff(name, head)
            if how.mapping is not None and (known is None or known.name == "csv"):
                source.seek(0)
                yield from _table(read_table(source, name, how.mapping), name)
                return
            if known is None:
                yield Item(name, "", "unknown")
                return
            if known.name not in READERS:
                yield Item(name, "", "not_read", known.name, reasons=(why_not_read(known),))
                return
            # One byte more than may be: the reader then says that it is too large.
            source.seek(0)
            data = source.read(MAX_BYTES + 1)
    except OSError as fault:
        reason = Invalid([("", N_("The file cannot be read."))], cause=fault.strerror)
        yield Item(name, "", "refused", reasons=(reason,))
        return
    yield from of_parsed(parse(known.name, data, name), name)


def of_parsed(parsed: Parsed, name: str) -> Iterator[Incoming | Item]:
    """What a reader found in one file."""
    for record in parsed.documents:
        yield of_record(record, name, parsed.format)
    for key in parsed.deleted:
        yield Item(name, key, "deleted", parsed.format)
    if not parsed.documents and not parsed.deleted:
        yield Item(name, "", "empty", parsed.format, reasons=(parsed.remark or "",))


def of_record(record: ParsedRecord, name: str, format_name: str) -> Incoming | Item:
    # A repository says who it is in the names that it harvests by.
    held = re.match(r"oai:([^:]+\.[^:]+):", record.key)
    record = answered(record, held[1] if held else "")
    warnings = tuple(str(warning) for warning in record.warnings)
    if record.document is None:
        return Item(name, record.key, "refused", format_name, "", (record.refusal,), warnings)
    return Incoming(
        name, record.key, format_name, record.document, warnings, record.received_sha256
    )


def _table(records: Iterator[ParsedRecord], name: str) -> Iterator[Incoming | Item]:
    count = 0
    try:
        for record in records:
            count += 1
            yield of_record(record, name, "csv")
    except NotATable as refusal:
        yield Item(name, "", "refused", "csv", reasons=(refusal.remark,))
        return
    if not count:
        yield Item(name, "", "empty", "csv", reasons=(N_("The table has no rows."),))
