"""Dataverse's own JSON: what `exporter=dataverse_json` and the native API give of a dataset.

Fields lie in metadata blocks, each primitive, a word of a list, or a compound of others; all
three are made plain first. Addresses of files need the address of the installation, which the
export does not hold: our client adds it as `siteUrl`.
Source: Dataverse 6 guides, "Native API" and appendix "Metadata References" (citation and
geospatial blocks).
"""

from __future__ import annotations

from typing import Any, Final

from tonle.catalogue.crosswalks import kinds
from tonle.catalogue.crosswalks.clean import Cleaner, as_list, as_map, as_text, first, year
from tonle.catalogue.crosswalks.common import Document
from tonle.catalogue.crosswalks.elsewhere import (
    MAX_DISTRIBUTIONS,
    Texts,
    address,
    distribution,
    members_of,
)
from tonle.catalogue.crosswalks.portals import Portal
from tonle.catalogue.crosswalks.works import stand_in
from tonle.kernel.errors import N_

FORMAT: Final = "dataverse-json"

Fields = dict[str, Any]

_DATES: Final = (
    ("productionDate", "Created"),
    ("distributionDate", "Available"),
    ("dateOfDeposit", "Submitted"),
)
_SPANS: Final = (
    ("timePeriodCovered", "Coverage", "timePeriodCoveredStart", "timePeriodCoveredEnd"),
    ("dateOfCollection", "Collected", "dateOfCollectionStart", "dateOfCollectionEnd"),
)


def _items(value: Any) -> list[tuple[dict[str, Any], dict[str, Any], Fields]]:
    """A dataset, as an export or as an answer of the native API, with its version and fields."""
    dataset = as_map(as_map(value).get("data", value))
    version = as_map(first(dataset, "datasetVersion", "latestVersion")) or dataset
    fields = _fields(as_map(version.get("metadataBlocks")))
    return [(dataset, version, fields)] if fields else []


def _fields(blocks: dict[str, Any]) -> Fields:
    """Every field of every block by its name; compounds as mappings."""
    made: Fields = {}
    for block in blocks.values():
        for field in as_list(as_map(block).get("fields")):
            entry = as_map(field)
            if name := as_text(entry.get("typeName")):
                made.setdefault(name, _plain(entry.get("value")))
    return made


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        # A compound maps names to fields; a field holds its value under `value`.
        return {name: _plain(as_map(inner).get("value", inner)) for name, inner in value.items()}
    return value


def _several(fields: Fields, name: str) -> list[dict[str, Any]]:
    return [one for one in as_list(fields.get(name)) if isinstance(one, dict)]


def properties(
    dataset: dict[str, Any], version: dict[str, Any], fields: Fields, clean: Cleaner
) -> dict[str, Any]:
    """The dataset in the shape of DataCite's properties."""
    texts = Texts(clean)
    stated = as_text(first(dataset, "metadataLanguage") or version.get("metadataLanguage"))
    stated = "" if stated == "undefined" else stated
    published = first(dataset, "publicationDate") or first(
        version, "publicationDate", "releaseTime", "citationDate"
    )
    found: dict[str, Any] = {
        "titles": _titles(fields, texts, stated),
        "types": _types(dataset, fields),
        "creators": _authors(fields, texts),
        "contributors": _contributors(fields),
        "publisher": as_text(dataset.get("publisher")) or _names(fields, "distributor"),
        "publicationYear": str(year(as_text(published)[:10]) or ""),
        "descriptions": _descriptions(fields, texts, stated),
        "subjects": _subjects(fields, texts),
        "dates": _dates(fields, version, published),
        "language": as_list(fields.get("language")),
        "rightsList": _rights(version),
        "relatedIdentifiers": _relations(fields),
        "relatedItems": _works(fields),
        "geoLocations": _places(fields),
        "fundingReferences": [
            {"funderName": one.get("grantNumberAgency"), "awardNumber": one.get("grantNumberValue")}
            for one in _several(fields, "grantNumber")
        ],
        "version": _version(version),
    }
    stand_in(found, clean, ())
    found["identifiers"] = [
        {"identifier": value, "identifierType": ""}
        for value in (_name_of(dataset, version),)
        if value
    ]
    found["alternateIdentifiers"] = [
        {
            "alternateIdentifier": one.get("otherIdValue"),
            "alternateIdentifierType": as_text(one.get("otherIdAgency")) or "Local",
        }
        for one in _several(fields, "otherId")
    ]
    return found


def _name_of(dataset: dict[str, Any], version: dict[str, Any]) -> str:
    told = as_text(first(dataset, "persistentUrl") or version.get("datasetPersistentId"))
    if told:
        return told
    parts = [as_text(dataset.get(n)) for n in ("protocol", "authority", "identifier")]
    return f"{parts[0]}:{parts[1]}/{parts[2]}" if all(parts) else ""


def _version(version: dict[str, Any]) -> str:
    major, minor = (as_text(version.get(n)) for n in ("versionNumber", "versionMinorNumber"))
    return f"{major}.{minor}" if major and minor else major


def _titles(fields: Fields, texts: Texts, stated: str) -> list[dict[str, str]]:
    made = []
    for name, kind in (
        ("title", ""),
        ("subtitle", "Subtitle"),
        ("alternativeTitle", "AlternativeTitle"),
    ):
        for value in as_list(fields.get(name)):
            text = as_text(value)
            one = {"title": text, "lang": texts.language(text, "", name) or stated}
            made.append({**one, "titleType": kind} if kind else one)
    return made


def _types(dataset: dict[str, Any], fields: Fields) -> dict[str, str]:
    """The type of dataset (6.4 and later: dataset, software, workflow), else the kind of data."""
    stated = as_text(dataset.get("datasetType"))
    words = next((t for v in as_list(fields.get("kindOfData")) if (t := as_text(v))), "")
    return {
        "resourceTypeGeneral": kinds.general_type(stated) or "Dataset",
        "resourceType": words,
    }


def _authors(fields: Fields, texts: Texts) -> list[dict[str, Any]]:
    made = []
    for one in _several(fields, "author"):
        name = as_text(one.get("authorName"))
        agent: dict[str, Any] = {
            "name": name,
            "lang": texts.language(name, "", "author"),
            "affiliation": [as_text(one.get("authorAffiliation"))],
        }
        if identifier := as_text(one.get("authorIdentifier")):
            scheme = as_text(one.get("authorIdentifierScheme"))
            agent["nameIdentifiers"] = [
                {"nameIdentifier": identifier, "nameIdentifierScheme": scheme}
            ]
        made.append(agent)
    return made


def _contributors(fields: Fields) -> list[dict[str, Any]]:
    made = []
    for field, name, role, affiliation in (
        ("contributor", "contributorName", "", ""),
        ("datasetContact", "datasetContactName", "ContactPerson", "datasetContactAffiliation"),
        ("producer", "producerName", "Producer", "producerAffiliation"),
        ("distributor", "distributorName", "Distributor", "distributorAffiliation"),
    ):
        for one in _several(fields, field):
            stated = as_text(one.get("contributorType")).replace(" ", "")
            made.append(
                {
                    "name": as_text(one.get(name)),
                    "contributorType": role or stated or "Other",
                    "affiliation": [as_text(one.get(affiliation))] if affiliation else [],
                }
            )
    return [one for one in made if one["name"]]


def _names(fields: Fields, field: str) -> str:
    return next((n for o in _several(fields, field) if (n := as_text(o.get(f"{field}Name")))), "")


def _descriptions(fields: Fields, texts: Texts, stated: str) -> list[dict[str, str]]:
    given = [
        ("Abstract", one.get("dsDescriptionValue")) for one in _several(fields, "dsDescription")
    ]
    for name, kind in (
        ("notesText", "Other"),
        ("samplingProcedure", "Methods"),
        ("collectionMode", "Methods"),
        ("collectionProcedure", "Methods"),
    ):
        given += [(kind, one) for one in as_list(fields.get(name))]
    given += [("SeriesInformation", one.get("seriesName")) for one in _several(fields, "series")]
    return [
        {
            "description": text,
            "descriptionType": kind,
            "lang": texts.language(text, "", "dsDescription") or stated,
        }
        for kind, value in given
        if (text := as_text(value))
    ]


def _subjects(fields: Fields, texts: Texts) -> list[dict[str, str]]:
    made = [
        {"subject": as_text(one), "subjectScheme": "Dataverse"}
        for one in as_list(fields.get("subject"))
    ]
    for field, value, term, scheme, scheme_uri in (
        ("keyword", "keywordValue", "keywordTermURI", "keywordVocabulary", "keywordVocabularyURI"),
        ("topicClassification", "topicClassValue", "", "topicClassVocab", "topicClassVocabURI"),
    ):
        for one in _several(fields, field):
            text = as_text(one.get(value))
            made.append(
                {
                    "subject": text,
                    "lang": texts.language(text, "", field),
                    "valueUri": address(one.get(term)),
                    "subjectScheme": as_text(one.get(scheme)),
                    "schemeUri": address(one.get(scheme_uri)),
                }
            )
    return [one for one in made if one["subject"] not in ("", "N/A")]


def _dates(fields: Fields, version: dict[str, Any], published: Any) -> list[dict[str, str]]:
    given = [("Issued", published), ("Updated", as_text(version.get("lastUpdateTime"))[:10])]
    given += [(kind, fields.get(name)) for name, kind in _DATES]
    for name, kind, start, end in _SPANS:
        for one in _several(fields, name):
            ends = as_text(one.get(start)), as_text(one.get(end))
            given.append((kind, "/".join(ends) if any(ends) else ""))
    return [
        {"date": text[:10] if "T" in text else text, "dateType": kind}
        for kind, value in given
        if (text := as_text(value))
    ]


def _rights(version: dict[str, Any]) -> list[dict[str, str]]:
    made = []
    licence = version.get("license")
    if isinstance(licence, dict):
        made.append(
            {
                "rights": as_text(licence.get("name")),
                "rightsUri": address(licence.get("uri")),
                "rightsIdentifier": as_text(licence.get("rightsIdentifier")),
            }
        )
    elif as_text(licence) not in ("", "NONE"):
        made.append({"rights": as_text(licence)})
    if terms := as_text(version.get("termsOfUse")):
        made.append({"rights": terms})
    return made


def _relations(fields: Fields) -> list[dict[str, str]]:
    made = []
    for one in _several(fields, "publication"):
        number = as_text(one.get("publicationIDNumber")).strip()
        kind = as_text(one.get("publicationIDType")).strip()
        link = address(one.get("publicationURL"))
        if number or link:
            made.append(
                {
                    "relatedIdentifier": number or link,
                    "relatedIdentifierType": kind if number else "URL",
                    "relationType": as_text(one.get("publicationRelationType")) or "IsSupplementTo",
                }
            )
    return made


def _works(fields: Fields) -> list[dict[str, Any]]:
    """Works that are cited only by a text."""
    made = []
    for name, relation in (("relatedDatasets", "References"), ("relatedMaterial", "References"),
                           ("otherReferences", "References"),
                           ("dataSources", "IsDerivedFrom")):  # fmt: skip
        for value in as_list(fields.get(name)):
            if text := as_text(value):
                made.append(
                    {
                        "relatedItemType": "Other",
                        "relationType": relation,
                        "titles": [{"title": text}],
                    }
                )
    return made


def _places(fields: Fields) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for one in _several(fields, "geographicCoverage"):
        names = ("otherGeographicCoverage", "city", "state", "country")
        place = ", ".join(text for n in names if (text := as_text(one.get(n))))
        made.append({"geoLocationPlace": place})
    for one in _several(fields, "geographicBoundingBox"):
        made.append(
            {
                "geoLocationBox": {
                    "westBoundLongitude": one.get("westLongitude"),
                    "eastBoundLongitude": one.get("eastLongitude"),
                    # Until 5.13 latitudes were called longitudes.
                    "southBoundLatitude": first(one, "southLatitude", "southLongitude"),
                    "northBoundLatitude": first(one, "northLatitude", "northLongitude"),
                }
            }
        )
    return made


def _elsewhere(
    dataset: dict[str, Any],
    version: dict[str, Any],
    fields: Fields,
    clean: Cleaner,
    made: Document,
) -> None:
    """Where it is at home, and the files that stay there."""
    home = address(dataset.get("persistentUrl"))
    if home:
        made["source"]["home_url"] = home
    site = address(dataset.get("siteUrl")).rstrip("/")
    found = [
        one
        for entry in as_list(version.get("files"))
        if isinstance(entry, dict) and (one := _file(entry, site, home, clean)) is not None
    ]
    if found:
        made["distributions"] = clean.bounded(found, MAX_DISTRIBUTIONS, "files")
    countries = [one.get("country") for one in _several(fields, "geographicCoverage")]
    if members := members_of(countries):
        made["members"] = members


def _file(entry: dict[str, Any], site: str, home: str, clean: Cleaner) -> dict[str, Any] | None:
    file = as_map(entry.get("dataFile"))
    number = as_text(file.get("id"))
    closed = entry.get("restricted") is True or bool(file.get("embargo"))
    name = as_text(first(entry, "label") or file.get("filename"))
    folder = as_text(entry.get("directoryLabel")).strip("/")
    checksum = as_map(file.get("checksum"))
    page = f"{site}/file.xhtml?fileId={number}" if site and number.isdigit() else home
    return distribution(
        clean,
        title=f"{folder}/{name}" if folder else name,
        description=first(entry, "description") or file.get("description"),
        access_url=page,
        # What is closed is not to be pointed at; its page says how to ask.
        download_url=f"{site}/api/access/datafile/{number}"
        if site and number.isdigit() and not closed
        else None,
        media_type=file.get("contentType"),
        format_name=file.get("friendlyType"),
        size=file.get("filesize"),
        checksum=first(checksum, "value") or file.get("md5"),
        algorithm=first(checksum, "type") or "MD5",
    )


parse = Portal(
    FORMAT,
    N_("The file holds no metadata block of Dataverse."),
    _items,
    properties=lambda one, clean: properties(one[0], one[1], one[2], clean),
    beside=lambda one, clean, made: _elsewhere(one[0], one[1], one[2], clean, made),
).parse
