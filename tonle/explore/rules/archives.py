"""Zips: what they hold, without unpacking it; the shapes of a shapefile that lies in one."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from tonle.explore.rules.limits import Limits
from tonle.explore.rules.preview import MOST_ENTRIES, Entry, Preview, clean

_NAME_CHARS = 160


def look(path: Path, limits: Limits) -> Preview:
    """Its members, as its directory lists them; a shapefile is looked into as well."""
    found = Preview("archive")
    try:
        with zipfile.ZipFile(path) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            found.entries_number = len(members)
            found.entries = [
                Entry(clean(one.filename, _NAME_CHARS), one.file_size)
                for one in members[:MOST_ENTRIES]
            ]
            found.fact("members", len(members))
            found.fact("unpacked", sum(one.file_size for one in members))
            if any(one.flag_bits & 1 for one in members):
                found.note("locked")
            else:
                _shapefile(archive, members, found, limits)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        found.note("broken")
    return found


def _shapefile(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], found: Preview, limits: Limits
) -> None:
    named = {one.filename.lower(): one for one in members}
    main = sorted(name for name in named if name.endswith(".shp"))
    if not main:
        return
    stem = main[0][: -len(".shp")]
    parts: dict[str, io.BytesIO] = {}
    left = limits.read_bytes
    for ending in ("shp", "dbf", "cpg", "prj"):
        member = named.get(f"{stem}.{ending}")
        if member is None:
            continue
        with archive.open(member) as packed:
            data = packed.read(left + 1)
        left -= len(data)
        if left < 0:
            found.note("bomb" if member.file_size > 100 * member.compress_size else "too_large")
            return
        parts[ending] = io.BytesIO(data)
    from tonle.explore.rules import shapefiles

    shapefiles.into(parts, found, limits)
