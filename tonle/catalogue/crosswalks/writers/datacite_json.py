"""DataCite JSON, schema 4.7: the properties as DataCite's own API names them.

Source: DataCite Metadata Schema 4.7 (kernel-4); DataCite REST API, content negotiation
(application/vnd.datacite.datacite+json). The reader of the same form is `crosswalks.datacite`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from tonle.catalogue.crosswalks.writers.common import address, main_title, own_languages
from tonle.catalogue.crosswalks.writers.here import Here
from tonle.kernel import identifiers
from tonle.kernel.codes import codes, licence_url
from tonle.kernel.text import UNDETERMINED, choose

# DataCite's word for what is not known and was never given.
UNAVAILABLE: Final = ":unav"
_SCHEME_URI: Final = {
    "orcid": "https://orcid.org/",
    "ror": "https://ror.org/",
    "isni": "https://isni.org/",
}
# Identifier types of 4.7 by our scheme; what DataCite does not list goes as its address.
_FUNDER_TYPES: Final = {
    "crossref_funder": "Crossref Funder ID", "grid": "GRID", "isni": "ISNI", "ror": "ROR",
}  # fmt: skip


def write(document: Mapping[str, Any], here: Here) -> str:
    """The record as one JSON object."""
    return json.dumps(properties(document, here), ensure_ascii=False, indent=1) + "\n"


def properties(document: Mapping[str, Any], here: Here) -> dict[str, Any]:
    """DataCite's properties. Mandatory ones are always there, `:unav` where nobody knows."""
    doi = next((p["value"] for p in document.get("pids", ()) if p["scheme"] == "doi"), "")
    made = {
        "id": here.pid_url,
        "doi": doi,
        "url": here.url,
        "identifiers": _identifiers(document, here),
        "creators": [_agent(agent) for agent in document.get("creators", ())]
        or [{"name": UNAVAILABLE}],
        "titles": _titles(document),
        "publisher": _publisher(document, here),
        "publicationYear": document.get("publication_year")
        or int(str(document.get("published_at", "1000"))[:4]),
        "types": _types(document, here),
        "subjects": [_subject(s, text) for s in document.get("subjects", ()) for text in _texts(s)],
        "contributors": [
            {**_agent(agent), "contributorType": agent["type"]}
            for agent in document.get("contributors", ())
        ],
        "dates": _dates(document),
        "language": next(iter(document.get("languages", ())), ""),
        "relatedIdentifiers": [_relation(r, here) for r in document.get("relations", ())],
        "relatedItems": [_item(item) for item in document.get("related_items", ())],
        "sizes": list(document.get("sizes", ()))
        or [f"{sum(f['size_bytes'] for f in document['files'])} bytes"]
        * bool(document.get("files")),
        "formats": list(document.get("formats", ()))
        or sorted({f["media_type"] for f in document.get("files", ())}),
        "version": document.get("version_label") or str(document.get("version", 1)),
        "rightsList": [_rights(right) for right in document.get("rights", ())],
        "descriptions": [
            _lang({"description": text, "descriptionType": d["type"]}, tag)
            for d in document.get("descriptions", ())
            for tag, text in d["text"].items()
        ],
        "geoLocations": [_place(place, document) for place in document.get("geo_locations", ())],
        "fundingReferences": [_grant(g, document) for g in document.get("funding_references", ())],
        "schemaVersion": "http://datacite.org/schema/kernel-4",
    }
    return {key: value for key, value in made.items() if value not in ("", [], {})}


def _lang(value: dict[str, Any], tag: str) -> dict[str, Any]:
    return value if tag == UNDETERMINED else {**value, "lang": tag}


def _texts(holder: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    return holder["text"].items()  # type: ignore[no-any-return] # A language map.


def _identifiers(document: Mapping[str, Any], here: Here) -> list[dict[str, str]]:
    found = [
        {"identifier": pid["value"], "identifierType": _label(pid["scheme"])}
        for pid in document.get("pids", ())
        if pid["scheme"] != "doi"
    ]
    if here.ark and not any(entry["identifierType"] == "ARK" for entry in found):
        found.append({"identifier": here.ark, "identifierType": "ARK"})
    return found + [
        {"identifier": other["value"], "identifierType": other["type"]}
        for other in document.get("alternate_identifiers", ())
    ]


def _label(scheme: str) -> str:
    known = identifiers.SCHEMES.get(scheme)
    return known.label if known else scheme


def _agent(agent: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"name": agent["name"], "nameType": agent["name_type"]}
    for key, name in (("given_name", "givenName"), ("family_name", "familyName")):
        if agent.get(key):
            made[name] = agent[key]
    named = [_named(identifier) for identifier in agent.get("identifiers", ())]
    if named:
        made["nameIdentifiers"] = named
    places = [_affiliation(place) for place in agent.get("affiliations", ())]
    if places:
        made["affiliation"] = places
    return made


def _named(identifier: Mapping[str, str]) -> dict[str, str]:
    scheme, value = identifier["scheme"], identifier["value"]
    made = {
        "nameIdentifier": identifiers.resolver_url(scheme, value) or value,
        "nameIdentifierScheme": _label(scheme),
    }
    return {**made, "schemeUri": _SCHEME_URI[scheme]} if scheme in _SCHEME_URI else made


def _affiliation(place: Mapping[str, Any]) -> dict[str, str]:
    made: dict[str, str] = {"name": place["name"]}
    if "identifier" in place:
        scheme, value = place["identifier"]["scheme"], place["identifier"]["value"]
        made["affiliationIdentifier"] = identifiers.resolver_url(scheme, value) or value
        made["affiliationIdentifierScheme"] = _label(scheme)
        if scheme in _SCHEME_URI:
            made["schemeUri"] = _SCHEME_URI[scheme]
    return made


def _titles(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    first, title = main_title(document)
    made = [_lang({"title": title}, first)]
    made += [
        _lang({"title": text, "titleType": "TranslatedTitle"}, tag)
        for tag, text in document["titles"].items()
        if tag != first
    ]
    for other in document.get("other_titles", ()):
        made += [
            _lang({"title": text, "titleType": other["type"]}, tag)
            for tag, text in other["text"].items()
        ]
    return made


def _publisher(document: Mapping[str, Any], here: Here) -> dict[str, str]:
    """The publisher; the node itself, where the thing was first published on it."""
    stated = document.get("publisher")
    if stated is None:
        return {"name": UNAVAILABLE if "source" in document else here.node_name}
    made: dict[str, str] = {"name": stated["name"]}
    if "identifier" in stated:
        scheme, value = stated["identifier"]["scheme"], stated["identifier"]["value"]
        made["publisherIdentifier"] = identifiers.resolver_url(scheme, value) or value
        made["publisherIdentifierScheme"] = _label(scheme)
        if scheme in _SCHEME_URI:
            made["schemeUri"] = _SCHEME_URI[scheme]
    return _lang(made, stated.get("language", UNDETERMINED))


def _types(document: Mapping[str, Any], here: Here) -> dict[str, str]:
    stated = document.get("resource_type", {})
    general = stated.get("general") or {
        "dataset": "Dataset", "software": "Software", "publication": "Text",
        "project": "Project", "instrument": "Instrument", "service": "Service",
        "standard": "Standard",
    }.get(document["kind"], "Other")  # fmt: skip
    return {"resourceTypeGeneral": general, "resourceType": stated.get("text") or here.kind_label}


def _subject(subject: Mapping[str, Any], text: tuple[str, str]) -> dict[str, Any]:
    made = _lang({"subject": text[1]}, text[0])
    for key, name in (
        ("scheme", "subjectScheme"),
        ("scheme_uri", "schemeUri"),
        ("value_uri", "valueUri"),
        ("classification_code", "classificationCode"),
    ):
        if key in subject:
            made[name] = subject[key]
    return made


def _dates(document: Mapping[str, Any]) -> list[dict[str, str]]:
    made = []
    for stated in document.get("dates", ()):
        one = {"date": stated["date"], "dateType": stated["type"]}
        if "information" in stated:
            one["dateInformation"] = stated["information"]
        made.append(one)
    said = {entry["dateType"] for entry in made}
    until = document.get("access", {}).get("embargo_until")
    if until and "Available" not in said:
        made.append({"date": until, "dateType": "Available"})
    if "Updated" not in said and document.get("revision", 0) and "updated_at" in document:
        made.append({"date": document["updated_at"][:10], "dateType": "Updated"})
    return made


def _relation(relation: Mapping[str, Any], here: Here) -> dict[str, str]:
    value, kind = _related(relation["target"], here)
    made = {
        "relatedIdentifier": value,
        "relatedIdentifierType": kind,
        "relationType": relation["type"],
    }
    for key, name in (
        ("resource_type_general", "resourceTypeGeneral"),
        ("relation_type_information", "relationTypeInformation"),
        ("related_metadata_scheme", "relatedMetadataScheme"),
        ("scheme_uri", "schemeUri"),
        ("scheme_type", "schemeType"),
    ):
        if key in relation:
            made[name] = relation[key]
    return made


def _related(target: Mapping[str, str], here: Here) -> tuple[str, str]:
    """(value, DataCite's relatedIdentifierType); what DataCite does not list is an address."""
    scheme, value = target["scheme"], target["value"]
    known = {name.lower(): name for name in codes("related_identifier_types")}
    if scheme in known:
        return value, known[scheme]
    if label := known.get(_label(scheme).lower()):
        return value, label
    return address(target, here) or value, "URL"


def _item(item: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "relatedItemType": item["type"],
        "relationType": item["relation_type"],
        "titles": [
            _lang({"title": text, **({"titleType": t["type"]} if "type" in t else {})}, tag)
            for t in item.get("titles", ())
            for tag, text in t["text"].items()
        ],
        "creators": [_agent(agent) for agent in item.get("creators", ())],
        "contributors": [
            {**_agent(agent), "contributorType": agent["type"]}
            for agent in item.get("contributors", ())
        ],
    }
    if "publication_year" in item:
        made["publicationYear"] = str(item["publication_year"])
    for key, name in (
        ("volume", "volume"),
        ("issue", "issue"),
        ("number", "number"),
        ("number_type", "numberType"),
        ("first_page", "firstPage"),
        ("last_page", "lastPage"),
        ("publisher", "publisher"),
        ("edition", "edition"),
    ):
        if key in item:
            made[name] = item[key]
    if "identifier" in item:
        known = {name.lower(): name for name in codes("related_identifier_types")}
        scheme = item["identifier"]["scheme"]
        made["relatedItemIdentifier"] = {
            "relatedItemIdentifier": item["identifier"]["value"],
            "relatedItemIdentifierType": known.get(
                scheme, known.get(_label(scheme).lower(), "URL")
            ),
        }
    return {key: value for key, value in made.items() if value != []}


def _rights(right: Mapping[str, Any]) -> dict[str, Any]:
    tag, text = choose(right.get("text", {}))
    code = right.get("identifier", "")
    uri = right.get("uri") or (licence_url(code) if code else None)
    made: dict[str, Any] = {"rights": text or code} if text or code else {}
    if uri:
        made["rightsUri"] = uri
    if code:
        made["rightsIdentifier"] = code
        made["rightsIdentifierScheme"] = "SPDX"
        made["schemeUri"] = "https://spdx.org/licenses/"
    return _lang(made, tag)


def _place(place: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if "place" in place:
        made["geoLocationPlace"] = choose(place["place"], own_languages(document))[1]
    if "point" in place:
        made["geoLocationPoint"] = _point(place["point"])
    if "box" in place:
        box = place["box"]
        made["geoLocationBox"] = {
            "westBoundLongitude": float(box["west"]),
            "eastBoundLongitude": float(box["east"]),
            "southBoundLatitude": float(box["south"]),
            "northBoundLatitude": float(box["north"]),
        }
    if "polygons" in place:
        made["geoLocationPolygon"] = [
            [{"polygonPoint": _point(point)} for point in polygon["points"]]
            + ([{"inPolygonPoint": _point(polygon["in_point"])}] if "in_point" in polygon else [])
            for polygon in place["polygons"]
        ]
    return made


def _point(point: Mapping[str, str]) -> dict[str, float]:
    return {
        "pointLatitude": float(point["latitude"]),
        "pointLongitude": float(point["longitude"]),
    }


def _grant(grant: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"funderName": grant["funder_name"]}
    if "funder_identifier" in grant:
        scheme, value = grant["funder_identifier"]["scheme"], grant["funder_identifier"]["value"]
        made["funderIdentifier"] = identifiers.resolver_url(scheme, value) or value
        made["funderIdentifierType"] = _FUNDER_TYPES.get(scheme, "Other")
    for key, name in (("award_number", "awardNumber"), ("award_uri", "awardUri")):
        if key in grant:
            made[name] = grant[key]
    if "award_title" in grant:
        tag, text = choose(grant["award_title"], own_languages(document))
        made["awardTitle"] = text
        return _lang(made, tag)
    return made
