"""A question answered by DuckDB, in the confined child: rows for a page, or a file.

The table is read as what it was looked into as; what DuckDB cannot read by itself (letters of
other encodings, remarks, workbooks) is written into memory first as plain CSV.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tonle.explore.rules.columns import is_number, plain
from tonle.explore.rules.delimited import Source
from tonle.explore.rules.dialect import DELIMITERS, Dialect, quoting
from tonle.explore.rules.letters import in_unicode
from tonle.explore.rules.limits import Limits
from tonle.explore.rules.parquet import connected, quoted
from tonle.explore.rules.question import Question, sql

# Rows of one answer; beyond, somebody needs the file.
MOST_ROWS = 100_000
# A table that has to be written anew is held twice in memory.
MOST_REWRITTEN = 160 << 20


class TooMuch(Exception):
    """The table is too large to be asked."""


def answered(path: Path, request: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """What the child answers: {"titles", "rows", "total", "more"}, or {"refused": code}; and the
    bytes of a file where one was asked for.

    request: how (of the preview), question, columns, types, form (rows, csv, json, parquet),
    offset, limit.
    """
    import duckdb

    if "sql" in request:
        from tonle.explore.rules.answering_sql import answered_in_sql

        return answered_in_sql(path, request)
    question = Question.from_json(request["question"])
    columns, types = request["columns"], request["types"]
    text, values = sql(question, columns, types)
    try:
        place, source, given = source_of(path, request["how"], question.sheet, columns)
    except TooMuch:
        return {"refused": "too_large"}, b""
    out = os.memfd_create("answer")
    try:
        with connected(place, 700 << 20, Path(f"/proc/self/fd/{out}")) as database:
            # All of it is made by us; what was typed comes as parameters.
            made = f"CREATE TEMP TABLE answer AS WITH data AS ({source}) {text}"
            database.execute(f"{made} LIMIT {MOST_ROWS + 1}", [*given, *values])
            return _told(database, question.titles(columns), request, out)
    except duckdb.OutOfMemoryException:
        return {"refused": "took_memory"}, b""
    except duckdb.Error:
        return {"refused": "broken"}, b""


def source_of(
    path: Path, how: Mapping[str, Any], sheet: str, columns: Sequence[str]
) -> tuple[Path, str, list[str]]:
    """The file that is read, a SELECT that calls its columns c0, c1…, and its parameters."""
    if "written" not in how and "sheets" not in how:
        named = ", ".join(f"{quoted(name)} AS c{at}" for at, name in enumerate(columns))
        return path, f"SELECT {named} FROM read_parquet(?)", [str(path)]  # noqa: S608 # Names are quoted.
    if "sheets" in how:
        from tonle.explore.rules.workbooks import text_rows

        place = _rewritten(text_rows(path, sheet or how["sheets"][0]), len(columns))
        return place, _csv(place, ",", False, len(columns)), [str(place)]
    written = Dialect(**how["written"])
    plain_text = written.encoding in {"utf-8", "utf-8-sig"} and not written.skip and written.quoted
    plain_text = plain_text and not how.get("letters")
    # Rows with a cell too many would be left out by DuckDB without a word.
    if plain_text and not how.get("ragged"):
        return path, _csv(path, written.delimiter, written.head, len(columns)), [str(path)]
    if path.stat().st_size > MOST_REWRITTEN:
        raise TooMuch
    rows = in_unicode(_rows(path, written), how.get("letters", ()))
    place = _rewritten(rows, len(columns))
    return place, _csv(place, ",", False, len(columns)), [str(place)]


def _csv(path: Path, delimiter: str, head: bool, width: int) -> str:
    del path  # It is a parameter.
    if delimiter not in tuple(DELIMITERS):
        # A preview was made by a process that had read a stranger's file.
        raise ValueError("no mark between cells")
    columns = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(width))
    return (
        f"SELECT * FROM read_csv(?, auto_detect=false, delim='{delimiter}', quote='\"',"  # noqa: S608 # One of four marks, a number, a truth.
        f" escape='\"', header={str(head).lower()}, columns={{{columns}}}, nullstr='',"
        " null_padding=true, strict_mode=false, ignore_errors=true, parallel=false)"
    )


def _rows(path: Path, written: Dialect) -> Iterator[list[str]]:
    csv.field_size_limit(1 << 20)
    source = Source(path, written, Limits(read_bytes=MOST_REWRITTEN * 2))
    rows = csv.reader(source, delimiter=written.delimiter, quoting=quoting(written.quoted))
    head = written.head
    for row in rows:
        if not any(row) or (written.skip and len(row) == 1 and row[0].startswith("#")):
            continue
        if head:
            head = False
            continue
        yield row


def _rewritten(rows: Iterator[list[str]], width: int) -> Path:
    """A file in memory with the rows as plain CSV, each of that many cells."""
    descriptor = os.memfd_create("table")
    with os.fdopen(os.dup(descriptor), "w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.writer(file)
        for row in rows:
            writer.writerow((row + [""] * width)[:width])
    return Path(f"/proc/self/fd/{descriptor}")


def _told(
    database: Any, titles: Sequence[str], request: Mapping[str, Any], out: int
) -> tuple[dict[str, Any], bytes]:
    total = database.execute("SELECT count(*) FROM answer").fetchone()[0]
    told: dict[str, Any] = {
        "titles": list(titles),
        "total": min(total, MOST_ROWS),
        "more": total > MOST_ROWS,
        "rows": [],
    }
    form = request["form"]
    if form == "parquet":
        return told, _parquet(database, titles, out)
    offset, limit = request["offset"], request["limit"]
    rows = database.execute(f"SELECT * FROM answer LIMIT {int(limit)} OFFSET {int(offset)}")  # noqa: S608 # Two numbers.
    if form == "rows":
        told["rows"] = [[cell(value)[:300] for value in row] for row in rows.fetchall()]
        return told, b""
    if form == "json":
        body = [dict(zip(titles, map(plain_value, row), strict=True)) for row in rows.fetchall()]
        return told, json.dumps(body, ensure_ascii=False).encode()
    return told, csv_bytes(titles, rows.fetchall())


def _parquet(database: Any, titles: Sequence[str], out: int) -> bytes:
    names = ", ".join(f"a{at} AS {quoted(title)}" for at, title in enumerate(titles))
    database.execute(
        f"COPY (SELECT {names} FROM answer LIMIT {MOST_ROWS}) TO '/proc/self/fd/{out}'"  # noqa: S608 # Names are quoted; the rest is ours.
        " (FORMAT parquet, USE_TMP_FILE false)"
    )
    with os.fdopen(os.dup(out), "rb") as file:
        file.seek(0)
        return file.read()


def cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain(value) if isinstance(value, float) else str(value)


def plain_value(value: Any) -> Any:
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def csv_bytes(titles: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([harmless(title) for title in titles])
    for row in rows:
        writer.writerow(["" if value is None else harmless(_exact(value)) for value in row])
    # With a mark, without which Excel takes letters of the region for Western ones.
    return out.getvalue().encode("utf-8-sig")


def _exact(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def harmless(cell: str) -> str:
    """A cell that a spreadsheet takes for text or a number, and never for a formula.

    Source: OWASP, CSV Injection: cells that begin with =, +, -, @, tab or return. A number may
    begin with its sign.
    """
    if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} and not is_number(cell):
        return f"'{cell}"
    return cell
