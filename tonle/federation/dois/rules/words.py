"""What DataCite is told: the record's own DataCite form, with the DOI, the page and the event.

An update leaves alone what it does not mention. So every property that a record can lose is
mentioned, empty, or its last value would stay at DataCite for ever.
Source: DataCite REST API, "Updating DOIs with the REST API", read 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tonle.federation.dois.rules.wishes import Standing, Wanted, event
from tonle.kernel import canonical
from tonle.kernel.text import choose

Document = Mapping[str, Any]

MEDIA_TYPE = "application/vnd.api+json"
_EMPTY: Mapping[str, Any] = {
    **{
        name: []
        for name in (
            "alternateIdentifiers", "contributors", "dates", "descriptions", "formats",
            "fundingReferences", "geoLocations", "identifiers", "relatedIdentifiers",
            "relatedItems", "rightsList", "sizes", "subjects",
        )
    },
    "language": None,
}  # fmt: skip
# DataCite's word for what nobody knows, as the catalogue writes it.
UNAVAILABLE = ":unav"
# What remains of a description that may not be shown.
_BARE = ("schema", "id", "kind", "state", "home", "version", "published_at")


def to_describe(own: Document, heir: Document, name: str, wanted: Wanted) -> dict[str, Any]:
    """The document that DataCite is to see, in terms of records; writers make the rest of it."""
    if wanted.describes == "heir":
        return {**heir, "pids": [pid for pid in heir.get("pids", ()) if not _is(pid, name)]}
    if wanted.describes == "nothing":
        bare = {key: own[key] for key in _BARE if key in own}
        return {**bare, "titles": {"en": "Withdrawn"}, "access": {"level": "metadata_only"}}
    made = {**own, "pids": [pid for pid in own.get("pids", ()) if not _is(pid, name)]}
    tombstone = own.get("tombstone")
    if tombstone:
        gone = {
            "type": "Withdrawn",
            "date": tombstone["at"][:10],
            "information": choose(tombstone["reason"], ["en"])[1],
        }
        made["dates"] = [*own.get("dates", ()), gone]
    if wanted.leads_to != own["id"]:
        same = {"type": "IsIdenticalTo", "target": _best_name(heir)}
        made["relations"] = [*own.get("relations", ()), same]
    return made


def _is(pid: Mapping[str, str], name: str) -> bool:
    return pid["scheme"] == "doi" and pid["value"] == name


def _best_name(document: Document) -> dict[str, str]:
    """The DOI of a record; one of this node without any is named by its page."""
    for pid in document.get("pids", ()):
        if pid["scheme"] == "doi":
            return {"scheme": "doi", "value": pid["value"]}
    return {"scheme": "tonle", "value": document["id"]}


@dataclass(frozen=True)
class Aim:
    """A DOI, the page it is to lead to, and how it is to stand.

    year: in which it was published here; DataCite demands one, and not all records know theirs.
    node: who has the name registered, and by that publishes what nobody else does.
    """

    name: str
    url: str
    standing: Standing
    year: int
    node: str


def body(written: str, aim: Aim) -> bytes:
    """The request as JSON:API has it.

    written: the record as the catalogue writes DataCite JSON.
    """
    attributes = _attributes(json.loads(written), aim)
    made = {"data": {"id": aim.name, "type": "dois", "attributes": attributes}}
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()


def digest(written: str, aim: Aim) -> str:
    """A SHA-256 that is the same exactly while DataCite need hear nothing new.

    written: the record as its first revision, so that a revision which says nothing new to
    DataCite, such as the one that notes the DOI itself, is none to it either.
    """
    return canonical.digest(_attributes(json.loads(written, parse_float=str), aim))


def _attributes(made: dict[str, Any], aim: Aim) -> dict[str, Any]:
    del made["id"]
    # What the API answers as `identifiers` it is told by this name.
    others = [
        {
            "alternateIdentifier": one["identifier"],
            "alternateIdentifierType": one["identifierType"],
        }
        for one in made.pop("identifiers", ())
    ]
    if "geoLocations" in made:
        made["geoLocations"] = [one for place in made["geoLocations"] for one in _flat(place)]
    for grant in made.get("fundingReferences", ()):
        # Its JSON has no place for the language of an award's title.
        grant.pop("lang", None)
    # The catalogue writes 0 for a year that nobody knows.
    made["publicationYear"] = made.get("publicationYear") or aim.year
    if made.get("publisher", {}).get("name") == UNAVAILABLE:
        made["publisher"] = {"name": aim.node}
    told = {
        "doi": aim.name,
        "url": aim.url,
        "event": event(aim.standing),
        "alternateIdentifiers": others,
    }
    return {**_EMPTY, **made, **told}


def _flat(place: dict[str, Any]) -> list[dict[str, Any]]:
    """A place as the API takes it: a polygon is a list of points, and a place has one of them.

    What has more becomes as many places, the others of which are nothing but their polygon.
    """
    rings = place.pop("geoLocationPolygon", [])
    if not rings:
        return [place]
    first, *others = rings
    return [
        {**place, "geoLocationPolygon": first},
        *({"geoLocationPolygon": ring} for ring in others),
    ]
