"""Which opportunities and awards everybody may see, for programs of others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings

from tonle.catalogue.public import documents_of, everybodys, everybodys_of_kind
from tonle.funding.crosswalks import three_sixty_giving
from tonle.search.public import Filters, search

OPPORTUNITY: Final = "funding_opportunity"
# More results of a search in words than anybody pages through.
MOST_FOUND: Final = 1_000
_PAGE: Final = 100
# Documents held at a time while awards are written.
_BATCH: Final = 500

Document = dict[str, Any]


def opportunities(now: datetime) -> list[Document]:
    """The documents of all opportunities that everybody sees, changed last first. Two queries."""
    found = documents_of(everybodys_of_kind(OPPORTUNITY, now)).values()
    return sorted(found, key=lambda one: (one.get("updated_at", ""), one["id"]), reverse=True)


def opportunities_found(words: str, language: str, now: datetime) -> list[Document]:
    """Those in which the words are found, best first, at most MOST_FOUND."""
    named: list[str] = []
    cursor = None
    filters = Filters.read({"kind": [OPPORTUNITY]})
    while len(named) < MOST_FOUND:
        page = search(words, filters, "", cursor, _PAGE, language=language, now=now, facets=())
        named += [found.hit.id for found in page.hits]
        cursor = page.next
        if cursor is None:
            break
    # The index follows within a second; who may see what is asked of the database.
    seen = everybodys(named, now)
    documents = documents_of([one for one in named if one in seen])
    return [documents[one] for one in dict.fromkeys(named) if one in documents]


def grants(now: datetime) -> Iterator[Document]:
    """The awards of all projects that everybody sees, as grants of 360Giving, project by project.

    Two queries for each 500 projects, and one for them all.
    """
    projects = everybodys_of_kind("project", now)
    for start in range(0, len(projects), _BATCH):
        documents = documents_of(projects[start : start + _BATCH])
        calls = _calls(documents, now)
        for record in sorted(documents):
            document = documents[record]
            yield from three_sixty_giving.grants(
                document,
                node=settings.TONLE_URL,
                prefix=prefix(),
                call=calls.get(document.get("profile", {}).get("call", "")),
            )


def _calls(documents: Mapping[str, Document], now: datetime) -> dict[str, Document]:
    """The calls under which the projects were funded, as far as everybody sees them."""
    named = {str(one.get("profile", {}).get("call", "")) for one in documents.values()} - {""}
    return documents_of(everybodys(sorted(named), now)) if named else {}


def prefix() -> str:
    """What identifiers of this node's package begin with."""
    host = urlsplit(settings.TONLE_URL).netloc
    return str(settings.TONLE_AWARDS_PREFIX or host)
