"""Two ways in which an office sends a list: a workbook (XLSX) and text with delimiters (CSV).

A workbook is read as the stream of cells that it is, never as a rectangle: two cells in far
corners would fill the memory otherwise. Formulas are not calculated; what the office's program
last wrote as their value counts.
Source: ECMA-376, Office Open XML, part 1 (2016), 18.3 and 18.4.
"""

from __future__ import annotations

import csv
import io
import posixpath
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from lxml import etree

from tonle.kernel import encodings
from tonle.kernel.errors import N_, TooLarge
from tonle.kernel.sentences import invalid, shown
from tonle.kernel.text import one_line

MAX_BYTES: Final = 20_000_000
MAX_UNPACKED: Final = 64_000_000
MAX_ROWS: Final = 500
MAX_COLUMNS: Final = 200
MAX_CELL: Final = 5_000  # characters
# Blank rows are passed over, but somebody must have sent them.
_MAX_LINES: Final = 200_000
_DELIMITERS: Final = ",;\t|"
# What stands in a cell whose formula has no value that anybody wrote down.
NO_VALUE: Final = "#N/A"


@dataclass(frozen=True)
class Sheet:
    """rows: (number as a spreadsheet counts it, cells) of the rows with anything in them.
    blank: numbers of rows between them that have nothing. others: names of sheets not read."""

    rows: tuple[tuple[int, tuple[str, ...]], ...]
    blank: tuple[int, ...] = ()
    others: tuple[str, ...] = ()


def read_sheet(data: bytes, sheet: str = "") -> Sheet:
    """The rows of a list.

    data: the file. sheet: which of a workbook; "" is the first with anything in it.
    Raises TooLarge; Invalid for what is no list, or has a cell or a row beyond bounds.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge(limit=f"{MAX_BYTES:,}", unit="bytes")
    found: Iterable[tuple[int, list[str]]]
    others: tuple[str, ...] = ()
    if data.startswith(b"PK"):
        found, others = _workbook(data, sheet)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise invalid(
            "",
            N_(
                "This workbook is locked with a password, or of an old kind (XLS). "
                "Save it as XLSX or CSV without a password."
            ),
        )
    else:
        found = _text(data)
    rows: list[tuple[int, tuple[str, ...]]] = []
    blank: list[int] = []
    for number, cells in found:
        clean = _clean(number, cells)
        if clean:
            rows.append((number, clean))
        else:
            blank.append(number)
        if len(rows) > MAX_ROWS + 1:
            raise TooLarge(limit=f"{MAX_ROWS:,}", unit="rows")
    last = rows[-1][0] if rows else 0
    return Sheet(tuple(rows), tuple(number for number in blank if number < last), others)


def _clean(number: int, cells: list[str]) -> tuple[str, ...]:
    """Cells without idle spaces, up to the last with anything in it."""
    if any(len(cell) > MAX_CELL for cell in cells):
        raise invalid(
            "",
            N_("Row %(row)s has a cell with more than %(limit)s characters."),
            row=number,
            limit=f"{MAX_CELL:,}",
        )
    clean = [one_line(cell) if "\n" not in cell else _lines(cell) for cell in cells]
    while clean and not clean[-1]:
        clean.pop()
    if len(clean) > MAX_COLUMNS:
        raise invalid(
            "",
            N_("Row %(row)s has more than %(limit)s columns."),
            row=number,
            limit=MAX_COLUMNS,
        )
    return tuple(clean)


def _lines(cell: str) -> str:
    """A cell of several lines keeps them: each may be another person."""
    return "\n".join(line for part in cell.splitlines() if (line := one_line(part)))


# --- text -----------------------------------------------------------------------------------


def _text(data: bytes) -> Iterator[tuple[int, list[str]]]:
    sample = data[: encodings.SAMPLE_BYTES]
    encoding = encodings.detect(sample)
    if encoding is None:
        raise invalid("", N_("This is no list: neither a workbook (XLSX) nor text (CSV)."))
    text = data[encodings.mark_length(encoding, sample) :].decode(encoding, "replace")
    text = text.replace("\0", "")
    mark = _delimiter(text[: encodings.SAMPLE_BYTES])
    before = csv.field_size_limit(MAX_CELL * 4)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
        for number, row in enumerate(reader, start=1):
            if number > _MAX_LINES:
                raise TooLarge(limit=f"{_MAX_LINES:,}", unit="rows")
            yield number, row
    except csv.Error as error:
        raise invalid(
            "", N_("The table cannot be read to its end: %(reason)s."), reason=shown(error)
        ) from error
    finally:
        csv.field_size_limit(before)


def _delimiter(text: str) -> str:
    """The sign that cuts most lines into the same number of cells."""
    lines = [line for line in text.splitlines() if line.strip()][:200]
    best, most = ",", 0.0
    for mark in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=mark) if row]
        except csv.Error:
            continue
        # Lines of one cell stand above a table and below it.
        common = [pair for pair in Counter(widths).most_common() if pair[0] > 1][:1]
        score = sum(times / len(widths) * min(width, 20) for width, times in common)
        if score > most:
            best, most = mark, score
    return best


# --- workbooks ------------------------------------------------------------------------------


def _workbook(data: bytes, wanted: str) -> tuple[list[tuple[int, list[str]]], tuple[str, ...]]:
    """The rows of the sheet, and the names of the other sheets that have any."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = _Parts(archive)
            sheets = _sheets(parts)
            if wanted and wanted not in sheets:
                raise invalid(
                    "",
                    N_("There is no sheet called %(name)s. The sheets are: %(names)s."),
                    name=shown(wanted, 60),
                    names=shown(", ".join(sheets), 300),
                )
            texts = _shared(parts)
            found = {name: list(_rows(parts, path, texts)) for name, path in sheets.items()}
    except (
        zipfile.BadZipFile,
        zlib.error,
        etree.XMLSyntaxError,
        EOFError,
        KeyError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise invalid(
            "", N_("This workbook is damaged or locked: it cannot be read as XLSX.")
        ) from error
    filled = [name for name, rows in found.items() if any(any(cells) for _, cells in rows)]
    chosen = wanted or (filled[0] if filled else next(iter(found), ""))
    return found.get(chosen, []), tuple(name for name in filled if name != chosen)


class _Parts:
    """The members of the archive by name, unpacked up to a bound in all."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.left = MAX_UNPACKED

    def read(self, name: str) -> bytes:
        """Raises KeyError where there is none, TooLarge."""
        with self.archive.open(name) as member:
            data = member.read(self.left + 1)
        self.left -= len(data)
        if self.left < 0:
            raise TooLarge(limit=f"{MAX_UNPACKED:,}", unit="bytes")
        if b"<!DOCTYPE" in data[:4_096] or b"<!ENTITY" in data:
            raise ValueError("declares entities")
        return data


def _elements(data: bytes, tag: str) -> Iterator[Any]:
    """Elements of this name, each forgotten after use; the namespaces are of two editions."""
    walk = etree.iterparse(
        io.BytesIO(data),
        events=("end",),
        tag=f"{{*}}{tag}",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    for _, element in walk:
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _sheets(parts: _Parts) -> dict[str, str]:
    """Names of the sheets in their order, with the members that hold them."""
    targets = {
        one.get("Id"): posixpath.normpath(posixpath.join("/xl", one.get("Target", "")))[1:]
        for one in _elements(parts.read("xl/_rels/workbook.xml.rels"), "Relationship")
    }
    found = {}
    for one in _elements(parts.read("xl/workbook.xml"), "sheet"):
        id = next((value for name, value in one.attrib.items() if name.endswith("}id")), "")
        # A sheet of charts holds no cells.
        if "worksheets/" in targets.get(id, ""):
            found[one_line(one.get("name", ""))] = targets[id]
    return found


def _shared(parts: _Parts) -> list[str]:
    try:
        data = parts.read("xl/sharedStrings.xml")
    except KeyError:
        return []
    return [_said(one) for one in _elements(data, "si")]


def _said(element: Any) -> str:
    """The text of a string, without how it is to be read aloud (rPh)."""
    return "".join(
        text.text or ""
        for text in element.iter("{*}t")
        if etree.QName(text.getparent()).localname != "rPh"
    )


_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def _rows(parts: _Parts, path: str, texts: list[str]) -> Iterator[tuple[int, list[str]]]:
    number = 0
    for element in _elements(parts.read(path), "row"):
        number = int(element.get("r") or number + 1)
        cells: list[str] = []
        after = 0
        for cell in element.iterfind("{*}c"):
            at = _column(cell.get("r") or "", after)
            after = at + 1
            text = _value(cell, texts)
            if not text:
                continue
            if at >= MAX_COLUMNS:
                raise invalid(
                    "",
                    N_("Row %(row)s has more than %(limit)s columns."),
                    row=number,
                    limit=MAX_COLUMNS,
                )
            cells += [""] * (at + 1 - len(cells))
            cells[at] = text
        yield number, cells


def _column(place: str, after: int) -> int:
    found = _PLACE.fullmatch(place)
    if not found:
        return after
    at = 0
    for letter in found[1]:
        at = at * 26 + ord(letter) - ord("A") + 1
    return at - 1


def _value(cell: Any, texts: list[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _said(cell)
    value = cell.findtext("{*}v")
    if value is None:
        return NO_VALUE if cell.find("{*}f") is not None else ""
    if kind == "s":
        at = int(value)
        return texts[at] if 0 <= at < len(texts) else NO_VALUE
    return _number(value) if kind == "n" else str(value)


def _number(text: str) -> str:
    """A number as people write it: `5E4` is 50000."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite() or abs(number.adjusted()) > 30:
        return text
    # Programs keep fifteen digits; what follows is the dust of their arithmetic.
    plain = f"{round(number, 6):f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
