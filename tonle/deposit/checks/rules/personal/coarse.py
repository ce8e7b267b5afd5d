"""A copy of a table or tree with positions and days made coarse; everything else stays.

Positions are rounded to a tenth or a hundredth of a degree (about 11 km or 1.1 km), dates
of birth to their year. Only the cells of the named columns change.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Literal

from tonle.deposit.checks.rules.personal import delimited, structured
from tonle.deposit.checks.rules.personal.headers import kinds_of
from tonle.deposit.checks.rules.personal.scan import suffix_of
from tonle.deposit.checks.rules.personal.traces import Ended, Limits, Report
from tonle.deposit.checks.rules.personal.values import ascii_digits, decimals, is_date
from tonle.kernel import encodings

How = Literal["tenth", "hundredth", "year"]

_STEPS = {"tenth": Decimal("0.1"), "hundredth": Decimal("0.01")}
_NUMBER = re.compile(r"[-+]?\d{1,9}\.\d{1,20}")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)|^\d{4}(?=\d{4}$)")
_TREES = frozenset({"json", "geojson"})
_TABLES = frozenset({"csv", "tsv", "tab"})


class CannotCoarsen(ValueError):
    """A copy would not be faithful: nothing is written for this file."""


def can_coarsen(name: str) -> bool:
    """Whether a coarse copy of a file of this name can be made here."""
    return suffix_of(name) in _TREES | _TABLES


def coarser(text: str, how: How) -> str:
    """One cell, coarser; what is neither number nor date is left as it is."""
    if how == "year":
        plain = ascii_digits(text.strip())
        found = _YEAR.search(plain) if is_date(plain) else None
        return found[0] if found else text
    if decimals(text) is None and not _NUMBER.search(text):
        return text
    return _NUMBER.sub(lambda number: _rounded(number[0], how), ascii_digits(text))


def _rounded(number: str, how: How) -> str:
    return str(Decimal(number).quantize(_STEPS[how], rounding=ROUND_HALF_EVEN))


def coarsen(
    path: Path, name: str, target: Path, *, columns: dict[int, How], kinds: dict[str, How]
) -> None:
    """Write a coarse copy of a table or a JSON file to target.

    columns: of a table, from 0. kinds: what the keys of a JSON file must say
    (`latitude`, `longitude`, `position`, `birth_date`). Raises CannotCoarsen; target is then
    to be thrown away.
    """
    sample = delimited.sample_of(path)
    encoding = encodings.detect(sample)
    if encoding is None or not can_coarsen(name):
        raise CannotCoarsen
    limits = Limits(size_bytes=1 << 62, line_chars=1 << 24)
    report = Report()
    try:
        if suffix_of(name) in _TREES:
            _tree(path, encoding, target, limits, report, kinds)
        else:
            _table(path, encoding, target, limits, report, columns)
    except (Ended, csv.Error, UnicodeError):
        raise CannotCoarsen from None
    if report.notes:
        raise CannotCoarsen


def _written_as(encoding: str, sample: bytes) -> str:
    """The codec that also writes the mark the source began with."""
    return "utf-16" if encodings.mark_length(encoding, sample) else encoding


def _table(
    path: Path,
    encoding: str,
    target: Path,
    limits: Limits,
    report: Report,
    columns: dict[int, How],
) -> None:
    sample = delimited.sample_of(path)
    head = sample[encodings.mark_length(encoding, sample) :].decode(encoding, "replace")
    mark = delimited.delimiter(head)
    end = "\r\n" if "\r\n" in head else "\n"
    with target.open("x", encoding=_written_as(encoding, sample), newline="") as sink:
        writer = csv.writer(sink, delimiter=mark, lineterminator=end)
        rows = csv.reader(_whole(delimited.lines(path, encoding, limits, report)), delimiter=mark)
        for row in rows:
            writer.writerow(
                [
                    coarser(cell, columns[place]) if place in columns else cell
                    for place, cell in enumerate(row)
                ]
            )


def _whole(lines: Iterable[str]) -> Iterator[str]:
    """Refuse letters that could not be read: the copy would have lost them."""
    for line in lines:
        if "\ufffd" in line:
            raise CannotCoarsen
        yield line


def _tree(
    path: Path,
    encoding: str,
    target: Path,
    limits: Limits,
    report: Report,
    kinds: dict[str, How],
) -> None:
    source = _whole(structured.pieces(path, encoding, limits, report))
    stack: list[str] = []
    # What becomes of a value, at each depth: an array's values are treated as the array is.
    treated: list[How | None] = [None]
    waiting: How | None = None
    is_key = False
    with target.open("x", encoding="utf-8", newline="") as sink:
        for kind, text in structured.tokens(source, whole=True):
            how = treated[-1]
            if kind == "mark":
                if text in "{[":
                    stack.append(text)
                    treated.append(how)
                elif text in "}]":
                    if not stack:
                        raise CannotCoarsen
                    stack.pop()
                    treated.pop()
                elif text == ":":
                    treated[-1] = waiting
                is_key = text in "{," and bool(stack) and stack[-1] == "{"
                sink.write(text)
            elif is_key:
                waiting, is_key = _treatment(structured.unquoted(text), kinds), False
                sink.write(text)
            else:
                sink.write(text if how is None else _value(kind, text, how))
        sink.write("\n")
    if stack:
        raise CannotCoarsen


def _treatment(key: str, kinds: dict[str, How]) -> How | None:
    said = {"latitude", "longitude"} if key == "coordinates" else kinds_of(key)
    return next((how for kind, how in kinds.items() if kind in said), None)


def _value(kind: str, text: str, how: How) -> str:
    if kind == "string":
        return json.dumps(coarser(structured.unquoted(text), how), ensure_ascii=False)
    # A bare word stays a number, or true, false and null.
    return coarser(text, how) if how != "year" else text
