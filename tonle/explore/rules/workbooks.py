"""Spreadsheets of both Excels and of OpenDocument, read with calamine: values, no formulas."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import python_calamine as calamine

from tonle.explore.rules import cellfonts
from tonle.explore.rules.columns import unique_names
from tonle.explore.rules.dialect import has_head
from tonle.explore.rules.letters import cell
from tonle.explore.rules.limits import Limits
from tonle.explore.rules.preview import LATER_CHARS, MOST_TABLES, TABLE_CHARS, Preview, can_be_asked
from tonle.explore.rules.tables import table, written

# A workbook is whole in memory; unpacked and parsed it takes several times this.
MOST_UNPACKED = 96 << 20
MOST_PACKED = 48 << 20
_LOOKED_AT = 60


class TooLarge(Exception):
    """code: of the note that says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def look(path: Path, limits: Limits) -> Preview:
    """First rows and columns of each sheet, of the first few sheets."""
    found = Preview("table")
    try:
        book = opened(path)
    except TooLarge as error:
        found.note(error.code)
        return found
    except BROKEN as error:
        found.note("locked" if "assword" in str(error) else "broken")
        return found
    found.fact("sheets", len(book.sheet_names))
    fonts = cellfonts.of_workbook(path)
    names: list[list[str]] = []
    for name in book.sheet_names[:MOST_TABLES]:
        try:
            rows = in_unicode(book, name, fonts)
        except BROKEN:
            # A sheet of charts holds no cells.
            continue
        head, columns = head_of(rows)
        chars = LATER_CHARS if found.tables else TABLE_CHARS
        body = rows[1:] if head else rows
        found.tables.append(table(name, columns, body, limits, chars=chars))
        names.append(columns)
    if fonts is not None:
        found.converted = [*fonts.converted][:MOST_TABLES]
        found.unread = [*fonts.unread][:MOST_TABLES]
    if can_be_asked([name for sheet in names for name in sheet]):
        found.how = {"sheets": [one.name for one in found.tables], "columns": names}
    return found


BROKEN: tuple[type[BaseException], ...] = (
    calamine.CalamineError,
    OSError,
    ValueError,
    KeyError,
    zipfile.BadZipFile,
    EOFError,
    # What its makers did not expect; a panic of Rust is no Exception.
    BaseException,
)


def opened(path: Path) -> Any:
    """The workbook. Raises TooLarge, and what is in BROKEN."""
    if path.stat().st_size > MOST_PACKED:
        raise TooLarge("too_large")
    with path.open("rb") as file:
        packed = file.read(4) == b"PK\x03\x04"
    if packed:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(one.file_size for one in archive.infolist())
        if unpacked > MOST_UNPACKED:
            raise TooLarge("bomb" if unpacked > 100 * path.stat().st_size else "too_large")
    return calamine.CalamineWorkbook.from_path(str(path))


def sheet(book: Any, name: str) -> list[list[Any]]:
    """The rows of one sheet, without empty ones before them, each as wide as the sheet."""
    rows: list[list[Any]] = book.get_sheet_by_name(name).to_python(skip_empty_area=True)
    return rows


def in_unicode(book: Any, name: str, fonts: cellfonts.Fonts | None) -> list[list[Any]]:
    """The rows of a sheet, text in cells of old fonts turned into Unicode."""
    rows = sheet(book, name)
    if fonts is None:
        return rows
    top, left = book.get_sheet_by_name(name).start or (0, 0)
    for down, row in enumerate(rows):
        for across, value in enumerate(row):
            family = isinstance(value, str) and fonts.family(name, top + down, left + across)
            if family:
                row[across] = cell(value, family)
    return rows


def head_of(rows: list[list[Any]]) -> tuple[bool, list[str]]:
    """Whether the first row names the columns, and what each is called."""
    if not rows:
        return False, []
    text = [[written(value) for value in row] for row in rows[:_LOOKED_AT]]
    head = has_head(text)
    return head, unique_names(text[0] if head else (), len(rows[0]))


def text_rows(path: Path, name: str) -> Iterator[list[str]]:
    """The rows of a sheet as text, without its head: for questions to it."""
    rows = in_unicode(opened(path), name, cellfonts.of_workbook(path))
    head, _ = head_of(rows)
    for row in rows[1:] if head else rows:
        yield [written(value) for value in row]
