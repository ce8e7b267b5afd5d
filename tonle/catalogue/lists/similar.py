"""Records that may be what somebody is about to publish again. Possible, never the same: a
person looks and decides.

What is compared: names (DOI and the like), titles in any language, creators, year. Words and
names are folded as search folds them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any

from django.db.models import Q

from tonle.catalogue.lists.about import documents
from tonle.catalogue.models import Pid, Relation
from tonle.kernel.errors import N_
from tonle.kernel.names import Likeness, PersonName, compare
from tonle.kernel.text import choose
from tonle.search.public import search

# Scores out of 100. Beyond doubt is only the name that the world knows a thing by.
CERTAIN = 100
_TITLE, _ALIKE, _CREATOR, _SAME_PERSON, _YEAR = 50, 30, 25, 35, 5
# Below this a title's few common words say nothing.
LEAST = 45
# Of so many records with words of a title each is compared.
CANDIDATES = 15
# Titles in more languages than these are translations of them.
MOST_TITLES = 3
# Two titles share so much of their letter pairs (Dice) before they are alike.
ALIKE = 0.75
_MOST_CREATORS = 20

REASONS: Mapping[str, str] = {
    "identifier": N_("It has the same identifier: %(value)s."),
    "version_of": N_("One says that it is a version or form of the other."),
    "title": N_("It has the same title."),
    "title_alike": N_("Its title is nearly the same."),
    "person": N_("The same person made it, by ORCID."),
    "creator": N_("Somebody of the same name made it."),
    "year": N_("It is of the same year."),
}


@dataclass(frozen=True)
class Reason:
    """Why a record is on the list: code of REASONS, and what its sentence is filled with."""

    code: str
    data: Mapping[str, str]

    @property
    def message(self) -> str:
        """A gettext message."""
        return REASONS[self.code]


@dataclass(frozen=True)
class Possible:
    """A public record that may be the same thing. score: 0 to 100, 100 for the same name."""

    id: str
    title: tuple[str, str]
    score: int
    reasons: tuple[Reason, ...]
    url: str


def similar_records(
    document: Mapping[str, Any],
    limit: int = 5,
    *,
    now: datetime,
    language: str = "en",
    without: str = "",
) -> list[Possible]:
    """Public records that a description may describe already, the likeliest first.

    document: descriptive part of a record or draft. without: a record's id that is not asked
    about, its own. At most three searches and three queries; nothing private is looked at.
    """
    named = _by_identifier(document)
    related = _related(document)
    ids = {**dict.fromkeys(named), **dict.fromkeys(related), **dict.fromkeys(_found(document, now))}
    found = []
    for other in documents(key for key in ids if key != without):
        reasons = list(_reasons(document, other))
        score = sum(points for points, _ in reasons)
        said = [reason for _, reason in reasons]
        if other["id"] in named:
            score, said = CERTAIN, [Reason("identifier", {"value": named[other["id"]]}), *said]
        elif other["id"] in related:
            score, said = max(score, LEAST) + _ALIKE, [Reason("version_of", {}), *said]
        if score >= LEAST:
            url = f"/records/{other['id']}"
            title = choose(other["titles"], language)
            # Everything alike is still no proof.
            capped = CERTAIN if other["id"] in named else min(score, CERTAIN - 1)
            found.append(Possible(other["id"], title, capped, tuple(said), url))
    return sorted(found, key=lambda one: (-one.score, one.id))[:limit]


def _by_identifier(document: Mapping[str, Any]) -> dict[str, str]:
    """Record id to the name that both bear. One query."""
    names = Q(pk__in=[])
    for pid in document.get("pids", ()):
        names |= Q(scheme=pid["scheme"], value=pid["value"])
    rows = Pid.objects.filter(names, record__state="published")
    return {
        id: f"{scheme} {value}"
        for id, scheme, value in rows.values_list("record__id", "scheme", "value")
    }


_SAME_WORK = ("IsVersionOf", "IsVariantFormOf", "IsOriginalFormOf", "IsIdenticalTo")


def _related(document: Mapping[str, Any]) -> set[str]:
    """Records that say they are another form of a name the document bears. One query."""
    names = Q(pk__in=[])
    for pid in document.get("pids", ()):
        names |= Q(scheme=pid["scheme"], value=pid["value"])
    rows = Relation.objects.filter(names, type__in=_SAME_WORK, record__state="published")
    return set(rows.values_list("record__id", flat=True))


def _found(document: Mapping[str, Any], now: datetime) -> Iterable[str]:
    for title in list(document.get("titles", {}).values())[:MOST_TITLES]:
        page = search(title[:300], limit=CANDIDATES, facets=(), language="en", now=now)
        if page.interpretation.mode in {"all", "any"}:
            yield from (found.key for found in page.hits)


def _reasons(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterable[tuple[int, Reason]]:
    """(points, reason) for everything in which two documents agree."""
    if one.get("kind") and one["kind"] != other["kind"]:
        # A paper and its data share title and authors, and are two things.
        return
    mine = [_folded(title) for title in one.get("titles", {}).values()]
    theirs = [_folded(title) for title in other["titles"].values()]
    if set(filter(None, mine)) & set(theirs):
        yield _TITLE, Reason("title", {})
    elif any(_alike(a, b) >= ALIKE for a, b in product(mine, theirs)):
        yield _ALIKE, Reason("title_alike", {})
    else:
        return
    if _orcids(one) & _orcids(other):
        yield _SAME_PERSON, Reason("person", {})
    elif any(compare(a, b) is Likeness.POSSIBLE for a, b in product(_people(one), _people(other))):
        yield _CREATOR, Reason("creator", {})
    year = one.get("publication_year")
    if year and year == other.get("publication_year"):
        yield _YEAR, Reason("year", {})


def _folded(text: str) -> str:
    """A title without case, marks, spaces and signs: scribes differ in those."""
    bare = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    kept = "".join(letter for letter in bare if not "\u0300" <= letter <= "\u036f")
    return re.sub(r"[\W_\u200b-\u200d]+", "", unicodedata.normalize("NFC", kept))


def _alike(one: str, other: str) -> float:
    """How much two texts share, by pairs of letters (Dice 1945): 0 to 1, order aside."""
    mine, theirs = _pairs(one), _pairs(other)
    if not mine or not theirs:
        return 0.0
    return 2 * len(mine & theirs) / (len(mine) + len(theirs))


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _people(document: Mapping[str, Any]) -> list[PersonName]:
    people = []
    for agent in document.get("creators", ())[:_MOST_CREATORS]:
        if agent.get("name_type") == "Personal" and agent.get("name", "").strip():
            people.append(PersonName.of(agent["name"][:300], others=agent.get("names")))
    return people


def _orcids(document: Mapping[str, Any]) -> set[str]:
    return {
        identifier["value"]
        for agent in document.get("creators", ())
        for identifier in agent.get("identifiers", ())
        if identifier["scheme"] == "orcid"
    }
