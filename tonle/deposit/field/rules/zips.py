"""The zip that ODK Central gives out: tables at its root, pictures and recordings in `media/`."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from tonle.deposit.field.rules.headings import is_export
from tonle.kernel import encodings

# With the draft's other files, as many as a record may have.
MOST_MEMBERS = 1_900
# A table of answers packs well; more than this is no table.
MOST_INFLATION = 200
_HEAD_BYTES = 1 << 16


def members(path: Path) -> int:
    """How many files such a zip holds; 0 for any other zip. Raises zipfile.BadZipFile."""
    with zipfile.ZipFile(path) as archive:
        infos = list(_files(archive))
        if not 0 < len(infos) <= MOST_MEMBERS:
            return 0
        roots = [one for one in infos if "/" not in one.filename]
        tables = [one for one in roots if one.filename.lower().endswith(".csv")]
        return len(infos) if any(is_export(_head(archive, one)) for one in tables[:20]) else 0


def unpacked(archive: zipfile.ZipFile) -> Iterator[tuple[str, int, IO[bytes]]]:
    """(name, bytes when unpacked, stream) of each file. Raises ValueError for a bomb."""
    for info in _files(archive):
        if info.file_size > MOST_INFLATION * max(info.compress_size, 1 << 14):
            raise ValueError("bomb")
        with archive.open(info) as stream:
            yield info.filename, info.file_size, stream


def _files(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    for info in archive.infolist():
        hidden = info.filename.startswith("__MACOSX/") or "/." in f"/{info.filename}"
        if not info.is_dir() and not hidden and not info.flag_bits & 1:
            yield info


def _head(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> list[str]:
    with archive.open(info) as stream:
        data = stream.read(_HEAD_BYTES)
    line = data.decode(encodings.detect(data) or "utf-8", "replace").partition("\n")[0]
    return [cell.strip().strip('"') for cell in line.split(",")]
