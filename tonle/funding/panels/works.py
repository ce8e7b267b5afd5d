"""With whom somebody has published, as the public records of this node say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from tonle.catalogue import public as catalogue
from tonle.funding.rules.conflicts import WINDOW_YEARS
from tonle.search import public as search

# Records of one person that are looked into, the best match first.
READ: Final = 100


def together(orcid: str, now: datetime) -> dict[str, frozenset[str]]:
    """ORCID iD to the public records of the last years that name it beside this one.

    Without an ORCID iD, or before the index is there, nothing is known. A search and one query.
    """
    found: dict[str, set[str]] = {}
    for record, document in documents(orcid, now).items():
        named = set(_orcids(document))
        if orcid in named and _year(document) >= now.year - WINDOW_YEARS:
            for other in named - {orcid}:
                found.setdefault(other, set()).add(record)
    return {other: frozenset(records) for other, records in found.items()}


def documents(orcid: str, now: datetime) -> Mapping[str, dict[str, Any]]:
    """The public records that name an ORCID iD, by id."""
    if not orcid:
        return {}
    asked = search.Filters({"person": (f"orcid:{orcid}",)})
    hits = search.search("", asked, limit=READ, facets=(), language="en", now=now).hits
    return catalogue.documents_of([hit.key for hit in hits])


def _orcids(document: Mapping[str, Any]) -> Iterable[str]:
    for sort in ("creators", "contributors"):
        for agent in document.get(sort, ()):
            for one in agent.get("identifiers", ()):
                if one["scheme"] == "orcid":
                    yield one["value"]


def _year(document: Mapping[str, Any]) -> int:
    """The latest year that it names, 0 for none."""
    years = [str(document.get("publication_year", ""))[:4]]
    years += [str(one.get("date", ""))[:4] for one in document.get("dates", ())]
    return max((int(one) for one in years if one.isdigit()), default=0)
