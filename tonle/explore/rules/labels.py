"""What a record says of its columns, as readers of one language see it: labels, units, values.

Columns are told by file and sheet, and by name as previews write names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tonle.explore.rules.preview import CELL_CHARS, clean
from tonle.kernel.text import choose

LONGEST = 160


@dataclass(frozen=True)
class Labels:
    """Of one table: name of a column to its label, its unit, what it means, and value to label."""

    labels: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    meanings: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """The label of a column with its unit; "" where nothing is said."""
        label, unit = self.labels.get(name, ""), self.units.get(name, "")
        return f"{label} ({unit})" if label and unit else label or unit

    def beside(self, name: str) -> str:
        """A column's name with its label, on one line: for a list of choices."""
        label = self.of(name)
        return f"{label} · {name}" if label else name

    def value(self, name: str, text: str) -> str:
        """What a value means, "" where nothing is said. Of several answers in one cell, each."""
        known = self.values.get(name)
        if not known or not text:
            return ""
        if text in known:
            return known[text]
        parts = text.split(" ")
        if len(parts) < 2 or not all(part in known for part in parts):
            return ""
        return ", ".join(known[part] for part in parts)


NONE = Labels()


def labels_of(document: Mapping[str, Any], file: str, language: str) -> dict[str, Labels]:
    """The labels of a file's tables, by the name of the sheet; "" for a file of one table."""
    profile = document.get("profile")
    listed = profile.get("variables", ()) if isinstance(profile, Mapping) else ()
    made: dict[str, Labels] = {}
    for one in listed:
        if one.get("file") != file:
            continue
        table = made.setdefault(str(one.get("table", "")), Labels())
        name = clean(str(one["name"]), CELL_CHARS)
        for said, known in (("label", table.labels), ("description", table.meanings)):
            if one.get(said) and (text := clean(choose(one[said], language)[1], LONGEST)):
                known.setdefault(name, text)
        if unit := clean(str(one.get("unit", "")), 40):
            table.units.setdefault(name, unit)
        values = {
            str(each["value"]): clean(choose(each["label"], language)[1], LONGEST)
            for each in one.get("values", ())
            if each.get("label")
        }
        if values:
            table.values.setdefault(name, values)
    return made
