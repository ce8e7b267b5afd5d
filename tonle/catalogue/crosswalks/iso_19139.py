"""ISO 19115 metadata of maps, images and their services, in the XML of ISO 19139.

The newer XML of ISO 19115-3 differs in namespaces and in what stands between the elements that
are read here, so it is read as far as it uses the same names.
Source: ISO 19115:2003, ISO 19119, ISO 19139:2007; INSPIRE Metadata Technical Guidelines 2.0.
"""

from __future__ import annotations

import re
from typing import Any, Final

from lxml import etree

from tonle.catalogue.crosswalks import datacite, xml
from tonle.catalogue.crosswalks.clean import Cleaner, partial_date
from tonle.catalogue.crosswalks.common import (
    Notes,
    Parsed,
    ParsedRecord,
    Remark,
    digest,
    refused_file,
)
from tonle.catalogue.crosswalks.keys import finish
from tonle.catalogue.crosswalks.works import stand_in
from tonle.catalogue.crosswalks.xml import attributes, below, children, content, line, local
from tonle.kernel.errors import N_

FORMAT: Final = "iso-19139"
MAX_RECORDS: Final = 5_000

_GENERAL: Final = {
    "application": "Software",
    "collectionhardware": "Instrument",
    "dataset": "Dataset",
    "document": "Text",
    "model": "Model",
    "nongeographicdataset": "Dataset",
    "series": "Collection",
    "service": "Service",
    "software": "Software",
}
# What a responsible party does, as DataCite says it; "" makes creators of them.
_ROLES: Final = {
    "author": "",
    "originator": "",
    "principalinvestigator": "",
    "custodian": "DataManager",
    "distributor": "Distributor",
    "owner": "RightsHolder",
    "pointofcontact": "ContactPerson",
    "processor": "DataCurator",
    "publisher": "Distributor",
    "resourceprovider": "Distributor",
    "contributor": "Other",
    "sponsor": "Sponsor",
}
_PUBLISHERS: Final = ("publisher", "distributor", "resourceprovider")
_DATES: Final = {"creation": "Created", "publication": "Issued", "revision": "Updated"}


def parse(data: bytes, name: str) -> Parsed:
    """One file with a metadata record, alone or in a catalogue's answer."""
    try:
        root = xml.parse(data)
    except xml.NotXml as error:
        return refused_file(FORMAT, data, name, error.remark)
    found = [e for e in root.iter() if local(e) in ("MD_Metadata", "MI_Metadata")]
    if not found:
        return refused_file(
            FORMAT, data, name, Remark("", N_("The file holds no metadata of ISO 19139."))
        )
    several = len(found) > 1
    return Parsed(
        FORMAT,
        tuple(
            record(element, f"file:{name}#{number}" if several else f"file:{name}")
            for number, element in enumerate(found[:MAX_RECORDS], start=1)
        ),
    )


def record(metadata: etree._Element, key: str) -> ParsedRecord:
    """One metadata record; its key is the one given, unless it has a DOI."""
    notes = Notes()
    clean = Cleaner(notes)
    received = digest(xml.canonical(metadata))
    identified = [
        inner for info in below(metadata, "identificationInfo") for inner in children(info)
    ]
    if not identified:
        notes.refuse("identificationInfo", N_("The record does not say what it describes."))
        return notes.record(key, {}, received)
    # A data set and the services that serve it stand in one record: the data set is it.
    about = next((e for e in identified if local(e) == "MD_DataIdentification"), identified[0])
    found = _properties(metadata, about)
    stand_in(found, clean, [o for o in found["contributors"] if o["contributorType"] != "Other"])
    made = datacite.document(found, notes, format_name=FORMAT)
    if elsewhere := _distributions(metadata, clean):
        made["distributions"] = elsewhere
    return finish(made, notes, key, received)


def _properties(metadata: etree._Element, about: etree._Element) -> dict[str, Any]:
    cited = next(iter(below(about, "citation", "CI_Citation")), about)
    language = _language(metadata)
    people = _people(metadata, about, cited)
    dates = _dates(cited, about)
    by_type = {d["dateType"]: d["date"] for d in reversed(dates)}
    published = by_type.get("Issued") or by_type.get("Created") or by_type.get("Updated") or ""
    level = _code(metadata, "hierarchyLevel") or (
        "service" if local(about) == "SV_ServiceIdentification" else "dataset"
    )
    publishers = [
        o for o in people if o["role"] in ("publisher", "distributor", "resourceprovider")
    ]
    return {
        "identifiers": _identifiers(metadata, cited),
        "titles": [
            *_texts(cited, "title", language, "title"),
            *(
                {**one, "titleType": "AlternativeTitle"}
                for one in _texts(cited, "alternateTitle", language, "title")
            ),
        ],
        "types": {
            "resourceTypeGeneral": _GENERAL.get(level.lower(), "Dataset"),
            "resourceType": level,
        },
        "creators": [_plain(one) for one in people if one["contributorType"] == ""],
        "contributors": [_plain(one) for one in people if one["contributorType"] != ""],
        "publisher": [{"name": one["name"]} for one in publishers][:1],
        "publicationYear": published[:4],
        "dates": dates,
        "language": [_language(about) or language],
        "version": line(cited, "edition", "CharacterString"),
        "descriptions": [
            *(
                {**one, "descriptionType": "Abstract"}
                for one in _texts(about, "abstract", language, "description")
            ),
            *(
                {**one, "descriptionType": "Other"}
                for name in ("purpose", "supplementalInformation")
                for one in _texts(about, name, language, "description")
            ),
            *(
                {**one, "descriptionType": "Methods"}
                for lineage in below(
                    metadata, "dataQualityInfo", "DQ_DataQuality", "lineage", "LI_Lineage"
                )
                for one in _texts(lineage, "statement", language, "description")
            ),
        ],
        "subjects": _subjects(about, language),
        "rightsList": _rights(about),
        "geoLocations": _places(about),
        "relatedIdentifiers": _relations(metadata),
        "formats": [
            line(e, "name", "CharacterString")
            for path in (("distributionInfo", "MD_Distribution", "distributionFormat"),)
            for e in below(metadata, *path, "MD_Format")
        ],
    }


def _plain(person: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in person.items() if key != "role"}


def _text(element: etree._Element) -> str:
    """What a property holds: its text, in whatever wrapper; nothing where a reason stands."""
    inner = next(iter(children(element)), None)
    if inner is None:
        return content(element).strip()
    if local(inner) == "PT_FreeText":
        inner = next((c for c in children(element) if local(c) != "PT_FreeText"), inner)
    return content(inner).strip()


def _texts(holder: etree._Element, name: str, language: str, key: str) -> list[dict[str, Any]]:
    """A text in the record's language and in those of its free text."""
    made: list[dict[str, Any]] = []
    for element in below(holder, name):
        if text := _text(element):
            made.append({key: text, "lang": language})
        for other in below(element, "PT_FreeText", "textGroup", "LocalisedCharacterString"):
            locale = (other.get("locale") or "").lstrip("#").removeprefix("locale-")
            made.append({key: content(other), "lang": locale})
    return made


def _code(holder: etree._Element, *path: str) -> str:
    """A value of a code list."""
    for element in below(holder, *path):
        for inner in children(element):
            return (attributes(inner).get("codeListValue") or content(inner)).strip()
    return ""


def _language(holder: etree._Element) -> str:
    return _code(holder, "language") or line(holder, "language")


def _people(
    metadata: etree._Element, about: etree._Element, cited: etree._Element
) -> list[dict[str, Any]]:
    holders = [
        *below(cited, "citedResponsibleParty"),
        *below(about, "pointOfContact"),
        *below(
            metadata, "distributionInfo", "MD_Distribution", "distributor", "MD_Distributor",
            "distributorContact",
        ),
    ]  # fmt: skip
    # The author of the metadata answers for them only where nobody else does.
    holders = holders or below(metadata, "contact")
    made: list[dict[str, Any]] = []
    for holder in holders:
        for party in below(holder, "CI_ResponsibleParty"):
            person = line(party, "individualName")
            body = line(party, "organisationName")
            role = re.sub(r"[^a-z]", "", _code(party, "role").lower())
            if not (person or body):
                continue
            one: dict[str, Any] = {
                "name": person or body,
                "nameType": "Personal" if person else "Organizational",
                "affiliation": [body] if person and body else [],
                "contributorType": _ROLES.get(role, "Other"),
                "role": role,
            }
            if one not in made:
                made.append(one)
    return made


def _dates(cited: etree._Element, about: etree._Element) -> list[dict[str, str]]:
    made = []
    for element in below(cited, "date", "CI_Date"):
        given = line(element, "date")
        kind = _DATES.get(_code(element, "dateType"), "Other")
        if given:
            made.append({"date": given, "dateType": kind})
    for period in (e for e in about.iter() if local(e) == "TimePeriod"):
        ends = [_instant(period, name) for name in ("begin", "end")]
        if any(ends):
            made.append({"date": "/".join(ends), "dateType": "Coverage"})
    for instant in (e for e in about.iter() if local(e) == "TimeInstant"):
        parent = instant.getparent()
        given = line(instant, "timePosition")
        # Instants at the ends of a period are told with it.
        if given and parent is not None and local(parent) == "extent":
            made.append({"date": given, "dateType": "Coverage"})
    return made


def _instant(period: etree._Element, end: str) -> str:
    given = line(period, f"{end}Position") or line(period, end, "TimeInstant", "timePosition")
    return given if partial_date(given) else ""


def _identifiers(metadata: etree._Element, cited: etree._Element) -> list[dict[str, str]]:
    made = []
    for element in below(cited, "identifier"):
        for inner in children(element):
            code = line(inner, "code")
            space = line(inner, "codeSpace") or line(inner, "authority", "CI_Citation", "title")
            if code:
                made.append({"identifier": code, "identifierType": space or "Other"})
    if own := line(metadata, "fileIdentifier"):
        made.append({"identifier": own, "identifierType": "fileIdentifier"})
    if address := line(metadata, "dataSetURI"):
        made.append({"identifier": address, "identifierType": "URL"})
    return made


def _subjects(about: etree._Element, language: str) -> list[dict[str, Any]]:
    made = []
    for group in below(about, "descriptiveKeywords", "MD_Keywords"):
        within = line(group, "thesaurusName", "CI_Citation", "title")
        made += [
            {"subject": _text(e), "subjectScheme": within, "lang": language}
            for e in below(group, "keyword")
        ]
    made += [
        {"subject": _text(e), "subjectScheme": "ISO 19115 topic category"}
        for e in below(about, "topicCategory")
    ]
    return made


def _rights(about: etree._Element) -> list[dict[str, Any]]:
    made = []
    for constraints in below(about, "resourceConstraints"):
        for group in children(constraints):
            for name in ("useLimitation", "otherConstraints"):
                for element in below(group, name):
                    linked = [
                        attributes(e)["href"]
                        for e in element.iter()
                        if local(e) and attributes(e).get("href", "").startswith("http")
                    ]
                    text = _text(element)
                    if text or linked:
                        made.append({"rights": text, "rightsUri": next(iter(linked), "")})
    return made


def _places(about: etree._Element) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for extent in (e for e in about.iter() if local(e) == "EX_Extent"):
        for element in below(extent, "geographicElement"):
            for inner in children(element):
                if local(inner) == "EX_GeographicBoundingBox":
                    sides = (
                        "westBoundLongitude", "eastBoundLongitude",
                        "southBoundLatitude", "northBoundLatitude",
                    )  # fmt: skip
                    made.append({"geoLocationBox": {s: line(inner, s) for s in sides}})
                elif local(inner) == "EX_GeographicDescription":
                    name = line(inner, "geographicIdentifier", "MD_Identifier", "code") or line(
                        inner, "geographicIdentifier", "RS_Identifier", "code"
                    )
                    made.append({"geoLocationPlace": name})
        if name := line(extent, "description"):
            made.append({"geoLocationPlace": name})
    return made


def _relations(metadata: etree._Element) -> list[dict[str, Any]]:
    parent = line(metadata, "parentIdentifier")
    if not parent:
        return []
    return [
        {
            "relatedIdentifier": parent,
            "relatedIdentifierType": "Other",
            "relationType": "IsPartOf",
        }
    ]


def _distributions(metadata: etree._Element, clean: Cleaner) -> list[dict[str, Any]]:
    """Where the thing can be had: services, downloads, pages about it."""
    made: list[dict[str, Any]] = []
    for info in below(metadata, "distributionInfo"):
        for element in (e for e in info.iter() if local(e) == "onLine"):
            address = clean.code(line(element, "CI_OnlineResource", "linkage"), "linkage")
            if not re.match(r"https?://\S+\Z", address):
                continue
            function = _code(element, "CI_OnlineResource", "function")
            one: dict[str, Any] = {
                "download_url" if function == "download" else "access_url": address
            }
            for key, name in (("title", "name"), ("description", "description")):
                text = clean.line(line(element, "CI_OnlineResource", name), name)
                if text:
                    one[key] = {"und": text}
            made.append(one)
    return clean.bounded(made, 500, "onLine")
