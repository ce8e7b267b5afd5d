"""Crossref's XML: the record of one DOI as Crossref's query service answers it (UNIXREF, UNIXSD).

A record holds the way down to the work (journal, issue, article; book, chapter); the work is
the element whose own DOI was asked for, and what stands around it is what it is published in.
Source: Crossref query output 3.0, UNIXREF 1.1, deposit schema 4.3 to 5.3; fundref.xsd,
AccessIndicators.xsd, relations.xsd.
"""

from __future__ import annotations

import re
from typing import Any, Final

from lxml import etree

from tonle.catalogue.crosswalks import datacite, xml
from tonle.catalogue.crosswalks.clean import Cleaner
from tonle.catalogue.crosswalks.common import (
    Notes,
    Parsed,
    ParsedRecord,
    Remark,
    digest,
    refused_file,
)
from tonle.catalogue.crosswalks.keys import finish
from tonle.catalogue.crosswalks.works import container, day_of_parts, iso_issn, quiet, stand_in
from tonle.catalogue.crosswalks.xml import attributes, below, children, content, line, local
from tonle.kernel.errors import N_

FORMAT: Final = "crossref-xml"
MAX_RECORDS: Final = 5_000

# Elements that describe one work, and DataCite's general type of it.
_WORKS: Final = {
    "book_metadata": "Book",
    "book_series_metadata": "Book",
    "book_set_metadata": "Book",
    "component": "Other",
    "conference_paper": "ConferencePaper",
    "content_item": "BookChapter",
    "database_metadata": "Collection",
    "dataset": "Dataset",
    "dissertation": "Dissertation",
    "journal_article": "JournalArticle",
    "journal_issue": "Journal",
    "journal_metadata": "Journal",
    "peer_review": "PeerReview",
    "posted_content": "Preprint",
    "proceedings_metadata": "ConferenceProceeding",
    "report-paper_metadata": "Report",
    "report-paper_series_metadata": "Report",
    "standard_metadata": "Standard",
}
# Which of them is meant where no DOI tells: the innermost.
_ORDER: Final = (
    "journal_article", "conference_paper", "content_item", "posted_content", "dissertation",
    "peer_review", "dataset", "component",
)  # fmt: skip
_POSTED: Final = {"dissertation": "Dissertation", "report": "Report", "working_paper": "Report"}
_ROLES: Final = {
    "chair": "Editor",
    "editor": "Editor",
    "reader": "Other",
    "reviewer": "Other",
    "reviewer-external": "Other",
    "translator": "Translator",
}
_DATES: Final = (
    ("publication_date", "Issued"),
    ("posted_date", "Issued"),
    ("review_date", "Issued"),
    ("approval_date", "Accepted"),
    ("acceptance_date", "Accepted"),
    ("creation_date", "Created"),
    ("update_date", "Updated"),
)
# Crossref's relations that DataCite has another word for; the rest differ in their case alone.
_RELATIONS: Final = {
    "hascomment": "IsReferencedBy",
    "hasmanuscript": "HasVersion",
    "haspreprint": "HasVersion",
    "hasreply": "IsReferencedBy",
    "hasreview": "IsReviewedBy",
    "isbasedon": "IsDerivedFrom",
    "isbasisfor": "IsSourceOf",
    "iscommenton": "References",
    "ismanuscriptof": "IsVersionOf",
    "ispreprintof": "IsVersionOf",
    "isreplyto": "References",
    "isreviewof": "Reviews",
    "issameas": "IsIdenticalTo",
}
_ALONG: Final = (
    "journal", "book", "conference", "database", "report-paper", "standard", "sa_component",
)  # fmt: skip


def parse(data: bytes, name: str) -> Parsed:
    """One answer with one record or several, or a bare `crossref` element."""
    try:
        root = xml.parse(data)
    except xml.NotXml as error:
        return refused_file(FORMAT, data, name, error.remark)
    queries = [e for e in root.iter() if local(e) == "query"]
    pairs = [(query, inner) for query in queries for inner in _crossrefs(query)]
    pairs = pairs or [(root, inner) for inner in _crossrefs(root)]
    if not pairs:
        return refused_file(
            FORMAT, data, name, Remark("", N_("The file holds no record of Crossref."))
        )
    several = len(pairs) > 1
    return Parsed(
        FORMAT,
        tuple(
            _record(query, inner, f"file:{name}#{number}" if several else f"file:{name}")
            for number, (query, inner) in enumerate(pairs[:MAX_RECORDS], start=1)
        ),
    )


def _crossrefs(element: etree._Element) -> list[etree._Element]:
    return [e for e in element.iter() if local(e) == "crossref" and children(e)]


def _record(query: etree._Element, crossref: etree._Element, key: str) -> ParsedRecord:
    notes = Notes()
    clean = Cleaner(notes)
    received = digest(xml.canonical(crossref))
    work = _work(crossref, line(query, "doi"))
    if work is None:
        errors = line(crossref, "error")[:300]
        notes.refuse("crossref", N_("The record describes no work. %(said)s"), said=errors)
        return notes.record(key, {}, received)
    made = datacite.document(_properties(query, work, clean), notes, format_name=FORMAT)
    quiet(notes)
    return finish(made, notes, key, received)


def _work(crossref: etree._Element, asked: str) -> etree._Element | None:
    works = [e for e in crossref.iter() if local(e) in _WORKS]
    for work in works:
        if asked and line(work, "doi_data", "doi").lower() == asked.lower():
            return work
    for name in _ORDER:
        for work in works:
            if local(work) == name:
                return work
    return next(iter(works), None)


def _properties(query: etree._Element, work: etree._Element, clean: Cleaner) -> dict[str, Any]:
    name, given = local(work), attributes(work)
    around = _around(work)
    general = _WORKS[name]
    if name == "posted_content":
        general = _POSTED.get(given.get("type", ""), general)
    people = _people(work) or (_people(around[0]) if general == "BookChapter" and around else [])
    words = given.get("type") or given.get("publication_type") or given.get("dataset_type")
    dates = _dates([work, *around])
    published = next((d["date"] for d in dates if d["dateType"] in ("Issued", "Accepted")), "")
    publisher = _publisher(query, work, around)
    found: dict[str, Any] = {
        "doi": line(work, "doi_data", "doi") or line(query, "doi"),
        "url": line(work, "doi_data", "resource"),
        "titles": _titles(work, given.get("language") or _language(around)),
        "types": {
            "resourceTypeGeneral": general,
            "resourceType": "" if words in ("full_text", "other", "record") else words,
        },
        "creators": [one for one in people if "contributorType" not in one],
        "contributors": [one for one in people if "contributorType" in one],
        "publisher": publisher,
        "publicationYear": published[:4],
        "dates": dates,
        "language": given.get("language") or _language(around),
        "descriptions": _descriptions(work),
        "rightsList": _rights(work),
        "fundingReferences": _funding(work),
        "relatedIdentifiers": _relations(work),
        "relatedItems": _container(work, around),
        "identifiers": [
            {"identifier": content(isbn), "identifierType": "ISBN"} for isbn in below(work, "isbn")
        ],
    }
    if not found["creators"]:
        stand_in(found, clean, [one for one in people if one.get("contributorType") == "Editor"])
    return found


def _around(work: etree._Element) -> list[etree._Element]:
    """What the work is published in, innermost first: issue, journal; book; conference."""
    made = []
    for parent in work.iterancestors():
        if local(parent) in _ALONG:
            made += [e for e in children(parent) if e is not work and _is_frame(local(e))]
    return sorted(made, key=lambda e: local(e) not in ("journal_issue", "book_metadata"))


def _is_frame(name: str) -> bool:
    return (name.endswith(("_metadata", "_issue")) and name in _WORKS) or name == "event_metadata"


def _language(around: list[etree._Element]) -> str:
    return next((said for e in around if (said := attributes(e).get("language"))), "")


def _titles(work: etree._Element, language: str) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    own = line(work, "titles", "title") or line(work, "full_title")
    original = below(work, "titles", "original_language_title")
    if own:
        made.append({"title": own, "lang": language if not original else "en"})
    for title in original:
        said = attributes(title).get("language") or ""
        translated = {"titleType": "TranslatedTitle"} if own and said else {}
        made.append({"title": content(title), "lang": said, **translated})
    for subtitle in below(work, "titles", "subtitle"):
        kind = "Subtitle" if own else None
        made.append({"title": content(subtitle), "titleType": kind})
    return made


def _people(work: etree._Element) -> list[dict[str, Any]]:
    made = []
    for holder in (*children(work, "contributors"), work):
        for element in children(holder):
            name = local(element)
            if name == "person_name":
                person = _person(element)
            elif name in ("organization", "anonymous"):
                person = {"name": content(element), "nameType": "Organizational"}
            else:
                continue
            role = attributes(element).get("contributor_role", "author")
            # A review is made by its reviewers.
            if role != "author" and not (
                local(work) == "peer_review" and role.startswith("reviewer")
            ):
                person["contributorType"] = _ROLES.get(role, "Other")
            made.append(person)
    return made


def _person(element: etree._Element) -> dict[str, Any]:
    given, family = line(element, "given_name"), line(element, "surname")
    if suffix := line(element, "suffix"):
        family = f"{family} {suffix}"
    orcid = line(element, "ORCID")
    places = [content(e) for e in below(element, "affiliation")]
    places += [
        content(e) for e in below(element, "affiliations", "institution", "institution_name")
    ]
    return {
        "name": ", ".join(part for part in (family, given) if part),
        "givenName": given,
        "familyName": family,
        "nameType": "Personal",
        "nameIdentifiers": [{"nameIdentifier": orcid, "nameIdentifierScheme": "ORCID"}]
        if orcid
        else [],
        "affiliation": places,
    }


def _publisher(query: etree._Element, work: etree._Element, around: list[etree._Element]) -> str:
    for element in (work, *around):
        told = line(element, "publisher", "publisher_name") or line(
            element, "institution", "institution_name"
        )
        if told:
            return told
    items = [e for e in children(query, "crm-item") if attributes(e).get("name") == _PUBLISHER]
    return next((content(item).strip() for item in items), "")


_PUBLISHER: Final = "publisher-name"


def _dates(elements: list[etree._Element]) -> list[dict[str, str]]:
    """The work's own days; of what it is published in, when it says none itself."""
    for element in elements:
        made = []
        for name, kind in _DATES:
            days = [_day(e) for e in below(element, name)] + [
                _day(e) for e in below(element, "database_date", name)
            ]
            # In print and online: the earliest is the day it was issued.
            known = sorted(day for day in days if day)
            made += [{"date": day, "dateType": kind} for day in known[:1]]
        if made:
            return made
    return []


def _day(element: etree._Element) -> str:
    found = day_of_parts([line(element, part) for part in ("year", "month", "day")])
    return found if re.match(r"\d{4}", found) else ""


def _descriptions(work: etree._Element) -> list[dict[str, Any]]:
    made = []
    for abstract in below(work, "abstract"):
        given = attributes(abstract)
        # The digest is written for everybody and is no abstract of the paper.
        kind = "Other" if given.get("abstract-type") else "Abstract"
        made.append(
            {
                "description": xml.paragraphs(abstract),
                "descriptionType": kind,
                "lang": given.get("lang"),
            }
        )
    for text in below(work, "description"):
        made.append({"description": content(text), "descriptionType": "Abstract"})
    return made


def _programs(work: etree._Element, name: str) -> list[etree._Element]:
    """Crossref's add-ons to a work, which also stand inside its crossmark."""
    holders = [work, *below(work, "crossmark", "custom_metadata")]
    return [
        program
        for holder in holders
        for program in children(holder, "program")
        if name in xml.namespace(program)
    ]


def _rights(work: etree._Element) -> list[dict[str, Any]]:
    addresses: dict[str, None] = {}
    for program in _programs(work, "AccessIndicators"):
        for licence in children(program, "license_ref"):
            # Terms of text mining are not what a reader may do with the work.
            if attributes(licence).get("applies_to") != "tdm":
                addresses[content(licence).strip()] = None
    return [{"rightsUri": address} for address in addresses if address]


def _funding(work: etree._Element) -> list[dict[str, Any]]:
    made = []
    for program in _programs(work, "fundref"):
        groups = [e for e in children(program) if attributes(e).get("name") == "fundgroup"]
        for group in groups or [program]:
            funder: dict[str, Any] = {}
            awards = []
            for assertion in group.iter():
                said = attributes(assertion).get("name") if local(assertion) else None
                text = " ".join((assertion.text or "").split())
                if said == "funder_name" and text and not funder:
                    funder["funderName"] = text
                elif said in ("funder_identifier", "ror") and text and len(funder) == 1:
                    # Some give the number alone, without the registry's prefix.
                    registry = f"10.13039/{text}" if text.isdecimal() else text
                    funder["funderIdentifier"] = registry
                    funder["funderIdentifierType"] = (
                        "Crossref Funder ID" if "10.13039" in registry else ""
                    )
                elif said == "award_number" and text:
                    awards.append(text)
            made += [{**funder, "awardNumber": award} for award in awards or [""] if funder]
    return made


def _relations(work: etree._Element) -> list[dict[str, Any]]:
    made = []
    for program in _programs(work, "relations"):
        for item in children(program, "related_item"):
            for element in children(item):
                given = attributes(element)
                stated = given.get("relationship-type", "")
                if stated:
                    made.append(
                        {
                            "relatedIdentifier": content(element).strip(),
                            "relatedIdentifierType": given.get("identifier-type", "").upper(),
                            "relationType": _RELATIONS.get(stated.lower(), stated),
                        }
                    )
    for cited in below(work, "citation_list", "citation", "doi"):
        made.append(
            {
                "relatedIdentifier": content(cited).strip(),
                "relatedIdentifierType": "DOI",
                "relationType": "References",
            }
        )
    return made


def _container(work: etree._Element, around: list[etree._Element]) -> list[dict[str, Any]]:
    if not around:
        series = next(iter(children(work, "series_metadata")), None)
        return [] if series is None else _series(series, line(work, "volume"))
    frame = next((e for e in around if local(e) != "journal_issue"), around[0])
    issue = next((e for e in around if local(e) == "journal_issue"), frame)
    names = ("full_title", "proceedings_title")
    title = next((said for n in names if (said := line(frame, n))), "")
    return container(
        title=title or line(frame, "titles", "title"),
        volume=line(issue, "journal_volume", "volume") or line(frame, "volume"),
        issue=line(issue, "issue"),
        first_page=line(work, "pages", "first_page"),
        last_page=line(work, "pages", "last_page"),
        issn=next((n for e in below(frame, "issn") if (n := iso_issn(content(e)))), ""),
        general={"journal_metadata": "Journal", "database_metadata": "Collection"}.get(
            local(frame), "Book"
        ),
    )


def _series(series: etree._Element, volume: str) -> list[dict[str, Any]]:
    return container(
        title=line(series, "titles", "title"),
        volume=volume,
        issue="",
        first_page="",
        last_page="",
        issn=iso_issn(line(series, "issn")),
        general="Collection",
    )
