"""Unqualified Dublin Core in XML, as every OAI-PMH repository must give it.

Fifteen words without grammar: what a number or a name was for is lost. Access, types, grants,
embargoes and other names follow OpenAIRE's terms (info:eu-repo), by which harvesters know them.
Source: Dublin Core Metadata Element Set 1.1; OAI-PMH 2.0; OpenAIRE Guidelines for Literature
Repositories 3.0; DCMI Box and Point encoding schemes. The reader is `crosswalks.oai_dc`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from tonle.catalogue.crosswalks.writers.common import (
    access_term,
    address,
    main_title,
    own_languages,
)
from tonle.catalogue.crosswalks.writers.datacite import UNKNOWN_YEAR, home_url, year_of
from tonle.catalogue.crosswalks.writers.here import Here
from tonle.catalogue.crosswalks.writers.markup import language, legal, text
from tonle.kernel import identifiers
from tonle.kernel.codes import licence_url
from tonle.kernel.text import UNDETERMINED, choose

_HEAD: Final = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/oai_dc/'
    ' http://www.openarchives.org/OAI/2.0/oai_dc.xsd">'
)
# DataCite's general type to OpenAIRE's publication type.
_SEMANTICS: Final = {
    "Book": "book", "BookChapter": "bookPart", "ConferencePaper": "conferenceObject",
    "JournalArticle": "article", "Preprint": "preprint", "Presentation": "lecture",
    "Report": "report",
}  # fmt: skip
# A thesis says in its own words which degree it was for.
_DEGREES: Final = (("bachelor", "bachelorThesis"), ("master", "masterThesis"))
_DCMI: Final = {
    "Audiovisual": "MovingImage", "Collection": "Collection", "ComputationalNotebook": "Software",
    "Dataset": "Dataset", "Event": "Event", "Image": "Image", "Instrument": "PhysicalObject",
    "InteractiveResource": "InteractiveResource", "Model": "Dataset",
    "PhysicalObject": "PhysicalObject", "Service": "Service", "Software": "Software",
    "Sound": "Sound", "Workflow": "Software",
}  # fmt: skip
_DCMI_OF_KIND: Final = {
    "agreement": "Text", "assessment": "Text", "dataset": "Dataset", "indicator": "Dataset",
    "instrument": "PhysicalObject", "policy": "Text", "publication": "Text", "service": "Service",
    "software": "Software", "standard": "Text", "training": "Event",
}  # fmt: skip
# Dates that say of what time a thing is.
_OF_TIME: Final = ("Coverage", "Collected")

Document = Mapping[str, Any]
Value = tuple[str, str]


def write(document: Document, here: Here) -> str:
    """The `oai_dc:dc` element, without XML declaration."""
    return legal(lambda clean: _element(clean, here), document)


def _element(document: Document, here: Here) -> str:
    parts = [_HEAD]
    for name, values in (
        ("title", _titles(document)),
        ("creator", _names(document.get("creators", ()))),
        ("subject", _maps(document.get("subjects", ()))),
        ("description", _maps(document.get("descriptions", ()))),
        ("publisher", _publisher(document, here)),
        ("contributor", _names(document.get("contributors", ()))),
        ("date", _dates(document, here)),
        ("type", _types(document, here)),
        ("format", _formats(document)),
        ("identifier", _identifiers(document, here)),
        ("source", _sources(document)),
        ("language", _plain(document.get("languages", ()))),
        ("relation", _relations(document, here)),
        ("coverage", _coverage(document)),
        ("rights", _rights(document)),
    ):
        # What is said twice is said once: a title in two languages may be the same.
        for value, tag in dict.fromkeys(values):
            if value:
                parts.append(f"<dc:{name}{language(tag)}>{text(value)}</dc:{name}>")
    parts.append("</oai_dc:dc>")
    return "".join(parts)


def _plain(values: Iterable[str]) -> Iterator[Value]:
    return ((value, "") for value in values)


def _maps(holders: Iterable[Mapping[str, Any]]) -> Iterator[Value]:
    return ((value, tag) for holder in holders for tag, value in holder["text"].items())


def _titles(document: Document) -> list[Value]:
    tag, title = main_title(document)
    found = [(title, tag)]
    found += [(value, other) for other, value in document["titles"].items() if other != tag]
    return [*found, *_maps(document.get("other_titles", ()))]


def _names(agents: Iterable[Mapping[str, Any]]) -> Iterator[Value]:
    """Names as they are written, then in other scripts."""
    for agent in agents:
        spelt = {value: tag for tag, value in agent.get("names", {}).items()}
        yield agent["name"], spelt.pop(agent["name"], "")


def _publisher(document: Document, here: Here) -> list[Value]:
    """The publisher; where none is stated, who gives it out: its home, or this node.

    Dublin Core's publisher makes a thing available, and a reader that learns of nobody who
    answers for a record takes it for an orphan.
    """
    stated = document.get("publisher")
    if stated is not None:
        return [(stated["name"], stated.get("language", ""))]
    return [(document.get("source", {}).get("home_name") or here.node_name, "")]


def _dates(document: Document, here: Here) -> list[Value]:
    """When it was published, and when an embargo ends: harvesters take any other for the first."""
    issued = next((d["date"] for d in document.get("dates", ()) if d["type"] == "Issued"), "")
    year = year_of(document, here.zone)
    found = [issued if issued.startswith(year) else year]
    until = document.get("access", {}).get("embargo_until")
    if until:
        found.append(f"info:eu-repo/date/embargoEnd/{until}")
    return list(_plain(value for value in found if value != UNKNOWN_YEAR))


def _types(document: Document, here: Here) -> list[Value]:
    """OpenAIRE's type first, then DCMI's, then the record's own words."""
    stated = document.get("resource_type", {})
    general, said = stated.get("general", ""), stated.get("text", "")
    semantics = _SEMANTICS.get(general, "")
    if general == "Dissertation":
        low = said.lower()
        semantics = next((name for word, name in _DEGREES if word in low), "doctoralThesis")
    kind = document["kind"]
    broad = _DCMI.get(general) or ("Text" if general else _DCMI_OF_KIND.get(kind, ""))
    if kind == "publication" and not semantics:
        semantics = "other"
    found = [f"info:eu-repo/semantics/{semantics}" if semantics else "", broad, general, said]
    return list(_plain([*found, "" if general else here.kind_label]))


def _formats(document: Document) -> Iterator[Value]:
    media = sorted({file["media_type"] for file in document.get("files", ())})
    return _plain((*(document.get("formats") or media), *document.get("sizes", ())))


def _identifiers(document: Document, here: Here) -> Iterator[Value]:
    """Where to cite it, its page, and its other names, as addresses where they have one."""
    found = [here.pid_url, home_url(document, here)]
    for pid in document.get("pids", ()):
        found.append(identifiers.resolver_url(pid["scheme"], pid["value"]) or pid["value"])
    found.append(here.ark)
    found += [other["value"] for other in document.get("alternate_identifiers", ())]
    return _plain(found)


def _sources(document: Document) -> Iterator[Value]:
    """The journal or book it stands in, with volume and pages, as one reads it in a list."""
    for item in document.get("related_items", ()):
        if item["relation_type"] == "IsPublishedIn":
            yield _cited(item, document)


def _cited(item: Mapping[str, Any], document: Document) -> Value:
    tag, title = choose((item.get("titles") or [{"text": {}}])[0]["text"], own_languages(document))
    issue = f"({item['issue']})" if "issue" in item else ""
    pages = "-".join(item[key] for key in ("first_page", "last_page") if key in item)
    number = f"{item.get('volume', '')}{issue}"
    year = str(item.get("publication_year", ""))
    return ", ".join(part for part in (title, number, pages, year) if part), tag


def _relations(document: Document, here: Here) -> Iterator[Value]:
    for relation in document.get("relations", ()):
        yield address(relation["target"], here) or relation["target"]["value"], ""
    for item in document.get("related_items", ()):
        if "identifier" in item:
            yield address(item["identifier"], here) or item["identifier"]["value"], ""
        elif item["relation_type"] != "IsPublishedIn":
            yield _cited(item, document)
    for grant in document.get("funding_references", ()):
        number = grant.get("award_number", "")
        if number:
            # Funder, programme, number: a record knows no programme. No slash within a part.
            funder = quote(grant["funder_name"], safe="")
            yield f"info:eu-repo/grantAgreement/{funder}//{quote(number, safe='')}", ""


def _coverage(document: Document) -> Iterator[Value]:
    for place in document.get("geo_locations", ()):
        for tag, name in place.get("place", {}).items():
            yield name, tag
        if "box" in place:
            box = place["box"]
            yield (
                f"northlimit={box['north']}; southlimit={box['south']};"
                f" westlimit={box['west']}; eastlimit={box['east']}",
                "",
            )
        if "point" in place:
            point = place["point"]
            yield f"east={point['longitude']}; north={point['latitude']}", ""
    for stated in document.get("dates", ()):
        if stated["type"] in _OF_TIME:
            yield stated["date"], ""


def _rights(document: Document) -> Iterator[Value]:
    yield access_term(document), ""
    for right in document.get("rights", ()):
        code = right.get("identifier", "")
        yield right.get("uri") or (licence_url(code) if code else "") or code, ""
        if right.get("text"):
            tag, said = choose(right["text"], own_languages(document))
            yield said, "" if tag == UNDETERMINED else tag
