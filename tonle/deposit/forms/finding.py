"""Organisations that the node knows, found by a part of their name in any language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tonle.kernel.names import fold
from tonle.kernel.text import choose
from tonle.people import public as people

# Enough for every university and ministry of the region; beyond it, search belongs into the index.
LOOKED_THROUGH = 5_000
SHOWN = 8


@dataclass(frozen=True)
class Found:
    """One organisation. pid: its ROR, or "" where none is known."""

    id: str
    name: str
    other: str
    pid: str
    place: str


def organisations_called(text: str) -> list[Found]:
    """Organisations whose name, in any language, or acronym has all words of the text.

    The nearest first: same acronym, name that begins so, then the shorter name.
    """
    words = fold(text[:200]).split()
    if not words:
        return []
    found = []
    after = ""
    for _page in range(LOOKED_THROUGH // 500):
        page = people.organisations(after=after, limit=500)
        for row in page:
            if (rank := _rank(row, words)) is not None:
                found.append((rank, _found(row)))
        if len(page) < 500:
            break
        after = page[-1].id
    found.sort(key=lambda pair: (pair[0], len(pair[1].name), pair[1].name))
    return [one for _rank_, one in found[:SHOWN]]


def organisation_called(id: str) -> Found | None:
    """One that was found before, by its id."""
    row = people.organisation(id)
    return _found(row) if row else None


def _rank(row: Any, words: list[str]) -> int | None:
    joined = " ".join(words)
    names = [fold(name) for name in row.names.values()]
    if joined == fold(row.acronym):
        return 0
    if any(name.startswith(joined) for name in names):
        return 1
    if any(all(word in name for word in words) for name in names):
        return 2
    return None


def _found(row: Any) -> Found:
    tag, name = choose(row.names, "en")
    own = next((text for other, text in row.names.items() if other != tag), "")
    ror = next((i.value for i in row.identifiers.all() if i.scheme == "ror"), "")
    return Found(row.id, name, own, ror, row.country)
