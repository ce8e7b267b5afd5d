"""Zenodo's older words: `.zenodo.json` beside a repository's code, and its records API.

Source: Zenodo developers' documentation, "Deposit metadata" and "Records".
"""

from __future__ import annotations

import re
from typing import Any, Final

from tonle.catalogue.crosswalks.clean import Cleaner, as_list, as_map, as_text, first, year
from tonle.catalogue.crosswalks.common import Document
from tonle.catalogue.crosswalks.elsewhere import Texts, address, distribution
from tonle.catalogue.crosswalks.portals import Portal
from tonle.catalogue.crosswalks.works import container, pages, stand_in
from tonle.kernel.errors import N_

FORMAT: Final = "zenodo-json"

# Types and subtypes of InvenioRDM and of Zenodo before it; "publication-article" is both.
GENERAL_OF_TYPE: Final = {
    "annotationcollection": "Collection",
    "article": "JournalArticle",
    "book": "Book",
    "computationalnotebook": "ComputationalNotebook",
    "conferencepaper": "ConferencePaper",
    "conferenceproceeding": "ConferenceProceeding",
    "datamanagementplan": "OutputManagementPlan",
    "datapaper": "DataPaper",
    "dataset": "Dataset",
    "deliverable": "Report",
    "dissertation": "Dissertation",
    "event": "Event",
    "image": "Image",
    "journal": "Journal",
    "lesson": "InteractiveResource",
    "milestone": "Report",
    "model": "Model",
    "other": "Other",
    "patent": "Text",
    "peerreview": "PeerReview",
    "physicalobject": "PhysicalObject",
    "poster": "Poster",
    "preprint": "Preprint",
    "presentation": "Presentation",
    "proposal": "Text",
    "publication": "Text",
    "report": "Report",
    "section": "BookChapter",
    "software": "Software",
    "softwaredocumentation": "Report",
    "standard": "Standard",
    "taxonomictreatment": "Text",
    "technicalnote": "Report",
    "thesis": "Dissertation",
    "video": "Audiovisual",
    "workflow": "Workflow",
    "workingpaper": "Report",
}


def _items(value: Any) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """One `.zenodo.json`, one deposit, or one record of the older API, with its metadata."""
    record = as_map(value)
    metadata = as_map(record.get("metadata")) or record
    return [(record, metadata)] if "title" in metadata or "creators" in metadata else []


def general_type(*words: Any) -> str:
    """DataCite's general type, from the most telling of a type and its subtypes; "" for none."""
    for word in words:
        for part in (as_text(word), as_text(word).rpartition("-")[2]):
            folded = re.sub(r"[^a-z]", "", part.lower())
            if folded in GENERAL_OF_TYPE:
                return GENERAL_OF_TYPE[folded]
    head = as_text(words[-1]).partition("-")[0] if words else ""
    return GENERAL_OF_TYPE.get(head, "")


def properties(record: dict[str, Any], metadata: dict[str, Any], clean: Cleaner) -> dict[str, Any]:
    """The record in the shape of DataCite's properties."""
    texts = Texts(clean)
    title = as_text(metadata.get("title"))
    issued = as_text(metadata.get("publication_date"))
    types = as_map(metadata.get("resource_type"))
    subtype = first(metadata, "publication_type", "image_type") or types.get("subtype")
    kind = first(metadata, "upload_type") or types.get("type")
    found: dict[str, Any] = {
        "titles": [{"title": title, "lang": texts.language(title, "", "title")}],
        "types": {"resourceTypeGeneral": general_type(subtype, kind) or None,
                  "resourceType": as_text(types.get("title"))},
        "creators": [_agent(one) for one in as_list(metadata.get("creators"))],
        "contributors": [
            {**_agent(one), "contributorType": as_text(as_map(one).get("type")) or "Other"}
            for one in as_list(metadata.get("contributors"))
        ],
        "publisher": as_text(metadata.get("imprint_publisher"))
        or ("Zenodo" if "zenodo" in as_text(first(record, "doi", "conceptdoi")) else ""),
        "publicationYear": str(year(issued) or ""),
        "descriptions": _descriptions(metadata, texts),
        "subjects": _subjects(metadata, texts),
        "dates": _dates(metadata, issued),
        "language": [metadata.get("language")],
        "version": metadata.get("version"),
        "rightsList": _rights(metadata),
        "relatedIdentifiers": [
            {
                "relatedIdentifier": as_map(one).get("identifier"),
                "relatedIdentifierType": as_text(as_map(one).get("scheme")),
                "relationType": as_text(as_map(one).get("relation")) or "References",
                "resourceTypeGeneral": general_type(as_map(one).get("resource_type")),
            }
            for one in as_list(metadata.get("related_identifiers"))
        ],
        "relatedItems": _journal(metadata),
        "fundingReferences": _grants(metadata),
        "geoLocations": [
            {
                "geoLocationPlace": as_text(as_map(one).get("place")),
                "geoLocationPoint": {
                    "pointLatitude": as_map(one).get("lat"),
                    "pointLongitude": as_map(one).get("lon"),
                }
                if as_map(one).get("lat") is not None
                else None,
            }
            for one in as_list(metadata.get("locations"))
        ],
    }  # fmt: skip
    stand_in(found, clean, ())
    doi = as_text(first(metadata, "doi") or record.get("doi"))
    found["identifiers"] = [{"identifier": doi, "identifierType": "DOI"}] if doi else []
    return found


def _agent(value: Any) -> dict[str, Any]:
    entry = as_map(value)
    identifiers = [
        {"nameIdentifier": text, "nameIdentifierScheme": scheme}
        for scheme in ("orcid", "gnd")
        if (text := as_text(entry.get(scheme)))
    ]
    # Of several places of work, Zenodo takes a text between semicolons.
    places = [part.strip() for part in as_text(entry.get("affiliation")).split(";")]
    return {
        "name": as_text(entry.get("name")),
        "nameIdentifiers": identifiers,
        "affiliation": [part for part in places if part],
    }


def _descriptions(metadata: dict[str, Any], texts: Texts) -> list[dict[str, str]]:
    return [
        {"description": text, "descriptionType": kind, "lang": texts.language(text, "", name)}
        for name, kind in (("description", "Abstract"), ("method", "Methods"), ("notes", "Other"))
        if (text := as_text(metadata.get(name)))
    ]


def _subjects(metadata: dict[str, Any], texts: Texts) -> list[dict[str, str]]:
    made = [
        {"subject": text, "lang": texts.language(text, "", "keywords")}
        for one in as_list(metadata.get("keywords"))
        if (text := as_text(one))
    ]
    for one in as_list(metadata.get("subjects")):
        entry = as_map(one)
        uri = address(entry.get("identifier"))
        made.append({"subject": as_text(first(entry, "term", "subject")), "valueUri": uri})
    return made


def _dates(metadata: dict[str, Any], issued: str) -> list[dict[str, str]]:
    made = [{"date": issued, "dateType": "Issued"}] if issued else []
    for one in as_list(metadata.get("dates")):
        entry = as_map(one)
        ends = as_text(entry.get("start")), as_text(entry.get("end"))
        span = ends[0] if ends[0] == ends[1] else "/".join(ends)
        made.append(
            {
                "date": span,
                "dateType": as_text(entry.get("type")).capitalize(),
                "dateInformation": as_text(entry.get("description")),
            }
        )
    if embargo := as_text(metadata.get("embargo_date")):
        made.append({"date": embargo, "dateType": "Available"})
    return made


def _rights(metadata: dict[str, Any]) -> list[dict[str, str]]:
    made = []
    for one in as_list(metadata.get("license")):
        entry = as_map(one)
        told = as_text(first(entry, "id", "title")) if entry else as_text(one)
        if told:
            made.append(
                {
                    "rightsIdentifier": told,
                    "rights": as_text(entry.get("title")) or told,
                    "rightsUri": address(entry.get("url")),
                }
            )
    return made


def _journal(metadata: dict[str, Any]) -> list[dict[str, Any]]:
    journal = as_map(metadata.get("journal"))
    first_page, last_page = pages(as_text(journal.get("pages") or metadata.get("journal_pages")))
    return container(
        title=first(journal, "title") or metadata.get("journal_title"),
        volume=first(journal, "volume") or metadata.get("journal_volume"),
        issue=first(journal, "issue") or metadata.get("journal_issue"),
        first_page=first_page,
        last_page=last_page,
        issn="",
        general="Journal",
    )


def _grants(metadata: dict[str, Any]) -> list[dict[str, str]]:
    made = []
    for one in as_list(metadata.get("grants")):
        entry = as_map(one)
        funder = as_map(entry.get("funder"))
        # A deposit names a grant by one text: "10.13039/501100000780::283595", or its number,
        # which was of the European Commission's.
        number = as_text(first(entry, "code", "id"))
        head, parts, tail = number.partition("::")
        made.append(
            {
                "funderName": as_text(funder.get("name"))
                or ("" if parts else "European Commission"),
                "funderIdentifier": as_text(funder.get("doi")) or (head if parts else ""),
                "awardNumber": tail if parts else number,
                "awardTitle": as_text(entry.get("title")),
            }
        )
    return [{**one, "funderName": one["funderName"] or one["funderIdentifier"]} for one in made]


def elsewhere(
    record: dict[str, Any], metadata: dict[str, Any], clean: Cleaner, made: Document
) -> None:
    """Where it is at home, and the files that stay there; closed ones without address."""
    links = as_map(record.get("links"))
    home = address(first(links, "self_html", "html"))
    if home:
        made["source"]["home_url"] = home
    closed = as_text(metadata.get("access_right")) in ("closed", "restricted", "embargoed")
    found = []
    for entry in as_list(record.get("files")):
        file = as_map(entry)
        link = as_map(file.get("links"))
        one = distribution(
            clean,
            title=first(file, "key", "filename"),
            access_url=home,
            download_url=None if closed else first(link, "content", "self", "download"),
            format_name=file.get("type"),
            size=first(file, "size", "filesize"),
            checksum=file.get("checksum"),
            algorithm="" if ":" in as_text(file.get("checksum")) else "MD5",
        )
        if one is not None:
            found.append(one)
    if found:
        made["distributions"] = clean.bounded(found, 10_000, "files")


parse = Portal(
    FORMAT,
    N_("The file holds no metadata as Zenodo writes it."),
    _items,
    properties=lambda one, clean: properties(one[0], one[1], clean),
    beside=lambda one, clean, made: elsewhere(one[0], one[1], clean, made),
).parse
