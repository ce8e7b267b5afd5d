"""Any part of a record document as rows that a page can show, whatever fields it has.

Kinds come and go and unknown fields are kept, so a landing page must show what it has
never heard of. Everything here is pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tonle.kernel.text import valid_language

Sort = Literal[
    "text",
    "number",
    "flag",
    "date",
    "link",
    "language_map",
    "identifier",
    "list",
    "facts",
    "table",
]

_DATE = re.compile(r"\d{4}(-\d{2}){1,2}(T[\d:.]+Z?)?(/\d{4}(-\d{2}){0,2})?")
_LINK = re.compile(r"https?://[^\s\"<>]+")
MOST = 60  # Rows or items shown of one thing; the rest is in the document itself.
_DEEPEST = 6
_WIDEST = 6  # Columns of a table; more do not fit beside each other.


@dataclass(frozen=True)
class Shown:
    """One value and how to show it.

    value: of a table, the keys of its columns. items: shown values of a list, rows of facts,
    or rows of a table (a Shown or None for each column).
    """

    sort: Sort
    value: Any
    items: list[Any] = field(default_factory=list)
    left_out: int = 0


def shown(value: Any, depth: int = 0) -> Shown | None:
    """How to show a value; None for what is empty or lies deeper than a page can show."""
    if value in (None, "", [], {}) or depth > _DEEPEST:
        return None
    if isinstance(value, bool):
        return Shown("flag", value)
    if isinstance(value, int):
        return Shown("number", value)
    if isinstance(value, str):
        return Shown(_sort_of(value), value)
    if isinstance(value, Mapping):
        if set(value) == {"scheme", "value"}:
            return Shown("identifier", value)
        if _is_language_map(value):
            return Shown("language_map", value)
        rows = facts(value, depth + 1)
        return Shown("facts", value, rows) if rows else None
    if isinstance(value, Sequence):
        items = [s for part in value[:MOST] if (s := shown(part, depth + 1))]
        left_out = max(0, len(value) - MOST)
        return _table(items, left_out) or Shown("list", value, items, left_out) if items else None
    return Shown("text", str(value))


def facts(document: Mapping[str, Any], depth: int = 0) -> list[tuple[str, Shown]]:
    """(key, how to show it) for each field that holds something, in the document's order."""
    found = []
    for key, value in list(document.items())[:MOST]:
        if key != "schema" and (how := shown(value, depth)):
            found.append((str(key), how))
    return found


def _table(items: list[Shown], left_out: int) -> Shown | None:
    """Several sets of plain facts under common headings, where they fit beside each other."""
    if len(items) < 2 or any(item.sort != "facts" for item in items):
        return None
    rows = [dict(item.items) for item in items]
    columns = list(dict.fromkeys(key for row in rows for key in row))
    plain = all(how.sort not in ("list", "facts", "table") for row in rows for how in row.values())
    if not plain or len(columns) > _WIDEST:
        return None
    cells = [[row.get(column) for column in columns] for row in rows]
    return Shown("table", columns, cells, left_out)


def _sort_of(text: str) -> Sort:
    if _LINK.fullmatch(text):
        return "link"
    return "date" if _DATE.fullmatch(text) else "text"


def _is_language_map(value: Mapping[str, Any]) -> bool:
    """Whether every key could be a language and every value a text.

    `{"id": "…"}` looks like Indonesian; a map of one two-letter key that is a common word
    of documents is taken for facts.
    """
    if not all(isinstance(text, str) for text in value.values()):
        return False
    tags = [str(key) for key in value]
    if tags in (["id"], ["no"], ["to"]):
        return False
    return all(len(tag.split("-")[0]) in (2, 3) and valid_language(tag) for tag in tags) and not (
        set(tags) & {"url", "uri", "min", "max", "day", "sum", "key", "tag", "ror", "doi"}
    )
