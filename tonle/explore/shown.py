"""A preview as the page shows it: codes become words, numbers the reader's own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import get_language, gettext

from tonle.explore.messages import FACTS, NOTES, TYPES, VALUES
from tonle.web.public import local_number, local_span

# A link slower than this is common in the region; people ask before they begin.
SLOW_BITS_PER_SECOND = 1_000_000
SHORT_SECONDS = 20


def wait(size_bytes: int) -> str:
    """How long a slow link takes for so much; "" where it takes no time."""
    seconds = size_bytes * 8 // SLOW_BITS_PER_SECOND
    return local_span(seconds, get_language() or "en") if seconds > SHORT_SECONDS else ""


def api_url(record_id: str, name: str, version: int | None) -> str:
    asked = {"file": name} | ({} if version is None else {"version": version})
    return f"/api/v1/explore/{record_id}/preview?{urlencode(asked)}"


def of(preview: dict[str, Any]) -> dict[str, Any]:
    """What look.html shows: notes and facts in words, tables with their columns."""
    facts = [
        (gettext(FACTS[code]), _value(code, value))
        for code, value in preview.get("facts", ())
        if code in FACTS
    ]
    return {
        **preview,
        "notes": [gettext(NOTES[code]) for code in preview.get("notes", ()) if code in NOTES],
        "facts": facts,
        "tables": [_table(table) for table in preview.get("tables", ())],
    }


_COUNTED = frozenset(
    {"lines", "sheets", "pages", "bands", "shapes", "cells", "objects", "members", "unpacked"}
    | {"skipped", "width", "height", "frames"}
)


def _value(code: str, value: str) -> str:
    if (code, value) in VALUES:
        return gettext(VALUES[code, value])
    if code in _COUNTED and value.isascii() and value.isdigit():
        return local_number(int(value), get_language() or "en")
    return value


def _table(table: dict[str, Any]) -> dict[str, Any]:
    columns = [
        {
            **column,
            "says": column.get("kind") or gettext(TYPES.get(column["type"], TYPES["other"])),
            "number": column["type"] in {"whole", "number"},
        }
        for column in table["columns"]
    ]
    rows = [
        [
            {"text": cell, "number": place < len(columns) and columns[place]["number"]}
            for place, cell in enumerate(row)
        ]
        for row in table["rows"]
    ]
    return {
        **table,
        "columns": columns,
        "rows": rows,
        "columns_number": len(columns) + table["wide"],
    }
