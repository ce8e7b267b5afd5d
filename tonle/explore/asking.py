"""Questions to tables: what may be asked of a file, and the answer of the confined child."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings

from tonle.explore.errors import (
    NoNumber,
    NoSuchColumn,
    NoSuchTable,
    NotATable,
    NotInSql,
    NotLookedInto,
    NotNumbers,
    NotOneSelect,
    OtherAnswer,
    OtherBytes,
    OthersAsk,
    SqlIsOff,
    SqlTooLong,
    TooManyParts,
    TooMuchAsked,
    WrongQuestion,
    WrongSql,
)
from tonle.explore.rules import sql as in_words
from tonle.explore.rules.question import BadQuestion, Question, read
from tonle.explore.selectors import Looked
from tonle.infra import confined, keeping
from tonle.infra.confined import Bounds

ROWS_ON_A_PAGE = 50
# Of an answer that leaves as a file.
MOST_ROWS = 100_000
# What leaves as a file or over REST at once.
MOST_BYTES = 24 << 20
ASK = Bounds(
    memory_bytes=1536 << 20,
    seconds=45,
    cpu_seconds=20,
    answer_bytes=MOST_BYTES,
    written_bytes=512 << 20,
)
# Each holds a thread of the pages, a processor and memory for as long as it takes.
AT_ONCE = 2
_WAIT_SECONDS = 4
_places = threading.BoundedSemaphore(AT_ONCE)
# Of them, those for SQL, which takes all that it may more often: one is left for the form.
_places_of_sql = threading.BoundedSemaphore(AT_ONCE - 1)

Form = Literal["rows", "csv", "json", "parquet"]
_WRONG: dict[str, type[WrongQuestion]] = {
    "column": NoSuchColumn,
    "number": NoNumber,
    "not_a_number": NotNumbers,
    "too_many": TooManyParts,
    "sql_one": NotOneSelect,
    "sql_table": NoSuchTable,
    "sql_part": NotInSql,
    "sql_wrong": WrongSql,
}


@dataclass(frozen=True)
class Askable:
    """A table that can be asked: its columns with their types, its sheet, and all sheets."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    rows: int = 0


@dataclass(frozen=True)
class Answer:
    """titles: of the columns; rows: as text; total: of the whole answer, more: there are more
    than are ever given; body: a file, where one was asked for.

    Of SQL: numbers: which columns hold them; text: the question in canonical words; sha256: of
    the whole answer as CSV.
    """

    titles: list[str]
    rows: list[list[str]]
    total: int
    more: bool
    body: bytes
    numbers: tuple[bool, ...] = ()
    text: str = ""
    sha256: str = ""


def can_be_asked(preview: Mapping[str, Any] | None) -> bool:
    return bool(preview and preview.get("how") and preview.get("tables"))


def askable(looked: Looked, asked: Mapping[str, Sequence[str]]) -> Askable:
    """The table that is asked. Raises NotLookedInto, NotATable, or OtherBytes where the address
    names another digest."""
    digest = asked.get("sha256", [""])[0]
    if digest and digest != looked.file["sha256"]:
        raise OtherBytes
    if looked.preview is None:
        raise NotLookedInto
    if not can_be_asked(looked.preview):
        raise NotATable
    how, tables = looked.preview["how"], looked.preview["tables"]
    if "sheets" not in how:
        return Askable(tuple(how["columns"]), tuple(how["types"]), rows=tables[0]["counted"])
    sheets = how["sheets"]
    wanted = asked.get("sheet", [""])[0] or sheets[0]
    if wanted not in sheets:
        raise WrongQuestion(name=wanted[:200])
    at = sheets.index(wanted)
    types = [column["type"] for column in tables[at]["columns"]]
    return Askable(
        tuple(how["columns"][at]), tuple(types), wanted, tuple(sheets), tables[at]["counted"]
    )


def question_of(table: Askable, asked: Mapping[str, Sequence[str]]) -> Question:
    """The question that parameters ask. Raises WrongQuestion."""
    try:
        return read(asked, table.columns)
    except BadQuestion as error:
        raise wrong(error) from None


def wrong(error: BadQuestion) -> WrongQuestion:
    return _WRONG.get(error.code, WrongQuestion)(name=error.name)


def answer(
    looked: Looked, table: Askable, question: Question, form: Form, *, offset: int = 0, limit: int
) -> Answer:
    """Ask the table. Holds the thread for some seconds.

    Raises WrongQuestion, TooMuchAsked, OthersAsk, NotATable.
    """
    from tonle.explore.rules.question import sql

    try:
        # Once here as well: what is wrong with a question needs no child to be found.
        sql(question, table.columns, table.types)
    except BadQuestion as error:
        raise wrong(error) from None
    preview = looked.preview or {}
    request = {
        "do": "ask",
        "how": preview.get("how", {}),
        "question": question.to_json(),
        "columns": table.columns,
        "types": table.types,
        "form": form,
        "offset": offset,
        "limit": limit,
    }
    told, body = _told(looked, request)
    return Answer(told["titles"], told["rows"], int(told["total"]), bool(told["more"]), body)


def _told(looked: Looked, request: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """What the child says. Raises OthersAsk, TooMuchAsked, NotATable, WrongQuestion."""
    if not _places.acquire(timeout=_WAIT_SECONDS):
        raise OthersAsk
    try:
        with keeping.local(looked.path) as path:
            told, body = confined.ask("tonle.explore.child", request, path, ASK)
    except confined.Ended as end:
        raise TooMuchAsked from end
    finally:
        _places.release()
    refused = told.get("refused")
    if refused in _WRONG:
        raise _WRONG[refused](name=str(told.get("name", ""))[:300])
    if refused:
        raise NotATable if refused == "broken" else TooMuchAsked
    if not _is_answer(told):
        raise NotATable
    return told, body


def _is_answer(told: Mapping[str, Any]) -> bool:
    """Whether the child says what it was asked for: it has read a stranger's file."""
    titles, rows, total = told.get("titles"), told.get("rows"), told.get("total")
    return (
        isinstance(total, int)
        and isinstance(titles, list)
        and isinstance(rows, list)
        and isinstance(told.get("numbers", []), list)
        and all(isinstance(row, list) and len(row) == len(titles) for row in rows)
        and all(isinstance(text, str) for row in (titles, *rows) for text in row)
    )


# In SQL -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class SqlTable:
    """What a table of a file is called in SQL, and its columns there."""

    name: str
    columns: tuple[str, ...]


def sql_is_on() -> bool:
    return bool(settings.TONLE_SQL)


def sql_tables(looked: Looked) -> list[SqlTable]:
    """The tables of a file that can be asked: `data`, and the sheets of a workbook by name."""
    sheets, columns, _ = _sheets(looked)
    return [
        SqlTable(name, tuple(in_words.column_names(columns[place])))
        for name, place in in_words.table_names(sheets).items()
    ]


def _sheets(looked: Looked) -> tuple[list[str], list[list[str]], list[list[str]]]:
    """Names of the sheets, one of no name elsewhere; of each its columns and their types."""
    preview = looked.preview or {}
    how = preview["how"]
    if "sheets" not in how:
        return [""], [how["columns"]], [how["types"]]
    tables = preview["tables"]
    types = [
        [column["type"] for column in tables[place]["columns"]]
        # A preview lists the first columns of a wide sheet; the others are text.
        + ["text"] * (len(names) - len(tables[place]["columns"]))
        for place, names in enumerate(how["columns"])
    ]
    return list(how["sheets"]), list(how["columns"]), types


def answer_sql(
    looked: Looked, asked: Mapping[str, Sequence[str]], form: Form, *, offset: int = 0, limit: int
) -> Answer:
    """Ask the file's tables in SQL. Holds the thread for some seconds.

    asked: with `sql`, and `answer` where the digest of a cited answer is named.
    Raises WrongQuestion, TooMuchAsked, OthersAsk, OtherAnswer, and what `askable` raises.
    """
    if not sql_is_on():
        raise SqlIsOff
    askable(looked, asked)
    text = asked["sql"][0].replace("\r\n", "\n").strip()
    if len(text) > in_words.MOST_SQL_CHARS:
        raise SqlTooLong(most=in_words.MOST_SQL_CHARS)
    sheets, columns, types = _sheets(looked)
    request = {
        "do": "ask",
        "sql": text,
        "how": (looked.preview or {})["how"],
        "sheets": sheets,
        "columns": columns,
        "types": types,
        "form": form,
        "offset": offset,
        "limit": limit,
    }
    if not _places_of_sql.acquire(timeout=_WAIT_SECONDS):
        raise OthersAsk
    try:
        told, body = _told(looked, request)
    finally:
        _places_of_sql.release()
    cited = asked.get("answer", [""])[0]
    if cited and cited != told.get("sha256"):
        raise OtherAnswer
    return Answer(
        told["titles"],
        told["rows"],
        int(told["total"]),
        bool(told["more"]),
        body,
        tuple(bool(one) for one in told.get("numbers", ())),
        str(told.get("text", "")),
        str(told.get("sha256", "")),
    )
