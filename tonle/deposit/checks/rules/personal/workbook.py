"""Spreadsheets (Office Open XML), streamed: no sheet is ever whole in memory.

A workbook is a zip of XML, so it can be a bomb twice over. What is unpacked is counted and
bounded by what was packed, a document type (and with it every entity) is refused, and rows,
columns, cells and shared strings have their limits.

Source: ECMA-376, part 1, section 18 (SpreadsheetML).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from tonle.deposit.checks.rules.personal.columns import Table
from tonle.deposit.checks.rules.personal.traces import Ended, GoOn, Limits, Report

_CHUNK = 1 << 16
_MEMBERS = 10_000
_FREE_BYTES = 1 << 20
_DEPTH = 64
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_REFERENCE = re.compile(r"([A-Z]{1,3})\d{1,7}")
_CELL_CHARS = 4_000
_ASK_EVERY = 2_000


def scan(path: Path, limits: Limits, report: Report, go_on: GoOn) -> None:
    """Read every sheet of a workbook into the report."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > _MEMBERS:
                raise Ended("bomb")
            _scan(archive, members, limits, report, go_on)
    except Ended as end:
        report.note(end.note)
    except (zipfile.BadZipFile, expat.ExpatError, NotImplementedError, RuntimeError, EOFError):
        # Not a zip, broken XML, an unknown or encrypted member.
        report.note("broken")


def _scan(
    archive: zipfile.ZipFile,
    members: list[zipfile.ZipInfo],
    limits: Limits,
    report: Report,
    go_on: GoOn,
) -> None:
    budget = [limits.size_bytes]
    by_name = {member.filename: member for member in members}
    strings = []
    if "xl/sharedStrings.xml" in by_name:
        strings = _strings(
            _chunks(archive, by_name["xl/sharedStrings.xml"], limits, budget), limits
        )
    sheets = sorted(name for name in by_name if _SHEET.fullmatch(name))
    for number, name in enumerate(sheets, 1):
        # The sheet's own title may name people; its file name never does.
        label = f"sheet {number}" if len(sheets) > 1 else ""
        table = Table(limits, name=label)
        try:
            for row in _rows(_chunks(archive, by_name[name], limits, budget), strings, limits):
                table.feed(row)
                if table.rows % _ASK_EVERY == 0 and not go_on(report.rows + table.rows):
                    raise Ended("time")
        finally:
            report.rows += table.rows
            report.traces += table.traces()
            if table.truncated:
                report.note("cells")


def _chunks(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits, budget: list[int]
) -> Iterator[bytes]:
    """A member's bytes, as long as they stay in proportion to what was packed."""
    room = _FREE_BYTES + member.compress_size * limits.inflation
    with archive.open(member) as file:
        while chunk := file.read(_CHUNK):
            room -= len(chunk)
            budget[0] -= len(chunk)
            if room < 0:
                raise Ended("bomb")
            if budget[0] < 0:
                raise Ended("bytes")
            yield chunk


class _Reader:
    """Expat with the dangers off: no document type, no depth without end."""

    def __init__(self) -> None:
        self.depth = 0
        self.ready: list[list[tuple[int, str]]] = []
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self.text
        self._parser.buffer_text = True

    def feed(self, chunk: bytes) -> None:
        self._parser.Parse(chunk, False)

    def end(self) -> None:
        self._parser.Parse(b"", True)

    def _refuse(self, *_: object) -> None:
        raise Ended("bomb")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > _DEPTH:
            raise Ended("depth")
        self.start(name.rpartition(":")[2], attributes)

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.close(name.rpartition(":")[2])

    def start(self, name: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def close(self, name: str) -> None:
        raise NotImplementedError

    def text(self, data: str) -> None:
        raise NotImplementedError


class _Strings(_Reader):
    """xl/sharedStrings.xml: texts by number. A phonetic reading (rPh) is no part of one."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self.found: list[str] = []
        self._parts: list[str] = []
        self._in_text = self._in_reading = False
        self._left = limits.strings_chars

    def start(self, name: str, attributes: dict[str, str]) -> None:
        del attributes  # None of them matters here.
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._in_reading = True
        self._in_text = name == "t" and not self._in_reading

    def close(self, name: str) -> None:
        self._in_text = False
        if name == "rPh":
            self._in_reading = False
        elif name == "si":
            self.found.append("".join(self._parts)[:_CELL_CHARS])

    def text(self, data: str) -> None:
        if self._in_text:
            self._left -= len(data)
            if self._left < 0:
                raise Ended("bytes")
            self._parts.append(data)


def _strings(chunks: Iterator[bytes], limits: Limits) -> list[str]:
    reader = _Strings(limits)
    for chunk in chunks:
        reader.feed(chunk)
    reader.end()
    return reader.found


class _Sheet(_Reader):
    """xl/worksheets/*.xml: rows of (column, text)."""

    def __init__(self, strings: list[str], columns: int) -> None:
        super().__init__()
        self._strings = strings
        self._columns = columns
        self._row: list[tuple[int, str]] = []
        self._place = -1
        self._type = ""
        self._parts: list[str] = []
        self._length = 0
        self._in_value = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._row, self._place = [], -1
        elif name == "c":
            self._place = _column(attributes.get("r", ""), self._place + 1)
            self._type = attributes.get("t", "n")
            self._parts, self._length = [], 0
        self._in_value = name in {"v", "t"}

    def close(self, name: str) -> None:
        self._in_value = False
        if name == "c" and self._parts and len(self._row) <= self._columns:
            self._row.append((self._place, self._value()))
        elif name == "row":
            self.ready.append(self._row)
            self._row = []

    def text(self, data: str) -> None:
        if self._in_value and self._length < _CELL_CHARS:
            self._parts.append(data)
            self._length += len(data)

    def _value(self) -> str:
        text = "".join(self._parts)[:_CELL_CHARS]
        if self._type != "s":
            return text
        number = int(text) if text.isdecimal() and len(text) < 10 else -1
        return self._strings[number] if 0 <= number < len(self._strings) else ""


def _rows(
    chunks: Iterator[bytes], strings: list[str], limits: Limits
) -> Iterator[list[tuple[int, str]]]:
    sheet = _Sheet(strings, limits.columns)
    for chunk in chunks:
        sheet.feed(chunk)
        yield from sheet.ready
        sheet.ready = []
    sheet.end()
    yield from sheet.ready


def _column(reference: str, following: int) -> int:
    """Column number from 0 of a reference such as `AB12`; without one, the next."""
    found = _REFERENCE.fullmatch(reference)
    if not found:
        return following
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - 64
    return number - 1
