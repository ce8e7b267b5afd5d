"""CSL-JSON: what citation managers exchange and what a DOI answers when asked for a citation.

Source: Citation Style Language 1.0.2, "csl-data.json"; DOI content negotiation
(application/vnd.citationstyles.csl+json) of Crossref and DataCite.
"""

from __future__ import annotations

import json
from typing import Any, Final

from tonle.catalogue.crosswalks import datacite, jsontext
from tonle.catalogue.crosswalks.clean import Cleaner, as_list, as_map, as_text, first
from tonle.catalogue.crosswalks.common import (
    Notes,
    Parsed,
    ParsedRecord,
    Remark,
    digest,
    refused_file,
)
from tonle.catalogue.crosswalks.keys import finish
from tonle.catalogue.crosswalks.kinds import general_of_word
from tonle.catalogue.crosswalks.works import (
    WORK_KEYS,
    container,
    day_of_parts,
    iso_issn,
    pages,
    quiet,
)
from tonle.kernel.errors import N_

FORMAT: Final = "csl-json"
MAX_RECORDS: Final = 5_000

# CSL's types, where folding the word does not tell. Source: CSL 1.0.2, appendix III.
_GENERAL: Final = {
    "article": "Preprint",
    "article-journal": "JournalArticle",
    "article-magazine": "Text",
    "article-newspaper": "Text",
    "chapter": "BookChapter",
    "entry-dictionary": "Text",
    "entry-encyclopedia": "Text",
    "graphic": "Image",
    "map": "Image",
    "motion_picture": "Audiovisual",
    "paper-conference": "ConferencePaper",
    "post": "Text",
    "post-weblog": "Text",
    "posted-content": "Preprint",
    "proceedings-article": "ConferencePaper",
    "song": "Sound",
    "speech": "Presentation",
    "webpage": "Text",
    "book-chapter": "BookChapter",
    "peer-review": "PeerReview",
}


def parse(data: bytes, name: str) -> Parsed:
    """One item, or a list of them."""
    try:
        value = jsontext.parse(data)
    except jsontext.NotJson as error:
        return refused_file(FORMAT, data, name, error.remark)
    # Crossref's own answer wraps the item in a message.
    items = as_list(as_map(value).get("message") or as_map(value).get("items") or value)
    items = [item for item in items if isinstance(item, dict)]
    if not items:
        return refused_file(FORMAT, data, name, Remark("", N_("The file holds no citation.")))
    if len(items) > MAX_RECORDS:
        return refused_file(
            FORMAT,
            data,
            name,
            Remark(
                "",
                N_("The file holds more than %(limit)s records; split it."),
                {"limit": MAX_RECORDS},
            ),
        )
    return Parsed(
        FORMAT,
        tuple(
            _record(item, f"file:{name}" if len(items) == 1 else f"file:{name}#{number}")
            for number, item in enumerate(items, start=1)
        ),
    )


def _record(item: dict[str, Any], key: str) -> ParsedRecord:
    notes = Notes()
    clean = Cleaner(notes)
    made = datacite.document(_properties(item, clean), notes, format_name=FORMAT)
    quiet(notes)
    received = digest(json.dumps(item, sort_keys=True, ensure_ascii=True).encode())
    return finish(made, notes, key, received)


def _text(value: Any) -> Any:
    """Crossref gives lists of one title."""
    return next(iter(value), "") if isinstance(value, list) else value


def _properties(item: dict[str, Any], clean: Cleaner) -> dict[str, Any]:
    stated = as_text(item.get("type")).strip()
    issued = _day(first(item, "issued", "published", "published-online", "published-print"))
    general = _GENERAL.get(stated) or (general_of_word(stated) if stated else None)
    found: dict[str, Any] = {
        "titles": [
            {"title": _text(item.get("title"))},
            {"title": _text(item.get("subtitle")), "titleType": "Subtitle"},
            {"title": item.get("title-short"), "titleType": "AlternativeTitle"},
            {"title": _text(item.get("original-title")), "titleType": "AlternativeTitle"},
        ],
        "types": {
            "resourceTypeGeneral": general or ("Text" if stated else None),
            "resourceType": item.get("genre") or stated,
        },
        "creators": _people(item.get("author")) or _people(item.get("editor")),
        "contributors": [
            {**person, "contributorType": role}
            for key, role in (
                ("editor", "Editor"),
                ("translator", "Translator"),
                ("collection-editor", "Editor"),
                ("contributor", "Other"),
            )
            for person in _people(item.get(key))
        ],
        "publisher": item.get("publisher"),
        "publicationYear": issued[:4],
        "descriptions": [
            {"description": item.get("abstract"), "descriptionType": "Abstract"},
            {"description": item.get("note"), "descriptionType": "Other"},
        ],
        "dates": [{"date": issued, "dateType": "Issued"}] if issued else [],
        "subjects": [
            {"subject": word}
            for key in ("categories", "keyword", "subject")
            for value in as_list(item.get(key))
            for word in as_text(value).split(",")
        ],
        "language": item.get("language"),
        "version": item.get("version"),
        "doi": item.get("DOI"),
        "identifiers": [{"identifier": item.get("URL"), "identifierType": "URL"}],
        "rightsList": [
            {"rightsUri": as_map(one).get("URL")} if isinstance(one, dict) else {"rights": one}
            for one in [*as_list(item.get("license")), *as_list(item.get("copyright"))]
        ],
    }
    for key, label in (("ISBN", "ISBN"), ("PMID", "PMID"), ("PMCID", "PMCID")):
        for value in as_list(item.get(key))[:5]:
            found["identifiers"].append({"identifier": value, "identifierType": label})
    for funder in as_list(item.get("funder"))[:200]:
        entry = as_map(funder)
        awards = as_list(entry.get("award")) or [""]
        found.setdefault("fundingReferences", []).extend(
            {
                "funderName": entry.get("name"),
                "funderIdentifier": entry.get("DOI"),
                "funderIdentifierType": "Crossref Funder ID" if entry.get("DOI") else "",
                "awardNumber": award,
            }
            for award in awards
        )
    start, end = pages(as_text(item.get("page")))
    found["relatedItems"] = container(
        title=_text(item.get("container-title")),
        volume=item.get("volume"),
        issue=item.get("issue"),
        first_page=start,
        last_page=end,
        issn=iso_issn(_text(item.get("ISSN"))),
        general="Journal" if general in ("JournalArticle", "Text", "Preprint") else "Book",
    )
    for key in item:
        if key in WORK_KEYS:
            clean.notes.warn(key, N_("There is no place for this; it was left out."))
    return found


def _people(value: Any) -> list[dict[str, Any]]:
    made = []
    for item in as_list(value):
        given = as_map(item)
        family = " ".join(
            part for key in ("dropping-particle", "non-dropping-particle", "family", "suffix")
            if (part := as_text(given.get(key)).strip())
        )  # fmt: skip
        first_names = as_text(given.get("given")).strip()
        whole = as_text(given.get("literal") or given.get("name")).strip()
        made.append(
            {
                "name": whole or ", ".join(part for part in (family, first_names) if part),
                "givenName": first_names,
                "familyName": family,
                # "literal" is for bodies and for people whose name has no parts: not a witness.
                **({"nameType": "Personal"} if first_names and family else {}),
                "nameIdentifiers": [
                    {"nameIdentifier": given.get("ORCID"), "nameIdentifierScheme": "ORCID"}
                ]
                if given.get("ORCID")
                else [],
                "affiliation": [
                    {"name": as_map(place).get("name")} if isinstance(place, dict) else place
                    for place in as_list(given.get("affiliation"))
                ],
            }
        )
    return [person for person in made if person["name"]]


def _day(value: Any) -> str:
    entry = as_map(value)
    parts = as_list(next(iter(as_list(entry.get("date-parts"))), None))
    if parts:
        return day_of_parts([as_text(part) for part in parts])
    return as_text(entry.get("raw") or entry.get("literal") or value).strip()
