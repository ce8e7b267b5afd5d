"""DataCite XML, kernels 2.2 to 4.7: the elements become the properties of DataCite's JSON.

Any namespace that names a DataCite kernel is read, and none at all: the kernels differ in
what they add, not in what a name means. A file of our own also has what DataCite cannot say, in
a processing instruction, as notes that hold where nobody has edited it (`unsaid`).
"""

from __future__ import annotations

import re
from typing import Any, Final

from lxml import etree

from tonle.catalogue.crosswalks import datacite, jsontext, tonle_record, xml
from tonle.catalogue.crosswalks.clean import as_map
from tonle.catalogue.crosswalks.common import (
    Document,
    Notes,
    Parsed,
    Remark,
    digest,
    refused_file,
)
from tonle.catalogue.crosswalks.xml import attributes, children, content, local, namespace
from tonle.kernel.errors import N_

FORMAT: Final = "datacite-xml"
# The target of the instruction that has the notes: a name of XML holds no slash.
INSTRUCTION: Final = tonle_record.SCHEMA.replace("/", "-")
_NAMESPACE = re.compile(r"https?://(?:schema\.)?datacite\.org/(?:schema/|meta/)?kernel-[0-9.]+/?")


def parse(data: bytes, name: str) -> Parsed:
    """One file with one `resource`."""
    try:
        root = xml.parse(data)
    except xml.NotXml as error:
        return refused_file(FORMAT, data, name, error.remark)
    if not is_resource(root):
        return refused_file(
            FORMAT, data, name, Remark("", N_("The file holds no DataCite resource."))
        )
    notes = Notes()
    source = {"format": FORMAT, "key": f"file:{name}", "received_sha256": digest(data)}
    return Parsed(FORMAT, (tonle_record.beside(_said(root, notes), _unsaid(data), notes, source),))


def said(data: bytes) -> Document:
    """What the text of a `resource` says in DataCite's words, before any notes."""
    try:
        return _said(xml.parse(data), Notes())
    except xml.NotXml:
        return {}


def _said(root: etree._Element, notes: Notes) -> Document:
    made = datacite.document(
        properties(root), notes, format_name=FORMAT, people=datacite.People.CREATORS
    )
    del made["source"]
    return made


def _unsaid(data: bytes) -> dict[str, Any]:
    """Notes on the record by its keys."""
    found = xml.instruction(data, INSTRUCTION)
    try:
        return as_map(jsontext.parse(found.encode()))
    except (jsontext.NotJson, UnicodeEncodeError):
        return {}


def is_resource(element: etree._Element) -> bool:
    space = namespace(element)
    return local(element) == "resource" and (not space or bool(_NAMESPACE.fullmatch(space)))


def properties(resource: etree._Element) -> dict[str, Any]:
    """The properties of a `resource` element in the shape of DataCite's JSON."""
    found: dict[str, Any] = {}
    found["identifiers"] = [
        {"identifier": content(e), "identifierType": attributes(e).get("identifierType")}
        for e in children(resource, "identifier")
    ]
    # What has no lasting name is identified by its page, as in the JSON.
    page = found["identifiers"][:1]
    if page and page[0]["identifierType"] == "URL":
        found["url"] = found["identifiers"].pop(0)["identifier"]
    found["alternateIdentifiers"] = [
        {
            "alternateIdentifier": content(e),
            "alternateIdentifierType": attributes(e).get("alternateIdentifierType"),
        }
        for e in _listed(resource, "alternateIdentifiers", "alternateIdentifier")
    ]
    found["creators"] = [_agent(e, "creator") for e in _listed(resource, "creators", "creator")]
    found["contributors"] = [
        _agent(e, "contributor") for e in _listed(resource, "contributors", "contributor")
    ]
    found["titles"] = [
        _value(e, "title", titleType="titleType") for e in _listed(resource, "titles", "title")
    ]
    found["publisher"] = [
        _value(
            e,
            "name",
            publisherIdentifier="publisherIdentifier",
            publisherIdentifierScheme="publisherIdentifierScheme",
        )
        for e in children(resource, "publisher")
    ]
    found["publicationYear"] = [content(e) for e in children(resource, "publicationYear")]
    for e in children(resource, "resourceType")[:1]:
        found["types"] = _value(e, "resourceType", resourceTypeGeneral="resourceTypeGeneral")
    found["subjects"] = [
        _value(
            e,
            "subject",
            subjectScheme="subjectScheme",
            schemeUri="schemeURI",
            valueUri="valueURI",
            classificationCode="classificationCode",
        )
        for e in _listed(resource, "subjects", "subject")
    ]
    found["dates"] = [
        _value(e, "date", dateType="dateType", dateInformation="dateInformation")
        for e in _listed(resource, "dates", "date")
    ]
    found["language"] = [content(e) for e in children(resource, "language")]
    found["relatedIdentifiers"] = [
        _value(e, "relatedIdentifier", **_RELATED)
        for e in _listed(resource, "relatedIdentifiers", "relatedIdentifier")
    ]
    found["sizes"] = [content(e) for e in _listed(resource, "sizes", "size")]
    found["formats"] = [content(e) for e in _listed(resource, "formats", "format")]
    found["version"] = next((content(e) for e in children(resource, "version")), "")
    # Kernel 2 has one `rights`; later kernels a `rightsList`.
    found["rightsList"] = [
        _value(e, "rights", rightsUri="rightsURI", rightsIdentifier="rightsIdentifier")
        for e in [*_listed(resource, "rightsList", "rights"), *children(resource, "rights")]
    ]
    found["descriptions"] = [
        _value(e, "description", descriptionType="descriptionType")
        for e in _listed(resource, "descriptions", "description")
    ]
    found["geoLocations"] = [
        _geo_location(e) for e in _listed(resource, "geoLocations", "geoLocation")
    ]
    found["fundingReferences"] = [
        _funding(e) for e in _listed(resource, "fundingReferences", "fundingReference")
    ]
    found["relatedItems"] = [
        _related_item(e) for e in _listed(resource, "relatedItems", "relatedItem")
    ]
    return found


_RELATED: Final = {
    "relatedIdentifierType": "relatedIdentifierType",
    "relationType": "relationType",
    "relationTypeInformation": "relationTypeInformation",
    "relatedMetadataScheme": "relatedMetadataScheme",
    "resourceTypeGeneral": "resourceTypeGeneral",
    "schemeUri": "schemeURI",
    "schemeType": "schemeType",
}


def _listed(parent: etree._Element, group: str, item: str) -> list[etree._Element]:
    return [child for container in children(parent, group) for child in children(container, item)]


def _value(element: etree._Element, name: str, **wanted: str) -> dict[str, Any]:
    """The element's text under `name`, its language, and attributes: JSON name to XML name."""
    given = attributes(element)
    found: dict[str, Any] = {name: content(element), "lang": given.get("lang")}
    for json_name, xml_name in wanted.items():
        found[json_name] = given.get(xml_name)
    return found


def _one(element: etree._Element, name: str) -> str:
    return next((content(child) for child in children(element, name)), "")


def _agent(element: etree._Element, role: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "givenName": _one(element, "givenName"),
        "familyName": _one(element, "familyName"),
        "contributorType": attributes(element).get("contributorType"),
    }
    for named in children(element, f"{role}Name")[:1]:
        given = attributes(named)
        found |= {
            "name": content(named),
            "nameType": given.get("nameType"),
            "lang": given.get("lang"),
        }
    found["nameIdentifiers"] = [
        _value(e, "nameIdentifier", nameIdentifierScheme="nameIdentifierScheme")
        for e in children(element, "nameIdentifier")
    ]
    found["affiliation"] = [
        _value(
            e,
            "name",
            affiliationIdentifier="affiliationIdentifier",
            affiliationIdentifierScheme="affiliationIdentifierScheme",
        )
        for e in children(element, "affiliation")
    ]
    return found


def _numbers(text: str) -> list[str]:
    return re.split(r"[\s,]+", text.strip()) if text.strip() else []


def _point(element: etree._Element) -> dict[str, Any]:
    """A point: kernel 4 has an element for each number, kernels 2 and 3 "latitude longitude"."""
    if children(element):
        return {name: _one(element, name) for name in ("pointLatitude", "pointLongitude")}
    numbers = [*_numbers(content(element)), "", ""]
    return {"pointLatitude": numbers[0], "pointLongitude": numbers[1]}


def _box(element: etree._Element) -> dict[str, Any]:
    """A box: in kernels 2 and 3 the south-west corner, then the north-east one."""
    sides = ("westBoundLongitude", "eastBoundLongitude", "southBoundLatitude", "northBoundLatitude")
    if children(element):
        return {side: _one(element, side) for side in sides}
    south, west, north, east = [*_numbers(content(element)), "", "", "", ""][:4]
    return dict(zip(sides, (west, east, south, north), strict=True))


def _geo_location(element: etree._Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for place in children(element, "geoLocationPlace")[:1]:
        found["geoLocationPlace"] = content(place)
    for point in children(element, "geoLocationPoint")[:1]:
        found["geoLocationPoint"] = _point(point)
    for box in children(element, "geoLocationBox")[:1]:
        found["geoLocationBox"] = _box(box)
    polygons = []
    for polygon in children(element, "geoLocationPolygon"):
        ring: list[dict[str, Any]] = [
            {"polygonPoint": _point(p)} for p in children(polygon, "polygonPoint")
        ]
        ring += [{"inPolygonPoint": _point(p)} for p in children(polygon, "inPolygonPoint")]
        polygons.append(ring)
    if polygons:
        found["geoLocationPolygon"] = polygons
    return found


def _funding(element: etree._Element) -> dict[str, Any]:
    found: dict[str, Any] = {"funderName": _one(element, "funderName")}
    for identifier in children(element, "funderIdentifier")[:1]:
        found |= _value(identifier, "funderIdentifier", funderIdentifierType="funderIdentifierType")
    for number in children(element, "awardNumber")[:1]:
        found |= _value(number, "awardNumber", awardUri="awardURI")
    for title in children(element, "awardTitle")[:1]:
        found |= _value(title, "awardTitle")
    return found


def _related_item(element: etree._Element) -> dict[str, Any]:
    given = attributes(element)
    found: dict[str, Any] = {
        "relatedItemType": given.get("relatedItemType"),
        "relationType": given.get("relationType"),
        "titles": [
            _value(e, "title", titleType="titleType") for e in _listed(element, "titles", "title")
        ],
        "creators": [_agent(e, "creator") for e in _listed(element, "creators", "creator")],
        "contributors": [
            _agent(e, "contributor") for e in _listed(element, "contributors", "contributor")
        ],
    }
    for name in (
        "publicationYear", "volume", "issue", "firstPage", "lastPage", "publisher", "edition",
    ):  # fmt: skip
        found[name] = _one(element, name)
    for number in children(element, "number")[:1]:
        found |= _value(number, "number", numberType="numberType")
    for identifier in children(element, "relatedItemIdentifier")[:1]:
        found["relatedItemIdentifier"] = _value(
            identifier,
            "relatedItemIdentifier",
            relatedItemIdentifierType="relatedItemIdentifierType",
        )
    return found
