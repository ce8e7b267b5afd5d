"""Tars, packed or not: what they hold, read as a stream and written nowhere."""

from __future__ import annotations

import tarfile
import zlib
from pathlib import Path

from tonle.explore.rules.limits import Limits
from tonle.explore.rules.preview import MOST_ENTRIES, Entry, Preview, clean

_NAME_CHARS = 160
# Unpacked bytes that are passed over on the way from member to member.
_PASSED_BYTES = 512 << 20


def look(path: Path, limits: Limits) -> Preview:
    """The first members, and how many there are in what was read."""
    found = Preview("archive")
    passed = 0
    try:
        with tarfile.open(path, "r|*", errorlevel=1) as archive:
            for member in archive:
                passed += member.size + 512
                if passed > _PASSED_BYTES or not limits.go_on():
                    found.note("part")
                    break
                # The stream keeps every member it has met; a bomb of empty ones would fill memory.
                archive.members = []  # type: ignore[attr-defined] # The list is there, and unlisted.
                if not member.isfile():
                    continue
                found.entries_number += 1
                if len(found.entries) < MOST_ENTRIES:
                    found.entries.append(Entry(clean(member.name, _NAME_CHARS), member.size))
    except (tarfile.TarError, EOFError, OSError, ValueError, zlib.error):
        found.note("broken")
    found.fact("members", found.entries_number)
    return found
