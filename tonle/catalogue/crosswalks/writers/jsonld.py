"""The parts that every format in schema.org's words is made of: people, places, grants, files.

A part is a plain dict in JSON-LD, nested. `alone` writes a list of one as its one, `dump`
writes JSON. Source: schema.org 29.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tonle.catalogue.crosswalks import clean as clean_values
from tonle.catalogue.crosswalks.writers.common import Document, address, distributions_elsewhere
from tonle.catalogue.crosswalks.writers.here import Here
from tonle.catalogue.rules.citation import natural
from tonle.kernel import identifiers
from tonle.kernel.codes import find, licence_url
from tonle.kernel.text import choose

Entity = dict[str, Any]
MOST_POLYGONS: Final = 20
_WEB: Final = ("https://", "http://")


def dump(value: Any, *, compact: bool = False) -> str:
    """JSON text, readable unless compact. A lone surrogate, which UTF-8 has not, is escaped."""
    layout: dict[str, Any] = {"separators": (",", ":")} if compact else {"indent": 1}
    text = json.dumps(value, ensure_ascii=False, **layout)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, **layout)
    return text


def alone(value: Any) -> Any:
    """A list of one as its one: the commoner way to write it, and the shorter."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def clean(entity: Mapping[str, Any]) -> Entity:
    """Without what is not known; lists of one as their one."""
    return {key: alone(value) for key, value in entity.items() if value not in (None, "", [], {})}


def agent(stated: Mapping[str, Any]) -> Entity:
    """A person or an organisation, with affiliations."""
    if stated["name_type"] == "Organizational":
        return organisation(stated)
    name = natural(stated)
    made: Entity = {
        "@type": "Person",
        "name": name,
        "givenName": stated.get("given_name"),
        "familyName": stated.get("family_name"),
        "alternateName": [text for text in stated.get("names", {}).values() if text != name],
        "affiliation": [organisation(place) for place in stated.get("affiliations", ())],
    }
    return clean(made | _known_as(stated.get("identifiers", ())))


def organisation(stated: Mapping[str, Any]) -> Entity:
    """An organisation by its name and what identifies it."""
    known = stated.get("identifiers") or ([stated["identifier"]] if "identifier" in stated else [])
    others = [text for text in stated.get("names", {}).values() if text != stated["name"]]
    made: Entity = {"@type": "Organization", "name": stated["name"], "alternateName": others}
    return clean(made | _known_as(known))


def _known_as(known: Sequence[Mapping[str, str]]) -> Entity:
    """ORCID and ROR name an agent; what nobody resolves is stated with its scheme."""
    urls = [identifiers.resolver_url(one["scheme"], one["value"]) for one in known]
    found = [safe_iri(where) for where in urls if where and where.startswith(_WEB)]
    rest = [identifier(one) for one, where in zip(known, urls, strict=True) if not where]
    return {"@id": found[0] if found else None, "sameAs": found, "identifier": rest}


def identifier(stated: Mapping[str, str], here: Here | None = None) -> Entity:
    """{scheme, value} with its scheme's own name, and its address where there is one."""
    scheme = identifiers.SCHEMES.get(stated["scheme"])
    where = address(stated, here) if here else ""
    return clean(
        {
            "@type": "PropertyValue",
            "propertyID": scheme.label if scheme else stated["scheme"],
            "value": stated["value"],
            "url": safe_iri(where) if where else "",
        }
    )


def licences(document: Document) -> list[Any]:
    """Each licence by its address; one that has none by its words."""
    made: list[Any] = []
    for right in document.get("rights", ()):
        code = right.get("identifier", "")
        where = (licence_url(code) if code else None) or right.get("uri", "")
        if where.startswith(_WEB):
            made.append(safe_iri(where))
        elif words := choose(right.get("text", {}))[1] or code:
            made.append({"@type": "CreativeWork", "name": words})
    return made


def licence_work(right: Mapping[str, Any]) -> Entity:
    """A licence as a work with a name and words, for formats that want to know more of it."""
    code = right.get("identifier", "")
    where = (licence_url(code) if code else None) or right.get("uri", "")
    known = find("licences", code) if code else None
    name = known.label() if known else choose(right.get("text", {}), "en")[1] or code or where
    return clean(
        {
            "@id": safe_iri(where) if where.startswith(_WEB) else None,
            "@type": "CreativeWork",
            "name": name,
            "identifier": code,
            "description": name,
        }
    )


def place(stated: Mapping[str, Any]) -> Entity:
    """A place: its name in English, then in its other languages, and its shapes."""
    names = stated.get("place", {})
    name = choose(names, "en")[1]
    shapes: list[Entity] = []
    if "point" in stated:
        point = stated["point"]
        shapes.append(
            {
                "@type": "GeoCoordinates",
                "latitude": float(point["latitude"]),
                "longitude": float(point["longitude"]),
            }
        )
    if "box" in stated:
        # South, west, north, east: the order of schema.org's GeoShape.
        corners = " ".join(stated["box"][side] for side in ("south", "west", "north", "east"))
        shapes.append({"@type": "GeoShape", "box": corners})
    for polygon in stated.get("polygons", ())[:MOST_POLYGONS]:
        points = [f"{p['latitude']} {p['longitude']}" for p in polygon["points"][:200]]
        if len(points) > 2:
            shapes.append({"@type": "GeoShape", "polygon": " ".join(points)})
    return clean(
        {
            "@type": "Place",
            "name": name,
            "alternateName": [text for text in names.values() if text != name],
            "geo": shapes,
        }
    )


def funder(grant: Mapping[str, Any]) -> Entity:
    known = [grant["funder_identifier"]] if "funder_identifier" in grant else []
    return organisation({"name": grant["funder_name"], "identifiers": known})


def is_award(grant: Mapping[str, Any]) -> bool:
    """Whether a grant is known, and not merely who paid."""
    return any(grant.get(key) for key in ("award_number", "award_uri", "award_title"))


def unique(values: Sequence[Any]) -> list[Any]:
    """Each value once, in the order of their coming; none that is empty."""
    return clean_values.unique(one for one in values if one)


def grant(stated: Mapping[str, Any]) -> Entity:
    """A grant with its funder, and its amount; also of a funder of whom no grant is known."""
    where = stated.get("award_uri", "")
    amount = stated.get("amount", "")
    return clean(
        {
            "@type": "MonetaryGrant" if amount else "Grant",
            "identifier": stated.get("award_number"),
            "name": choose(stated.get("award_title", {}), "en")[1],
            "url": safe_iri(where) if where.startswith(_WEB) else "",
            "funder": funder(stated),
            "amount": amount and money(stated["currency"], value=amount),
        }
    )


def money(currency: str, **values: str) -> Entity:
    """A sum or a range of sums: `value`, `minValue`, `maxValue` as decimals, "" for unknown."""
    numbers = {name: _number(decimal) for name, decimal in values.items() if decimal}
    return {"@type": "MonetaryAmount", "currency": currency, **numbers}


def _number(decimal: str) -> int | float:
    """A decimal as a number of JSON: the sums that a record holds come back to the cent."""
    return float(decimal) if decimal.partition(".")[2].strip("0") else int(decimal.split(".")[0])


def period(stated: str) -> str:
    """A time covered, as ISO 8601-2 writes what has no end: `2015/` is `2015/..`."""
    before, slash, after = stated.partition("/")
    return f"{before or '..'}/{after or '..'}" if slash else stated


def files(document: Document, here: Here, kind: str, most: int) -> list[Entity]:
    """The files that anybody may have, here and elsewhere; what is closed has no address."""
    own = document.get("files", ())[:most] if here.files_open else ()
    made = [
        {
            "@type": kind,
            "name": file["name"],
            "contentUrl": here.file_url(file["name"]),
            "encodingFormat": file["media_type"],
            "contentSize": f"{file['size_bytes']} B",
            "sha256": file["sha256"],
        }
        for file in own
    ]
    for one in distributions_elsewhere(document)[: most - len(made)]:
        made.append(
            clean(
                {
                    "@type": kind,
                    "name": choose(one.get("title", {}), "en")[1],
                    "description": choose(one.get("description", {}), "en")[1],
                    "contentUrl": safe_iri(one["download_url"]),
                    "encodingFormat": one.get("media_type") or one.get("format"),
                    "contentSize": f"{one['size_bytes']} B" if "size_bytes" in one else "",
                    **checksum(one.get("checksum", {})),
                }
            )
        )
    return made


def checksum(stated: Mapping[str, str]) -> dict[str, str]:
    """schema.org has a name for one algorithm alone."""
    algorithm = stated.get("algorithm", "").lower().replace("-", "").rpartition("_")[2]
    return {"sha256": stated["value"]} if algorithm == "sha256" and stated.get("value") else {}


def safe_iri(where: str) -> str:
    """An address that is one: blanks, quotes and brackets are escaped, letters stay."""
    return "".join(
        "".join(f"%{byte:02X}" for byte in letter.encode("utf-8", "replace"))
        if letter <= " " or letter in '<>"{}|\\^`' or not letter.isprintable()
        else letter
        for letter in where
    )
