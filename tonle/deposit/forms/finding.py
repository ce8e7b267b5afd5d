"""What the node knows, found for a form: organisations by a part of their name in any language,
and published records by the node's own search."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from tonle.catalogue import public as catalogue
from tonle.kernel.names import fold
from tonle.kernel.text import choose
from tonle.people import public as people
from tonle.search.public import search

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


@dataclass(frozen=True)
class Work:
    """One published record. title: (language, text). kind: what it is, in the active language."""

    id: str
    title: tuple[str, str]
    kind: str


def works_called(text: str, language: str, now: datetime) -> list[Work]:
    """Records of this node and its neighbours whose words are those of the text, best first.

    language: of the reader (BCP 47). now: UTC.
    """
    asked = text[:200].strip()
    if not asked:
        return []
    page = search(asked, limit=SHOWN, language=language, now=now, facets=())
    return [
        Work(one.key, one.hit.title, gettext(catalogue.kind(one.hit.kind).label))
        for one in page.hits
        if one.source == "record"
    ]


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
