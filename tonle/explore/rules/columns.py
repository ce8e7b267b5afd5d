"""What the values of a column are: their type, what is missing, least, most, commonest."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence

from tonle.explore.rules.preview import CELL_CHARS, Column, ColumnType, clean

# Words by which tables say that there is no value. In a column of text they are text.
MISSING = frozenset(
    {"na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", "--", ".", "..", "...", "?"}
)
# Different values that are counted; beyond, there are "many".
MOST_DISTINCT = 1_000
_MOST_COMMON = 3

# A leading zero makes a code and no number: 0102 is a district.
_WHOLE = re.compile(r"[-+]?(?:0|[1-9]\d{0,17})", re.ASCII)
_NUMBER = re.compile(r"[-+]?(?:0|[1-9]\d{0,30})?(?:\.\d{0,40})?(?:[eE][-+]?\d{1,3})?", re.ASCII)
_DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?"
    r" ?(?:Z|[-+]\d{2}(?::?\d{2})?)?",
    re.ASCII,
)
_TRUTH = re.compile(r"true|false|yes|no", re.IGNORECASE)


def is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text)) and any(letter.isdigit() for letter in text)


_TESTS: dict[ColumnType, Callable[[str], object]] = {
    "whole": _WHOLE.fullmatch,
    "number": is_number,
    "day": _DAY.fullmatch,
    "instant": _INSTANT.fullmatch,
    "truth": _TRUTH.fullmatch,
}
NUMERIC = frozenset({"whole", "number"})


def _type_of(text: str) -> ColumnType:
    return next((name for name, test in _TESTS.items() if test(text)), "text")


class Summary:
    """Collects one column, value by value, in bounded memory."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._type: ColumnType = "empty"
        self._filled = self._blank = self._marked = 0
        self._marks: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()
        self._many = False
        self._sum = 0.0
        self._numbers = 0
        self._least: float | None = None
        self._most: float | None = None
        self._first = self._last = ""

    def add(self, value: str) -> None:
        text = value.strip()
        if not text:
            self._blank += 1
            return
        if len(text) <= 5 and text.lower() in MISSING:
            self._marked += 1
            self._marks[text] += 1
            return
        self._type = self._narrowed(text) if self._filled else _type_of(text)
        self._filled += 1
        if not self._many:
            self._counts[text[:CELL_CHARS]] += 1
            self._many = len(self._counts) > MOST_DISTINCT
        if self._type in NUMERIC:
            self._number(float(text))
        elif self._type in {"day", "instant"}:
            self._first = min(self._first, text) if self._first else text
            self._last = max(self._last, text)

    def _narrowed(self, text: str) -> ColumnType:
        """The type of all values so far and this one: whole numbers are numbers; nothing else
        that differs is of one type."""
        if self._type == "text" or _TESTS[self._type](text):
            return self._type
        return "number" if self._type == "whole" and is_number(text) else "text"

    def _number(self, value: float) -> None:
        self._sum += value
        self._numbers += 1
        self._least = value if self._least is None else min(self._least, value)
        self._most = value if self._most is None else max(self._most, value)

    def column(self) -> Column:
        """What was collected. In a column of text, words such as NA are text."""
        kind = self._type
        marked = self._marked if kind != "text" else 0
        made = Column(
            clean(self.name, CELL_CHARS),
            kind,
            self._filled + self._marked - marked,
            self._blank + marked,
        )
        if kind == "text":
            self._counts.update(self._marks)
        made.distinct = None if self._many else len(self._counts)
        if kind in NUMERIC and self._least is not None and self._most is not None:
            made.least, made.most = plain(self._least), plain(self._most)
            made.mean = plain(self._sum / self._numbers)
        elif kind in {"day", "instant"}:
            made.least, made.most = self._first, self._last
        elif not self._many and len(self._counts) * 2 <= self._filled:
            # Values that stand for themselves once each are no classes.
            made.common = [
                (clean(value, 40), number)
                for value, number in self._counts.most_common(_MOST_COMMON)
            ]
        return made


def plain(value: float) -> str:
    """A number as people write it: six digits that count, no exponent where it is short; ""
    for what grew beyond all numbers."""
    if not math.isfinite(value):
        return ""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.0f}" if 1e6 <= abs(value) < 1e15 else f"{value:.6g}"


def unique_names(cells: Sequence[str], width: int) -> list[str]:
    """A name for each of width columns: as given, told apart where it comes again.

    A column without a name is called by its place, from 1.
    """
    seen: Counter[str] = Counter()
    names = []
    for place in range(width):
        name = clean(cells[place], CELL_CHARS) if place < len(cells) else ""
        name = name or f"column_{place + 1}"
        seen[name] += 1
        number = seen[name]
        if number > 1:
            name = f"{name}_{number}"
            seen[name] += 1
        names.append(name)
    return names
