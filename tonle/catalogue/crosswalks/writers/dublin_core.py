"""Names for a page's head: Dublin Core for catalogues, citation_* for scholarly indexes.

Source: DCMI "Expressing Dublin Core in HTML" (2008); Google Scholar inclusion guidelines,
"Indexing, Bibliographic Metadata"; the tags that reference managers read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tonle.catalogue.crosswalks.writers.common import (
    abstract,
    access_term,
    address,
    licence_urls,
    main_title,
    own_languages,
    words,
    work,
)
from tonle.catalogue.crosswalks.writers.here import Here
from tonle.catalogue.crosswalks.writers.schema_org import type_of
from tonle.kernel.dates import day_at
from tonle.kernel.text import choose

MOST: Final = 30
FEW: Final = 10
LONGEST: Final = 1_000
_DCMI_TYPES: Final = {
    "Dataset": "Dataset", "SoftwareSourceCode": "Software", "ImageObject": "Image",
    "VideoObject": "MovingImage", "AudioObject": "Sound", "Collection": "Collection",
}  # fmt: skip

Meta = tuple[str, str]


def meta(document: Mapping[str, Any], here: Here) -> list[Meta]:
    """(name, content) of the page's meta elements, in reading order."""
    cited = work(document, here)
    scholarly = cited.sort in ("article", "book", "chapter", "report", "thesis", "other")
    found: list[Meta] = [("DC.title", main_title(document)[1])]
    found += [("DC.creator", agent["name"]) for agent in document.get("creators", ())[:MOST]]
    found += [
        ("DC.contributor", agent["name"]) for agent in document.get("contributors", ())[:MOST]
    ]
    about = choose(abstract(document), own_languages(document))[1]
    found += [
        ("DC.description", shortened(about)),
        ("DC.publisher", cited.publisher),
        ("DC.date", cited.published_on or cited.year),
        ("DCTERMS.modified", day_at(document.get("updated_at", ""), here.zone)),
        ("DC.type", _DCMI_TYPES.get(type_of(document), "Text")),
        ("DC.identifier", here.pid_url),
        ("DC.rights", access_term(document)),
    ]
    found += [("DC.rights", where) for where in licence_urls(document)]
    found += [("DC.language", tag) for tag in document.get("languages", ())[:5]]
    found += [("DC.subject", word) for word in words(document)[:MOST]]
    formats = dict.fromkeys(file["media_type"] for file in document.get("files", ()))
    found += [("DC.format", media_type) for media_type in list(formats)[:FEW]]
    found += [
        ("DC.coverage", choose(place["place"], "en")[1])
        for place in document.get("geo_locations", ())[:FEW]
        if "place" in place
    ]
    related = (address(r["target"], here) for r in document.get("relations", ())[:FEW])
    found += [("DC.relation", where) for where in related]
    found.append(("DC.source", document.get("source", {}).get("home_url", "")))
    if document["kind"] == "publication" and scholarly:
        found += _citation(document, here)
    return [(name, content) for name, content in found if content]


def shortened(text: str) -> str:
    """A description as a page's head has it: on one line, and no more than a paragraph."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"


def _citation(document: Mapping[str, Any], here: Here) -> list[Meta]:
    cited = work(document, here)
    within = {"article": "citation_journal_title", "chapter": "citation_inbook_title"}
    if document.get("resource_type", {}).get("general") == "ConferencePaper":
        within["chapter"] = "citation_conference_title"
    publisher = {
        "thesis": "citation_dissertation_institution",
        "report": "citation_technical_report_institution",
    }
    online = day_at(document.get("published_at", ""), here.zone)
    found = [("citation_title", cited.title)]
    for agent in document.get("creators", ())[:MOST]:
        found.append(("citation_author", agent["name"]))
        found += [
            ("citation_author_institution", place["name"])
            for place in agent.get("affiliations", ())[:3]
        ]
        found += [
            ("citation_author_orcid", one["value"])
            for one in agent.get("identifiers", ())
            if one["scheme"] == "orcid"
        ]
    found += [
        ("citation_publication_date", (cited.published_on or cited.year).replace("-", "/")),
        (within.get(cited.sort, "citation_series_title"), cited.container),
        ("citation_volume", cited.volume),
        ("citation_issue", cited.issue),
        ("citation_firstpage", cited.first_page),
        ("citation_lastpage", cited.last_page),
        (publisher.get(cited.sort, "citation_publisher"), cited.publisher),
        ("citation_doi", cited.doi),
        ("citation_language", next(iter(document.get("languages", ())), "")),
        ("citation_keywords", "; ".join(words(document)[:MOST])),
        ("citation_online_date", online.replace("-", "/")),
        ("citation_abstract_html_url", here.url),
    ]
    numbered = [*document.get("pids", ()), *_container_names(document)]
    found += [
        (f"citation_{scheme.removeprefix('e')}", one["value"])
        for one in numbered
        if (scheme := one["scheme"]) in ("issn", "eissn", "isbn")
    ]
    if here.files_open:
        pdf = [f for f in document.get("files", ()) if f["media_type"] == "application/pdf"]
        found += [("citation_pdf_url", here.file_url(file["name"])) for file in pdf[:1]]
    return found


def _container_names(document: Mapping[str, Any]) -> list[Mapping[str, str]]:
    """ISSN or ISBN of what it was published in."""
    return [
        item["identifier"]
        for item in document.get("related_items", ())
        if item["relation_type"] == "IsPublishedIn" and "identifier" in item
    ]
