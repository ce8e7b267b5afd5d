"""Which fields the index has, and how a document fills them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from hashlib import blake2b
from math import ceil, floor
from typing import Any

import icu
from django.conf import settings

from tonle.kernel.text import choose
from tonle.search.analysis import Analysed, analyse, fold, name_forms, normalise
from tonle.search.documents import Box, Document, index_key
from tonle.search.engine import Entry, Schema, SortKey
from tonle.search.spans import kept, periods

# What a document may be filtered by and counted under, in the order pages show it.
FACETS = (
    "kind",
    "member",
    "lang",
    "access",
    "subject",
    "licence",
    "format",
    "organisation",
    "funder",
    "community",
    # Who: by name as written and by identifier (`orcid:…`, `ror:…`).
    "person",
    "affiliation",
    "publisher",
    # Decades and centuries that its data are of, as `spans.periods` names them.
    "period",
    # Formats of the files that a program reads, as media types.
    "reads",
    # What sort of its kind a thing is (a memorandum, a law), in the words of the kind's context.
    "type",
    # Who bound themselves by it: countries, and organisations by identifier.
    "party",
    # Whom and what it serves: `group:women`, `place:KHM`, `aim:green`.
    "serves",
)
YEAR = "year"
PERIOD = "period"
# The years that a thing's data are of, as the codes of `spans`.
COVERS = "covers"
CLOSES = "closes"
NEWEST = "newest"
# The words and letter pairs of titles alone, for a question that names the title.
IN_TITLE = "in_title"
# How files begin: their words without marks, and letter pairs.
CONTENTS = "contents"
# Sides of the box around a thing's places, as `whole_degrees` counts.
SIDES = ("west", "south", "east", "north")
# The first day on which a thing is in force and the last one, as `date.toordinal` counts.
SINCE, UNTIL = "since", "until"
# Of what is in force without a known end.
FOR_EVER = date.max.toordinal()

# A record's milliseconds take 42 bits (until the year 2109); the rest parts records of
# the same millisecond, as a batch import makes them.
_PARTING_BITS = 22
# Titles alike for so many bytes of their collation key are ordered by key of the record.
_TITLE_BYTES = 24


def interface_languages() -> tuple[str, ...]:
    return tuple(code for code, _ in settings.LANGUAGES)


def title_order(language: str) -> str:
    """The sorting by title for readers of an interface language."""
    return f"title_{language.replace('-', '_')}"


def schema() -> Schema:
    """The fields of this node's index; its interface languages decide the title orders."""
    return Schema(
        texts=("title", "body", "grams", "fold", "name", IN_TITLE, CONTENTS),
        codes=(*FACETS, COVERS, "identifier", "source"),
        numbers=(YEAR, CLOSES, *SIDES, SINCE, UNTIL),
        by_number=(NEWEST,),
        by_text=tuple(title_order(language) for language in interface_languages()),
    )


def entry(source: str, document: Document) -> Entry:
    """A document as the engine keeps it. Raises ValueError for a facet nobody declared."""
    unknown = set(document.facets) - set(FACETS)
    if unknown:
        raise ValueError(f"The index has no facet called {', '.join(sorted(unknown))}.")
    key = index_key(source, document.key)
    titles = [analyse(text) for text in document.titles.values()]
    texts = [analyse(text) for texts in document.texts for text in texts.values()]
    texts += [analyse(name) for name in document.names]
    facets = {
        "kind": [document.kind],
        **document.facets,
        PERIOD: periods(document.covers, document.updated_at.year),
    }
    numbers = {}
    if document.year is not None and document.year >= 0:
        numbers[YEAR] = document.year
    if document.closes_at is not None:
        numbers[CLOSES] = whole_seconds(document.closes_at)
    if document.box is not None:
        numbers |= _sides(document.box)
    if document.in_force is not None:
        first, end = document.in_force
        numbers[SINCE] = first.toordinal()
        numbers[UNTIL] = FOR_EVER if end is None else end.toordinal() - 1
    return Entry(
        key=key,
        texts={
            "title": [text.words for text in titles],
            "body": [text.words for text in texts],
            "grams": [text.grams for text in (*titles, *texts)],
            "fold": [text.folded for text in (*titles, *texts)],
            "name": [_name(name) for name in document.people],
            IN_TITLE: _words_and_pairs(titles),
            CONTENTS: _words_and_pairs([analyse(text) for text in document.contents]),
        },
        codes={
            **{name: list(dict.fromkeys(codes)) for name, codes in facets.items()},
            COVERS: kept(document.covers),
            "identifier": _searchable(document.identifiers),
            "source": [source],
        },
        numbers=numbers,
        orders={
            NEWEST: _newest(document.updated_at, key),
            **{
                title_order(language): _title(document, language, key)
                for language in interface_languages()
            },
        },
    )


def _words_and_pairs(texts: Sequence[Analysed]) -> list[Sequence[str]]:
    return [
        tokens
        for text in texts
        for tokens in ([fold(word) or word for word in text.words], text.grams)
    ]


def _name(name: str) -> Sequence[str]:
    """Forms of a name in Latin letters; words and letter pairs of one in another script."""
    text = analyse(name)
    return (*name_forms(name), *text.grams) if text.grams else name_forms(name)


# A hundredth of a degree is a kilometre: finer than anybody draws a box to search in.
_PARTS_OF_A_DEGREE = 100


def whole_degrees(degrees: float, *, up: bool = False) -> int:
    """Hundredths of a degree east of 180° west or north of 180° south, never below 0.

    up: rounded up rather than down, so that a box only ever grows.
    """
    parts = (degrees + 180) * _PARTS_OF_A_DEGREE
    return max(0, ceil(parts) if up else floor(parts))


def _sides(box: Box) -> dict[str, int]:
    west, south, east, north = box
    if west > east:
        # Across the 180th meridian: taken for all longitudes, so that it is not missed.
        west, east = -180.0, 180.0
    return {
        "west": whole_degrees(west),
        "south": whole_degrees(south),
        "east": whole_degrees(east, up=True),
        "north": whole_degrees(north, up=True),
    }


def whole_seconds(moment: datetime) -> int:
    """Seconds since 1970, not before."""
    return max(0, int(moment.timestamp()))


def _searchable(identifiers: Sequence[str]) -> list[str]:
    return sorted({normalise(identifier) for identifier in identifiers} - {""})


def _part(key: str, size: int) -> bytes:
    return blake2b(key.encode(), digest_size=size).digest()


def _newest(updated_at: datetime, key: str) -> SortKey:
    milliseconds = max(0, int(updated_at.timestamp() * 1000))
    parting = int.from_bytes(_part(key, 4), "big") >> (32 - _PARTING_BITS)
    return SortKey(min(milliseconds << _PARTING_BITS | parting, 2**64 - 1))


@lru_cache(maxsize=16)
def _collator(language: str) -> Any:
    collator = icu.Collator.createInstance(icu.Locale.forLanguageTag(language))
    # Letters and their marks; capitals do not part titles.
    collator.setStrength(icu.Collator.SECONDARY)
    return collator


def _title(document: Document, language: str, key: str) -> SortKey:
    """Where the title that a reader of this language sees stands among the others."""
    title = choose(document.titles, language)[1]
    weights: bytes = _collator(language).getSortKey(title)[:_TITLE_BYTES]
    # Bytes as the code points 0..255: their order by code point is the order of the bytes.
    return SortKey(
        head=int.from_bytes(weights[:8].ljust(8, b"\0"), "big"),
        text=f"{weights.decode('latin-1')}\0{_part(key, 5).hex()}",
    )
