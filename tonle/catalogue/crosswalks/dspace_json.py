"""DSpace items, as the REST API of DSpace 7 and later gives them: qualified Dublin Core.

Source: DSpace RestContract, "Items"; the `dc` registry that DSpace installs.
"""

from __future__ import annotations

import re
from typing import Any, Final

from tonle.catalogue.crosswalks import kinds
from tonle.catalogue.crosswalks.clean import Cleaner, as_list, as_map, as_text, year
from tonle.catalogue.crosswalks.common import Document
from tonle.catalogue.crosswalks.elsewhere import (
    MAX_DISTRIBUTIONS,
    Texts,
    address,
    distribution,
)
from tonle.catalogue.crosswalks.identifiers import identifier_of, work_identifier
from tonle.catalogue.crosswalks.portals import Portal
from tonle.catalogue.crosswalks.works import container, iso_issn, stand_in
from tonle.kernel.errors import N_

FORMAT: Final = "dspace-json"

_CREATORS: Final = ("dc.contributor.author", "dc.creator", "dcterms.creator")
_CONTRIBUTORS: Final = (
    ("dc.contributor.editor", "Editor"),
    ("dc.contributor.advisor", "Supervisor"),
    ("dc.contributor.supervisor", "Supervisor"),
    ("dc.contributor.funder", "Funder"),
    ("dc.contributor.other", "Other"),
    ("dc.contributor", "Other"),
)
_DESCRIPTIONS: Final = (
    ("dc.description.abstract", "Abstract"),
    ("dcterms.abstract", "Abstract"),
    ("dc.description.tableofcontents", "TableOfContents"),
    ("dc.description.statementofresponsibility", "Other"),
    ("dc.description", "Other"),
    ("dc.relation.ispartofseries", "SeriesInformation"),
)
_DATES: Final = (
    ("dc.date.issued", "Issued"),
    ("dc.date.available", "Available"),
    ("dc.date.created", "Created"),
    ("dc.date.submitted", "Submitted"),
    ("dc.date.copyright", "Copyrighted"),
    ("dc.date.updated", "Updated"),
    ("dc.coverage.temporal", "Coverage"),
)
_RELATIONS: Final = (
    ("dc.relation.ispartof", "IsPartOf"),
    ("dc.relation.haspart", "HasPart"),
    ("dc.relation.isversionof", "IsVersionOf"),
    ("dc.relation.hasversion", "HasVersion"),
    ("dc.relation.isbasedon", "IsDerivedFrom"),
    ("dc.relation.isreferencedby", "IsReferencedBy"),
    ("dc.relation.isreplacedby", "IsObsoletedBy"),
    ("dc.relation.replaces", "Obsoletes"),
    ("dc.relation.requires", "Requires"),
    ("dc.relation.uri", "References"),
    ("dc.relation", "References"),
    ("dc.source", "IsDerivedFrom"),
)

Values = dict[str, list[dict[str, Any]]]


def _items(value: Any) -> list[tuple[dict[str, Any], Values]]:
    """An item, bare or as a search result holds it, with its metadata."""
    item = as_map(value)
    item = as_map(as_map(item.get("_embedded")).get("indexableObject")) or item
    values: Values = {
        key: [one for one in as_list(given) if isinstance(one, dict)]
        for key, given in as_map(item.get("metadata")).items()
    }
    return [(item, values)] if values else []


def properties(item: dict[str, Any], values: Values, clean: Cleaner) -> dict[str, Any]:
    """The item in the shape of DataCite's properties."""
    read = _Reader(values, Texts(clean))
    issued = next((text for _, text in read.all("dc.date.issued")), "")
    words = [text for _, text in read.all("dc.type", "dc.type.local", "dspace.entity.type")]
    general = next((g for word in words if (g := kinds.general_of_word(word))), None)
    found: dict[str, Any] = {
        "titles": _titles(item, read),
        "types": {"resourceTypeGeneral": general or "Text", "resourceType": "".join(words[:1])},
        "creators": [{"name": text, "lang": lang} for lang, text in read.all(*_CREATORS)],
        "contributors": [
            {"name": text, "lang": lang, "contributorType": role}
            for name, role in _CONTRIBUTORS
            for lang, text in read.all(name)
        ],
        "publisher": [{"name": text, "lang": lang} for lang, text in read.all("dc.publisher")],
        "publicationYear": str(year(issued[:10]) or year(issued[:4]) or ""),
        "descriptions": [
            {"description": text, "lang": lang, "descriptionType": kind}
            for name, kind in _DESCRIPTIONS
            for lang, text in read.all(name)
        ],
        "subjects": _subjects(read),
        "dates": [
            {"date": text[:10] if "T" in text else text, "dateType": kind}
            for name, kind in _DATES
            for _, text in read.all(name)
        ],
        "language": [
            text
            for _, text in read.all("dc.language.iso", "dc.language", "dc.language.rfc3066")
            if text.lower() != "other"
        ],
        "rightsList": _rights(read),
        "formats": [text for _, text in read.all("dc.format.mimetype", "dc.format")],
        "sizes": [text for _, text in read.all("dc.format.extent")],
        "geoLocations": [
            {"geoLocationPlace": text} for _, text in read.all("dc.coverage.spatial", "dc.coverage")
        ],
        "fundingReferences": [
            {"funderName": text} for _, text in read.all("dc.description.sponsorship")
        ],
    }
    stand_in(found, clean, ())
    found["identifiers"], found["alternateIdentifiers"] = _identifiers(item, read)
    found["relatedIdentifiers"] = _relations(read)
    found["relatedItems"] = _journal(read)
    return found


class _Reader:
    """The values under names, with their languages."""

    def __init__(self, values: Values, texts: Texts) -> None:
        self._values = values
        self._texts = texts

    def all(self, *names: str) -> list[tuple[str, str]]:
        made = []
        for name in names:
            for one in self._values.get(name, ()):
                if text := as_text(one.get("value")).strip():
                    stated = as_text(one.get("language")).strip("* ")
                    made.append((self._texts.language(text, stated, name), text))
        return made

    def under(self, head: str) -> list[tuple[str, str]]:
        """As `all`, of every name that begins so: `dc.subject`, `dc.subject.lcsh`."""
        return self.all(*(n for n in self._values if n == head or n.startswith(f"{head}.")))


def _titles(item: dict[str, Any], read: _Reader) -> list[dict[str, str]]:
    made = [{"title": text, "lang": lang} for lang, text in read.all("dc.title", "dcterms.title")]
    if not made and as_text(item.get("name")):
        made = [{"title": as_text(item.get("name")), "lang": ""}]
    for name, kind in (
        ("dc.title.alternative", "AlternativeTitle"),
        ("dc.title.translated", "TranslatedTitle"),
    ):
        made += [{"title": text, "lang": lang, "titleType": kind} for lang, text in read.all(name)]
    return made


def _subjects(read: _Reader) -> list[dict[str, str]]:
    return [{"subject": text, "lang": lang} for lang, text in read.under("dc.subject")]


def _rights(read: _Reader) -> list[dict[str, str]]:
    uri = next((t for _, t in read.all("dc.rights.uri", "dc.rights.license") if address(t)), "")
    texts = [t for _, t in read.all("dc.rights", "dc.rights.license") if not address(t)]
    made = [{"rights": "".join(texts[:1]), "rightsUri": uri}] if uri or texts else []
    return made + [{"rights": text} for text in texts[1:]]


def _identifiers(
    item: dict[str, Any], read: _Reader
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    pids: list[dict[str, str]] = []
    others: list[dict[str, str]] = []
    given = [("", text) for _, text in read.all("dc.identifier.doi", "dc.identifier.uri")]
    if handle := as_text(item.get("handle")):
        given.append(("handle", handle))
    # Numbers of the journal or book that it is in are not its own.
    for name in ("dc.identifier.other", "dc.identifier", "dc.identifier.isbn"):
        given += [("ISBN" if name.endswith("isbn") else "", text) for _, text in read.all(name)]
    for label, text in given:
        pid = work_identifier(text, label)
        if pid is not None:
            pids.append({"identifier": pid["value"], "identifierType": pid["scheme"]})
        else:
            kind = label or ("URL" if address(text) else "Local")
            others.append({"alternateIdentifier": text, "alternateIdentifierType": kind})
    return pids, others


def _relations(read: _Reader) -> list[dict[str, str]]:
    made = []
    for name, relation in _RELATIONS:
        for _, text in read.all(name):
            target = identifier_of(text, "")
            if target is not None:
                made.append(
                    {
                        "relatedIdentifier": target["value"],
                        "relatedIdentifierType": target["scheme"],
                        "relationType": relation,
                    }
                )
    return made


def _journal(read: _Reader) -> list[dict[str, Any]]:
    def one(*names: str) -> str:
        return next((text for _, text in read.all(*names)), "")

    return container(
        title=one("dc.relation.journal", "dc.source.title", "oaire.citation.title"),
        volume=one("oaire.citation.volume", "dc.identifier.volume"),
        issue=one("oaire.citation.issue", "dc.identifier.issue"),
        first_page=one("oaire.citation.startPage"),
        last_page=one("oaire.citation.endPage"),
        issn=iso_issn(one("dc.identifier.issn")),
        general="Journal",
    )


def _elsewhere(item: dict[str, Any], values: Values, clean: Cleaner, made: Document) -> None:
    """Where it is at home, and its bitstreams where the answer holds them."""
    told = [as_text(one.get("value")).strip() for one in values.get("dc.identifier.uri", ())]
    handle = as_text(item.get("handle"))
    home = next((address(one) for one in told if address(one)), "")
    if not home and re.fullmatch(r"[0-9.]+/\S+", handle):
        home = f"https://hdl.handle.net/{handle}"
    if home:
        made["source"]["home_url"] = home
    found = []
    for bundle in _embedded(item, "bundles"):
        if as_text(bundle.get("name")) not in ("ORIGINAL", ""):
            continue
        for file in _embedded(bundle, "bitstreams"):
            links = as_map(file.get("_links"))
            checksum = as_map(file.get("checkSum"))
            one = distribution(
                clean,
                title=file.get("name"),
                access_url=home,
                download_url=as_map(links.get("content")).get("href"),
                size=file.get("sizeBytes"),
                checksum=checksum.get("value"),
                algorithm=checksum.get("checkSumAlgorithm"),
            )
            if one is not None:
                found.append(one)
    if found:
        made["distributions"] = clean.bounded(found, MAX_DISTRIBUTIONS, "bitstreams")


def _embedded(value: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """A list inside HAL's `_embedded`, once or twice."""
    inner = as_map(value.get("_embedded")).get(name)
    if isinstance(inner, dict):
        inner = as_map(inner.get("_embedded")).get(name)
    return [one for one in as_list(inner) if isinstance(one, dict)]


parse = Portal(
    FORMAT,
    N_("The file holds no item of DSpace."),
    _items,
    properties=lambda one, clean: properties(one[0], one[1], clean),
    beside=lambda one, clean, made: _elsewhere(one[0], one[1], clean, made),
).parse
