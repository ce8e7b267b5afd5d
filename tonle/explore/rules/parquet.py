"""Parquet, read with DuckDB: its own types, first rows, and what each column holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from tonle.explore.rules.columns import plain
from tonle.explore.rules.limits import Limits
from tonle.explore.rules.preview import (
    CELL_CHARS,
    MOST_COLUMNS,
    MOST_ROWS,
    Column,
    ColumnType,
    Preview,
    Table,
    can_be_asked,
    clean,
    fitted,
)

_SUMMED_ROWS = 500_000


def connected(path: Path, memory_bytes: int = 512 << 20, *others: Path) -> Any:
    """A database in memory that may open this file and the others, and whose settings are shut.

    DuckDB would also write to what it may open: the process may not, nor is it ever asked to
    by a word that somebody else has typed.

    One thread, no folder for what does not fit, no extension from elsewhere.
    """
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "memory_limit": f"{memory_bytes >> 20}MB",
        "temp_directory": "",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "python_enable_replacements": False,
    }
    database = duckdb.connect(":memory:", config=settings)
    database.execute("SET allowed_paths = $paths", {"paths": [str(path), *map(str, others)]})
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")
    return database


def look(path: Path, limits: Limits) -> Preview:
    """Rows and columns as the file's footer has them, summed over the first half a million."""
    found = Preview("table")
    try:
        with connected(path) as database:
            _read(database, path, found)
    except duckdb.Error:
        found.note("broken")
    except RuntimeError:
        found.note("broken")
    del limits  # The database has limits of its own, and the process the rest.
    return found


def quoted(name: str) -> str:
    """A name as SQL writes it, whatever letters are in it."""
    return '"' + name.replace('"', '""').replace("\0", "") + '"'


def _read(database: Any, path: Path, found: Preview) -> None:
    source = "read_parquet($file)"
    file = {"file": str(path)}
    about = database.execute(
        "SELECT num_rows, created_by FROM parquet_file_metadata($file)", file
    ).fetchone()
    number = int(about[0])
    found.fact("made_with", about[1] or "")
    described = database.execute(f"DESCRIBE SELECT * FROM {source}", file).fetchall()  # noqa: S608 # Our own words.
    names = [row[0] for row in described]
    types = {row[0]: row[1] for row in described}
    shown = names[:MOST_COLUMNS]
    cells = ", ".join(f"left(CAST({quoted(name)} AS VARCHAR), {CELL_CHARS + 1})" for name in shown)
    rows = database.execute(
        f"SELECT {cells} FROM {source} LIMIT {MOST_ROWS}",  # noqa: S608 # Names are quoted, the rest is ours.
        file,
    ).fetchall()
    part = f"(SELECT {', '.join(map(quoted, shown))} FROM {source} LIMIT {_SUMMED_ROWS})"  # noqa: S608 # As above.
    columns = [
        _column(database, part, file, name, types[name], min(number, _SUMMED_ROWS))
        for name in shown
    ]
    made = Table(
        "",
        columns,
        fitted([["" if cell is None else str(cell) for cell in row] for row in rows]),
        number,
        True,
        max(len(names) - MOST_COLUMNS, 0),
    )
    if number > _SUMMED_ROWS:
        found.note("part")
    found.tables.append(made)
    if can_be_asked(names):
        found.how = {"columns": names, "types": [type_of(types[name]) for name in names]}


def type_of(kind: str) -> ColumnType:
    """Our word for a type of DuckDB."""
    if kind in {"BIGINT", "INTEGER", "SMALLINT", "TINYINT", "HUGEINT"} or kind.startswith("U"):
        return "whole" if not kind.startswith(("UUID", "UNION")) else "text"
    if kind in {"DOUBLE", "FLOAT"} or kind.startswith("DECIMAL"):
        return "number"
    if kind == "DATE":
        return "day"
    if kind.startswith("TIMESTAMP"):
        return "instant"
    return {"BOOLEAN": "truth", "VARCHAR": "text", "ENUM": "text"}.get(kind, "other")  # type: ignore[return-value] # Each is one of the type's words.


def _column(
    database: Any, part: str, file: dict[str, str], name: str, kind: str, number: int
) -> Column:
    called = quoted(name)
    ours = type_of(kind)
    mean = f"avg({called})" if ours in {"whole", "number"} else "NULL"
    ordered = ours in {"whole", "number", "day", "instant"}
    ends = (
        f"CAST(min({called}) AS VARCHAR), CAST(max({called}) AS VARCHAR)" if ordered else "'', ''"
    )
    distinct = f"approx_count_distinct({called})" if ours != "other" else "NULL"
    filled, several, least, most, middle = database.execute(
        f"SELECT count({called}), {distinct}, {ends}, {mean} FROM {part}",  # noqa: S608 # As in _read.
        file,
    ).fetchone()
    # The engine estimates; a page that says "many" is not wrong.
    few = several is not None and several <= 1_000
    return Column(
        clean(name, CELL_CHARS),
        ours,
        int(filled),
        number - int(filled),
        int(several) if few else None,
        clean(least or "", 40),
        clean(most or "", 40),
        plain(float(middle)) if middle is not None else "",
        kind="" if ours != "other" else clean(kind, 60),
    )
