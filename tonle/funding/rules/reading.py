"""JSON of strangers, read exactly: no number is rounded, nothing is guessed, nothing overlooked.

A file comes out of a spreadsheet or another program. A name written twice, a field that is
misspelt or a number where a text belongs would each change a decision about money in silence,
so each is refused by the name of its field, all of them at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from tonle.kernel.errors import N_, Invalid, TooLarge
from tonle.kernel.sentences import Sentence, invalid, shown

MAX_BYTES = 100_000_000
MAX_ITEMS = 2_000_000  # of one list or object
MAX_NAME = 200  # characters
# A number is kept to the last digit, so its digits are bounded, and its powers of ten.
MAX_DIGITS = 30
# Beyond these, a reader mends the first and asks again.
MAX_PROBLEMS = 20

T = TypeVar("T")


def parse(raw: bytes) -> Any:
    """What JSON says: whole numbers as int, others as Decimal, to the last digit.

    Raises TooLarge; Invalid where it is no JSON, goes too deep, or names one thing twice.
    """
    if len(raw) > MAX_BYTES:
        raise TooLarge(limit=f"{MAX_BYTES:,}", unit="bytes")
    try:
        # Spreadsheets begin a file of UTF-8 with a mark of byte order.
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise invalid("", N_("This is not text in UTF-8.")) from error
    try:
        return json.loads(
            text,
            parse_int=_whole,
            parse_float=_decimal,
            parse_constant=_no_number,
            object_pairs_hook=_once,
        )
    except json.JSONDecodeError as error:
        raise invalid(
            "",
            N_("This is not JSON: see line %(line)s, column %(column)s."),
            line=error.lineno,
            column=error.colno,
        ) from error
    except RecursionError as error:
        raise invalid("", N_("This is nested too deeply.")) from error


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise _too_long(text)
    return int(text)


def _decimal(text: str) -> Decimal:
    if len(text) > MAX_DIGITS:
        raise _too_long(text)
    number = Decimal(text)
    if abs(number.adjusted()) > MAX_DIGITS:
        raise _too_long(text)
    return number


def _too_long(text: str) -> Invalid:
    return invalid(
        "",
        N_("The number %(number)s is too long: at most %(limit)s digits are read."),
        number=shown(text, 40),
        limit=MAX_DIGITS,
    )


def _no_number(text: str) -> Any:
    raise invalid("", N_("%(value)s is not a number."), value=text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise invalid("", N_("%(name)s stands twice in one object."), name=shown(name))
            seen.add(name)
    return found


class Reader:
    """Takes values of the right kind out of parsed JSON, and gathers what is wrong with it.

    A value that is wrong is told of and replaced by a harmless one, so that reading goes on
    to the next problem; `done` raises Invalid if there was any.
    """

    def __init__(self) -> None:
        self.problems: list[tuple[str, Sentence]] = []

    def wrong(self, where: str, message: str, **data: Any) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append((where, Sentence(message, **data)))

    def done(self) -> None:
        if self.problems:
            raise Invalid(self.problems)

    def fields(
        self, value: Any, where: str, required: Iterable[str], optional: Iterable[str] = ()
    ) -> Mapping[str, Any]:
        """An object with these fields and no other."""
        if not isinstance(value, dict):
            self._kind(where, N_("must be an object, not %(found)s."), value)
            return {}
        names = [*required, *optional]
        for name in value:
            if name not in names:
                self.wrong(
                    inside(where, shown(name, 40)),
                    N_("is no field here. The fields are: %(names)s."),
                    names=", ".join(names),
                )
        for name in required:
            if name not in value:
                self.wrong(inside(where, name), N_("is missing."))
        return value

    def mapping(self, value: Any, where: str, each: Callable[[Any, str], T]) -> dict[str, T]:
        """An object of any names, in its order; each(value, where) reads a value of it."""
        if not isinstance(value, dict):
            self._kind(where, N_("must be an object, not %(found)s."), value)
            return {}
        if not self._bounded(value, where):
            return {}
        found = {}
        for name, one in value.items():
            if not name.strip() or len(name) > MAX_NAME:
                self.wrong(
                    where,
                    N_("has a name that is empty or longer than %(limit)s characters."),
                    limit=MAX_NAME,
                )
                continue
            found[name] = each(one, inside(where, shown(name, 60)))
        return found

    def wholes(self, value: Any, where: str, low: int, high: int) -> dict[str, int]:
        """An object of whole numbers within bounds; a million of them in about a second."""
        if (
            isinstance(value, dict)
            and len(value) <= MAX_ITEMS
            and all(type(one) is int and low <= one <= high for one in value.values())
            and all(len(name) <= MAX_NAME and name.strip() for name in value)
        ):
            return value
        # Something is wrong: once more, and each by its name.
        return self.mapping(value, where, lambda one, place: self.whole(one, place, low, high))

    def items(self, value: Any, where: str, each: Callable[[Any, str], T]) -> list[T]:
        """A list; each(value, where) reads one entry."""
        if not isinstance(value, list):
            self._kind(where, N_("must be a list, not %(found)s."), value)
            return []
        if not self._bounded(value, where):
            return []
        return [each(one, f"{where}[{number}]") for number, one in enumerate(value)]

    def row(self, value: Any, where: str, length: int) -> list[Any]:
        """A list of so many entries; empty where it is not."""
        if not isinstance(value, list) or len(value) != length:
            self._kind(where, N_("must be a list of %(length)s, not %(found)s."), value, length)
            return []
        return value

    def text(self, value: Any, where: str) -> str:
        """A name: neither empty nor long."""
        if not isinstance(value, str) or not value.strip() or len(value) > MAX_NAME:
            self._kind(where, N_("must be a text of at most %(length)s characters."), "", MAX_NAME)
            return ""
        return value

    def truth(self, value: Any, where: str) -> bool:
        if not isinstance(value, bool):
            self._kind(where, N_("must be true or false, not %(found)s."), value)
            return False
        return value

    def whole(self, value: Any, where: str, low: int, high: int) -> int:
        """A whole number within bounds. 3.0 is none: who writes a point may mean a fraction."""
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.wrong(
                where,
                N_("must be a whole number from %(low)s to %(high)s, not %(found)s."),
                low=low,
                high=high,
                found=_quoted(value),
            )
            return low
        return value

    def number(self, value: Any, where: str) -> Fraction:
        """A number as it is written, exactly."""
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self._kind(where, N_("must be a number, not %(found)s."), value)
            return Fraction(0)
        return Fraction(value)

    def one_of(self, value: Any, where: str, words: tuple[str, ...]) -> str:
        if value not in words or not isinstance(value, str):
            self.wrong(
                where,
                N_("must be one of %(words)s, not %(found)s."),
                words=", ".join(words),
                found=_quoted(value),
            )
            return words[0]
        return value

    def _bounded(self, value: dict[str, Any] | list[Any], where: str) -> bool:
        if len(value) > MAX_ITEMS:
            self.wrong(where, N_("has more than %(limit)s entries."), limit=MAX_ITEMS)
            return False
        return True

    def _kind(self, where: str, message: str, value: Any, length: int = 0) -> None:
        self.wrong(where, message, found=_quoted(value), length=length)


def inside(where: str, name: str) -> str:
    """The place of a field: `projects.P1.cost`."""
    return f"{where}.{name}" if where else name


def _quoted(value: Any) -> str:
    """A value as JSON, short enough to be quoted."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict | list):
        return "{…}" if isinstance(value, dict) else "[…]"
    return shown(json.dumps(value, ensure_ascii=False), 40)
