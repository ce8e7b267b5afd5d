"""A record document to DataCite's properties; the JSON and the XML writer both begin here.

The shape is that of DataCite's REST API (`attributes`): names in camel case. A word that is not
in a list of the schema becomes `Other`, with the word beside it where there is a place, so that
what comes out is valid whatever a record holds.
Source: DataCite Metadata Schema 4.7; its appendix of standard values for unknown information.
The reader of the same form is `crosswalks.datacite`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import tzinfo
from functools import cache
from typing import Any, Final

from tonle.catalogue.crosswalked import grants_of
from tonle.catalogue.crosswalks import kinds
from tonle.catalogue.crosswalks.writers.common import address, main_title, own_languages
from tonle.catalogue.crosswalks.writers.here import Here
from tonle.kernel import identifiers
from tonle.kernel.codes import codes, licence_url
from tonle.kernel.dates import day_at
from tonle.kernel.text import UNDETERMINED, choose

# DataCite's word for what is not known, though it may exist.
UNAVAILABLE: Final = ":unav"
# A year has four digits; this one nobody takes for a year.
UNKNOWN_YEAR: Final = "0000"
OTHER: Final = "Other"
SCHEMA: Final = "http://datacite.org/schema/kernel-4"
_SCHEME_URI: Final = {
    "orcid": "https://orcid.org/",
    "ror": "https://ror.org/",
    "isni": "https://isni.org/",
    "grid": "https://www.grid.ac/",
    "crossref_funder": "https://www.crossref.org/services/funder-registry/",
}
# Identifier types by our scheme; what DataCite does not list goes as its address.
_FUNDER_TYPES: Final = {
    "crossref_funder": "Crossref Funder ID", "grid": "GRID", "isni": "ISNI", "ror": "ROR",
}  # fmt: skip
# Dates that tell when something became public, the most telling first.
_PUBLISHING: Final = ("Issued", "Available", "Created", "Copyrighted")

Document = Mapping[str, Any]
Number = Callable[[str], Any]


def properties(document: Document, here: Here, *, number: Number = float) -> dict[str, Any]:
    """DataCite's properties. Mandatory ones are always there, `:unav` where nobody knows.

    number: what a coordinate becomes: the JSON has numbers, the XML the record's own digits.
    """
    doi = next((p["value"] for p in document.get("pids", ()) if p["scheme"] == "doi"), "")
    files = document.get("files", ())
    made = {
        "id": here.pid_url,
        "doi": doi,
        "url": home_url(document, here),
        "identifiers": _identifiers(document, here),
        "creators": [_agent(agent) for agent in document.get("creators", ())]
        or [{"name": UNAVAILABLE}],
        "titles": _titles(document),
        "publisher": _publisher(document, here),
        "publicationYear": year_of(document, here.zone),
        "types": _types(document, here),
        "subjects": [_subject(s, text) for s in document.get("subjects", ()) for text in _texts(s)],
        "contributors": [_contributor(agent) for agent in document.get("contributors", ())],
        "dates": _dates(document, here.zone),
        "language": next(iter(document.get("languages", ())), ""),
        "relatedIdentifiers": [_relation(r, here) for r in document.get("relations", ())],
        "relatedItems": [_item(item, here) for item in document.get("related_items", ())],
        "sizes": list(document.get("sizes", ()))
        or [f"{sum(file['size_bytes'] for file in files)} bytes"] * bool(files),
        "formats": list(document.get("formats", ())) or sorted({f["media_type"] for f in files}),
        "version": document.get("version_label") or str(document.get("version", 1)),
        "rightsList": [one for right in document.get("rights", ()) for one in _rights(right)],
        "descriptions": [
            _lang({"description": text, "descriptionType": d["type"]}, tag)
            for d in document.get("descriptions", ())
            for tag, text in _texts(d)
        ],
        "geoLocations": [
            made
            for place in document.get("geo_locations", ())
            if (made := _place(place, document, number))
        ],
        "fundingReferences": [_grant(g, document) for g in grants_of(document)],
        "schemaVersion": SCHEMA,
    }
    return {key: _once(value) for key, value in made.items() if value not in ("", [], {})}


def _once(value: Any) -> Any:
    """Each value of a list once, as DataCite's JSON schema demands."""
    if not isinstance(value, list) or len(value) < 2:
        return value
    return list({repr(item): item for item in value}.values())


def year_of(document: Document, zone: tzinfo) -> str:
    """The year of publication, four digits.

    What the record says; else the year of the date that tells best; else the year in which it
    was published here, if it was published here first; else UNKNOWN_YEAR.
    zone: in which the node counts its days.
    """
    stated = document.get("publication_year")
    if stated:
        return f"{stated:04d}"
    # The end of an embargo is among them, which is the year that DataCite wants then.
    dates = _dates(document, zone)
    for kind in _PUBLISHING:
        for entry in dates:
            year = entry["date"][:4]
            if entry["dateType"] == kind and len(year) == 4 and year.isascii() and year.isdigit():
                return year
    return UNKNOWN_YEAR if "source" in document else day_at(document["published_at"], zone)[:4]


def home_url(document: Document, here: Here) -> str:
    """The page of the record where it is at home: a harvested one stays with its owner."""
    return str(document.get("source", {}).get("home_url") or here.url)


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(codes(name))


def word(name: str, value: str) -> str:
    """The value where the list of that name has it, else `Other`."""
    return value if value in _listed(name) else OTHER


@cache
def _related_types() -> dict[str, str]:
    """Our name of a scheme to DataCite's relatedIdentifierType."""
    return {entry.data["scheme"]: code for code, entry in codes("related_identifier_types").items()}


def _lang(value: dict[str, Any], tag: str) -> dict[str, Any]:
    if tag != UNDETERMINED:
        value["lang"] = tag
    return value


def _texts(holder: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A text in its languages; that of no known language first, to which others can be joined."""
    return sorted(holder["text"].items(), key=lambda pair: pair[0] != UNDETERMINED)


def _identifiers(document: Document, here: Here) -> list[dict[str, str]]:
    found = [
        {"identifier": pid["value"], "identifierType": label(pid["scheme"])}
        for pid in document.get("pids", ())
        if pid["scheme"] != "doi"
    ]
    if here.ark and not any(entry["identifierType"] == "ARK" for entry in found):
        found.append({"identifier": here.ark, "identifierType": "ARK"})
    return found + [
        {"identifier": other["value"], "identifierType": other["type"]}
        for other in document.get("alternate_identifiers", ())
    ]


def label(scheme: str) -> str:
    """A scheme's name as its owners write it."""
    known = identifiers.SCHEMES.get(scheme)
    return known.label if known else scheme


def _agent(agent: Mapping[str, Any]) -> dict[str, Any]:
    name = agent["name"]
    made: dict[str, Any] = {"name": name, "nameType": agent["name_type"]}
    if agent.get("given_name"):
        made["givenName"] = agent["given_name"]
    if agent.get("family_name"):
        made["familyName"] = agent["family_name"]
    for tag, text in agent.get("names", {}).items():
        # A name has one spelling in DataCite; its language is told where it is known.
        if text == name and tag != UNDETERMINED:
            made["lang"] = tag
            break
    named = [_named(identifier) for identifier in agent.get("identifiers", ())]
    if named:
        made["nameIdentifiers"] = named
    places = [_with_identifier(place, "affiliation") for place in agent.get("affiliations", ())]
    if places:
        made["affiliation"] = places
    return made


def _contributor(agent: Mapping[str, Any]) -> dict[str, Any]:
    made = _agent(agent)
    kind = agent["type"]
    # Kernel 4 took the funder away from the roles; a sponsor is the nearest that it left.
    made["contributorType"] = "Sponsor" if kind == "Funder" else word("contributor_types", kind)
    return made


def _named(identifier: Mapping[str, str]) -> dict[str, str]:
    scheme, value = identifier["scheme"], identifier["value"]
    made = {
        "nameIdentifier": identifiers.resolver_url(scheme, value) or value,
        "nameIdentifierScheme": label(scheme),
    }
    if scheme in _SCHEME_URI:
        made["schemeUri"] = _SCHEME_URI[scheme]
    return made


def _with_identifier(holder: Mapping[str, Any], prefix: str) -> dict[str, str]:
    """A name with its identifier: of an affiliation or a publisher."""
    made: dict[str, str] = {"name": holder["name"]}
    if "identifier" in holder:
        scheme, value = holder["identifier"]["scheme"], holder["identifier"]["value"]
        made[f"{prefix}Identifier"] = identifiers.resolver_url(scheme, value) or value
        made[f"{prefix}IdentifierScheme"] = label(scheme)
        if scheme in _SCHEME_URI:
            made["schemeUri"] = _SCHEME_URI[scheme]
    return made


def _titles(document: Document) -> list[dict[str, Any]]:
    first, title = main_title(document)
    made = [_lang({"title": title}, first)]
    made += [
        _lang({"title": text, "titleType": "TranslatedTitle"}, tag)
        for tag, text in document["titles"].items()
        if tag != first
    ]
    made += [
        _lang({"title": text, "titleType": other["type"]}, tag)
        for other in document.get("other_titles", ())
        for tag, text in _texts(other)
    ]
    return made


def _publisher(document: Document, here: Here) -> dict[str, str]:
    """The publisher; the node itself, where the thing was first published on it."""
    stated = document.get("publisher")
    if stated is None:
        return {"name": UNAVAILABLE if "source" in document else here.node_name}
    made = _with_identifier(stated, "publisher")
    return _lang(made, stated.get("language", UNDETERMINED))


def _types(document: Document, here: Here) -> dict[str, str]:
    stated = document.get("resource_type", {})
    general = stated.get("general") or kinds.GENERAL_OF_KIND.get(document["kind"], OTHER)
    known = word("resource_types", general)
    words = stated.get("text") or (general if known != general else "")
    said = kinds.words_for(document["kind"], known, words) or here.kind_label
    return {"resourceTypeGeneral": known, "resourceType": said}


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


def _dates(document: Document, zone: tzinfo) -> list[dict[str, str]]:
    made = []
    for stated in document.get("dates", ()):
        kind = word("date_types", stated["type"])
        one = {"date": stated["date"], "dateType": kind}
        information = stated.get("information") or (stated["type"] if kind == OTHER else "")
        if information and information != OTHER:
            one["dateInformation"] = information
        made.append(one)
    said = {entry["dateType"] for entry in made}
    until = document.get("access", {}).get("embargo_until")
    if until and "Available" not in said:
        made.append({"date": until, "dateType": "Available"})
    if "Updated" not in said and document.get("revision", 0) and "updated_at" in document:
        made.append({"date": day_at(document["updated_at"], zone), "dateType": "Updated"})
    return made


def _relation(relation: Mapping[str, Any], here: Here) -> dict[str, str]:
    value, kind = related(relation["target"], here)
    made = {"relatedIdentifier": value, "relatedIdentifierType": kind}
    _tell(made, relation["type"], relation.get("relation_type_information", ""))
    general = relation.get("resource_type_general")
    if general:
        made["resourceTypeGeneral"] = word("resource_types", general)
    for key, name in (
        ("related_metadata_scheme", "relatedMetadataScheme"),
        ("scheme_uri", "schemeUri"),
        ("scheme_type", "schemeType"),
    ):
        if key in relation:
            made[name] = relation[key]
    return made


def _tell(made: dict[str, Any], kind: str, information: str = "") -> None:
    """How one thing relates to another; an unknown word goes beside `Other`."""
    known = word("relation_types", kind)
    made["relationType"] = known
    said = information or (kind if known != kind else "")
    if said:
        made["relationTypeInformation"] = said


def related(target: Mapping[str, str], here: Here) -> tuple[str, str]:
    """(value, DataCite's relatedIdentifierType); what DataCite does not list is an address."""
    scheme, value = target["scheme"], target["value"]
    known = _related_types().get(scheme)
    return (value, known) if known else (address(target, here) or value, "URL")


def _item(item: Mapping[str, Any], here: Here) -> dict[str, Any]:
    made: dict[str, Any] = {"relatedItemType": word("resource_types", item["type"])}
    _tell(made, item["relation_type"])
    titles = [_item_title(t, at) for t in item.get("titles", ()) for at in _texts(t)]
    made["titles"] = _once(titles) or [{"title": UNAVAILABLE}]
    if item.get("creators"):
        made["creators"] = [_agent(agent) for agent in item["creators"]]
    if item.get("contributors"):
        made["contributors"] = [_contributor(agent) for agent in item["contributors"]]
    if "publication_year" in item:
        made["publicationYear"] = f"{item['publication_year']:04d}"
    for key, name in (
        ("volume", "volume"),
        ("issue", "issue"),
        ("number", "number"),
        ("first_page", "firstPage"),
        ("last_page", "lastPage"),
        ("publisher", "publisher"),
        ("edition", "edition"),
    ):
        if key in item:
            made[name] = item[key]
    if "number" in item and "number_type" in item:
        made["numberType"] = word("number_types", item["number_type"])
    if "identifier" in item:
        value, kind = related(item["identifier"], here)
        made["relatedItemIdentifier"] = {
            "relatedItemIdentifier": value,
            "relatedItemIdentifierType": kind,
        }
    return made


def _item_title(title: Mapping[str, Any], text: tuple[str, str]) -> dict[str, Any]:
    made = _lang({"title": text[1]}, text[0])
    if "type" in title:
        made["titleType"] = word("title_types", title["type"])
    return made


def _rights(right: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Terms, once in each of their languages; a licence without words by its code."""
    code = right.get("identifier", "")
    uri = right.get("uri") or (licence_url(code) if code else None)
    known: dict[str, Any] = {}
    if uri:
        known["rightsUri"] = uri
    if code:
        known["rightsIdentifier"] = code
        known["rightsIdentifierScheme"] = "SPDX"
        known["schemeUri"] = "https://spdx.org/licenses/"
    for tag, text in _texts(right) if right.get("text") else [(UNDETERMINED, code)]:
        made = _lang({"rights": text, **known} if text else dict(known), tag)
        if made:
            yield made


def _place(place: Mapping[str, Any], document: Document, number: Number) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if place.get("place"):
        made["geoLocationPlace"] = choose(place["place"], own_languages(document))[1]
    if "point" in place:
        made["geoLocationPoint"] = _point(place["point"], number)
    if "box" in place:
        box = place["box"]
        made["geoLocationBox"] = {
            "westBoundLongitude": number(box["west"]),
            "eastBoundLongitude": number(box["east"]),
            "southBoundLatitude": number(box["south"]),
            "northBoundLatitude": number(box["north"]),
        }
    rings = [ring for polygon in place.get("polygons", ()) if (ring := _ring(polygon, number))]
    if rings:
        made["geoLocationPolygon"] = rings
    return made


def _ring(polygon: Mapping[str, Any], number: Number) -> list[dict[str, Any]]:
    """The points of a polygon, which are four at least: three of a triangle, and the first."""
    points = list(polygon["points"])
    if len(points) == 3:
        points.append(points[0])
    if len(points) < 4:
        return []
    ring = [{"polygonPoint": _point(point, number)} for point in points]
    if "in_point" in polygon:
        ring.append({"inPolygonPoint": _point(polygon["in_point"], number)})
    return ring


def _point(point: Mapping[str, str], number: Number) -> dict[str, Any]:
    return {
        "pointLatitude": number(point["latitude"]),
        "pointLongitude": number(point["longitude"]),
    }


def _grant(grant: Mapping[str, Any], document: Document) -> dict[str, Any]:
    made: dict[str, Any] = {"funderName": grant["funder_name"]}
    if "funder_identifier" in grant:
        scheme, value = grant["funder_identifier"]["scheme"], grant["funder_identifier"]["value"]
        made["funderIdentifier"] = identifiers.resolver_url(scheme, value) or value
        made["funderIdentifierType"] = _FUNDER_TYPES.get(scheme, OTHER)
        if scheme in _FUNDER_TYPES:
            made["schemeUri"] = _SCHEME_URI[scheme]
    for key, name in (("award_number", "awardNumber"), ("award_uri", "awardUri")):
        if key in grant:
            made[name] = grant[key]
    if grant.get("award_title"):
        tag, text = choose(grant["award_title"], own_languages(document))
        made["awardTitle"] = text
        _lang(made, tag)
    return made
