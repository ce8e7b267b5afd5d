"""A reader's SQL answered by DuckDB, in the confined child: see `sql` for what it may ask.

The tables that it names are loaded into memory first, with the columns that it needs; then
everything outside is shut and the settings are locked; then it is asked.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tonle.explore.rules import sql
from tonle.explore.rules.answering import (
    MOST_ROWS,
    TooMuch,
    cell,
    csv_bytes,
    plain_value,
    source_of,
)
from tonle.explore.rules.parquet import quoted

_MEMORY = "700MB"
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "memory_limit": _MEMORY,
    "temp_directory": "",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
}
# Of our own types, as a table of text is read; what is none of them stays text.
_CAST = {"whole": "BIGINT", "number": "DOUBLE", "day": "DATE"}
_KEPT: tuple[str, ...] = (
    "BIGINT",
    "INTEGER",
    "SMALLINT",
    "TINYINT",
    "HUGEINT",
    "UBIGINT",
    "UINTEGER",
    "UHUGEINT",
)
_KEPT += ("USMALLINT", "UTINYINT", "DOUBLE", "FLOAT", "BOOLEAN", "VARCHAR")
_NUMBERS = (*_KEPT[:-2], "DECIMAL")


def answered_in_sql(path: Path, request: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """What the child answers: {"titles", "rows", "total", "more", "numbers", "text", "sha256"}, or
    {"refused": code, "name": …}; and the bytes of a file where one was asked for.

    request: sql, how (of the preview), sheets (names, "" where there are none), columns and types
    of each, form, offset, limit. sha256: of the whole answer as CSV.
    """
    import duckdb

    sheets = request["sheets"]
    tables = sql.table_names(sheets)
    names = [sql.column_names(columns) for columns in request["columns"]]
    database = duckdb.connect(":memory:", config=_SETTINGS)
    out = os.memfd_create("answer")
    try:
        asked = sql.read(
            database, request["sql"], {name: names[place] for name, place in tables.items()}
        )
    except sql.BadSql as bad:
        return {"refused": bad.code, "name": bad.name}, b""
    except duckdb.Error as error:
        return {"refused": "sql_wrong", "name": sql.reason(error)}, b""
    try:
        for name in asked.tables:
            _load(database, path, request, tables[name], name, names[tables[name]], asked.names)
    except TooMuch:
        return {"refused": "too_large"}, b""
    except duckdb.OutOfMemoryException:
        return {"refused": "took_memory"}, b""
    except duckdb.Error:
        return {"refused": "broken"}, b""
    try:
        shut(database, [f"/proc/self/fd/{out}"] if request["form"] == "parquet" else [])
        # In the reader's own order; where none is asked for, in one that is always the same.
        database.execute(
            f"CREATE TEMP TABLE answer AS SELECT * FROM (\n{asked.text}\n) LIMIT {MOST_ROWS + 1}"  # noqa: S608 # Read part by part in `sql`, and nothing outside can be reached.
        )
        return _told(database, asked, request, out)
    except duckdb.OutOfMemoryException:
        return {"refused": "took_memory"}, b""
    except duckdb.PermissionException as error:
        return {"refused": "sql_part", "name": sql.reason(error)}, b""
    except duckdb.Error as error:
        return {"refused": "sql_wrong", "name": sql.reason(error)}, b""


def shut(database: Any, paths: Sequence[str]) -> None:
    """Nothing outside can be reached from now on, but for these paths, nor settings changed."""
    database.execute("SET allowed_paths = $paths", {"paths": list(paths)})
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")


def _load(
    database: Any,
    path: Path,
    request: Mapping[str, Any],
    place: int,
    table: str,
    names: Sequence[str],
    needed: frozenset[str] | None,
) -> None:
    """A table of memory, with the columns that are named, or with the first where none is."""
    columns, types = request["columns"][place], request["types"][place]
    chosen = [
        at for at, name in enumerate(names) if needed is None or name.casefold() in needed
    ] or [0]
    _, source, given = source_of(path, request["how"], request["sheets"][place], columns)
    text = "written" in request["how"] or "sheets" in request["how"]
    parts = [
        f"{_typed(f'c{at}', types[at] if text else '')} AS {quoted(names[at])}" for at in chosen
    ]
    database.execute(
        f"CREATE TABLE {quoted(table)} AS SELECT {', '.join(parts)} FROM ({source})",  # noqa: S608 # Names are quoted, the rest is ours.
        given,
    )


def _typed(called: str, kind: str) -> str:
    # A cast of the bare column becomes the type that the CSV reader expects, which then leaves
    # out every row that has no such value, without a word.
    return f"TRY_CAST(nullif({called}, '') AS {_CAST[kind]})" if kind in _CAST else called


def _told(
    database: Any, asked: sql.Asked, request: Mapping[str, Any], out: int
) -> tuple[dict[str, Any], bytes]:
    described = database.execute("DESCRIBE answer").fetchall()
    titles = [row[0] for row in described]
    order = "" if asked.ordered else " ORDER BY ALL"
    parts = ", ".join(_plainly(name, kind) for name, kind, *_ in described)
    rows = database.execute(f"SELECT {parts} FROM answer{order}").fetchall()  # noqa: S608 # Names are quoted.
    more = len(rows) > MOST_ROWS
    rows = rows[:MOST_ROWS]
    whole = csv_bytes(titles, rows)
    told = {
        "titles": titles,
        "rows": [],
        "total": len(rows),
        "more": more,
        "numbers": [kind.partition("(")[0] in _NUMBERS for _, kind, *_ in described],
        "text": asked.text,
        "sha256": hashlib.sha256(whole).hexdigest(),
    }
    form = request["form"]
    if form == "csv":
        return told, whole
    if form == "json":
        body = [dict(zip(titles, map(plain_value, row), strict=True)) for row in rows]
        return told, json.dumps(body, ensure_ascii=False).encode()
    if form == "parquet":
        database.execute(
            f"COPY (SELECT * FROM answer{order} LIMIT {MOST_ROWS}) TO '/proc/self/fd/{out}'"  # noqa: S608 # Ours.
            " (FORMAT parquet, USE_TMP_FILE false)"
        )
        with os.fdopen(os.dup(out), "rb") as file:
            file.seek(0)
            return told, file.read()
    page = rows[request["offset"] : request["offset"] + request["limit"]]
    told["rows"] = [[cell(value)[:300] for value in row] for row in page]
    return told, b""


def _plainly(name: str, kind: str) -> str:
    """A column as whole numbers, numbers, truths or text."""
    if kind in _KEPT:
        return quoted(name)
    return f"CAST({quoted(name)} AS {'DOUBLE' if kind.startswith('DECIMAL') else 'VARCHAR'})"
