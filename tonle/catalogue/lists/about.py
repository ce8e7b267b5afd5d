"""Who a page is about, worked out from public records and from what is public of people."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tonle.catalogue.lists.addresses import LONGEST, organisation_url
from tonle.catalogue.models import Record
from tonle.catalogue.selectors import document_row
from tonle.kernel import identifiers
from tonle.kernel.errors import Invalid, NotFound
from tonle.people.public import Organisation, organisation, organisation_by_identifier
from tonle.search.public import Filters, Found, search

# Documents that are read to learn the names of a person, and shown that may be theirs.
READ = 50
POSSIBLE = 10
MOST_PLACES = 8
# A filter holds so many values.
MOST_KEYS = 40


@dataclass(frozen=True)
class Person:
    """Somebody as public records name them.

    name: as most of them write it. others: (language, name) in other scripts and spellings.
    orcid: "" where the page is about a name. places: {name, url} of affiliations, the most
    frequent first.
    orcids: of people of exactly this name, on a page about a name.
    """

    name: str
    others: tuple[tuple[str, str], ...]
    orcid: str
    places: tuple[dict[str, str], ...]
    orcids: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """By what the index finds the records."""
        return (f"orcid:{self.orcid}",) if self.orcid else (self.name,)


def person(who: str, *, language: str, now: datetime) -> Person:
    """The person of an ORCID iD, or all of one exact name.

    An ORCID tells who somebody is; a name never does, so records of one name are listed as
    such and never joined with those of an ORCID. Two queries and a search. Raises NotFound
    where no public record names anybody so.
    """
    orcid = orcid_of(who)
    if not orcid and (len(who) > LONGEST or who != who.strip()):
        raise NotFound
    key = f"orcid:{orcid}" if orcid else who
    found = search(
        "", Filters({"person": (key,)}), limit=READ, facets=(), language=language, now=now
    )
    agents = [
        agent
        for document in documents(hit.key for hit in found.hits)
        for agent in _persons(document)
        if (_orcid(agent) == orcid if orcid else who in _forms(agent))
    ]
    if not agents:
        raise NotFound
    names = Counter(agent["name"] for agent in agents)
    name = who if not orcid else names.most_common(1)[0][0]
    others = dict.fromkeys(
        (tag, text)
        for agent in agents
        for tag, text in (("und", agent["name"]), *agent.get("names", {}).items())
        if text != name
    )
    affiliations = [place for agent in agents for place in agent.get("affiliations", ())]
    places = Counter((place["name"], organisation_url(place)) for place in affiliations)
    orcids = dict.fromkeys(filter(None, map(_orcid, agents))) if not orcid else {}
    return Person(
        name,
        _once(others),
        orcid,
        tuple({"name": name, "url": url} for (name, url), _ in places.most_common(MOST_PLACES)),
        tuple(orcids),
    )


def possibly(who: Person, *, language: str, now: datetime) -> tuple[list[Found], int]:
    """Records that name somebody exactly so, and do not say who: (some of them, how many of
    the name there are). For a human to decide; nothing is joined. A search and one query."""
    names = [who.name, *(name for _, name in who.others)][:MOST_KEYS]
    found = search(
        "", Filters({"person": tuple(names)}), limit=READ, facets=(), language=language, now=now
    )
    read = {d["id"]: d for d in documents(hit.key for hit in found.hits)}
    open_ones = [
        hit
        for hit in found.hits
        if hit.key in read
        and not any(_orcid(agent) == who.orcid for agent in _persons(read[hit.key]))
        and any(
            not _orcid(agent) and set(names) & _forms(agent) for agent in _persons(read[hit.key])
        )
    ]
    return open_ones[:POSSIBLE], len(open_ones)


def orcid_of(text: str) -> str:
    """The ORCID iD that a text is, in its one spelling; "" where it is none."""
    try:
        return identifiers.normalise("orcid", text)
    except Invalid:
        return ""


def documents(ids: Iterable[str]) -> list[dict[str, Any]]:
    """The public documents of records, in no order. One query."""
    rows = Record.objects.select_related("document").filter(id__in=list(ids), state="published")
    return [json.loads(bytes(document_row(row).body)) for row in rows]


def _persons(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    agents = [*document.get("creators", ()), *document.get("contributors", ())]
    return [agent for agent in agents if agent["name_type"] == "Personal"]


def _orcid(agent: Mapping[str, Any]) -> str:
    return next((i["value"] for i in agent.get("identifiers", ()) if i["scheme"] == "orcid"), "")


def _forms(agent: Mapping[str, Any]) -> set[str]:
    return {agent["name"], *agent.get("names", {}).values()}


def _once(names: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Each text once; a known language before an unknown one."""
    by_text: dict[str, str] = {}
    for tag, text in names:
        if by_text.get(text, "und") == "und":
            by_text[text] = tag
    return tuple((tag, text) for text, tag in by_text.items())


# --- organisations --------------------------------------------------------------------


@dataclass(frozen=True)
class Body:
    """An organisation as a page shows it. known: its row here; None where only records name it."""

    name: str
    known: Organisation | None
    keys: tuple[str, ...]


def body(which: str) -> Body:
    """An organisation by id, by `ror:…` or another identifier, or by its exact name.

    At most three queries. Whether records name it is the caller's to see.
    """
    known = organisation(which) or _by_identifier(which)
    if known is None:
        return Body(which[:LONGEST], None, (which[:LONGEST],))
    held = [f"{one.scheme}:{one.value}" for one in known.identifiers.all()]
    names = [str(name)[:LONGEST] for name in known.names.values()]
    keys = tuple(dict.fromkeys([*held, *names]))[:MOST_KEYS]
    return Body(str(known), known, keys)


def _by_identifier(which: str) -> Organisation | None:
    scheme, colon, value = which.partition(":")
    return organisation_by_identifier(scheme, value) if colon else None


ROLES: Sequence[str] = ("affiliation", "publisher", "funder")
