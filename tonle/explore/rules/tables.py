"""Rows of Python values as the table of a preview."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from tonle.explore.rules.columns import Summary
from tonle.explore.rules.limits import Limits
from tonle.explore.rules.preview import MOST_COLUMNS, MOST_ROWS, TABLE_CHARS, Table, clean, fitted


def written(value: Any) -> str:
    """A value as a cell of text; what has parts as short JSON, nothing as ""."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)[:2_000]
    return str(value)


def table(
    name: str,
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    limits: Limits,
    *,
    chars: int = TABLE_CHARS,
) -> Table:
    """A table of the rows, read as far as the limits allow. chars: of what
    is shown of them."""
    summaries = [Summary(one) for one in names[:MOST_COLUMNS]]
    shown: list[list[str]] = []
    counted, whole = 0, True
    for row in rows:
        if counted >= limits.rows or (counted % 2_000 == 1_999 and not limits.go_on()):
            whole = False
            break
        cells = [written(value) for value in row[:MOST_COLUMNS]]
        if len(shown) < MOST_ROWS:
            shown.append(cells)
        for summary, cell in zip(summaries, cells, strict=False):
            summary.add(cell)
        counted += 1
    beyond = max(len(names) - MOST_COLUMNS, 0)
    columns = [summary.column() for summary in summaries]
    return Table(clean(name, 80), columns, fitted(shown, chars), counted, whole, beyond)


def of_objects(
    name: str, things: Sequence[Any], limits: Limits, *, chars: int = TABLE_CHARS
) -> Table:
    """A table of JSON objects: a column for each key, in the order in which they are met."""
    keys: dict[str, None] = {}
    for thing in things[:5_000]:
        if isinstance(thing, dict):
            keys.update(dict.fromkeys(thing))
    names = list(keys)
    rows = ([thing.get(key) for key in names[:MOST_COLUMNS]] for thing in things)
    return table(name, names, rows, limits, chars=chars)
