"""JSON Lines: an object a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tonle.explore.rules import prose
from tonle.explore.rules.limits import Limits
from tonle.explore.rules.preview import Preview
from tonle.explore.rules.tables import of_objects

_LINE_BYTES = 1 << 20
_MOST_LINES = 50_000


def look(path: Path, limits: Limits) -> Preview:
    """Its objects as a table, of as many lines as the limits allow."""
    found = Preview("tree")
    things: list[Any] = []
    read, whole = 0, True
    with path.open("rb") as file:
        while line := file.readline(_LINE_BYTES):
            read += len(line)
            if read > limits.read_bytes // 4 or len(things) >= _MOST_LINES or not limits.go_on():
                whole = False
                break
            if not line.strip():
                continue
            try:
                thing = json.loads(line)
            except (ValueError, RecursionError):
                found.note("broken")
                break
            if isinstance(thing, dict):
                things.append(thing)
    if not things:
        begun = prose.look(path, limits)
        begun.notes = found.notes + [one for one in begun.notes if one not in found.notes]
        return begun
    made = of_objects("", things, limits)
    if not whole:
        found.note("part")
        made.whole = False
        made.estimate = len(things) * path.stat().st_size // max(read, 1)
    found.tables.append(made)
    return found
