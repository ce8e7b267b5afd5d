"""InvenioRDM records, as its REST API gives them; of Zenodo, also in its older words.

Source: InvenioRDM documentation, "Metadata reference" and "REST API: Records".
"""

from __future__ import annotations

from typing import Any, Final

from tonle.catalogue.crosswalks import zenodo_json
from tonle.catalogue.crosswalks.clean import Cleaner, as_list, as_map, as_text, first, year
from tonle.catalogue.crosswalks.common import Document
from tonle.catalogue.crosswalks.elsewhere import (
    MAX_DISTRIBUTIONS,
    Texts,
    address,
    distribution,
    shapes,
)
from tonle.catalogue.crosswalks.portals import Portal
from tonle.catalogue.crosswalks.works import stand_in
from tonle.kernel.codes import find
from tonle.kernel.errors import N_

FORMAT: Final = "invenio-json"
# Types of descriptions and titles here, and DataCite's words for them.
_DESCRIPTIONS: Final = {
    "abstract": "Abstract",
    "methods": "Methods",
    "series-information": "SeriesInformation",
    "table-of-contents": "TableOfContents",
    "technical-info": "TechnicalInfo",
}
_TITLES: Final = {
    "alternative-title": "AlternativeTitle",
    "subtitle": "Subtitle",
    "translated-title": "TranslatedTitle",
}


def _items(value: Any) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """One record, with its metadata."""
    record = as_map(value)
    metadata = as_map(record.get("metadata"))
    return [(record, metadata)] if metadata else []


def _is_older(metadata: dict[str, Any]) -> bool:
    """Whether it is in the words of Zenodo before it was an InvenioRDM."""
    people = [*as_list(metadata.get("creators")), *as_list(metadata.get("contributors"))]
    return any("name" in as_map(one) for one in people) or "access_right" in metadata


def properties(record: dict[str, Any], metadata: dict[str, Any], clean: Cleaner) -> dict[str, Any]:
    """The record in the shape of DataCite's properties."""
    texts = Texts(clean)
    issued = as_text(metadata.get("publication_date"))
    kind = as_map(metadata.get("resource_type"))
    found: dict[str, Any] = {
        "titles": _titles(metadata, texts),
        "types": {
            "resourceTypeGeneral": zenodo_json.general_type(kind.get("id")) or None,
            "resourceType": _word(kind.get("title")),
        },
        "creators": [_agent(one) for one in as_list(metadata.get("creators"))],
        "contributors": [
            {**_agent(one), "contributorType": _code("contributor_types", as_map(one).get("role"))}
            for one in as_list(metadata.get("contributors"))
        ],
        "publisher": as_text(metadata.get("publisher")),
        "publicationYear": str(year(issued[:10]) or year(issued[:4]) or ""),
        "descriptions": _descriptions(metadata, texts),
        "subjects": _subjects(metadata, texts),
        "dates": [{"date": issued, "dateType": "Issued"}] * bool(issued)
        + [
            {
                "date": as_map(one).get("date"),
                "dateType": _code("date_types", as_map(one).get("type")),
                "dateInformation": as_text(as_map(one).get("description")),
            }
            for one in as_list(metadata.get("dates"))
        ],
        "language": [as_map(one).get("id") for one in as_list(metadata.get("languages"))],
        "version": metadata.get("version"),
        "sizes": as_list(metadata.get("sizes")),
        "formats": as_list(metadata.get("formats")),
        "rightsList": _rights(metadata),
        "relatedIdentifiers": [
            {
                "relatedIdentifier": as_map(one).get("identifier"),
                "relatedIdentifierType": as_text(as_map(one).get("scheme")),
                "relationType": _code("relation_types", as_map(one).get("relation_type")),
                "resourceTypeGeneral": zenodo_json.general_type(
                    as_map(as_map(one).get("resource_type")).get("id")
                ),
            }
            for one in as_list(metadata.get("related_identifiers"))
        ],
        "fundingReferences": [_funding(one) for one in as_list(metadata.get("funding"))],
        "geoLocations": _places(metadata),
    }
    stand_in(found, clean, ())
    pids = as_map(record.get("pids"))
    found["identifiers"] = [
        {"identifier": as_text(as_map(pid).get("identifier")), "identifierType": scheme}
        for scheme, pid in pids.items()
        if as_text(as_map(pid).get("identifier"))
    ]
    found["alternateIdentifiers"] = [
        {
            "alternateIdentifier": as_map(one).get("identifier"),
            "alternateIdentifierType": as_text(as_map(one).get("scheme")),
        }
        for one in as_list(metadata.get("identifiers"))
    ]
    return found


def _word(value: Any) -> str:
    """The text of a vocabulary's title, in English where there are several languages."""
    texts = as_map(value)
    return as_text(texts.get("en")) or next((t for v in texts.values() if (t := as_text(v))), "")


def _code(codes: str, value: Any) -> str:
    """The code that an entry of a vocabulary means: `isnewversionof` is IsNewVersionOf."""
    told = as_text(as_map(value).get("id")) or as_text(value)
    known = find(codes, told) if told else None
    return known.code if known else told


def _lang(value: Any) -> str:
    return as_text(as_map(as_map(value).get("lang")).get("id"))


def _titles(metadata: dict[str, Any], texts: Texts) -> list[dict[str, str]]:
    title = as_text(metadata.get("title"))
    made = [{"title": title, "lang": texts.language(title, "", "title")}]
    for one in as_list(metadata.get("additional_titles")):
        entry = as_map(one)
        text = as_text(entry.get("title"))
        kind = as_text(as_map(entry.get("type")).get("id"))
        made.append(
            {
                "title": text,
                "lang": texts.language(text, _lang(entry), "additional_titles"),
                "titleType": _TITLES.get(kind, "Other"),
            }
        )
    return made


def _descriptions(metadata: dict[str, Any], texts: Texts) -> list[dict[str, str]]:
    given = [{"description": metadata.get("description"), "type": {"id": "abstract"}}]
    given += [as_map(one) for one in as_list(metadata.get("additional_descriptions"))]
    return [
        {
            "description": text,
            "descriptionType": _DESCRIPTIONS.get(
                as_text(as_map(one.get("type")).get("id")), "Other"
            ),
            "lang": texts.language(text, _lang(one), "description"),
        }
        for one in given
        if (text := as_text(one.get("description")))
    ]


def _agent(value: Any) -> dict[str, Any]:
    entry = as_map(value)
    who = as_map(entry.get("person_or_org"))
    return {
        "name": as_text(who.get("name")),
        "givenName": as_text(who.get("given_name")),
        "familyName": as_text(who.get("family_name")),
        "nameType": as_text(who.get("type")),
        "nameIdentifiers": [
            {
                "nameIdentifier": as_map(one).get("identifier"),
                "nameIdentifierScheme": as_text(as_map(one).get("scheme")),
            }
            for one in as_list(who.get("identifiers"))
        ],
        "affiliation": [
            {
                "name": as_text(as_map(one).get("name")),
                "affiliationIdentifier": as_map(one).get("id"),
                "affiliationIdentifierScheme": "ROR",
            }
            for one in as_list(entry.get("affiliations"))
        ],
    }


def _subjects(metadata: dict[str, Any], texts: Texts) -> list[dict[str, str]]:
    made = []
    for one in as_list(metadata.get("subjects")):
        entry = as_map(one)
        text = as_text(entry.get("subject")) or _word(entry.get("title"))
        made.append(
            {
                "subject": text,
                "lang": texts.language(text, "", "subjects"),
                "subjectScheme": as_text(entry.get("scheme")),
                "valueUri": address(entry.get("id")),
            }
        )
    return made


def _rights(metadata: dict[str, Any]) -> list[dict[str, str]]:
    made = []
    for one in as_list(metadata.get("rights")):
        entry = as_map(one)
        props = as_map(entry.get("props"))
        link = address(first(entry, "link") or props.get("url"))
        made.append(
            {
                "rightsIdentifier": as_text(entry.get("id")),
                "rights": _word(entry.get("title")),
                "rightsUri": link,
            }
        )
    return made


def _funding(value: Any) -> dict[str, str]:
    funder, award = (as_map(as_map(value).get(name)) for name in ("funder", "award"))
    links = [as_text(as_map(one).get("identifier")) for one in as_list(award.get("identifiers"))]
    number = as_text(funder.get("id"))
    return {
        "funderName": as_text(funder.get("name")) or number,
        # Identifiers of funders here are of ROR, but for some of the installation's own.
        "funderIdentifier": number if len(number) == 9 else "",
        "funderIdentifierType": "ROR",
        "awardNumber": as_text(award.get("number")),
        "awardTitle": _word(award.get("title")),
        "awardUri": next((link for link in links if address(link)), ""),
    }


def _places(metadata: dict[str, Any]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for one in as_list(as_map(metadata.get("locations")).get("features")):
        entry = as_map(one)
        found = shapes(entry.get("geometry"))
        place = as_text(first(entry, "place", "description"))
        made.append({**(found[0] if found else {}), "geoLocationPlace": place})
        made += found[1:]
    return made


def _elsewhere(record: dict[str, Any], clean: Cleaner, made: Document) -> None:
    """Where it is at home, and the files that stay there; closed ones without address."""
    home = address(as_map(record.get("links")).get("self_html"))
    if home:
        made["source"]["home_url"] = home
    closed = as_text(as_map(record.get("access")).get("files")) == "restricted"
    entries = as_map(record.get("files")).get("entries")
    listed = list(entries.values()) if isinstance(entries, dict) else as_list(entries)
    found = []
    for entry in listed:
        file = as_map(entry)
        name = as_text(file.get("key"))
        content = address(as_map(file.get("links")).get("content"))
        one = distribution(
            clean,
            title=name,
            access_url=home,
            download_url=None if closed else content,
            media_type=file.get("mimetype"),
            format_name=file.get("ext"),
            size=file.get("size"),
            checksum=file.get("checksum"),
        )
        if one is not None:
            found.append(one)
    if found:
        made["distributions"] = clean.bounded(found, MAX_DISTRIBUTIONS, "files")


def _properties(one: tuple[dict[str, Any], dict[str, Any]], clean: Cleaner) -> dict[str, Any]:
    record, metadata = one
    read = zenodo_json.properties if _is_older(metadata) else properties
    return read(record, metadata, clean)


def _beside(one: tuple[dict[str, Any], dict[str, Any]], clean: Cleaner, made: Document) -> None:
    record, metadata = one
    if _is_older(metadata):
        zenodo_json.elsewhere(record, metadata, clean, made)
    else:
        _elsewhere(record, clean, made)


parse = Portal(
    FORMAT, N_("The file holds no record of InvenioRDM."), _items, _properties, _beside
).parse
