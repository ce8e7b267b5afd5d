"""CodeMeta 3.1: software, in schema.org's words and a few of its own.

Names of contributors' roles, dates other than those below and places have no term in CodeMeta;
what a program reads and writes has them in a profile beside it.
Source: CodeMeta 3.1 (w3id.org/codemeta/3.1), terms and crosswalk; licences as SPDX addresses;
Software Input/Output Data 1.0 (w3id.org/software-iodata); package URLs (ECMA-427).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tonle.catalogue.crosswalks.writers import jsonld, schema_org
from tonle.catalogue.crosswalks.writers.common import address, words
from tonle.catalogue.crosswalks.writers.here import Here
from tonle.catalogue.crosswalks.writers.jsonld import Entity
from tonle.kernel.codes import codes
from tonle.kernel.text import choose

PROFILE: Final = "https://w3id.org/codemeta/3.1"
# Named only where something is said in its words.
IO_DATA: Final = "https://w3id.org/software-iodata"
MEDIA_TYPE: Final = f'application/ld+json; profile="{PROFILE}"'
_RELATIONS: Final = {
    "IsSupplementTo": "referencePublication", "IsDescribedBy": "referencePublication",
    "IsDocumentedBy": "softwareHelp", "Requires": "softwareRequirements",
    "Cites": "citation", "References": "citation", "IsPartOf": "isPartOf",
    "HasPart": "hasPart", "IsIdenticalTo": "sameAs", "IsSourceOf": "relatedLink",
}  # fmt: skip


def applies(document: Mapping[str, Any]) -> bool:
    """To software."""
    return bool(document["kind"] == "software")


def write(document: Mapping[str, Any], here: Here) -> str:
    """The software as JSON-LD."""
    said = schema_org.entity(document, here)
    work = schema_org.work(document, here, "SoftwareSourceCode")
    profile = document.get("profile", {})
    level = document.get("access", {})
    grants = document.get("funding_references", ())
    made: Entity = {
        "@context": [PROFILE, IO_DATA] if {"reads", "writes"} & profile.keys() else PROFILE,
        "type": "SoftwareSourceCode",
        "id": here.pid_url,
        "name": said["name"],
        "alternateName": said.get("alternateName"),
        "description": said["description"],
        "identifier": [*_listed(said.get("identifier")), *profile.get("packages", ())],
        "url": here.url,
        "author": [_keywords(one) for one in work["creator"]],
        "contributor": [_keywords(one) for one in work["contributor"]],
        "publisher": _keywords(work["publisher"]) if work["publisher"] else None,
        "copyrightHolder": None,
        "datePublished": work["datePublished"],
        "dateCreated": work["dateCreated"],
        "dateModified": work["dateModified"],
        "version": work["version"],
        "license": _licences(document),
        "keywords": words(document)[:50],
        "inLanguage": work["inLanguage"],
        "isAccessibleForFree": work["isAccessibleForFree"],
        "embargoEndDate": level.get("embargo_until") if level.get("level") == "embargoed" else "",
        "codeRepository": profile.get("repository"),
        "programmingLanguage": profile.get("programming_languages"),
        "operatingSystem": profile.get("runs_on"),
        "runtimePlatform": profile.get("runtimes"),
        "softwareRequirements": list(profile.get("requirements", ())),
        "buildInstructions": profile.get("instructions"),
        "targetProduct": [
            {"type": "WebApplication", "url": jsonld.safe_iri(one)}
            for one in profile.get("try_at", ())
        ],
        "consumesData": [_work_of(one) for one in profile.get("reads", ())],
        "producesData": [_work_of(one) for one in profile.get("writes", ())],
        "funder": jsonld.unique([_keywords(jsonld.funder(one)) for one in grants]),
        # A text in CodeMeta: what the grant is called, by number or name.
        "funding": jsonld.unique(
            [
                " ".join(
                    part
                    for part in (
                        one.get("award_number", ""),
                        choose(one.get("award_title", {}), "en")[1],
                    )
                    if part
                )
                for one in grants
            ]
        ),
        "downloadUrl": [one["contentUrl"] for one in work.get("encoding", ())],
        "fileSize": f"{sum(f['size_bytes'] for f in document['files'])} B"
        if document.get("files")
        else None,
    }
    for relation in document.get("relations", ())[: schema_org.MOST_RELATED]:
        name = _RELATIONS.get(relation["type"])
        where = address(relation["target"], here)
        if name and where:
            made.setdefault(name, []).append(jsonld.safe_iri(where))
    return jsonld.dump(jsonld.clean(made)) + "\n"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _work_of(media_type: str) -> Entity:
    """Any work in this format."""
    return {"type": "CreativeWork", "encodingFormat": media_type}


def _licences(document: Mapping[str, Any]) -> list[str]:
    """SPDX's page of each licence, as CodeMeta wants it; else what the record has."""
    known = codes("licences")
    made = []
    for right, plain in _paired(document):
        code = right.get("identifier", "")
        made.append(f"https://spdx.org/licenses/{code}" if code in known else plain)
    return [one for one in made if one]


def _paired(document: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], str]]:
    found = []
    for right in document.get("rights", ()):
        said = jsonld.licences({"rights": [right]})
        found.append((right, said[0] if said and isinstance(said[0], str) else ""))
    return found


def _keywords(value: Any) -> Any:
    """`id` and `type`, which CodeMeta 3 writes for JSON-LD's `@id` and `@type`."""
    if isinstance(value, dict):
        return {key.lstrip("@"): _keywords(inner) for key, inner in value.items()}
    return [_keywords(one) for one in value] if isinstance(value, list) else value
