"""How a table of text is written: letters, what stands between cells, where its head is."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tonle.explore.rules.columns import is_number
from tonle.kernel import encodings

DELIMITERS = ",;\t|"
_LOOKED_AT = 60
_WORDY = re.compile(r"[A-Za-z_][\w .()/%°-]{0,39}")


@dataclass(frozen=True)
class Dialect:
    """encoding: a codec of Python; skip: lines before the table; head: whether its first row
    names the columns; quoted: whether quotation marks hold cells together."""

    encoding: str
    delimiter: str
    skip: int
    head: bool
    quoted: bool = True


def dialect(sample: bytes) -> Dialect | None:
    """How the table that begins so is written, None where it is no text. sample: its first
    bytes, at most encodings.SAMPLE_BYTES."""
    encoding = encodings.detect(sample)
    if encoding is None:
        return None
    text = decoded(sample, encoding)
    lines = text.splitlines()
    if len(lines) > 1 and len(sample) == encodings.SAMPLE_BYTES:
        lines.pop()  # It may have been cut.
    skip = _comments(lines)
    body = [line for line in lines[skip:] if line.strip()][:_LOOKED_AT]
    mark, quoted = delimiter(body)
    rows = _rows(body, mark, quoted)
    return Dialect(encoding, mark, skip, has_head(rows), quoted)


def decoded(sample: bytes, encoding: str) -> str:
    """The sample as text, letters that break shown as such, without a mark."""
    return sample[encodings.mark_length(encoding, sample) :].decode(encoding, "replace")


def _comments(lines: Sequence[str]) -> int:
    """Lines before the table: remarks that begin with #, and empty ones after them."""
    skip = 0
    while skip < len(lines) and (lines[skip].startswith("#") or (not lines[skip].strip())):
        skip += 1
    # A head such as "#id,name" is no remark.
    if skip and all(line.startswith("#") for line in lines[:skip]) and skip == 1:
        first, rest = lines[0], lines[1:6]
        for mark in DELIMITERS:
            if first.count(mark) and all(line.count(mark) == first.count(mark) for line in rest):
                return 0
    return skip if skip < len(lines) else 0


def delimiter(lines: Sequence[str]) -> tuple[str, bool]:
    """What stands between cells, and whether quotation marks count.

    The mark that cuts most lines into the same number of cells; a comma where none does.
    """
    alone = [row for row in _rows(lines, ",", True) if len(row) == 1]
    if len(alone) >= 0.8 * len(lines) and sum(line[:1] == '"' for line in lines) > len(lines) / 2:
        # One column of sentences, which hold commas and therefore stand in quotation marks.
        return ",", True
    best, quoted, score = ",", True, 0.0
    for mark in DELIMITERS:
        for quotes in (True, False):
            widths = [len(row) for row in _rows(lines, mark, quotes)]
            common = [pair for pair in Counter(widths).most_common() if pair[0] > 1][:1]
            if not common:
                continue
            width, times = common[0]
            found = times / max(len(widths), 1) + min(width, 50) / 1000 + quotes / 10_000
            if found > score:
                best, quoted, score = mark, quotes, found
    return best, quoted


def is_table(sample: bytes) -> bool:
    """Whether a text without a telling name is a table: the same number of tabs in most lines."""
    encoding = encodings.detect(sample)
    if encoding is None:
        return False
    lines = [line for line in decoded(sample, encoding).splitlines() if line.strip()][:_LOOKED_AT]
    counts = [line.count("\t") for line in (lines[:-1] if len(lines) > 1 else lines)]
    most = max(set(counts), key=counts.count, default=0)
    return most > 0 and counts.count(most) >= 0.8 * len(counts)


def quoting(quoted: bool) -> Literal[0, 3]:
    """How Python's reader of CSV is told whether quotation marks hold cells together."""
    return csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE


def _rows(lines: Sequence[str], mark: str, quoted: bool) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=mark, quoting=quoting(quoted)))
    except csv.Error:
        return []


def has_head(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns, as its cells and those below vote.

    A cell that is a number, or comes again below, or is as long as all that are below, speaks
    against it; one that differs in kind from all below speaks for it. A draw is a head.
    """
    if len(rows) < 2:
        return bool(rows) and not any(is_number(cell.strip()) for cell in rows[0])
    votes = 0.0
    first = [cell.strip() for cell in rows[0]]
    if len(set(first)) < len(first) and first.count("") < 2:
        votes -= 1
    for place, cell in enumerate(first):
        below = [row[place].strip() for row in rows[1:] if place < len(row) and row[place].strip()]
        votes += _vote(cell, below)
    return votes >= 0


def _vote(cell: str, below: Sequence[str]) -> float:
    if not cell:
        return 0.0
    if is_number(cell) or cell[0].isdigit():
        return -2.0 if below and all(one[:1].isdigit() or is_number(one) for one in below) else -0.5
    if len(cell) > 60:
        return -1.0  # A sentence, not a name.
    if not below:
        return 0.0
    if all(one[:1].isdigit() or is_number(one) for one in below):
        return 2.0
    if cell in below:
        return -1.0
    vote = 0.0
    lengths = {len(one) for one in below}
    if len(lengths) == 1 and len(below) > 2:
        vote += -1.5 if len(cell) in lengths else 1.0
    if _WORDY.fullmatch(cell) and cell.isascii() and not all(one.isascii() for one in below):
        vote += 1.0
    if not cell.isascii() and all(not one.isascii() for one in below):
        vote -= 0.5
    return vote
