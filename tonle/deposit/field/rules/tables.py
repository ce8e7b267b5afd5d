"""The headings of tables, and the form in a workbook. Run by the confined child only.

Sheets are read with calamine, text with the standard library; of each table only the first
rows, which name the columns and show what their values look like.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tonle.deposit.checks.rules.personal.delimited import delimiter
from tonle.deposit.field.rules import zips
from tonle.deposit.field.rules.forms import MOST_CHOICES, Form, form_of
from tonle.deposit.field.rules.headings import Heading
from tonle.kernel import encodings
from tonle.kernel.text import one_line

MOST_TABLES, MOST_COLUMNS, LONGEST = 20, 1_000, 255
# Rows by which the type of a column is told.
_ROWS = 300
_MOST_PACKED, _MOST_UNPACKED = 48 << 20, 96 << 20
_SAMPLE_BYTES = 4 << 20
WORKBOOKS = frozenset({"xlsx", "xlsm", "xls", "xlsb", "ods"})
TEXTS = frozenset({"csv", "tsv", "tab", "psv"})


@dataclass(frozen=True)
class Table:
    """One table of a file: the sheet's name, "" for a file of text, and its columns."""

    name: str
    headings: tuple[Heading, ...]


@dataclass(frozen=True)
class Found:
    """What a file holds: tables, or the form of a survey tool, or such a tool's zip.

    packed: how many files are in the zip.
    """

    tables: tuple[Table, ...] = ()
    form: Form | None = None
    packed: int = 0

    def to_json(self) -> dict[str, Any]:
        return {
            "tables": [
                {"name": one.name, "columns": [[h.name, h.type] for h in one.headings]}
                for one in self.tables
            ],
            "form": self.form.to_json() if self.form else None,
            "packed": self.packed,
        }

    @classmethod
    def from_json(cls, said: Any) -> Found:
        """What a child told, measured again. Raises ValueError, KeyError or TypeError."""
        tables = []
        for one in said["tables"][:MOST_TABLES]:
            pairs = one["columns"][:MOST_COLUMNS]
            if not isinstance(one["name"], str) or not all(
                isinstance(name, str) and kind in TYPES for name, kind in pairs
            ):
                raise TypeError("no table")
            headings = tuple(Heading(name[:LONGEST], kind) for name, kind in pairs)
            tables.append(Table(one["name"][:LONGEST], headings))
        form = Form.from_json(said["form"]) if said.get("form") else None
        return cls(tuple(tables), form, int(said.get("packed", 0)))


TYPES = frozenset({"", "text", "whole", "number", "day", "instant"})


def is_readable(name: str) -> bool:
    """Whether files of this name are looked into for tables."""
    return _ending(name) in WORKBOOKS | TEXTS | {"zip"}


def _ending(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[2].lower()


def look(path: Path, name: str) -> Found:
    """What is in the file. Raises ValueError for what is broken, too large, or no table."""
    if _ending(name) == "zip":
        return Found(packed=zips.members(path))
    return _workbook(path) if _ending(name) in WORKBOOKS else _text(path)


def _text(path: Path) -> Found:
    with path.open("rb") as file:
        data = file.read(_SAMPLE_BYTES)
    sample = data[: encodings.SAMPLE_BYTES]
    encoding = encodings.detect(sample)
    if encoding is None:
        raise ValueError("no text")
    text = data[encodings.mark_length(encoding, sample) :].decode(encoding, "replace")
    lines = text.splitlines(keepends=True)
    begin = next((n for n, line in enumerate(lines) if line.strip() and line[0] != "#"), 0)
    body = "".join(lines[begin:])
    mark = delimiter(body[: encodings.SAMPLE_BYTES])
    csv.field_size_limit(1 << 17)
    try:
        rows = list(itertools.islice(csv.reader(io.StringIO(body), delimiter=mark), _ROWS))
    except csv.Error as error:
        raise ValueError("no table") from error
    headings = _headings(rows)
    return Found((Table("", headings),) if headings else ())


def _workbook(path: Path) -> Found:
    import python_calamine as calamine

    if path.stat().st_size > _MOST_PACKED:
        raise ValueError("too large")
    with path.open("rb") as file:
        packed = file.read(4) == b"PK\x03\x04"
    if packed:
        with zipfile.ZipFile(path) as archive:
            if sum(one.file_size for one in archive.infolist()) > _MOST_UNPACKED:
                raise ValueError("too large")
    book = calamine.CalamineWorkbook.from_path(str(path))
    names = book.sheet_names[:MOST_TABLES]
    sheets: dict[str, list[list[str]]] = {}
    low = {name.strip().casefold() for name in book.sheet_names}
    most = MOST_CHOICES + 1 if "survey" in low else _ROWS
    for name in names:
        # A sheet of charts holds no cells.
        try:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=True, nrows=most)
        except (calamine.CalamineError, ValueError, KeyError):
            continue
        sheets[name] = [[_written(cell) for cell in row] for row in rows]
    form = form_of(sheets) if "survey" in low else None
    if form is not None:
        return Found(form=form)
    tables = [(name, _headings(rows)) for name, rows in sheets.items()]
    return Found(tuple(Table(name[:LONGEST], heads) for name, heads in tables if heads))


def _written(cell: Any) -> str:
    """A cell as people see it: whole numbers without a point, days without a clock."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    text = str(cell)
    return text.removesuffix(" 00:00:00") if _INSTANT.fullmatch(text) else text


_NUMBER = re.compile(r"[-+]?\d{1,18}(?:\.\d{1,30})?(?:[eE][-+]?\d{1,3})?", re.ASCII)
_WHOLE = re.compile(r"[-+]?(?:0|[1-9]\d{0,17})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[-+]\d\d:?\d\d)?")
_FORMS = (("whole", _WHOLE), ("number", _NUMBER), ("day", _DAY), ("instant", _INSTANT))


def _headings(rows: Sequence[Sequence[str]]) -> tuple[Heading, ...]:
    """The columns that the first row with anything in it names; none where it is data itself."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    head = [one_line(cell)[:LONGEST] for cell in filled[0][:MOST_COLUMNS]] if filled else []
    named = [name for name in head if name]
    if not named or sum(bool(_NUMBER.fullmatch(name)) for name in named) * 3 > len(named):
        return ()
    seen: set[str] = set()
    found = []
    for place, name in enumerate(head):
        # A column without a name cannot be told of; of two with one name the first is meant.
        if name and name not in seen:
            seen.add(name)
            below = (row[place].strip() for row in filled[1:] if place < len(row))
            found.append(Heading(name, _type(below)))
    return tuple(found)


def _type(values: Iterable[str]) -> str:
    kinds = set()
    for value in values:
        if value:
            kinds.add(next((kind for kind, form in _FORMS if form.fullmatch(value)), "text"))
    if kinds == {"whole", "number"}:
        return "number"
    if not kinds:
        return ""
    return kinds.pop() if len(kinds) == 1 else "text"
