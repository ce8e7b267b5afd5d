"""The catalogue as a source of the search index: its change log, in the index's words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext

from tonle.catalogue import file_texts
from tonle.catalogue.kinds import kind
from tonle.catalogue.log import after, head
from tonle.catalogue.models import Effect, LogHead, Record
from tonle.catalogue.rules import elsewhere, extent
from tonle.catalogue.rules.access import READ_METADATA, EffectFacts, RecordFacts, rule
from tonle.catalogue.rules.serving import served
from tonle.catalogue.selectors import document_row
from tonle.infra import clock
from tonle.kernel.actors import ANONYMOUS
from tonle.kernel.dates import earliest, parse_date, parse_instant
from tonle.kernel.errors import N_, Invalid
from tonle.kernel.text import LanguageMap, choose
from tonle.search.public import Change, Document, Facts, Hit

# A paper of a thousand authors is found by its first ones; the rest would drown the index.
MOST_PEOPLE = 200
# As long as a filter in an address may be.
LONGEST_NAME = 200


class CatalogueSource:
    """Public records. Withdrawn and purged ones are not found; their tombstones stand."""

    name = "record"

    def lineage(self) -> str:
        stand = LogHead.objects.select_related("origin").first()
        return f"{stand.origin.id}/{stand.epoch}" if stand else ""

    def head(self) -> int:
        return head().pos

    def changes(self, after: int, limit: int) -> Sequence[Change]:
        entries = _after(after, limit)
        records = {
            record.id: record
            for record in Record.objects.select_related("document").filter(
                id__in={entry.record for entry in entries}
            )
        }
        found = self._documents(records.values())
        return [Change(entry.pos, entry.record, found.get(entry.record)) for entry in entries]

    def documents(self, keys: Sequence[str]) -> Mapping[str, Document]:
        """How these records stand now; those that are not published are left out."""
        return self._documents(Record.objects.select_related("document").filter(id__in=keys))

    def _documents(self, records: Iterable[Record]) -> dict[str, Document]:
        now = clock.now()
        found: dict[str, Document] = {}
        for record in records:
            if record.state == "published":
                # Plain JSON: these bytes were checked when they were written.
                document = _document(record)
                made = as_document(record, document)
                texts = file_texts.contents(record, document, now)
                found[record.id] = replace(made, contents=texts) if texts else made
        return found

    def hits(self, keys: Sequence[str], language: str) -> Mapping[str, Hit]:
        # By the rule, not by its twin filter: given a condition on the state, SQLite without
        # statistics looks at every published record rather than at these twenty.
        now = clock.now()
        found = Record.objects.filter(id__in=keys).values_list(
            *_Row._fields[:-2], "document__body", Exists(_BEARING)
        )
        rows = [_Row(*values) for values in found]
        effects = _effects([row.id for row in rows if row.has_effects])
        return {
            row.id: as_hit(row, json.loads(bytes(row.body)), language)
            for row in rows
            if row.state == "published"
            and rule(ANONYMOUS, READ_METADATA, row.facts(effects.get(row.id, ())), now)
        }


class _Row(NamedTuple):
    """What a hit needs of a record. Plain columns: a page has twenty, and rows of models take
    longer to build than all else that is asked of the database."""

    id: str
    kind: str
    state: str
    access_level: str
    embargo_until: datetime | None
    created_at: datetime
    updated_at: datetime | None
    body: bytes
    has_effects: bool

    def facts(self, effects: Sequence[EffectFacts]) -> RecordFacts:
        """What the rule needs to know for a stranger: for him nobody's grant and no
        community's curators change anything, so they are not asked for."""
        return RecordFacts(self.state, self.access_level, self.embargo_until, "", effects)


# Effects that bear on whether a record is shown; nearly always none.
_BEARING = Effect.objects.filter(record=OuterRef("pk"), action=READ_METADATA)


def _effects(keys: Sequence[str]) -> dict[str, list[EffectFacts]]:
    """Record to the effects that bear on whether it is shown."""
    found: dict[str, list[EffectFacts]] = {}
    if not keys:
        return found
    rows = Effect.objects.filter(record__id__in=keys, action=READ_METADATA)
    for record, *fields in rows.values_list(
        "record__id", "action", "rule", "params", "valid_from", "valid_until"
    ):
        found.setdefault(record, []).append(EffectFacts(*fields))
    return found


def _document(record: Record) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(bytes(document_row(record).body))
    return document


_after = after


def as_document(record: Record, document: dict[str, Any]) -> Document:
    """What of a record document can be searched, filtered and counted."""
    texts: list[LanguageMap] = [d["text"] for d in document.get("descriptions", ())]
    texts += [subject["text"] for subject in document.get("subjects", ())]
    texts += [title["text"] for title in document.get("other_titles", ())]
    texts += [f["title"] for f in document.get("distributions", ())[:100] if "title" in f]
    texts += [g["place"] for g in document.get("geo_locations", ()) if "place" in g]
    texts += _profile_texts(document.get("profile", {}))
    return Document(
        key=record.id,
        covers=extent.covered(document),
        kind=record.kind,
        titles=document["titles"],
        texts=texts,
        names=list(_names(document)),
        identifiers=_identifiers(document),
        facets=facets(document),
        year=document.get("publication_year") or _year(document),
        updated_at=record.updated_at or record.created_at,
        closes_at=closes_at(document),
        people=people(document),
        box=box.corners if (box := extent.bounds(document.get("geo_locations", ()))) else None,
        in_force=stands(document) if (stands := kind(record.kind).stands) else None,
    )


def _identifiers(document: dict[str, Any]) -> list[str]:
    """Every name that somebody may type: its own, the world's, and that of where it is kept."""
    names = [document["id"], *(pid["value"] for pid in document.get("pids", ()))]
    source = document.get("source", {}).get("identifier", "")
    return [*names, source] if source and len(source) <= LONGEST_NAME else names


def closes_at(document: dict[str, Any]) -> datetime | None:
    """When a call, a fellowship or whatever it is that the record offers closes."""
    value = document.get("profile", {}).get("closes_at")
    try:
        return parse_instant(value) if isinstance(value, str) else None
    except Invalid:
        return None  # A profile of a later version may say it in a way not known here.


def people(document: dict[str, Any]) -> list[str]:
    """Names of persons in every script, the first ones of a long list."""
    agents = [*document.get("creators", ()), *document.get("contributors", ())]
    persons = [agent for agent in agents if agent["name_type"] == "Personal"]
    names = [name for p in persons for name in (p["name"], *p.get("names", {}).values())]
    return list(dict.fromkeys(names))[:MOST_PEOPLE]


def facets(document: dict[str, Any]) -> dict[str, list[str]]:
    """Facet codes of a document; the kind is the index's own."""
    organisations = [document["publisher"]["name"]] if "publisher" in document else []
    organisations += [
        agent["name"]
        for agent in document.get("creators", ())
        if agent["name_type"] == "Organizational"
    ]
    return {
        "member": list(document.get("members", ())),
        "lang": _languages(document),
        "access": [document["access"]["level"]],
        "subject": [choose(s["text"], "en")[1][:100] for s in document.get("subjects", ())][:20],
        "licence": [r["identifier"] for r in document.get("rights", ()) if "identifier" in r],
        "format": sorted(
            {*(file["media_type"] for file in document["files"]), *elsewhere.formats(document)}
        )[:20],
        "organisation": list(dict.fromkeys(organisations))[:20],
        "funder": _funders(document)[:40],
        "community": list(document.get("communities", ())),
        "reads": _texts(document.get("profile", {}).get("reads"))[:50],
        "serves": served(document),
        **_parties(document),
        **_of_kind(document),
    }


def _of_kind(document: dict[str, Any]) -> Mapping[str, list[str]]:
    """What the kind's own context says it is found by."""
    found = kind(document["kind"]).facets
    return found(document) if found is not None else {}


def _texts(value: Any) -> list[str]:
    """The texts of a list of a profile, each once; a profile of a later version may differ."""
    listed = value if isinstance(value, list) else []
    return list(dict.fromkeys(one for one in listed if isinstance(one, str) and one))


def _parties(document: dict[str, Any]) -> dict[str, list[str]]:
    """Who takes part as what: by name as written and by identifier, for pages about them."""
    agents = [*document.get("creators", ()), *document.get("contributors", ())]
    persons = [agent for agent in agents if agent["name_type"] == "Personal"]
    affiliations = [place for agent in agents for place in agent.get("affiliations", ())]
    affiliations += [agent for agent in agents if agent["name_type"] == "Organizational"]
    publishers = [document["publisher"]] if "publisher" in document else []
    return {
        "person": _keys(persons)[:MOST_PEOPLE],
        "affiliation": _keys(affiliations)[:MOST_PEOPLE],
        "publisher": _keys(publishers),
    }


def _funders(document: dict[str, Any]) -> list[str]:
    rows = document.get("funding_references", ())
    names = [row["funder_name"][:LONGEST_NAME] for row in rows]
    known = [row["funder_identifier"] for row in rows if "funder_identifier" in row]
    return list(dict.fromkeys([*names, *(f"{one['scheme']}:{one['value']}" for one in known)]))


def _keys(parties: Sequence[dict[str, Any]]) -> list[str]:
    keys: dict[str, None] = {}
    for party in parties:
        for name in (party["name"], *party.get("names", {}).values()):
            keys[name[:LONGEST_NAME]] = None
        identifiers = [*party.get("identifiers", ()), party.get("identifier")]
        for identifier in filter(None, identifiers):
            keys[f"{identifier['scheme']}:{identifier['value']}"] = None
    return list(keys)


def _languages(document: dict[str, Any]) -> list[str]:
    """Languages of the thing itself, else those of its titles."""
    tags = document.get("languages") or [tag for tag in document["titles"] if tag != "und"]
    return list(dict.fromkeys(tag.split("-")[0].lower() for tag in tags))


def _names(document: dict[str, Any]) -> list[str]:
    agents = [*document.get("creators", ()), *document.get("contributors", ())]
    names = [name for a in agents for name in (a["name"], *a.get("names", {}).values())]
    names += [a["name"] for agent in agents for a in agent.get("affiliations", ())]
    if "publisher" in document:
        names.append(document["publisher"]["name"])
    names += [f["funder_name"] for f in document.get("funding_references", ())]
    return list(dict.fromkeys(names))[:MOST_PEOPLE]


def _profile_texts(profile: dict[str, Any]) -> list[LanguageMap]:
    """Words of the kind's own fields, one or two levels deep."""
    words: list[str] = []
    for name, value in profile.items():
        if name == "schema":
            continue
        for item in value if isinstance(value, list) else [value]:
            for leaf in item.values() if isinstance(item, dict) else [item]:
                # A name by language: the words are found, whatever language they are in.
                texts = leaf.values() if isinstance(leaf, dict) else [leaf]
                words += [text for text in texts if isinstance(text, str)]
    return [{"und": " \n".join(words)}] if words else []


def _year(document: dict[str, Any]) -> int | None:
    years = []
    for row in document.get("dates", ()):
        try:
            day = earliest(parse_date(row["date"]))
        except Invalid:
            continue  # A date that only people can read.
        if day is not None:
            years.append(day.year)
    return min(years, default=None)


def summary(document: dict[str, Any]) -> LanguageMap:
    """The text a list shows below a title: the abstract, else the first description."""
    described = document.get("descriptions", ())
    abstract = next((d for d in described if d["type"] == "Abstract"), None)
    chosen = abstract or next(iter(described), None)
    text: LanguageMap = chosen["text"] if chosen else {}
    return text


def as_hit(record: Record | _Row, document: dict[str, Any], language: str) -> Hit:
    """A record as a list shows it, in the reader's language where it has one."""
    tag, title = choose(document["titles"], language)
    badges = [gettext(kind(record.kind).label)]
    if document["access"]["level"] in {"embargoed", "restricted"}:
        badges.append(gettext(ACCESS_LABELS[document["access"]["level"]]))
    return Hit(
        id=record.id,
        kind=record.kind,
        title=(tag, title),
        summary=summary(document),
        html_url=f"/records/{record.id}",
        updated_at=record.updated_at or record.created_at,
        badges=badges,
        byline=byline(document),
        elsewhere=lambda: _elsewhere(record.id, document),
        facts=lambda: _facts(document),
        other_titles={t: text for t, text in document["titles"].items() if t != tag},
    )


def byline(document: dict[str, Any], most: int = 3) -> str:
    """The first creators and the year, as one line."""
    names = [creator["name"] for creator in document.get("creators", ())]
    who = "; ".join(names[:most]) + (" …" if len(names) > most else "")
    year = document.get("publication_year")
    return " · ".join(part for part in (who, str(year) if year else "") if part)


def _facts(document: dict[str, Any]) -> Facts:
    # A page of results does without it, and a process starts without all formats.
    from tonle.catalogue.crosswalks.writers.common import main_title

    tag, title = main_title(document)
    dois = [pid["value"] for pid in document.get("pids", ()) if pid["scheme"] == "doi"]
    return Facts(
        title=(tag, title),
        creators=[creator["name"] for creator in document.get("creators", ())],
        year=document.get("publication_year"),
        publisher=document.get("publisher", {}).get("name", ""),
        doi=next(iter(dois), ""),
        licences=[_licence(right, tag) for right in document.get("rights", ())],
        languages=list(document.get("languages", ())),
        access=document["access"]["level"],
        covers=[row["date"] for row in extent.of_data(document)],
    )


def _licence(right: dict[str, Any], language: str) -> str:
    said: str = right.get("identifier") or right.get("uri") or ""
    return said or choose(right.get("text", {}), language)[1]


def _elsewhere(record_id: str, document: dict[str, Any]) -> Iterator[tuple[str, LanguageMap]]:
    """What is searched beside title and summary, in the order in which a reader cares."""
    for name in _names(document):
        yield gettext("Names"), {"und": name}
    for subject in document.get("subjects", ()):
        yield gettext("Subjects"), subject["text"]
    for title in document.get("other_titles", ()):
        yield gettext("Other titles"), title["text"]
    shown = summary(document)
    for description in document.get("descriptions", ()):
        if description["text"] is not shown:
            yield gettext("Descriptions"), description["text"]
    for file in document.get("distributions", ())[:20]:
        if "title" in file:
            yield gettext("Files"), file["title"]
    for place in document.get("geo_locations", ()):
        if "place" in place:
            yield gettext("Places"), place["place"]
    for text in _profile_texts(document.get("profile", {})):
        yield gettext("Details"), text
    # Last, for it is asked anew whether everybody may read them.
    row = Record.objects.filter(id=record_id).first() if document["files"] else None
    for begins in file_texts.contents(row, document, clock.now()) if row else ():
        yield gettext("In its files"), {"und": begins}


ACCESS_LABELS = {
    "open": N_("Open"),
    "embargoed": N_("Under embargo"),
    "restricted": N_("On request"),
    "metadata_only": N_("Description only"),
}
