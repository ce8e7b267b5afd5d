"""Jupyter notebooks: their words and programs; what they printed is not run and not shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tonle.explore.rules import prose, trees
from tonle.explore.rules.limits import Limits
from tonle.explore.rules.preview import TEXT_CHARS, Preview, clean_lines


def look(path: Path, limits: Limits) -> Preview:
    """Language, number of cells, and the first of them as text (nbformat 3 and 4)."""
    try:
        if path.stat().st_size > trees.MOST_BYTES:
            raise ValueError("large")
        value = trees.read(path)
    except (ValueError, RecursionError):
        begun = prose.look(path, limits)
        begun.note("broken")
        return begun
    cells = _cells(value)
    if cells is None:
        return trees.look(path, limits)
    found = Preview("notebook")
    about = value.get("metadata")
    about = about if isinstance(about, dict) else {}
    for place in ("kernelspec", "language_info"):
        told = about.get(place)
        if isinstance(told, dict) and isinstance(told.get("name"), str):
            found.fact("language", told.get("display_name") or told["name"])
            break
    found.fact("cells", len(cells))
    parts = [part for cell in cells[:200] if (part := _source(cell))]
    text = "\n\n".join(parts)
    found.text = clean_lines(text, TEXT_CHARS)
    found.text_whole = len(text) <= TEXT_CHARS
    return found


def _cells(value: Any) -> list[Any] | None:
    if not isinstance(value, dict):
        return None
    cells = value.get("cells")
    if cells is None:
        sheets = value.get("worksheets")
        first = sheets[0] if isinstance(sheets, list) and sheets else None
        cells = first.get("cells") if isinstance(first, dict) else None
    return cells if isinstance(cells, list) else None


def _source(cell: Any) -> str:
    """What a cell says, programs set in by four spaces."""
    if not isinstance(cell, dict):
        return ""
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(one for one in source if isinstance(one, str))
    if not isinstance(source, str):
        return ""
    source = source.strip("\n")
    if cell.get("cell_type") == "code":
        return "\n".join(f"    {line}" for line in source.splitlines())
    return source
