"""Files of drafts: copied beside the storage root, hashed on the way, safe by name."""

from __future__ import annotations

import mimetypes
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction

from tonle.catalogue.models import Draft, DraftEdit, DraftFile
from tonle.infra import ocfl
from tonle.infra.staying import may_go
from tonle.kernel import identifiers
from tonle.kernel.digests import Digests, of_pieces
from tonle.kernel.errors import N_, Invalid

CHUNK = 1 << 20
# RFC 6838, section 4.2: type and subtype; with parameters that fit in a line.
_MEDIA_TYPE = re.compile(
    r"(?=.{3,200}\Z)[A-Za-z0-9][\w!#$&^.+-]*/[A-Za-z0-9][\w!#$&^.+-]*(;[ -~]*)?", re.ASCII
)
# Letters, as the column holds.
LONGEST_NAME = 1000
# The property Bidi_Control of Unicode: unseen, and the letters around them change places.
_BIDI_CONTROLS = frozenset(
    map(chr, [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
)


@dataclass(frozen=True)
class NewFile:
    """A file to put into a draft: its name for readers, and the bytes on disk."""

    name: str
    path: Path
    media_type: str = ""


def drafts_root() -> Path:
    """Where drafts keep their files, outside the OCFL root, on the same file system."""
    root: Path = settings.TONLE_DATA / "drafts"
    return root


def store(file: NewFile) -> dict[str, Any]:
    """Copy a file beside the root, hashing as it goes; whole and fsynced when it returns."""
    relative, target = _place()
    with file.path.open("rb") as source, target.open("xb") as sink:
        digests = of_pieces(_copied(source, sink))
        sink.flush()
        os.fsync(sink.fileno())
    _sync_directory(target.parent)
    return _row(file, relative, digests)


def take(file: NewFile, known: Digests | None = None) -> dict[str, Any]:
    """Have a whole and fsynced file beside the root under a second name; no byte is copied.

    The first name is left to the caller, so that nothing is lost if this file is refused.
    On another file system, or one without hard links, it is copied. known: what was found
    when it was read before; then it is not read again.
    """
    relative, target = _place()
    try:
        os.link(file.path, target)
    except OSError:
        return store(file)
    if known is None:
        with target.open("rb") as source:
            known = of_pieces(iter(lambda: source.read(CHUNK), b""))
    _sync_directory(target.parent)
    return _row(file, relative, known)


def _place() -> tuple[str, Path]:
    relative = f"{identifiers.mint()[:2]}/{identifiers.mint()}"
    target = drafts_root() / relative
    target.parent.mkdir(parents=True, exist_ok=True)
    return relative, target


def _row(file: NewFile, relative: str, digests: Digests) -> dict[str, Any]:
    name = checked_name(file.name)
    return {
        "name": name,
        "size_bytes": digests.size_bytes,
        "media_type": media_type(file.media_type, name),
        "sha256": digests.sha256,
        "sha512": digests.sha512,
        "path": relative,
    }


def media_type(said: str, name: str) -> str:
    """What a file is: as its depositor says, where that can stand in a header; else by its name."""
    if _MEDIA_TYPE.fullmatch(said):
        return said
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _copied(source: BinaryIO, sink: BinaryIO) -> Iterator[bytes]:
    while chunk := source.read(CHUNK):
        sink.write(chunk)
        yield chunk


def checked_name(name: str) -> str:
    """A name that is safe in an address, in a zip and on any disk. Raises Invalid.

    What the storage would refuse is refused here, before anybody has sent the bytes.
    """
    name = unicodedata.normalize("NFC", name)
    try:
        # Where a published version keeps it: `publication.DATA`, and its name.
        ocfl.check_logical_path(f"data/{name}")
    except ocfl.BadPath:
        fits = False
    else:
        fits = len(name) <= LONGEST_NAME and not any(map(_misleads, name))
    if not fits:
        raise Invalid([("name", N_("This cannot be the name of a file."))])
    return name


def _misleads(letter: str) -> bool:
    """Whether a letter makes a name look like another one, or break a line.

    Spaces of no width stay: Khmer, Lao and Thai are divided into words by them.
    """
    return (
        letter == "\\" or letter in _BIDI_CONTROLS or unicodedata.category(letter) in {"Zl", "Zp"}
    )


def _sync_directory(path: Path) -> None:
    """Make the name as lasting as the bytes."""
    directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def unlink(paths: Sequence[str]) -> None:
    """Take bytes away that no row names any more; while a backup runs, `sweep` does it later."""
    with may_go(settings.TONLE_DATA) as free:
        for path in paths if free else ():
            (drafts_root() / path).unlink(missing_ok=True)


def empty(drafts: Sequence[Draft]) -> None:
    """Remove all that drafts hold, in the caller's transaction; bytes go when it has ended."""
    files = DraftFile.objects.filter(draft__in=drafts)
    paths = list(files.exclude(path="").values_list("path", flat=True))
    files.delete()
    DraftEdit.objects.filter(draft__in=drafts).delete()
    Draft.objects.filter(key__in=[draft.key for draft in drafts]).update(body=b"")
    transaction.on_commit(lambda: unlink(paths))


def sweep(older_than: datetime) -> int:
    """Remove files that no open draft names: left by a crash between copying and writing, or
    taken out while a backup ran.

    older_than: an upload still under way is younger. Returns how many.
    """
    removed = 0
    with may_go(settings.TONLE_DATA) as free:
        for path in drafts_root().glob("*/*") if free else ():
            name = str(path.relative_to(drafts_root()))
            named = DraftFile.objects.filter(path=name, draft__state__in=["open", "publishing"])
            if path.stat().st_mtime < older_than.timestamp() and not named.exists():
                path.unlink(missing_ok=True)
                removed += 1
    return removed
