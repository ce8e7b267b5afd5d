"""Texts that were pasted from a document in a font from before Unicode: what they would say in it.

Burmese in Zawgyi needs no question: it is turned into Unicode wherever a text comes in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tonle.kernel.legacy import FAMILIES, convert, guess

# Titles and texts of the first step. Names of people are too short to tell a font by.
_FIELD = re.compile(r"(?:titles|other_titles|descriptions)-\d{1,4}-text")
_ACT = "unicode:"


@dataclass(frozen=True)
class Proposal:
    """field: whose text it is; font: what the family of fonts is called; text: in Unicode."""

    field: str
    font: str
    text: str


def proposals(values: Mapping[str, Sequence[str]]) -> list[Proposal]:
    """What would be read in each field that looks as if it was written for an old font."""
    found = []
    for field, texts in values.items():
        if texts and _FIELD.fullmatch(field) and (looks := guess(texts[-1])):
            text = "\n".join(convert(line, looks.family) for line in texts[-1].splitlines())
            found.append(Proposal(field, FAMILIES[looks.family], text))
    return found


def take(do: str, values: dict[str, list[str]]) -> bool:
    """Put the proposal for a field into it, where that was pressed."""
    if not do.startswith(_ACT):
        return False
    for one in proposals(values):
        if one.field == do.removeprefix(_ACT):
            values[one.field] = [one.text]
            return True
    return False
