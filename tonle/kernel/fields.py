"""What a form sent, as plain values: bounded, cleaned, and with every problem collected.

A form is flat: `creators-0-affiliations-1-name`. A row that repeats is there when its
`…-row` is; its number says where it stands and nothing else, so that rows can be moved,
removed and added by giving them other numbers. What a document holds and the form does not
show travels in `…-rest`, as JSON, so that saving a form loses nothing that it never showed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tonle.kernel import identifiers
from tonle.kernel.errors import N_, Invalid
from tonle.kernel.sentences import Sentence
from tonle.kernel.text import ascii_digits, language_tag, normalise, one_line

Values = Mapping[str, Sequence[str]]
"""Field name to the texts that were sent under it."""

LINE: Final = 2_000  # characters of a line: a title, a name, an address.
PROSE: Final = 50_000  # characters of a text of paragraphs.
ROWS: Final = 200  # rows of one kind; a longer list is kept, and changed by upload or API.
REST: Final = 200_000  # characters of what a row carries along unseen.

_ROW = re.compile(r"(?P<prefix>.+)-(?P<number>[0-9]{1,4})-row")
_ROW_OPERATION = re.compile(
    r"(?P<what>add|remove|up|down):(?P<group>[a-z_]+(?:-[0-9]{1,4}-[a-z_]+)*)(?::(?P<number>[0-9]{1,4}))?"
)
_SCHEME = re.compile(r"(?P<scheme>[a-z][a-z0-9_]{1,39}):(?P<value>.+)")


@dataclass
class Reader:
    """Reads fields, and remembers what could not be read.

    problems: field name to the sentence that says what is wrong with it. The first one of a
    field is kept: the second would only be its echo. lacks: the same for what is merely not
    there yet, which is told and keeps nothing from being saved.
    """

    values: Values
    problems: dict[str, Sentence] = field(default_factory=dict)
    lacks: dict[str, Sentence] = field(default_factory=dict)

    def raw(self, name: str) -> str:
        found = self.values.get(name)
        return found[-1] if found else ""

    def many(self, name: str) -> list[str]:
        """The texts of a field that may come several times, each once, in the order sent."""
        return list(dict.fromkeys(text for text in self.values.get(name, ()) if text))

    def problem(self, name: str, message: str, **data: Any) -> None:
        self.problems.setdefault(name, Sentence(message, **data))

    def lack(self, name: str, message: str) -> None:
        self.lacks.setdefault(name, Sentence(message))

    def refused(self, name: str, error: Invalid) -> None:
        """The sentences of the kernel, put beside the field they are about."""
        for _where, what in error.problems:
            sentence = what if isinstance(what, Sentence) else Sentence(what.replace("%", "%%"))
            self.problems.setdefault(name, sentence)

    def line(self, name: str, limit: int = LINE) -> str:
        """One line of text, normalised."""
        return self._within(name, one_line(self.raw(name)), limit)

    def prose(self, name: str, limit: int = PROSE) -> str:
        """Text of several paragraphs, normalised."""
        return self._within(name, normalise(self.raw(name)), limit)

    def number(self, name: str, low: float, high: float) -> str:
        """A decimal number between two bounds as a document holds it: "" or digits and a point.

        Digits of the region and a comma as decimal sign are read; -0 is 0.
        """
        text = ascii_digits(self.raw(name)).strip().replace(",", ".").replace("\u2212", "-")
        text = text.removesuffix("°").strip()
        if not text:
            return ""
        if not re.fullmatch(r"[+-]?[0-9]{1,3}(\.[0-9]{1,15})?", text):
            self.problem(name, N_("Write a number such as 104.92."))
            return ""
        if not low <= float(text) <= high:
            self.problem(
                name, N_("This lies outside %(low)s to %(high)s."), low=int(low), high=int(high)
            )
            return ""
        sign = "-" if text.startswith("-") and float(text) else ""
        whole, point, part = text.lstrip("+-").partition(".")
        return f"{sign}{int(whole)}{point}{part}"

    def choice(self, name: str, allowed: Iterable[str], default: str = "") -> str:
        """One of the values offered; what nobody offered is a problem."""
        found = self.raw(name)
        if not found:
            return default
        if found not in set(allowed):
            self.problem(name, N_("Choose one of the values shown."))
            return default
        return found

    def language(self, name: str) -> str:
        """A language tag in canonical form; `und` where none was chosen."""
        try:
            return language_tag(self.raw(name)[:100])
        except Invalid as error:
            self.refused(name, error)
            return "und"

    def rest(self, name: str) -> dict[str, Any]:
        """What a row carries along unseen; {} for none, and for what is no JSON object."""
        return unpacked(self.raw(name))

    def rows(self, group: str) -> list[str]:
        """The prefixes of the rows of a group, in order: `creators-0`, `creators-3`."""
        found = row_numbers(self.values, group)
        if len(found) > ROWS:
            self.problem(f"{group}-0", N_("At most %(limit)s of these fit here."), limit=ROWS)
        return [f"{group}-{number}" for number in found[:ROWS]]

    def language_map(self, group: str, *, line: bool) -> dict[str, str]:
        """A language map from rows of `lang` and `text`; rows without text are no rows."""
        found: dict[str, str] = {}
        for row in self.rows(group):
            text = self.line(f"{row}-text") if line else self.prose(f"{row}-text")
            if not text:
                continue
            tag = self.language(f"{row}-lang")
            if tag in found:
                self.problem(
                    f"{row}-lang",
                    N_("There are two texts in this language. Keep one, or choose another."),
                )
            found.setdefault(tag, text)
        return found

    def identifier(self, name: str, before: Any = None) -> dict[str, str] | None:
        """An identifier as people paste it, as {scheme, value}; None for an empty field.

        before: the identifier that the field was filled with. It is kept as it stands while
        the text is the same, because what was received need not have our form.
        """
        text = self.line(name)
        if not text:
            return None
        if isinstance(before, dict) and text == one_line(written(before)):
            return before
        try:
            return identified(text)
        except Invalid as error:
            self.refused(name, error)
            return None

    def _within(self, name: str, text: str, limit: int) -> str:
        if len(text) > limit:
            self.problem(
                name,
                N_("This is too long: %(length)s characters, at most %(limit)s fit."),
                length=len(text),
                limit=limit,
            )
        return text


def identified(text: str) -> dict[str, str]:
    """{scheme, value} of a pasted identifier. Raises Invalid where it cannot be told."""
    if detected := identifiers.detect(text):
        return {"scheme": detected[0], "value": detected[1]}
    if (match := _SCHEME.fullmatch(text)) and match["scheme"] in identifiers.SCHEMES:
        value = identifiers.normalise(match["scheme"], match["value"].strip())
        return {"scheme": match["scheme"], "value": value}
    raise Invalid(
        [
            (
                "",
                N_(
                    "This is no identifier or address that we know. Paste a DOI such as "
                    "10.5555/12345678, or an address that begins with https://."
                ),
            )
        ]
    )


def written(identifier: Mapping[str, Any]) -> str:
    """An identifier as one text: bare where it tells its kind, else behind its scheme."""
    scheme, value = str(identifier.get("scheme", "")), str(identifier.get("value", ""))
    return value if identifiers.detect(value) == (scheme, value) else f"{scheme}:{value}"


def packed(rest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The `rest` field of a row, or none where there is nothing to carry along."""
    if not rest:
        return []
    return [("rest", whole(rest))]


def whole(part: Mapping[str, Any]) -> str:
    """A part of a document as one text of a form, which travels as it is."""
    return json.dumps(part, ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str) -> dict[str, Any]:
    """The other half of `whole`; {} for none, and for what is no JSON object."""
    if not text or len(text) > REST:
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


# --- rows ---------------------------------------------------------------------------


def row_numbers(values: Values, group: str) -> list[int]:
    found = set()
    for name in values:
        match = _ROW.fullmatch(name)
        if match and match["prefix"] == group:
            found.add(int(match["number"]))
    return sorted(found)


@dataclass(frozen=True)
class RowOperation:
    """A button beside a row: add, remove, up or down. number: the row's, None for add."""

    what: str
    group: str
    number: int | None

    @property
    def anchor(self) -> str:
        """The row the reader should find again afterwards."""
        shift = {"up": -1, "remove": -1}.get(self.what, 1)
        return f"{self.group}-{max(0, (self.number or 0) + shift)}"


def row_operation(text: str) -> RowOperation | None:
    """What a button's value asks for, or None where it asks for something else."""
    match = _ROW_OPERATION.fullmatch(text)
    if match is None or (match["number"] is None) != (match["what"] == "add"):
        return None
    number = match["number"]
    return RowOperation(match["what"], match["group"], int(number) if number else None)


def with_rows_changed(values: Values, operation: RowOperation) -> dict[str, list[str]]:
    """The values after a button was pressed. Rows are numbered anew from 0."""
    group = operation.group
    order: list[int] = row_numbers(values, group)
    if operation.what == "add":
        added = (order[-1] + 1) if order else 0
        return {
            **{name: list(texts) for name, texts in values.items()},
            **({f"{group}-{added}-row": ["1"]} if len(order) < ROWS else {}),
        }
    if operation.number in order:
        at = order.index(operation.number)
        if operation.what == "remove":
            order.pop(at)
        else:
            other = at + (1 if operation.what == "down" else -1)
            if 0 <= other < len(order):
                order[at], order[other] = order[other], order[at]
    found: dict[str, list[str]] = {}
    new = {old: number for number, old in enumerate(order)}
    row = re.compile(rf"{re.escape(group)}-(?P<number>[0-9]{{1,4}})-(?P<name>.+)")
    for name, texts in values.items():
        match = row.fullmatch(name)
        if match is None:
            found[name] = list(texts)
        elif int(match["number"]) in new:
            found[f"{group}-{new[int(match['number'])]}-{match['name']}"] = list(texts)
    return found


class Writer:
    """Puts a document's values into fields; the other half of Reader."""

    def __init__(self) -> None:
        self.values: dict[str, list[str]] = {}

    def put(self, name: str, text: str) -> None:
        if text:
            self.values[name] = [text]

    def put_many(self, name: str, texts: Sequence[str]) -> None:
        if texts:
            self.values[name] = list(texts)

    def row(self, group: str, number: int, fields: Iterable[tuple[str, str]] = ()) -> str:
        """Begin a row, and give its prefix."""
        prefix = f"{group}-{number}"
        self.values[f"{prefix}-row"] = ["1"]
        for name, text in fields:
            self.put(f"{prefix}-{name}", text)
        return prefix

    def language_map(self, group: str, texts: Mapping[str, str]) -> None:
        for number, (tag, text) in enumerate(texts.items()):
            self.row(group, number, [("lang", tag), ("text", text)])
