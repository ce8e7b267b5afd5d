"""The chain from a promise to what came of it: who stands above whom, and what a document names.

Agreement, offer (a call, a fellowship, an instrument that is shared), project, output. A record
came of what it says it is part of or derived from, where that stands higher on the chain; a data
set that is derived from another data set did not come of it in this sense. The relations are
DataCite's own: its schema 4.7 names the project of a work by `IsPartOf` with the resource type
Project (appendix 1, RAiD), and RAiD names the activity that another came of by `IsPartOf` and
`IsDerivedFrom` (RAiD metadata schema, relatedRaid.type).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

PROMISE, OFFER, PROJECT, OUTPUT = range(4)
STAGES: Final[Mapping[str, int]] = {
    "agreement": PROMISE,
    "policy": PROMISE,
    "funding_opportunity": OFFER,
    "fellowship": OFFER,
    "training": OFFER,
    "facility": OFFER,
    "instrument": OFFER,
    "service": OFFER,
    "technology_need": OFFER,
    "project": PROJECT,
}
"""Kinds that are no output, each with its place on the chain. Every other kind is an output."""

UP: Final = frozenset({"IsPartOf", "IsDerivedFrom", "IsCollectedBy"})
DOWN: Final = frozenset({"HasPart", "IsSourceOf", "Collects"})
PART: Final = frozenset({"IsPartOf", "HasPart"})
# What is no relation of DataCite: a field of the kind's own, a key area that is served, a grant.
FIELD, AREA, AWARD = "field", "area", "award"
OWN: Final = frozenset({FIELD, AREA, AWARD})
# What somebody who names such a thing means by it, even where the thing is not here.
_ON_THE_CHAIN: Final = frozenset({"Project", "Award"})
# Longer ones are no names; and so many of one record are a catalogue of something else.
LONGEST, MOST = 500, 2_000


class Link(NamedTuple):
    """What a record names. relation: DataCite's type, or one of OWN. area: a key area, or "".

    is_sure: it is on the chain whatever it turns out to be, so that it is a break if it is not
    here.
    """

    relation: str
    scheme: str
    value: str
    area: str = ""
    is_sure: bool = False


def stage(kind: str) -> int:
    return STAGES.get(kind, OUTPUT)


def came_of(kind: str, other: str, relation: str) -> bool:
    """Whether a record of that kind can come of one of the other kind, by that relation."""
    if stage(other) != stage(kind):
        return stage(other) < stage(kind)
    # A programme under an agreement, a call of a larger call, a part of a project.
    return stage(kind) != OUTPUT and kind == other and (relation in PART or relation in OWN)


def links_of(
    document: Mapping[str, Any],
    fields: Iterable[tuple[str, str, str]],
    served: Iterable[tuple[str, str]],
) -> list[Link]:
    """All that a document names which may be on the chain, each once, in its order.

    fields: (scheme, value, area) of what fields of its kind name; served: (record, area) of the
    key areas that it says it serves.
    """
    found = [Link(FIELD, scheme, value, area, True) for scheme, value, area in fields]
    found += [Link(AREA, "tonle", record, area) for record, area in served]
    for relation in document.get("relations", ()):
        target = relation["target"]
        if relation["type"] in UP or relation["type"] in DOWN:
            sure = relation["type"] in UP and (
                relation.get("resource_type_general") in _ON_THE_CHAIN or target["scheme"] == "raid"
            )
            found.append(Link(relation["type"], target["scheme"], target["value"], is_sure=sure))
    found += [Link(AWARD, AWARD, name) for name in awards(document)]
    mine = ("tonle", document["id"])
    return [
        link
        for link in dict.fromkeys(found)
        if len(link.value) <= LONGEST and (link.scheme, link.value) != mine
    ][:MOST]


def awards(document: Mapping[str, Any]) -> Iterator[str]:
    """The grants that paid for it, as one name each: funder and number.

    A number alone is no name: every funder has a grant 12. A project's own grant is that of each
    of its funders.
    """
    numbers = document.get("profile", {})
    own = numbers.get("grant_number") if document.get("kind") == "project" else None
    for funding in document.get("funding_references", ()):
        number = own if isinstance(own, str) else funding.get("award_number")
        if number:
            held = funding.get("funder_identifier")
            funder = f"{held['scheme']}:{held['value']}" if held else funding["funder_name"]
            yield f"{_plain(funder)}|{_plain(number)}"


def _plain(text: str) -> str:
    return "".join(text.casefold().split())


def areas_of(document: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    """What a promise has to be counted under: id to name by language, in the text's order.

    Key areas of an agreement, goals of a policy and those of its targets that have a name.
    """
    profile = document.get("profile", {})
    found: dict[str, Mapping[str, str]] = {}
    for rows, name in (("key_areas", "name"), ("goals", "name"), ("targets", "indicator")):
        listed = profile.get(rows)
        for row in listed if isinstance(listed, list) else ():
            if isinstance(row, Mapping) and isinstance(row.get("id"), str):
                said = row.get(name)
                texts = said if isinstance(said, Mapping) else {"und": str(said or row["id"])}
                found.setdefault(row["id"], texts)
    return found
