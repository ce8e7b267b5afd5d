"""schema.org in JSON-LD, as search engines for data, texts and software read it.

What they require and recommend: name, description, creator, licence, identifier, keywords,
distribution, coverage, dates, version, funder, whether it is free.
Source: schema.org 29; Google "Dataset structured data"; "Science on schema.org" 1.3.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from tonle.catalogue.crosswalks.writers.common import (
    abstract,
    address,
    main_title,
    own_languages,
    words,
)
from tonle.catalogue.crosswalks.writers.here import Here
from tonle.catalogue.rules.citation import natural, work_of
from tonle.kernel import identifiers
from tonle.kernel.codes import licence_url
from tonle.kernel.text import choose

# Longer ones are cut by search engines; shorter than 50 are not shown.
LONGEST_DESCRIPTION: Final = 4_900
MOST_FILES: Final = 50
MOST_RELATED: Final = 60

_TYPE_OF_GENERAL: Final = {
    "Audiovisual": "VideoObject", "Book": "Book", "BookChapter": "Chapter",
    "Collection": "Collection", "ComputationalNotebook": "SoftwareSourceCode",
    "ConferencePaper": "ScholarlyArticle", "DataPaper": "ScholarlyArticle",
    "Dataset": "Dataset", "Dissertation": "Thesis", "Image": "ImageObject",
    "JournalArticle": "ScholarlyArticle", "PeerReview": "Review", "Poster": "Poster",
    "Preprint": "ScholarlyArticle", "Presentation": "PresentationDigitalDocument",
    "Report": "Report", "Software": "SoftwareSourceCode", "Sound": "AudioObject",
    "Workflow": "SoftwareSourceCode",
}  # fmt: skip
_TYPE_OF_KIND: Final = {
    "dataset": "Dataset", "software": "SoftwareSourceCode", "publication": "CreativeWork",
    "training": "Course", "project": "ResearchProject", "enterprise": "Organization",
    "facility": "ResearchOrganization", "service": "Service", "instrument": "Product",
    "funding_opportunity": "MonetaryGrant",
}  # fmt: skip
# These are no works: they have no authors, licences or files in schema.org's model.
_NO_WORKS: Final = frozenset(
    ["ResearchProject", "Organization", "ResearchOrganization", "Service", "Product",
     "MonetaryGrant"]
)  # fmt: skip
_RELATIONS: Final = {
    "Cites": "citation", "References": "citation", "IsDerivedFrom": "isBasedOn",
    "IsPartOf": "isPartOf", "HasPart": "hasPart", "IsSupplementTo": "subjectOf",
    "IsDescribedBy": "subjectOf", "IsDocumentedBy": "subjectOf", "IsVersionOf": "exampleOfWork",
    "IsIdenticalTo": "sameAs", "Requires": "softwareRequirements", "IsCitedBy": "subjectOf",
}  # fmt: skip


def write(document: Mapping[str, Any], here: Here) -> str:
    """The record as JSON-LD."""
    return json.dumps(entity(document, here), ensure_ascii=False, indent=1) + "\n"


def in_page(document: Mapping[str, Any], here: Here) -> str:
    """The record as JSON-LD for a script element: nothing in it can end the element."""
    text = json.dumps(entity(document, here), ensure_ascii=False, separators=(",", ":"))
    # Also the line ends of JavaScript, which JSON may hold and old parsers stumble on.
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def type_of(document: Mapping[str, Any]) -> str:
    """schema.org's type for a record."""
    general = document.get("resource_type", {}).get("general", "")
    kind = document["kind"]
    if kind in ("dataset", "software", "publication") and general in _TYPE_OF_GENERAL:
        found = _TYPE_OF_GENERAL[general]
        # A dataset of pictures is a Dataset to those who search for data.
        return "Dataset" if kind == "dataset" else found
    return _TYPE_OF_KIND.get(kind, "CreativeWork")


def entity(document: Mapping[str, Any], here: Here) -> dict[str, Any]:
    """The record as one entity."""
    kind = type_of(document)
    _, title = main_title(document)
    made: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": kind,
        "@id": here.pid_url,
        "url": here.url,
        # One plain text: search engines read no language tags here.
        "name": title,
        "alternateName": [
            *(text for text in document["titles"].values() if text != title),
            *(t for other in document.get("other_titles", ()) for t in other["text"].values()),
        ],
        "description": _description(document),
        "identifier": _identifiers(document, here),
    }
    if kind not in _NO_WORKS:
        made |= _work(document, here, kind)
    return {key: _alone(value) for key, value in made.items() if value not in (None, "", [], {})}


def _work(document: Mapping[str, Any], here: Here, kind: str) -> dict[str, Any]:
    cited = work_of(document, languages=own_languages(document), pid="", kind_label="")
    made: dict[str, Any] = {
        "creator": [_agent(agent) for agent in document.get("creators", ())],
        "contributor": [_agent(agent) for agent in document.get("contributors", ())][:100],
        "publisher": _organisation(document["publisher"]) if "publisher" in document else None,
        "datePublished": cited.published_on or cited.year,
        "dateModified": document.get("updated_at", "")[:10],
        "dateCreated": next((d["date"] for d in document.get("dates", ())
                             if d["type"] == "Created"), ""),
        "version": cited.version or str(document.get("version", 1)),
        "inLanguage": list(document.get("languages", ())),
        "license": _licences(document),
        "keywords": words(document)[:50],
        "isAccessibleForFree": document.get("access", {}).get("level") in ("open", "embargoed"),
        "spatialCoverage": [_place(place) for place in document.get("geo_locations", ())][:50],
        "temporalCoverage": [
            d["date"] for d in document.get("dates", ()) if d["type"] in ("Coverage", "Collected")
        ],
        "funding": [_grant(grant) for grant in document.get("funding_references", ())],
        "includedInDataCatalog": {
            "@type": "DataCatalog", "name": here.node_name, "url": here.node_url,
        } if kind == "Dataset" else None,
    }  # fmt: skip
    made["isAccessibleForFree"] = made["isAccessibleForFree"] or None
    for relation in document.get("relations", ())[:MOST_RELATED]:
        name = _RELATIONS.get(relation["type"])
        where = address(relation["target"], here)
        if name and where:
            made.setdefault(name, []).append(where)
    _files(document, here, kind, made)
    profile = document.get("profile", {})
    if kind == "Dataset":
        made["variableMeasured"] = [
            {
                "@type": "PropertyValue",
                "name": choose(v["label"])[1] if v.get("label") else v["name"],
                **({"unitText": v["unit"]} if v.get("unit") else {}),
            }
            for v in profile.get("variables", ())
        ]
        made["measurementTechnique"] = choose(profile.get("collection_method") or {})[1]
    if kind == "SoftwareSourceCode":
        made["codeRepository"] = profile.get("repository", "")
        made["programmingLanguage"] = profile.get("programming_languages", [])
        made["runtimePlatform"] = profile.get("runs_on", [])
    if cited.container:
        made["isPartOf"] = [
            *made.get("isPartOf", ()),
            {"@type": "Periodical" if cited.sort == "article" else "Book", "name": cited.container},
        ]
        made["pagination"] = cited.pages
    return made


def _files(document: Mapping[str, Any], here: Here, kind: str, made: dict[str, Any]) -> None:
    """The files that anybody may have; a link to what is closed would promise too much."""
    if not here.files_open or not document.get("files"):
        return
    name = "distribution" if kind == "Dataset" else "encoding"
    made[name] = [
        {
            "@type": "DataDownload" if kind == "Dataset" else "MediaObject",
            "name": file["name"],
            "contentUrl": here.file_url(file["name"]),
            "encodingFormat": file["media_type"],
            "contentSize": f"{file['size_bytes']} B",
            "sha256": file["sha256"],
        }
        for file in document["files"][:MOST_FILES]
    ]


def _alone(value: Any) -> Any:
    """A list of one as its one: the commoner way to write it, and the shorter."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _description(document: Mapping[str, Any]) -> str:
    _, text = choose(abstract(document), own_languages(document))
    text = text if len(text) <= LONGEST_DESCRIPTION else f"{text[:LONGEST_DESCRIPTION]}…"
    if text:
        return text
    # Search engines pass over what says nothing of itself.
    return choose(document["titles"], own_languages(document))[1]


def _identifiers(document: Mapping[str, Any], here: Here) -> list[Any]:
    made: list[Any] = [
        {
            "@type": "PropertyValue",
            "propertyID": identifiers.SCHEMES[pid["scheme"]].label
            if pid["scheme"] in identifiers.SCHEMES
            else pid["scheme"],
            "value": pid["value"],
            **({"url": where} if (where := address(pid, here)) else {}),
        }
        for pid in document.get("pids", ())
    ]
    return [*made, *([here.ark] if here.ark else [])]


def _agent(agent: Mapping[str, Any]) -> dict[str, Any]:
    if agent["name_type"] == "Organizational":
        return _organisation(agent)
    made: dict[str, Any] = {"@type": "Person", "name": natural(agent)}
    for key, name in (("given_name", "givenName"), ("family_name", "familyName")):
        if agent.get(key):
            made[name] = agent[key]
    others = [text for text in agent.get("names", {}).values() if text != made["name"]]
    if others:
        made["alternateName"] = _alone(others)
    _identify(made, agent.get("identifiers", ()))
    places = [_organisation(place) for place in agent.get("affiliations", ())]
    if places:
        made["affiliation"] = _alone(places)
    return made


def _organisation(place: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"@type": "Organization", "name": place["name"]}
    known = place.get("identifiers", ()) or ([place["identifier"]] if "identifier" in place else ())
    _identify(made, known)
    return made


def _identify(made: dict[str, Any], known: Any) -> None:
    found = [identifiers.resolver_url(one["scheme"], one["value"]) for one in known]
    found = [where for where in found if where]
    if found:
        made["@id"] = found[0]
        made["sameAs"] = _alone(found)


def _licences(document: Mapping[str, Any]) -> list[str]:
    made = []
    for right in document.get("rights", ()):
        code = right.get("identifier", "")
        where = (licence_url(code) if code else None) or right.get("uri")
        if where and where.startswith(("https://", "http://")):
            made.append(where)
    return made


def _place(place: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"@type": "Place"}
    if "place" in place:
        made["name"] = choose(place["place"], "en")[1]
    shapes: list[dict[str, Any]] = []
    if "point" in place:
        shapes.append(
            {
                "@type": "GeoCoordinates",
                "latitude": float(place["point"]["latitude"]),
                "longitude": float(place["point"]["longitude"]),
            }
        )
    if "box" in place:
        box = place["box"]
        # South, west, north, east: the order of schema.org's GeoShape.
        corners = " ".join(box[side] for side in ("south", "west", "north", "east"))
        shapes.append({"@type": "GeoShape", "box": corners})
    for polygon in place.get("polygons", ())[:5]:
        points = " ".join(f"{p['latitude']} {p['longitude']}" for p in polygon["points"][:200])
        shapes.append({"@type": "GeoShape", "polygon": points})
    if shapes:
        made["geo"] = _alone(shapes)
    return made


def _grant(grant: Mapping[str, Any]) -> dict[str, Any]:
    funder: dict[str, Any] = {"@type": "Organization", "name": grant["funder_name"]}
    _identify(funder, [grant["funder_identifier"]] if "funder_identifier" in grant else [])
    made: dict[str, Any] = {"@type": "Grant", "funder": funder}
    if "award_number" in grant:
        made["identifier"] = grant["award_number"]
    if "award_title" in grant:
        made["name"] = choose(grant["award_title"], "en")[1]
    if grant.get("award_uri", "").startswith(("https://", "http://")):
        made["url"] = grant["award_uri"]
    return made
