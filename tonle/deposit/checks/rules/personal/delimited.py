"""Tables of text: comma, semicolon, tab or bar between cells, in any detected encoding."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tonle.deposit.checks.rules.personal.columns import Table
from tonle.deposit.checks.rules.personal.traces import Ended, GoOn, Limits, Report
from tonle.kernel import encodings

_DELIMITERS = ",;\t|"
_FIELD_CHARS = 1 << 17
_CHUNK = 1 << 16
_ASK_EVERY = 2_000


def sample_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(encodings.SAMPLE_BYTES)


def lines(path: Path, encoding: str, limits: Limits, report: Report) -> Iterator[str]:
    """Lines with their ends, each at most limits.line_chars long; letters that break are ?.

    Reads at most limits.size_bytes. An endless line is handed on in pieces, and noted.
    """
    skip = encodings.mark_length(encoding, sample_of(path))
    with path.open("rb") as raw:
        raw.seek(skip)
        left = limits.size_bytes
        # newline="" keeps line ends as they are, for quoted cells and for rewriting.
        text = io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="")
        while True:
            line = text.readline(limits.line_chars)
            if not line:
                return
            left -= len(line)
            if left < 0:
                report.note("bytes")
                return
            if len(line) >= limits.line_chars and not line.endswith(("\n", "\r")):
                report.note("line")
                _skip_line(text)
            yield line.replace("\0", "")


def _skip_line(text: io.TextIOWrapper) -> None:
    while rest := text.readline(_CHUNK):
        if rest.endswith(("\n", "\r")):
            return


def delimiter(sample: str) -> str:
    """The letter between cells: the one that cuts most lines into the same number of cells."""
    rows = [line for line in sample.splitlines() if line.strip()][:60]
    best, score = ",", 0.0
    for mark in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(rows, delimiter=mark)]
        except csv.Error:
            continue
        common = [pair for pair in Counter(widths).most_common() if pair[0] > 1][:1]
        if common:
            width, times = common[0]
            found = times / len(widths) + min(width, 50) / 1000
            if found > score:
                best, score = mark, found
    return best


def scan(path: Path, encoding: str, limits: Limits, report: Report, go_on: GoOn) -> None:
    """Read a table of text into the report. A cell that never ends is read again unquoted."""
    sample = sample_of(path)
    head = sample[encodings.mark_length(encoding, sample) :].decode(encoding, "replace")
    mark = delimiter(head)
    report.encoding = encoding
    csv.field_size_limit(_FIELD_CHARS)
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        table = Table(limits)
        try:
            source = lines(path, encoding, limits, report)
            for row in csv.reader(source, delimiter=mark, quoting=quoting):
                table.feed(enumerate(row))
                if table.rows % _ASK_EVERY == 0 and not go_on(table.rows):
                    raise Ended("time")
        except csv.Error:
            if quoting == csv.QUOTE_MINIMAL:
                continue
            report.note("broken")
        except Ended as end:
            report.note(end.note)
        if table.truncated:
            report.note("cells")
        report.rows += table.rows
        report.traces += table.traces()
        return
