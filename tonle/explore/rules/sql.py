"""A question that a reader wrote in SQL, read with DuckDB's own parser before it is asked.

It is one SELECT over the tables of one file. Every part of what the parser understood must be
named below: kinds of tables and of expressions, functions, types. So nothing that reaches for
files, settings, the clock, chance or the insides of the database is ever run; what remains is
bounded in time and memory by the process. What is run, shown and cited is the canonical text,
which DuckDB writes from what it understood.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tonle.explore.rules.preview import clean
from tonle.explore.rules.question import BadQuestion

MOST_SQL_CHARS: Final = 2_000
_REASON_CHARS: Final = 200

# The table of a file, or the first sheet of a workbook.
DATA: Final = "data"

_NODES: Final = frozenset((
    "SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE", "EMPTY", "BASE_TABLE",
    "SUBQUERY", "JOIN", "EXPRESSION_LIST", "TABLE_FUNCTION", "ORDER_MODIFIER", "LIMIT_MODIFIER",
    "DISTINCT_MODIFIER", "ORDER_DEFAULT", "ASCENDING", "DESCENDING",
))  # fmt: skip
_EXPRESSIONS: Final = frozenset((
    "COLUMN_REF", "CONSTANT", "FUNCTION", "COMPARISON", "CONJUNCTION", "OPERATOR", "CAST", "TYPE",
    "CASE", "BETWEEN", "STAR", "SUBQUERY", "WINDOW", "COLLATE", "POSITIONAL_REFERENCE", "LAMBDA",
    "LAMBDA_REF",
))  # fmt: skip
_TYPES: Final = frozenset((
    "varchar", "text", "string", "char", "bpchar", "boolean", "bool", "logical", "tinyint",
    "smallint", "integer", "int", "int1", "int2", "int4", "int8", "bigint", "short", "long",
    "signed", "hugeint", "utinyint", "usmallint", "uinteger", "ubigint", "double", "float",
    "float4", "float8", "real", "decimal", "numeric", "dec", "date", "time", "timestamp",
    "datetime", "interval", "list", "array",
))  # fmt: skip
_TABLE_FUNCTIONS: Final = frozenset({"unnest", "range", "generate_series"})


def _functions() -> frozenset[str]:
    listed = Path(__file__).parent.parent / "data" / "sql.txt"
    lines = listed.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if line[:2] != "# " for word in line.split())


FUNCTIONS: Final = _functions()
# Words that DuckDB reads as functions where no column has the name.
_OF_THE_MACHINE: Final = frozenset((
    "current_user", "current_role", "session_user", "user", "current_catalog", "current_schema",
    "current_database", "current_date", "current_time", "current_timestamp", "localtime",
    "localtimestamp",
))  # fmt: skip


class BadSql(BadQuestion):
    """code: sql_one, sql_table, sql_part or sql_wrong; name: what it is about, or DuckDB's word."""


@dataclass(frozen=True)
class Asked:
    """text: canonical. tables: those of the file that it names. names: every word in it, in small
    letters, among which is each column that it needs; None where it asks for all. ordered: whether
    it says in which order the answer comes."""

    text: str
    tables: tuple[str, ...]
    names: frozenset[str] | None
    ordered: bool


def column_names(columns: Sequence[str]) -> list[str]:
    """What the columns of a table are called in SQL, where A and a are one name."""
    seen: set[str] = set()
    made = []
    for column in columns:
        name, number = column, 1
        while name.casefold() in seen:
            number += 1
            name = f"{column}_{number}"
        seen.add(name.casefold())
        made.append(name)
    return made


def table_names(sheets: Sequence[str]) -> dict[str, int]:
    """What the tables of a file are called: `data`, and each sheet of a workbook by its name.

    By the sheet's place.
    """
    found: dict[str, int] = {}
    for place, sheet in enumerate(sheets):
        if sheet and sheet.casefold() not in {name.casefold() for name in found}:
            found[sheet] = place
    if DATA not in {name.casefold() for name in found}:
        found = {DATA: 0, **found}
    return found


def read(database: Any, text: str, tables: Mapping[str, Sequence[str]]) -> Asked:
    """The question in canonical words. Raises BadSql.

    database: of DuckDB; nothing is run in it but its parser. tables: name to names of columns.
    """
    import duckdb

    try:
        statements = database.extract_statements(text)
    except duckdb.Error as error:
        raise BadSql("sql_wrong", reason(error)) from None
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise BadSql("sql_one")
    tree = _parsed(database, text)
    named = _checked(tree, {name.casefold(): name for name in tables}, _hidden(database), tables)
    kept = _canonical(database, tree, text)
    words = frozenset(word.casefold() for word in _words(tree))
    columns = {column.casefold() for names in tables.values() for column in names}
    last = tree["statements"][0]["node"].get("modifiers") or ()
    return Asked(
        kept,
        tuple(named),
        None if _asks_for_all(tree, columns) else words,
        any(one.get("type") == "ORDER_MODIFIER" for one in last),
    )


def reason(error: Exception) -> str:
    """What DuckDB says of it, the first line, without what follows for developers."""
    said = str(error).strip().split("\n", 1)[0]
    return clean(said, _REASON_CHARS)


def _parsed(database: Any, text: str) -> dict[str, Any]:
    said = database.execute("SELECT json_serialize_sql(?::VARCHAR)", [text]).fetchone()[0]
    try:
        tree = json.loads(said)
    except RecursionError:
        raise BadSql("sql_part", "(((…)))") from None
    if not isinstance(tree, dict) or tree.get("error") or len(tree["statements"]) != 1:
        raise BadSql("sql_one")
    return tree


def _canonical(database: Any, tree: Mapping[str, Any], text: str) -> str:
    """DuckDB's own words for what it understood; the reader's, where those would not be
    understood in the same way."""
    import duckdb

    try:
        (said,) = database.execute(
            "SELECT json_deserialize_sql(json_serialize_sql(?::VARCHAR))", [text]
        ).fetchone()
        again = _parsed(database, said)
    except (duckdb.Error, BadSql):
        again, said = {}, ""
    plain = text.strip().rstrip(";").strip()
    return said if said and _without_places(again) == _without_places(tree) else plain


def _without_places(value: Any) -> Any:
    """The tree without what tells only where each part stood in the text."""
    if isinstance(value, dict):
        return {k: _without_places(v) for k, v in value.items() if not k.startswith("query_loc")}
    return [_without_places(one) for one in value] if isinstance(value, list) else value


def _hidden(database: Any) -> frozenset[str]:
    """Names of the database's own tables of itself, which are nobody's to borrow."""
    rows = database.execute("SELECT DISTINCT lower(view_name) FROM duckdb_views()").fetchall()
    return frozenset(row[0] for row in rows)


def _parts(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of the tree. With a heap of our own: a question may nest deeply."""
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


def _words(tree: Any) -> Iterator[str]:
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict):
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


def _asks_for_all(tree: Any, columns: set[str]) -> bool:
    """Whether every column has a say: by a star, a join on all, or a table's name that stands for
    its whole rows, as in `count(DISTINCT data)`."""
    rows = {
        str(part.get("alias") or part.get("table_name", "")).casefold()
        for part in _parts(tree)
        if part.get("type") in {"BASE_TABLE", "SUBQUERY", "JOIN"}
    } - columns
    return any(
        part.get("class") == "STAR"
        or part.get("ref_type") in {"NATURAL", "POSITIONAL"}
        or (
            part.get("class") == "COLUMN_REF"
            and len(part["column_names"]) == 1
            and str(part["column_names"][0]).casefold() in rows
        )
        for part in _parts(tree)
    )


def _checked(
    tree: Any,
    ours: Mapping[str, str],
    hidden: frozenset[str],
    tables: Mapping[str, Sequence[str]],
) -> list[str]:
    """The file's tables that are named. Raises BadSql for any part that is not known here."""
    columns = {name.casefold() for names in tables.values() for name in names}
    borrowed = {key for part in _parts(tree) for key in _own_tables(part)}
    for name in borrowed:
        # Where such a name is not in force, the database would look for a file or in itself.
        if name in hidden or not name.isprintable() or set(name) & set("./\\*?:'\"[]"):
            raise BadSql("sql_table", name[:80])
    named: dict[str, None] = {}
    for part in _parts(tree):
        if "class" in part:
            _check_expression(part, columns)
        elif isinstance(part.get("type"), str) and part["type"] not in _NODES:
            raise BadSql("sql_part", part["type"].replace("_NODE", "").replace("_", " ")[:80])
        if part.get("sample"):
            raise BadSql("sql_part", "SAMPLE")
        if part.get("at_clause"):
            raise BadSql("sql_part", "AT")
        if part.get("type") == "TABLE_FUNCTION":
            called = str(part.get("function", {}).get("function_name", "")).casefold()
            if called not in _TABLE_FUNCTIONS:
                raise BadSql("sql_part", called[:80])
        if part.get("type") == "BASE_TABLE":
            name = str(part.get("table_name", ""))
            if part.get("schema_name") or part.get("catalog_name"):
                raise BadSql("sql_table", f"{part.get('schema_name')}.{name}"[:80])
            if name.casefold() in ours:
                named[ours[name.casefold()]] = None
            elif name.casefold() not in borrowed:
                raise BadSql("sql_table", name[:80])
    return list(named)


def _own_tables(part: Mapping[str, Any]) -> Iterator[str]:
    """Names that a WITH gives to its questions."""
    tables = part.get("cte_map")
    if isinstance(tables, dict):
        for one in tables.get("map", ()):
            yield str(one.get("key", "")).casefold()


def _check_expression(part: Mapping[str, Any], columns: set[str]) -> None:
    kind = part["class"]
    if kind not in _EXPRESSIONS:
        raise BadSql("sql_part", str(kind).replace("_", " ")[:80])
    if part.get("schema") or part.get("catalog"):
        raise BadSql("sql_part", f"{part.get('schema')}.{part.get('function_name', '')}"[:80])
    if kind in {"FUNCTION", "WINDOW"}:
        name = str(part.get("function_name", "")).casefold()
        if name not in FUNCTIONS:
            raise BadSql("sql_part", name[:80])
    if kind == "TYPE" and str(part.get("type_name", "")).casefold() not in _TYPES:
        raise BadSql("sql_part", str(part.get("type_name", ""))[:80])
    if kind == "COLUMN_REF" and len(part.get("column_names", ())) == 1:
        name = str(part["column_names"][0]).casefold()
        if name in _OF_THE_MACHINE and name not in columns:
            raise BadSql("sql_part", name)
