"""DataCite XML, kernel 4.7: DataCite's properties as elements.

The element stands by itself, with its namespace and the address of its schema, so that it can
be sent as it is or put into an answer to a harvester. It is valid by the published schema
whatever the record holds. A file for people to keep also has what DataCite cannot say, in a
processing instruction, so that it comes back as the record that it was (`crosswalks.unsaid`;
decision 28); what harvesters and DataCite are told has not.
Source: DataCite Metadata Schema 4.7, metadata.xsd. The reader is `crosswalks.datacite_xml`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from tonle.catalogue.crosswalks import datacite_xml as reader
from tonle.catalogue.crosswalks.unsaid import Note
from tonle.catalogue.crosswalks.writers.common import beside
from tonle.catalogue.crosswalks.writers.datacite import SCHEMA, properties
from tonle.catalogue.crosswalks.writers.here import Here
from tonle.catalogue.crosswalks.writers.markup import address, attribute, language, legal, text

_HEAD: Final = (
    f'<resource xmlns="{SCHEMA}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    f' xsi:schemaLocation="{SCHEMA} https://schema.datacite.org/meta/kernel-4.7/metadata.xsd">'
)
_END: Final = "</resource>"

Properties = Mapping[str, Any]


def write(document: Mapping[str, Any], here: Here) -> str:
    """The `resource` element with notes on what DataCite leaves unsaid; no XML declaration."""
    made = write_plain(document, here)
    notes = beside(document, reader.said(made.encode()))
    return f"{made.removesuffix(_END)}{_instruction(notes)}{_END}" if notes else made


def _instruction(notes: Mapping[str, Note]) -> str:
    """In ASCII, and without the sign that could end it: in JSON only texts have one."""
    value = json.dumps(notes, sort_keys=True, separators=(",", ":")).replace(">", "\\u003e")
    return f"<?{reader.INSTRUCTION} {value}?>"


def write_plain(document: Mapping[str, Any], here: Here) -> str:
    """The `resource` element and nothing but DataCite's, without XML declaration."""
    return legal(lambda clean: element(properties(clean, here, number=str)), document)


def element(given: Properties) -> str:
    """The `resource` element of DataCite's properties.

    An identifier is needed: the DOI, else another name of the record, else its address.
    """
    others = list(given.get("identifiers", ()))
    url = {"identifier": given["url"], "identifierType": "URL"}
    if "doi" in given:
        name = {"identifier": given["doi"], "identifierType": "DOI"}
    else:
        name = next((one for one in others if one["identifierType"] in _NAMES), url)
        others = [one for one in others if one is not name]
    if name is not url:
        others.append(url)
    types = given["types"]
    publisher = given["publisher"]
    parts = [
        _HEAD,
        f'<identifier identifierType="{attribute(name["identifierType"])}">'
        f"{text(name['identifier'])}</identifier>",
        _list("creators", (_agent(one, "creator") for one in given["creators"])),
        _list("titles", map(_title, given["titles"])),
        f"<publisher{_identified(publisher, 'publisher')}{language(publisher.get('lang'))}>"
        f"{text(publisher['name'])}</publisher>",
        f"<publicationYear>{given['publicationYear']}</publicationYear>",
        f'<resourceType resourceTypeGeneral="{types["resourceTypeGeneral"]}">'
        f"{text(types['resourceType'])}</resourceType>",
        _list("subjects", map(_subject, given.get("subjects", ()))),
        _list(
            "contributors", (_agent(one, "contributor") for one in given.get("contributors", ()))
        ),
        _list("dates", map(_date, given.get("dates", ()))),
        _plain("language", given),
        _list(
            "alternateIdentifiers",
            (
                f'<alternateIdentifier alternateIdentifierType="{attribute(one["identifierType"])}"'
                f">{text(one['identifier'])}</alternateIdentifier>"
                for one in others
            ),
        ),
        _list("relatedIdentifiers", map(_relation, given.get("relatedIdentifiers", ()))),
        _list("sizes", (f"<size>{text(one)}</size>" for one in given.get("sizes", ()))),
        _list("formats", (f"<format>{text(one)}</format>" for one in given.get("formats", ()))),
        _plain("version", given),
        _list("rightsList", map(_rights, given.get("rightsList", ()))),
        _list("descriptions", map(_description, given.get("descriptions", ()))),
        _list("geoLocations", map(_place, given.get("geoLocations", ()))),
        _list("fundingReferences", map(_grant, given.get("fundingReferences", ()))),
        _list("relatedItems", map(_item, given.get("relatedItems", ()))),
        _END,
    ]
    return "".join(parts)


# Names that a record without a DOI goes by, as DataCite writes their types.
_NAMES: Final = frozenset(("ARK", "CSTR", "Handle", "RAiD", "SWHID"))


def _list(group: str, items: Iterable[str]) -> str:
    inner = "".join(items)
    return f"<{group}>{inner}</{group}>" if inner else ""


def _plain(name: str, given: Properties) -> str:
    return f"<{name}>{text(given[name])}</{name}>" if name in given else ""


def _optional(given: Properties, **names: str) -> str:
    """Attributes of what is there. names: JSON name to XML name."""
    return "".join(
        [
            f' {xml}="{address(given[key]) if xml.endswith("URI") else attribute(given[key])}"'
            for key, xml in names.items()
            if key in given
        ]
    )


def _identified(given: Properties, prefix: str) -> str:
    if f"{prefix}Identifier" not in given:
        return ""
    return _optional(
        given,
        **{
            f"{prefix}Identifier": f"{prefix}Identifier",
            f"{prefix}IdentifierScheme": f"{prefix}IdentifierScheme",
            "schemeUri": "schemeURI",
        },
    )


def _agent(given: Properties, role: str, *, whole: bool = True) -> str:
    """A creator or contributor. whole: a related item has their names alone."""
    head = f' contributorType="{given["contributorType"]}"' if role == "contributor" else ""
    kind = f' nameType="{given["nameType"]}"' if "nameType" in given else ""
    parts = [
        f"<{role}{head}><{role}Name{kind}{language(given.get('lang'))}>"
        f"{text(given['name'])}</{role}Name>",
        _plain("givenName", given),
        _plain("familyName", given),
    ]
    if whole:
        parts += [
            f"<nameIdentifier{_optional(one, **_NAME_IDENTIFIER)}>"
            f"{text(one['nameIdentifier'])}</nameIdentifier>"
            for one in given.get("nameIdentifiers", ())
        ]
        parts += [
            f"<affiliation{_identified(one, 'affiliation')}>{text(one['name'])}</affiliation>"
            for one in given.get("affiliation", ())
        ]
    parts.append(f"</{role}>")
    return "".join(parts)


_NAME_IDENTIFIER: Final = {"nameIdentifierScheme": "nameIdentifierScheme", "schemeUri": "schemeURI"}


def _title(given: Properties) -> str:
    kind = f' titleType="{given["titleType"]}"' if "titleType" in given else ""
    return f"<title{kind}{language(given.get('lang'))}>{text(given['title'])}</title>"


_SUBJECT: Final = {
    "subjectScheme": "subjectScheme",
    "schemeUri": "schemeURI",
    "valueUri": "valueURI",
}


def _subject(given: Properties) -> str:
    # Most are free words, and there are many.
    more = _optional(given, **_SUBJECT) if len(given) > 1 else ""
    if "classificationCode" in given:
        # The schema has it as an address, which few classifications use.
        more += f' classificationCode="{address(given["classificationCode"])}"'
    return f"<subject{more}{language(given.get('lang'))}>{text(given['subject'])}</subject>"


def _date(given: Properties) -> str:
    more = _optional(given, dateInformation="dateInformation")
    return f'<date dateType="{given["dateType"]}"{more}>{text(given["date"])}</date>'


_RELATION: Final = {
    "resourceTypeGeneral": "resourceTypeGeneral",
    "relatedIdentifierType": "relatedIdentifierType",
    "relationType": "relationType",
    "relationTypeInformation": "relationTypeInformation",
    "relatedMetadataScheme": "relatedMetadataScheme",
    "schemeUri": "schemeURI",
    "schemeType": "schemeType",
}


def _relation(given: Properties) -> str:
    value = text(given["relatedIdentifier"])
    return f"<relatedIdentifier{_optional(given, **_RELATION)}>{value}</relatedIdentifier>"


_RIGHTS: Final = {
    "rightsUri": "rightsURI",
    "rightsIdentifier": "rightsIdentifier",
    "rightsIdentifierScheme": "rightsIdentifierScheme",
    "schemeUri": "schemeURI",
}


def _rights(given: Properties) -> str:
    said = text(given.get("rights", ""))
    return f"<rights{_optional(given, **_RIGHTS)}{language(given.get('lang'))}>{said}</rights>"


def _description(given: Properties) -> str:
    return (
        f'<description descriptionType="{given["descriptionType"]}"{language(given.get("lang"))}>'
        f"{text(given['description'])}</description>"
    )


def _coordinates(name: str, given: Properties) -> str:
    """A point or a box; numbers of ours need no escaping."""
    inner = "".join([f"<{side}>{value}</{side}>" for side, value in given.items()])
    return f"<{name}>{inner}</{name}>"


def _place(given: Properties) -> str:
    parts = ["<geoLocation>", _plain("geoLocationPlace", given)]
    for name in ("geoLocationPoint", "geoLocationBox"):
        if name in given:
            parts.append(_coordinates(name, given[name]))
    for ring in given.get("geoLocationPolygon", ()):
        parts.append("<geoLocationPolygon>")
        parts += [_coordinates(name, point) for each in ring for name, point in each.items()]
        parts.append("</geoLocationPolygon>")
    parts.append("</geoLocation>")
    return "".join(parts)


def _grant(given: Properties) -> str:
    parts = [f"<fundingReference><funderName>{text(given['funderName'])}</funderName>"]
    if "funderIdentifier" in given:
        more = _optional(given, funderIdentifierType="funderIdentifierType", schemeUri="schemeURI")
        parts.append(
            f"<funderIdentifier{more}>{text(given['funderIdentifier'])}</funderIdentifier>"
        )
    if "awardNumber" in given or "awardUri" in given:
        # An address without a number still needs its element.
        more = _optional(given, awardUri="awardURI")
        parts.append(f"<awardNumber{more}>{text(given.get('awardNumber', ''))}</awardNumber>")
    if "awardTitle" in given:
        title = text(given["awardTitle"])
        parts.append(f"<awardTitle{language(given.get('lang'))}>{title}</awardTitle>")
    parts.append("</fundingReference>")
    return "".join(parts)


_ITEM: Final = {
    "relatedItemType": "relatedItemType",
    "relationType": "relationType",
    "relationTypeInformation": "relationTypeInformation",
}


def _item(given: Properties) -> str:
    """A related item; here the schema wants its elements in this order."""
    parts = [f"<relatedItem{_optional(given, **_ITEM)}>"]
    if "relatedItemIdentifier" in given:
        one = given["relatedItemIdentifier"]
        parts.append(
            f'<relatedItemIdentifier relatedItemIdentifierType="{one["relatedItemIdentifierType"]}"'
            f">{text(one['relatedItemIdentifier'])}</relatedItemIdentifier>"
        )
    creators = (_agent(one, "creator", whole=False) for one in given.get("creators", ()))
    parts.append(_list("creators", creators))
    parts.append(_list("titles", map(_title, given["titles"])))
    parts += [_plain(name, given) for name in ("publicationYear", "volume", "issue")]
    if "number" in given:
        more = _optional(given, numberType="numberType")
        parts.append(f"<number{more}>{text(given['number'])}</number>")
    parts += [_plain(name, given) for name in ("firstPage", "lastPage", "publisher", "edition")]
    people = (_agent(one, "contributor", whole=False) for one in given.get("contributors", ()))
    parts.append(_list("contributors", people))
    parts.append("</relatedItem>")
    return "".join(parts)
