"""A research object with its files: a zip or a folder of RO-Crate, and the zip a node gives.

An archive is a stranger: what it says of itself is checked before a byte is unpacked, its
names never touch the disk, and it is unpacked beside the storage root, streamed. A folder is
read where it lies.
"""

from __future__ import annotations

import hashlib
import re
import stat
import struct
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final

from django.conf import settings

from tonle.catalogue.crosswalks import MAX_BYTES, Parsed, parse
from tonle.catalogue.crosswalks.common import RecordRefused, Remark
from tonle.catalogue.drafts.files import MOST
from tonle.catalogue.files import NewFile, checked_name
from tonle.catalogue.importing.taking import Incoming, Item
from tonle.kernel.errors import N_, Invalid

METADATA: Final = ("ro-crate-metadata.json", "ro-crate-metadata.jsonld")
# What a node writes into its own zip: the document as it is, so that nothing is lost.
RECORD: Final = "record.json"
BAG: Final = "bagit.txt"
FORMAT: Final = "ro-crate"
# Text of numbers shrinks forty times; beyond this ratio an archive is a bomb.
MAX_RATIO: Final = 200
# Below this size any ratio is harmless: a file of zeros shrinks a thousand times.
HARMLESS_BYTES: Final = 50_000_000
# A directory of some 100,000 names: more than a crate may have, and little enough to hold.
MAX_DIRECTORY_BYTES: Final = 16_000_000
_CHUNK: Final = 1 << 20
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, KeyError, OSError,
    NotImplementedError, RuntimeError, MemoryError, OverflowError, IndexError,
)  # fmt: skip


class _Refused(Exception):  # Internal: becomes the item's reason.
    def __init__(self, *remarks: Remark) -> None:
        super().__init__("; ".join(map(str, remarks)))
        self.remarks = remarks


@dataclass(frozen=True)
class _Entry:
    """name: below the crate's root, as the record will show it. size: in bytes, as told."""

    name: str
    size: int
    origin: Any


def is_crate_folder(path: Path) -> bool:
    """Whether a folder is a crate: its metadata lies directly in it."""
    return path.is_dir() and any((path / name).is_file() for name in METADATA)


def is_crate_zip(source: BinaryIO) -> bool:
    """Whether an archive is to be read as a crate: it holds one, or is too large to look.

    One that is broken is left to whoever reads metadata alone.
    """
    try:
        _bound_directory(source)
        with zipfile.ZipFile(source) as archive:
            return _metadata_name([info.filename for info in archive.infolist()]) != ""
    except _Refused:
        return True
    except _BROKEN:
        return False


def read_folder(folder: Path, name: str, unpack: bool) -> Iterator[Incoming | Item]:
    """The record of a folder, with its files, which stay where they are."""
    del unpack  # Nothing has to be unpacked here.
    try:
        root = folder.resolve()
        found = sorted(root.rglob("*"))
        links = [one for one in found if one.is_symlink() or not (one.is_dir() or one.is_file())]
        if links:
            raise _Refused(_named(N_("A crate may not hold links: %(names)s."), links[0].name))
        paths = [path for path in found if path.is_file()]
        relative = [path.relative_to(root).as_posix() for path in paths]
        described, bagged = _metadata_name(relative), BAG in relative
        taken = [
            _Entry(kept, path.stat().st_size, path)
            for path, one in zip(paths, relative, strict=True)
            if (kept := _kept(one, "", bagged))
        ]
        _check(taken, None)
        text, kind = _described(relative, "", described, lambda one: (root / one).open("rb"))
        files = tuple(NewFile(entry.name, entry.origin) for entry in taken)
        received = hashlib.sha256(text)
        for file in files:
            _hash(file, received)
    except _Refused as refusal:
        yield _refused(name, refusal)
        return
    except OSError as fault:
        reason = Invalid([("", N_("The file cannot be read."))], cause=fault.strerror)
        yield Item(name, "", "refused", FORMAT, reasons=(reason,))
        return
    yield _incoming(parse(kind, text, name), name, files, received.hexdigest())


def read_zip(path: Path, name: str, unpack: bool) -> Iterator[Incoming | Item]:
    """The record of an archive, with its files; they are gone when the next item is asked for."""
    with ExitStack() as opened:
        try:
            source = opened.enter_context(path.open("rb"))
            _bound_directory(source)
            archive = opened.enter_context(zipfile.ZipFile(source))
            infos = [info for info in archive.infolist() if not info.is_dir()]
            names = [info.filename for info in infos]
            described = _metadata_name(names)
            base = described.rpartition("/")[0]
            base = f"{base}/" if base else ""
            _check_infos(infos)
            bagged = base + BAG in names
            taken = [
                _Entry(kept, info.file_size, info)
                for info in infos
                if (kept := _kept(info.filename, base, bagged))
            ]
            _check(taken, path.stat().st_size)
            text, kind = _described(names, base, described, archive.open)
            if not unpack:
                files = tuple(NewFile(entry.name, path) for entry in taken)
            else:
                staging = Path(settings.TONLE_STAGING)
                staging.mkdir(parents=True, exist_ok=True)
                room = opened.enter_context(tempfile.TemporaryDirectory(dir=staging))
                files = tuple(_unpacked(archive, taken, Path(room)))
            received = _whole(source)
        except _Refused as refusal:
            yield _refused(name, refusal)
            return
        except _BROKEN:
            broken = _Refused(Remark("", N_("The archive is broken or locked.")))
            yield _refused(name, broken)
            return
        yield _incoming(parse(kind, text, name), name, files, received)


def _refused(name: str, refusal: _Refused) -> Item:
    reason = RecordRefused(refusal.remarks)
    return Item(name, f"file:{name}", "refused", FORMAT, reasons=(reason,))


def _named(message: str, *names: str) -> Remark:
    return Remark("", message, {"names": ", ".join(name[:80] for name in names[:5])})


# --- what is in it -----------------------------------------------------------------------------


def _metadata_name(names: Sequence[str]) -> str:
    """The metadata file, at the top or in the one folder that everything lies in; "" if none."""
    found = [name for name in names if name.rpartition("/")[2] in METADATA]
    found.sort(key=lambda name: (name.count("/"), METADATA.index(name.rpartition("/")[2])))
    return found[0] if found and found[0].count("/") <= 1 else ""


def _kept(name: str, base: str, bagged: bool) -> str:
    """The name that a file of the crate has in the record; "" for what describes the crate.

    bagged: of a bag the payload is kept, without its folder; what stands beside it is about it.
    """
    if not name.startswith(base):
        return ""
    inner = name[len(base) :]
    if bagged:
        return inner.removeprefix("data/") if inner.startswith("data/") else ""
    if inner in METADATA or inner == "ro-crate-preview.html":
        return ""
    return "" if inner.startswith("ro-crate-preview_files/") else inner


def _described(names: Sequence[str], base: str, described: str, read: Any) -> tuple[bytes, str]:
    """What describes the crate, and its format: our own document where the zip is a node's."""
    if base + RECORD in names and base + BAG in names:
        with read(base + RECORD) as file:
            text: bytes = file.read(MAX_BYTES + 1)
        if b'"tonle-record/1"' in text:
            return text, "tonle-record"
    with read(described) as file:
        return file.read(MAX_BYTES + 1), FORMAT


def _check_infos(infos: Sequence[zipfile.ZipInfo]) -> None:
    """Entries that no honest archive has. Raises _Refused."""
    if any(info.flag_bits & 0x1 for info in infos):
        raise _Refused(Remark("", N_("The archive is broken or locked.")))
    links = [
        info.filename
        for info in infos
        if info.create_system == 3 and not _regular(info.external_attr >> 16)
    ]
    if links:
        raise _Refused(_named(N_("A crate may not hold links: %(names)s."), *links))
    # Two names for the same bytes let a small archive unfold without end.
    spans = sorted((info.header_offset, info.compress_size) for info in infos)
    for (start, size), (following, _) in pairwise(spans):
        if start + 30 + size > following:
            raise _Refused(Remark("", N_("Parts of the archive lie over each other.")))


def _regular(mode: int) -> bool:
    return stat.S_IFMT(mode) in (0, stat.S_IFREG)


def _check(entries: Sequence[_Entry], archive_bytes: int | None) -> None:
    """Number, names and size of what is to be unpacked. Raises _Refused with every reason."""
    remarks: list[Remark] = []
    if len(entries) > MOST:
        raise _Refused(Remark("", N_("The crate has more than %(limit)s files."), {"limit": MOST}))
    bad = [entry.name for entry in entries if not _safe(entry.name)]
    if bad:
        remarks.append(_named(N_("These cannot be names of files in a record: %(names)s."), *bad))
    seen: set[str] = set()
    for entry in entries:
        folded = unicodedata.normalize("NFC", entry.name).casefold()
        parents = {str(parent) for parent in PurePosixPath(folded).parents} - {"."}
        if folded in seen or parents & seen:
            remarks.append(_named(N_("Two files have one name: %(names)s."), entry.name))
            break
        seen.add(folded)
    total = sum(entry.size for entry in entries)
    limit = settings.TONLE_DRAFT_SIZE
    if total > limit * 1_000_000_000:
        remarks.append(
            Remark("", N_("The files have together more than %(limit)s GB."), {"limit": limit})
        )
    if archive_bytes is not None and total > max(HARMLESS_BYTES, archive_bytes * MAX_RATIO):
        remarks.append(
            Remark("", N_("The archive unfolds to more than %(limit)s times its size."),
                   {"limit": MAX_RATIO})
        )  # fmt: skip
    if remarks:
        raise _Refused(*remarks)


def _safe(name: str) -> bool:
    # `C:x` is a path to one system; the rest is the rule for every file of a record.
    if len(name) > 1 and name[1] == ":" and name[0].isalpha():
        return False
    try:
        checked_name(name)
    except Invalid:
        return False
    return True


def _bound_directory(source: BinaryIO) -> None:
    """Refuse an archive whose list of entries alone is a bomb; the library reads it whole.

    Source: APPNOTE 6.3.10, 4.3.14 to 4.3.16.
    """
    size = source.seek(0, 2)
    tail_at = max(0, size - 66_000)
    source.seek(tail_at)
    tail = source.read(66_000)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise zipfile.BadZipFile("no end")
    length = struct.unpack_from("<L", tail, at + 12)[0]
    if length == 0xFFFFFFFF:
        record = tail.rfind(b"PK\x06\x06", 0, at)
        if record < 0 or len(tail) < record + 48:
            raise zipfile.BadZipFile("no zip64 end")
        length = struct.unpack_from("<Q", tail, record + 40)[0]
    source.seek(0)
    if length > MAX_DIRECTORY_BYTES:
        raise _Refused(Remark("", N_("The crate has more than %(limit)s files."), {"limit": MOST}))


# --- its bytes ---------------------------------------------------------------------------------


def _unpacked(archive: zipfile.ZipFile, entries: Sequence[_Entry], room: Path) -> Iterator[NewFile]:
    """The files, each under a number: what an archive calls them never names a path."""
    for number, entry in enumerate(entries):
        target = room / str(number)
        left = entry.size
        with archive.open(entry.origin) as source, target.open("xb") as sink:
            while chunk := source.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise _Refused(
                        _named(N_("A file is longer than the archive says: %(names)s."), entry.name)
                    )
                sink.write(chunk)
        yield NewFile(entry.name, target)


def _whole(source: BinaryIO) -> str:
    """SHA-256 of the archive: the same bytes are the same crate again."""
    source.seek(0)
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _hash(file: NewFile, into: Any) -> None:
    into.update(f"\0{file.name}\0".encode())
    with file.path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            into.update(chunk)


# Terms of info:eu-repo and of COAR's "Access Rights" that keep files from strangers.
_CLOSED: Final = re.compile(
    r"(?:closed|restricted|embargoed)access\Z|access_right/c_(?:f1cf|16ec|14cb)\Z", re.IGNORECASE
)


def _gives_out(right: Mapping[str, Any]) -> bool:
    """Whether a statement of rights is a licence; conditions in words are for a person to read."""
    uri = right.get("uri", "")
    return bool(right.get("identifier") or (uri and not _CLOSED.search(uri)))


def _incoming(
    parsed: Parsed, name: str, files: tuple[NewFile, ...], received: str
) -> Incoming | Item:
    record = parsed.documents[0]
    warnings = [str(warning) for warning in record.warnings]
    if record.document is None:
        return Item(
            name, record.key, "refused", parsed.format, "", (record.refusal,), tuple(warnings)
        )
    document = dict(record.document)
    if files and document.get("access", {}).get("level", "metadata_only") == "metadata_only":
        # Files that nobody may have are no use; without a licence they wait for a decision.
        rights = document.get("rights", ())
        opens = bool(rights) and all(map(_gives_out, rights))
        document["access"] = {"level": "open" if opens else "restricted"}
        if not rights:
            warnings.append("The crate names no licence; its files are restricted.")
        elif not opens:
            warnings.append("The crate states conditions of access; its files are restricted.")
    return Incoming(name, record.key, parsed.format, document, tuple(warnings), received, files)
