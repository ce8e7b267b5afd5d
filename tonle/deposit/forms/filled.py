"""A form as a template shows it: values, problems and rows, each asked for by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tonle.infra.i18n import say
from tonle.kernel.fields import Values, row_numbers
from tonle.kernel.sentences import Sentence


@dataclass(frozen=True)
class Row:
    """One row of a group. prefix is also the id of its place on the page."""

    prefix: str
    number: int
    first: bool
    last: bool

    @property
    def count(self) -> int:
        """As people count."""
        return self.number + 1

    @property
    def group(self) -> str:
        return self.prefix.rpartition("-")[0]


@dataclass(frozen=True)
class Filled:
    """values: field name to texts. problems: field name to sentence, as `rules.steps` has them."""

    values: Values
    problems: Mapping[str, Sentence] = field(default_factory=dict)
    # Rows that show what a search found, and what it found.
    found: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    def get(self, name: str) -> str:
        texts = self.values.get(name)
        return texts[-1] if texts else ""

    def many(self, name: str) -> list[str]:
        return list(self.values.get(name, ()))

    def problem(self, name: str) -> str:
        sentence = self.problems.get(name)
        return say(sentence.message, sentence.data) if sentence else ""

    def rows(self, group: str, *, one_at_least: bool = False) -> list[Row]:
        numbers = row_numbers(self.values, group) or ([0] if one_at_least else [])
        return [
            Row(f"{group}-{number}", number, number == numbers[0], number == numbers[-1])
            for number in numbers
        ]

    @property
    def all_problems(self) -> list[tuple[str, str]]:
        """(field name, sentence) in the order of the page."""
        return [(name, self.problem(name)) for name in self.problems]
