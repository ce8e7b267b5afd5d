"""Where a person, an organisation or a community named in a record has its page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import NoReverseMatch, reverse

# Longer than a filter in an address may be: such a name is a sentence.
LONGEST = 200


def agent_url(agent: Mapping[str, Any]) -> str:
    """The page of a creator or contributor; "" where no page can be called so."""
    if agent.get("name_type") == "Personal":
        return person_url(agent)
    return organisation_url(agent)


def person_url(agent: Mapping[str, Any]) -> str:
    """By ORCID where the record names one, else by the name as it is written."""
    for identifier in agent.get("identifiers", ()):
        if identifier["scheme"] == "orcid":
            url = _address("catalogue:person", identifier["value"])
            if url:
                return url
    return _named("catalogue:person-named", agent["name"])


def organisation_url(party: Mapping[str, Any]) -> str:
    """By ROR id where the record names one, else by the name. Takes agents, affiliations and
    publishers alike; no query: the page finds out whether the organisation is known here."""
    identifiers = [*party.get("identifiers", ()), party.get("identifier")]
    for identifier in filter(None, identifiers):
        if identifier["scheme"] == "ror":
            url = _address("catalogue:organisation", f"ror:{identifier['value']}")
            if url:
                return url
    return _named("catalogue:organisation", party["name"])


def community_url(slug_or_id: str) -> str:
    return _address("catalogue:community", slug_or_id)


def _named(page: str, name: str) -> str:
    # A path cannot keep a name of dots alone: clients take such steps out.
    if not name or len(name) > LONGEST or not name.strip("./"):
        return ""
    return _address(page, name)


def _address(page: str, name: str) -> str:
    """ "" where no page can be called so: what a record says must not cost readers its page."""
    try:
        return reverse(page, args=[name])
    except NoReverseMatch:
        return ""
