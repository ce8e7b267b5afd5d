"""Links from a record to the pages of those it names.

{% load lists %} {{ agent|agent_url }} {{ publisher|organisation_url }} {{ id|community }}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from tonle.catalogue.lists import addresses
from tonle.catalogue.panels import shown_by_panels
from tonle.people.public import Community
from tonle.people.public import community as find_community

register = template.Library()


@register.filter
def agent_url(agent: Mapping[str, Any]) -> str:
    """The page of a creator or contributor, or ""."""
    return addresses.agent_url(agent)


@register.filter
def organisation_url(party: Mapping[str, Any]) -> str:
    """The page of an affiliation, a publisher or another organisation, or ""."""
    return addresses.organisation_url(party)


@register.filter
def community(slug_or_id: str) -> Community | None:
    """The community of an id as records name it: its names and slug. One or two queries."""
    return find_community(slug_or_id)


@register.filter
def particulars(profile: Mapping[str, Any]) -> dict[str, Any]:
    """What a kind adds to the record, but for what has a section of its own: the columns of its
    tables, and what contexts show of it in theirs."""
    apart = shown_by_panels(profile) | {"variables"}
    return {key: value for key, value in profile.items() if key not in apart}
