"""Tables of text: CSV and its kin, in any detected encoding."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from tonle.explore.rules.columns import Summary, unique_names
from tonle.explore.rules.dialect import Dialect, dialect, quoting
from tonle.explore.rules.letters import families, in_unicode, name_families, peeked
from tonle.explore.rules.limits import Limits
from tonle.explore.rules.preview import (
    MOST_COLUMNS,
    MOST_ROWS,
    Preview,
    Table,
    can_be_asked,
    fitted,
)
from tonle.kernel import encodings

_LINE_CHARS = 1 << 20


def look(path: Path, limits: Limits) -> Preview:
    """First rows, and a summary of each column, of as much as the limits allow."""
    found = Preview("table")
    with path.open("rb") as file:
        sample = file.read(encodings.SAMPLE_BYTES)
    written = dialect(sample)
    if written is None:
        found.note("no_text")
        return found
    found.fact("encoding", encoding_name(written.encoding))
    found.fact("delimiter", {"\t": "tab", ",": ",", ";": ";", "|": "|"}[written.delimiter])
    if not written.head:
        found.note("no_head")
    if written.skip:
        found.fact("skipped", written.skip)
    letters: list[str] = []
    table, names = _read(path, written, limits, found, letters)
    found.tables.append(table)
    if can_be_asked(names) and "broken" not in found.notes:
        found.how = {"written": asdict(written), "columns": names, "types": _types(table)}
        found.how["ragged"] = "ragged" in found.notes
        if letters:
            found.how["letters"] = letters
    return found


_NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp874": "TIS-620 / Windows-874",
    "cp1252": "Windows-1252",
    "cp1258": "Windows-1258",
    "gb18030": "GB 18030",
    "big5": "Big5",
}


def encoding_name(encoding: str) -> str:
    """What people call a codec."""
    return _NAMES.get(encoding, encoding.upper())


def _types(table: Table) -> list[str]:
    return [column.type for column in table.columns]


class Source:
    """Lines of a file with their ends, at most limits.read_bytes of them.

    read: characters handed on so far; cut: whether there was more. A line that never ends is
    handed on in pieces.
    """

    def __init__(self, path: Path, written: Dialect, limits: Limits) -> None:
        self.read = 0
        self.cut = False
        self._path = path
        self._written = written
        self._limits = limits

    def __iter__(self) -> Iterator[str]:
        with self._path.open("rb") as raw:
            raw.seek(encodings.mark_length(self._written.encoding, raw.read(4)))
            text = io.TextIOWrapper(
                raw, encoding=self._written.encoding, errors="replace", newline=""
            )
            for _ in range(self._written.skip):
                text.readline(_LINE_CHARS)
            while line := text.readline(_LINE_CHARS):
                self.read += len(line)
                if self.read > self._limits.read_bytes:
                    self.cut = True
                    return
                yield line.replace("\0", "")


def _read(
    path: Path, written: Dialect, limits: Limits, found: Preview, letters: list[str]
) -> tuple[Table, list[str]]:
    csv.field_size_limit(_LINE_CHARS)
    for quoted in dict.fromkeys((written.quoted, False)):
        source = Source(path, written, limits)
        try:
            return _collect(
                csv.reader(source, delimiter=written.delimiter, quoting=quoting(quoted)),
                source,
                path.stat().st_size,
                written,
                limits,
                found,
                letters,
            )
        except csv.Error:
            continue
    found.note("broken")
    return Table("", [], [], 0, whole=False), []


def _collect(
    rows: Iterator[list[str]],
    source: Source,
    size_bytes: int,
    written: Dialect,
    limits: Limits,
    found: Preview,
    letters: list[str],
) -> tuple[Table, list[str]]:
    first = next((row for row in rows if any(row)), [])
    width = len(first)
    some, rows = peeked(rows)
    letters[:] = families([first, *some], width)
    if letters:
        name_families(letters, found)
        first, rows = next(in_unicode([first], letters)), in_unicode(rows, letters)
    if not written.head:
        rows = _before(first, rows)
    # A file that begins with remarks may have more of them among its rows.
    remarks = written.skip > 0
    names = unique_names(first if written.head else (), width)
    summaries = [Summary(name) for name in names[:MOST_COLUMNS]]
    shown: list[list[str]] = []
    counted, ragged = 0, False
    stopped = False
    for given in rows:
        row = given
        if not row or (remarks and len(row) == 1 and row[0].startswith("#")):
            continue
        if len(row) != width:
            ragged = True
            row = (row + [""] * width)[: max(width, 1)]
        if len(shown) < MOST_ROWS:
            shown.append(row)
        for summary, cell in zip(summaries, row, strict=False):
            summary.add(cell)
        counted += 1
        if counted >= limits.rows or (counted % 2_000 == 0 and not limits.go_on()):
            stopped = True
            break
    if ragged:
        found.note("ragged")
    whole = not (stopped or source.cut)
    table = Table(
        "",
        [summary.column() for summary in summaries],
        fitted(shown),
        counted,
        whole,
        max(width - MOST_COLUMNS, 0),
    )
    if not whole:
        found.note("part")
        # Bytes are at least as many as letters; for a guess they are taken for the same.
        table.estimate = counted * size_bytes // max(source.read, 1)
    return table, names


def _before(first: list[str], rows: Iterator[list[str]]) -> Iterator[list[str]]:
    if first:
        yield first
    yield from rows
