"""JSON and GeoJSON, read token by token: each key is a column, each object a row.

A file of any size and depth takes the same memory. Keys that are themselves data (a table
keyed by code) are many; beyond the limit they share one column.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tonle.deposit.checks.rules.personal.columns import Table
from tonle.deposit.checks.rules.personal.delimited import sample_of
from tonle.deposit.checks.rules.personal.traces import Ended, GoOn, Limits, Report, Trace
from tonle.kernel import encodings

_TOKEN = re.compile(
    r'\s*(?:(?P<string>"(?:[^"\\]|\\.)*")|(?P<mark>[{}\[\],:])'
    r"|(?P<word>[-+.\w]+))",
    re.DOTALL,
)
_STRING_CHARS = 1 << 16
_PIECE_CHARS = 1 << 16
_ASK_EVERY = 5_000


def tokens(pieces: Iterator[str], *, whole: bool = False) -> Iterator[tuple[str, str]]:
    """("string" | "mark" | "word", text) of JSON text that comes in pieces.

    A string longer than a bound is cut, or refused where all must stay whole. Raises Ended
    where the text is no JSON.
    """
    rest = ""
    for piece in pieces:
        rest += piece
        place = 0
        while True:
            found = _TOKEN.match(rest, place)
            # A word or string that touches the end may go on in the next piece.
            if not found or (found.end() == len(rest) and found.lastgroup != "mark"):
                break
            place = found.end()
            kind = found.lastgroup or ""
            yield kind, found[kind]
        rest = rest[place:]
        if len(rest) > _STRING_CHARS:
            begun = rest.lstrip()
            if whole or not begun.startswith('"'):
                raise Ended("broken")
            # Keep it open and short: the end of the string is still looked for.
            cut = begun[: _STRING_CHARS // 2]
            rest = cut[: len(cut) - (len(cut) - len(cut.rstrip("\\"))) % 2]
    for found in _TOKEN.finditer(rest):
        kind = found.lastgroup or ""
        yield kind, found[kind]


def pieces(path: Path, encoding: str, limits: Limits, report: Report) -> Iterator[str]:
    """The text as it lies, in pieces: JSON is often one endless line."""
    left = limits.size_bytes
    with path.open("rb") as raw:
        raw.seek(encodings.mark_length(encoding, sample_of(path)))
        text = io.TextIOWrapper(raw, encoding=encoding, errors="replace")
        while piece := text.read(_PIECE_CHARS):
            left -= len(piece)
            if left < 0:
                report.note("bytes")
                return
            yield piece


def scan(path: Path, encoding: str, limits: Limits, report: Report, go_on: GoOn) -> None:
    """Read a JSON file into the report."""
    report.encoding = encoding
    reader = _Reader(limits)
    try:
        for number, (kind, text) in enumerate(tokens(pieces(path, encoding, limits, report))):
            reader.take(kind, text)
            if number % _ASK_EVERY == 0 and not go_on(reader.objects):
                raise Ended("time")
        if reader.open:
            report.note("broken")
    except Ended as end:
        report.note(end.note)
    report.rows += reader.objects
    report.traces += reader.traces()


# A file with these keys describes something: whom it names is meant to be read.
_DESCRIPTIONS = (frozenset({"@context"}), frozenset({"creators", "titles"}))
_TELLING: frozenset[str] = frozenset().union(*_DESCRIPTIONS)
_MEANT_TO_BE_READ = frozenset({"person_name", "email", "exact_position"})


class _Reader:
    """Follows the nesting, and hands each value to the column of its key.

    Objects below the same key are rows of one table, so that what stands beside a value
    tells about it, and what stands elsewhere in the file does not.
    """

    def __init__(self, limits: Limits) -> None:
        self.objects = 0
        self._limits = limits
        self._tables: dict[str, Table] = {}
        self._values = 0
        self._stack: list[str] = []
        # The key that a value belongs to, at each depth: arrays pass theirs down.
        self._keys: list[str] = [""]
        # The key that the object around it belongs to.
        self._parents: list[str] = [""]
        self._waiting_key: str | None = None
        self._expect_key = False
        self._numbers: dict[tuple[str, str], int] = {}
        self._pair: list[str] = []
        self._described_by: set[str] = set()

    @property
    def open(self) -> bool:
        return bool(self._stack)

    def take(self, kind: str, text: str) -> None:
        if kind == "mark":
            self._mark(text)
        elif kind == "string":
            value = unquoted(text)
            if self._expect_key:
                self._waiting_key = value
            else:
                self._value(value)
        else:
            if text not in {"true", "false", "null"}:
                self._value(text)

    def _mark(self, mark: str) -> None:
        if mark in "{[":
            if len(self._stack) >= self._limits.depth:
                raise Ended("depth")
            self._stack.append(mark)
            # An array's values belong to the array's key; an object's have their own.
            self._parents.append(self._keys[-1] if mark == "{" else self._parents[-1])
            self._keys.append(self._keys[-1])
            self._expect_key = mark == "{"
            self.objects += mark == "{"
            self._pair = []
        elif mark in "}]":
            if not self._stack:
                raise Ended("broken")
            if mark == "]":
                self._end_of_array()
            self._stack.pop()
            self._keys.pop()
            self._parents.pop()
            self._expect_key = False
        elif mark == ":":
            self._keys[-1] = self._waiting_key or ""
            if self._keys[-1] in _TELLING:
                self._described_by.add(self._keys[-1])
            self._expect_key = False
        elif mark == ",":
            self._expect_key = bool(self._stack) and self._stack[-1] == "{"

    def _end_of_array(self) -> None:
        """A pair of numbers below `coordinates` is a position, if it is not one of a line."""
        depth = len(self._stack) - 1
        nested = depth > 0 and self._stack[depth - 1] == "["
        if self._keys[-1] == "coordinates" and not nested and len(self._pair) in {2, 3}:
            # A feature's properties stand beside its geometry.
            self._put("properties", "longitude", self._pair[0])
            self._put("properties", "latitude", self._pair[1])
        self._pair = []

    def _value(self, text: str) -> None:
        key = self._keys[-1]
        if key == "coordinates":
            self._pair = [*self._pair[-3:], text]
            return
        self._put(self._parents[-1], key, text)

    def _put(self, parent: str, key: str, text: str) -> None:
        self._values += 1
        if self._values > self._limits.cells:
            raise Ended("cells")
        if (parent, key) not in self._numbers and len(self._numbers) >= self._limits.columns:
            # Keys that are themselves data: one table for what remains of them.
            parent, key = "…", key if ("…", key) in self._numbers else "…"
        table = self._tables.setdefault(parent, Table(self._limits))
        number = self._numbers.get((parent, key))
        if number is None:
            number = self._numbers[parent, key] = len(self._numbers)
            table.named(number, key)
        table.add_value(number, text, self.objects)

    def traces(self) -> list[Trace]:
        """What all tables found, one trace for each kind and key."""
        told = any(words <= self._described_by for words in _DESCRIPTIONS)
        found: dict[tuple[str, str], Trace] = {}
        for table in self._tables.values():
            for trace in table.traces():
                place = (trace.kind, trace.where)
                before = found.get(place)
                count = trace.count + (before.count if before else 0)
                decide = trace.decide and not (told and trace.kind in _MEANT_TO_BE_READ)
                found[place] = replace(before or trace, count=count, decide=decide)
        return list(found.values())


def unquoted(text: str) -> str:
    """The text that a JSON string token stands for; a broken one as it lies."""
    try:
        value = json.loads(text)
    except ValueError:
        return text.strip('"')
    return str(value)
