"""Jupyter notebooks: their words and programs, and what they printed as text. Nothing is run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tonle.explore.rules import programs, prose, trees
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
    parts = [part for cell in cells[:200] if (part := _shown(cell))]
    found.program = _program(about, cells)
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


def _program(about: dict[str, Any], cells: list[Any]) -> dict[str, Any]:
    """What its cells of code load and name, where they are in Python or R."""
    said = [about.get(place) for place in ("language_info", "kernelspec")]
    words = [
        str(one[key]).lower()
        for one in said
        if isinstance(one, dict)
        for key in ("name", "language")
        if key in one
    ]
    code = [_source(cell) for cell in cells[:500] if _is_code(cell)]
    if sum(map(len, code)) > programs.MOST_CHARS:
        return {}
    if any(word in {"r", "ir"} for word in words):
        found = programs.r(code)
    elif not words or any(word.startswith("python") for word in words):
        found = programs.python(code)
    else:
        return {}
    found.definitions = False
    return found.to_json()


def _is_code(cell: Any) -> bool:
    return isinstance(cell, dict) and cell.get("cell_type") == "code"


def _joined(value: Any) -> str:
    """A text that may be given as its lines."""
    if isinstance(value, list):
        value = "".join(one for one in value[:5_000] if isinstance(one, str))
    return value if isinstance(value, str) else ""


def _source(cell: Any) -> str:
    """What a cell says."""
    said = cell.get("source", cell.get("input", "")) if isinstance(cell, dict) else ""
    return _joined(said).strip("\n")


def _shown(cell: Any) -> str:
    """What a cell says: programs set in by four spaces, and below them what they printed."""
    source = _source(cell)
    if not _is_code(cell):
        return source
    lines = [f"    {line}" for line in source.splitlines()]
    return "\n".join(lines + [f"    → {line}" for line in _printed(cell)])


# Of what one cell printed, and of each line.
_PRINTED_LINES, _PRINTED_CHARS = 6, 200


def _printed(cell: dict[str, Any]) -> list[str]:
    """The first lines of plain text that a cell printed: never its pages, pictures or scripts."""
    outputs = cell.get("outputs")
    lines: list[str] = []
    for one in outputs[:20] if isinstance(outputs, list) else ():
        data = one.get("data") if isinstance(one, dict) else None
        text = data.get("text/plain") if isinstance(data, dict) else None
        if text is None and isinstance(one, dict):
            text = one.get("text")
        lines += _joined(text)[:4_000].splitlines()
    kept = [line[:_PRINTED_CHARS] for line in lines if line.strip()]
    return kept[:_PRINTED_LINES] + (["…"] if len(kept) > _PRINTED_LINES else [])
