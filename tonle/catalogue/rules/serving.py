"""Whom a record says it serves: groups of people, places, what it is to bring about. Pure.

The block `serves` of a record document. Groups are codes of the list `groups` (those that the
2030 Agenda names); places are members of the commons or provinces (ISO 3166-2); Sustainable
Development Goals are among the subjects, as DataCite has them, and not said twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tonle.kernel import codes
from tonle.kernel.errors import N_

TRANSFORMATIONS: Final[Mapping[str, str]] = {
    "green": N_("Green transformation"),
    "digital": N_("Digital transformation"),
}
POVERTY: Final = N_("Poverty reduction")

Document = Mapping[str, Any]


def served(document: Document) -> list[str]:
    """All that it says it serves, as the search narrows by it: `group:women`, `place:KHM`,
    `aim:green`, `aim:poverty`; each once."""
    block = document.get("serves")
    if not isinstance(block, Mapping):
        return []
    found = [f"group:{code}" for code in _texts(block.get("groups"))]
    found += [f"place:{code}" for code in _texts(block.get("places"))]
    found += [f"aim:{code}" for code in _texts(block.get("transformations"))]
    found += ["aim:poverty"] if block.get("poverty_reduction") is True else []
    return list(dict.fromkeys(found))[:100]


def areas(document: Document) -> Iterator[tuple[str, str]]:
    """(record, area): the key areas of agreements, and goals of policies, that it serves."""
    block = document.get("serves")
    rows = block.get("areas") if isinstance(block, Mapping) else None
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, Mapping):
            record, area = row.get("record"), row.get("area", "")
            if isinstance(record, str) and isinstance(area, str):
                yield record, area


def word(code: str, language: str) -> str:
    """What to show for `group:…` and `place:…`, and the message of `aim:…` before it is
    translated; the code itself where nobody knows it."""
    sort, _, name = code.partition(":")
    if sort == "group":
        return codes.label("groups", name, language)
    if sort == "place":
        known = "members" if codes.valid("members", name) else "provinces"
        return codes.label(known, name, language)
    return POVERTY if name == "poverty" else TRANSFORMATIONS.get(name, name)


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
