"""By what else agreements and policies are found than any record: pure, of their documents.

A document may come from another node, whose profile is of a later version: what has another
shape than ours is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from tonle.kernel import codes

Document = Mapping[str, Any]


def agreement_facets(document: Document) -> dict[str, list[str]]:
    """Its type, and its parties by country and by the names that the world knows them by."""
    profile = document.get("profile", {})
    return {"type": _type(profile), "party": list(dict.fromkeys(_parties(profile)))[:100]}


def policy_facets(document: Document) -> dict[str, list[str]]:
    return {"type": _type(document.get("profile", {}))}


def in_force(document: Document) -> tuple[date, date | None] | None:
    """The first day in force and the first one no longer; None where the first is not known."""
    profile = document.get("profile", {})
    first, end = day(profile.get("in_force_on")), day(profile.get("ended_on"))
    if first is None or (end is not None and end <= first):
        return None
    return first, end


def day(value: object) -> date | None:
    """A whole day as a document writes it; None for anything else."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def groups(value: object) -> Iterator[Mapping[str, Any]]:
    """The objects of a list of a profile."""
    for one in value if isinstance(value, list) else ():
        if isinstance(one, Mapping):
            yield one


def country_name(alpha3: str, language: str) -> str:
    """A country by its ISO 3166-1 alpha-3 code, in a language; the code where it is none."""
    known = _countries().get(alpha3)
    return codes.label("countries", known, language) if known else alpha3


@cache
def _countries() -> Mapping[str, str]:
    """Alpha-3 to alpha-2."""
    return {str(one.data["alpha3"]): code for code, one in codes.codes("countries").items()}


def _type(profile: Document) -> list[str]:
    said = profile.get("type")
    return [said] if isinstance(said, str) and said else []


def _parties(profile: Document) -> Iterator[str]:
    for party in groups(profile.get("contracting_parties")):
        country = party.get("country")
        if isinstance(country, str) and country in _countries():
            yield country
        for known in groups(party.get("identifiers")):
            scheme, value = known.get("scheme"), known.get("value")
            if isinstance(scheme, str) and isinstance(value, str):
                yield f"{scheme}:{value}"[:200]
