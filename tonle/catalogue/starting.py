"""Loading the starter set: organisations as organisations, the rest as every other import."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tonle.catalogue import starter
from tonle.catalogue.importing import Incoming, Item, import_documents
from tonle.catalogue.models import Record
from tonle.kernel import codes
from tonle.kernel.actors import SYSTEM
from tonle.people.public import add_organisation, organisation_by_identifier, organisations

_PAGE = 100


def load(now: datetime) -> Iterator[Item]:
    """Take in the records of the starter set; a second call finds everything unchanged.

    What names others comes last, when those have their names.
    """
    links = starter.links()
    everything = list(starter.documents())
    plain = [(key, document) for key, document in everything if key not in links]
    linked = [(key, document) for key, document in everything if key in links]
    yield from _import(plain, now)
    yield from _import([(key, _linked(doc, links[key])) for key, doc in linked], now)


def _import(documents: list[tuple[str, dict[str, Any]]], now: datetime) -> Iterator[Item]:
    incoming = (Incoming(f"starter/{key}", key, "starter", doc) for key, doc in documents)
    return import_documents(incoming, actor=SYSTEM, clock=lambda: now)


def _linked(document: dict[str, Any], links: list[tuple[str, str]]) -> dict[str, Any]:
    """The document with relations to the records here that it names by key."""
    keys = [key for _, key in links]
    rows = Record.objects.filter(source_key__in=keys).values_list("source_key", "id")
    names = dict(rows)
    relations = [
        {"type": relation, "target": {"scheme": "tonle", "value": names[key]}}
        for relation, key in links
        if key in names
    ]
    return {**document, "relations": [*document.get("relations", ()), *relations]}


def load_organisations(now: datetime) -> int:
    """Add the organisations that are not here yet. Returns how many.

    One with an identifier is known by it; one without, by its English name and member.
    """
    here = set(_known())
    added = 0
    for _, said in starter.organisations():
        identified = any(
            organisation_by_identifier(one["scheme"], one["value"])
            for one in said.get("identifiers", ())
        )
        if identified or (said["names"]["en"], said.get("member", "")) in here:
            continue
        add_organisation(description=_description(said), actor=SYSTEM, now=now)
        added += 1
    return added


def _known() -> Iterator[tuple[str, str]]:
    after = ""
    while page := organisations(after=after, limit=_PAGE):
        for organisation in page:
            yield organisation.names.get("en", ""), organisation.member
        after = page[-1].id


# What sources call organisations, in ROR's words; the source's own word stays in its citation.
_TYPES = {
    "ministry": "government",
    "government research department": "government",
    "research institute": "facility",
    "intergovernmental training and fund coordinator": "network",
}


def _description(said: dict[str, Any]) -> dict[str, Any]:
    """The fields of an organisation; a member's country and province by their codes."""
    fields = ("names", "member", "identifiers", "website", "source")
    found = {name: said[name] for name in fields if said.get(name)}
    province = codes.find("provinces", said.get("place") or "")
    return {
        **found,
        "types": list(dict.fromkeys(_TYPES.get(word, word) for word in said.get("types", ()))),
        # KHM is of KHM, CHN-YN of CHN.
        "country": said.get("member", "")[:3],
        "province": province.code if province else "",
    }
