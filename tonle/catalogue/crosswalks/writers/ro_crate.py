"""RO-Crate 1.2: a record as the metadata file of a research object.

Two crates are written. The detached one (`?format=ro-crate`) points at files where they lie on
the web; the attached one is the metadata file in the zip of a whole record, and points at files
beside it. Both are schema.org's words, flattened: each person, place or grant is an entity of
its own, and what refers to it holds its @id.
Texts keep their languages as JSON-LD's language-tagged values. sha512 is not in the context of
1.2; the bag's manifest has it. What schema.org has no word for (types of contributors, roles,
terms of access, what a kind adds) stands at the root as values of `additionalProperty`, one a
field of the record, so that a crate alone comes back as the record that it was
(`crosswalks.unsaid`; decision 25).
Source: RO-Crate Metadata Specification 1.2 (w3id.org/ro/crate/1.2), "Root Data Entity",
"Data Entities", "Contextual Entities", "RO-Crate Structure"; RFC 6906 for the profile.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from tonle.catalogue.crosswalks import ro_crate as reader
from tonle.catalogue.crosswalks.clean import unique
from tonle.catalogue.crosswalks.unsaid import Note
from tonle.catalogue.crosswalks.writers import jsonld, schema_org
from tonle.catalogue.crosswalks.writers.common import (
    Document,
    abstract,
    beside,
    distributions_elsewhere,
    own_languages,
)
from tonle.catalogue.crosswalks.writers.here import Here
from tonle.catalogue.crosswalks.writers.jsonld import Entity
from tonle.kernel.dates import day_at
from tonle.kernel.text import UNDETERMINED, choose

PROFILE: Final = "https://w3id.org/ro/crate/1.2"
MEDIA_TYPE: Final = f'application/ld+json; profile="{PROFILE}"'
CONTEXT: Final = f"{PROFILE}/context"
METADATA_FILE: Final = "ro-crate-metadata.json"
# A metadata file of more is read by nothing that reads crates; the bag lists every file.
MOST_FILES: Final = 10_000
# Source code is a file of the crate by its type; a program is not.
_PROGRAM: Final = {"SoftwareSourceCode": "SoftwareApplication"}
_DAY: Final = re.compile(
    r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?(?![0-9-])"
)
# Properties that a root has of its own making, or whose values cannot be what it wants.
_LEFT_OUT: Final = frozenset(
    ["distribution", "creator", "license", "includedInDataCatalog", "hasPart", "citation",
     "softwareRequirements", "datePublished"]
)  # fmt: skip
_REFERRING: Final = frozenset(
    ["isBasedOn", "isPartOf", "subjectOf", "exampleOfWork", "predecessorOf", "successorOf",
     "translationOfWork", "workTranslation", "workExample", "mentions"]
)  # fmt: skip


@dataclass(frozen=True)
class Payload:
    """A file in the crate. path: from the crate's root, with slashes; file: as the document
    has it, {name, size_bytes, media_type, sha256}."""

    path: str
    file: Mapping[str, Any]
    description: str = ""


def write(document: Document, here: Here) -> str:
    """The detached crate."""
    web = [
        _file(here.file_url(file["name"]), file)
        for file in (document.get("files", ()) if here.files_open else ())[:MOST_FILES]
    ]
    room = MOST_FILES - len(web)
    web += [_elsewhere(one) for one in distributions_elsewhere(document)[:room]]
    day = day_at(document.get("updated_at", ""), here.zone)
    parts = [one | {"sdDatePublished": day} if day else one for one in web]
    descriptor: Entity = {
        "isBasedOn": {
            "@id": f"{here.url}?format=json",
            "@type": "CreativeWork",
            "name": "The record that this crate was made from",
            "encodingFormat": "application/json",
        }
    }
    name = f"{document['id']}-{METADATA_FILE}"
    return _crate(document, here, here.url, parts, name, descriptor)


def attached(document: Document, here: Here, payload: Sequence[Payload]) -> str:
    """The metadata file of a crate whose files lie beside it, as `METADATA_FILE` in its root."""
    parts = [
        _file(path_iri(one.path), one.file)
        | ({"description": one.description} if one.description else {})
        for one in payload[:MOST_FILES]
    ]
    return _crate(document, here, "./", parts, METADATA_FILE, {})


def path_iri(path: str) -> str:
    """A path as a crate names it: letters of every script stay, what ends a path is escaped."""
    return "".join(
        letter
        if not letter.isascii() and letter.isprintable()
        else quote(letter, safe="/!$&'()*+,;=@~")
        for letter in path
    )


def _crate(
    document: Document,
    here: Here,
    root_id: str,
    parts: Sequence[Entity],
    descriptor_id: str,
    descriptor: Entity,
) -> str:
    graph = _Graph()
    root = {"@id": root_id, "@type": "Dataset"} | _root(document, here)
    # What the root refers to comes after the files, as readers of the text expect it.
    graph.add(
        {
            "@id": descriptor_id,
            "@type": "CreativeWork",
            "name": "RO-Crate metadata",
            "conformsTo": {"@id": PROFILE},
            "about": {"@id": root_id},
        }
        | descriptor
    )
    graph.add(root | {"hasPart": jsonld.alone([{"@id": one["@id"]} for one in parts])})
    for one in parts:
        graph.add(one)
    crate = {"@context": CONTEXT, "@graph": graph.entities()}
    notes = [_noted(key, note) for key, note in beside(document, reader.said(crate)).items()]
    graph.add({"@id": root_id, "additionalProperty": notes})
    return jsonld.dump(crate | {"@graph": graph.entities()}) + "\n"


def _noted(key: str, note: Note) -> Entity:
    """What the crate does not say of one field of the record."""
    return {
        "@id": f"#record-{key}",
        "@type": "PropertyValue",
        "name": key,
        "propertyID": f"{reader.PROPERTY}{key}",
        "value": json.dumps(note, ensure_ascii=False, sort_keys=True),
    }


def _root(document: Document, here: Here) -> Entity:
    """The root: the record as a dataset, whatever it is; what else it is, as its main entity."""
    said = schema_org.work(document, here, "Dataset")
    made: Entity = {
        "name": _texts(document["titles"], document),
        "alternateName": [
            text
            for other in document.get("other_titles", ())
            for text in _texts(other["text"], document)
        ],
        "description": _texts(abstract(document), document)
        or [schema_org.description(document)],
        "url": here.url,
        "identifier": [
            jsonld.identifier(pid, here) | {"name": f"{pid['scheme']}: {pid['value']}"}
            for pid in document.get("pids", ())
        ],
        "cite-as": here.pid_url,
        "additionalType": document.get("resource_type", {}).get("text"),
        "author": said["creator"],
        "datePublished": _published(document, said["datePublished"], here),
        "license": _licences(document),
        "publisher": said["publisher"]
        or {"@id": here.node_url, "@type": "Organization", "name": here.node_name,
            "url": here.node_url},
        "mainEntity": _main_entity(document, here),
    }  # fmt: skip
    for name, value in said.items():
        if name not in _LEFT_OUT and name not in made:
            made[name] = _referred(value) if name in _REFERRING else value
    # Only what has an address may be cited; the parts of a crate are files, not other works.
    cited = _as_list(said.get("citation"))
    made["citation"] = _referred([w for w in cited if isinstance(w, str) or "@id" in w])
    others = [w for w in cited if not isinstance(w, str) and "@id" not in w]
    made["mentions"] = [
        *_as_list(made.get("mentions")), *others, *_referred(said.get("hasPart")),
        *_referred(said.get("softwareRequirements")),
    ]  # fmt: skip
    made["keywords"] = [
        text for s in document.get("subjects", ()) for text in _texts(s["text"], document)
    ][:200]
    return jsonld.clean(made)


def _texts(value: Mapping[str, str], document: Document) -> list[Any]:
    """A language map as JSON-LD's tagged values, the thing's own language first."""
    first, _ = choose(value, own_languages(document))
    tags = [first, *(tag for tag in value if tag != first)] if value else []
    return [
        value[tag] if tag == UNDETERMINED else {"@value": value[tag], "@language": tag}
        for tag in tags
    ]


def _published(document: Document, stated: str, here: Here) -> str:
    """ISO 8601 is required; a day rather than a year where one is known."""
    return stated if _DAY.fullmatch(stated) else day_at(document["published_at"], here.zone)


def _licences(document: Document) -> list[Entity]:
    """Each licence as a work. A crate must say something: that nothing was said is something."""
    made = [
        jsonld.licence_work(right)
        for right in document.get("rights", ())
        if right.get("identifier") or right.get("uri") or right.get("text")
    ]
    return made or [
        {
            "@id": "#no-licence",
            "@type": "CreativeWork",
            "name": "No licence is stated",
            "description": "Ask those who made it before you use it.",
        }
    ]


def _main_entity(document: Document, here: Here) -> Entity | None:
    """What a record is that is no dataset: a program, a text, a project, a laboratory."""
    if document["kind"] == "dataset":
        return None
    found = schema_org.entity(document, here)
    kind = found["@type"]
    made: Entity = {
        "@id": f"{here.url}#main",
        "@type": _PROGRAM.get(kind, kind),
        "name": found["name"],
        "description": found["description"],
        "url": found["url"],
        "version": found.get("version") or str(document.get("version", 1)),
    }
    if schema_org.is_work(document):
        kept = ("codeRepository", "programmingLanguage", "runtimePlatform", "pagination")
        return made | {name: found[name] for name in kept if name in found}
    del made["version"]
    return made | {
        name: value
        for name, value in found.items()
        if name not in made and not name.startswith("@") and name != "identifier"
    }


def _file(iri: str, file: Mapping[str, Any]) -> Entity:
    return {
        "@id": iri,
        "@type": "File",
        "name": file["name"],
        "contentSize": str(file["size_bytes"]),
        "encodingFormat": file["media_type"],
        "sha256": file["sha256"],
    }


def _elsewhere(stated: Mapping[str, Any]) -> Entity:
    where = jsonld.safe_iri(stated["download_url"])
    size = stated.get("size_bytes")
    return jsonld.clean(
        {
            "@id": where,
            "@type": "File",
            "name": choose(stated.get("title", {}), "en")[1] or where.rsplit("/", 1)[-1] or where,
            "description": choose(stated.get("description", {}), "en")[1],
            "contentSize": str(size) if size is not None else "",
            "encodingFormat": stated.get("media_type") or stated.get("format"),
        }
    )


def _referred(value: Any) -> list[Entity]:
    """Works that are named by their address alone, as entities."""
    return [
        {"@id": one, "@type": "CreativeWork", "name": one, "url": one}
        if isinstance(one, str)
        else one
        for one in _as_list(value)
    ]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value in (None, "") else [value]


class _Graph:
    """Entities by @id, in the order of their coming; what is nested becomes one of its own."""

    def __init__(self) -> None:
        self._by_id: dict[str, Entity] = {}
        self._own: dict[str, str] = {}

    def entities(self) -> list[Entity]:
        return list(self._by_id.values())

    def add(self, entity: Entity) -> str:
        """Take in an entity with all that is nested in it; returns its @id.

        One that is described twice keeps what was said first, and gains what is new.
        """
        name = str(entity.get("@id") or self._name(entity))
        held = self._by_id.setdefault(name, {"@id": name})
        for key, value in entity.items():
            if key not in held and value not in (None, "", [], {}):
                # Taken before what is nested is added, so that nothing comes twice.
                held[key] = None
                held[key] = self._flat(value)
        return name

    def _flat(self, value: Any) -> Any:
        if isinstance(value, list):
            return jsonld.alone(unique(self._flat(one) for one in value))
        if isinstance(value, dict) and "@type" in value:
            return {"@id": self.add(_named(value))}
        return value

    def _name(self, entity: Entity) -> str:
        """A local name: the same for the same words."""
        key = json.dumps(entity, sort_keys=True)
        if key not in self._own:
            kinds = entity["@type"]
            kind = kinds if isinstance(kinds, str) else kinds[0]
            self._own[key] = f"#{kind.lower()}-{len(self._own) + 1}"
        return self._own[key]


def _named(entity: Entity) -> Entity:
    """Every entity should have a name that people can read; shapes are WKT as well."""
    kind = entity["@type"]
    if kind in ("GeoCoordinates", "GeoShape"):
        return _geometry(entity)
    # Of a program a crate wants version and address, which a work beside the record may lack.
    kinds = ["CreativeWork" if one in _PROGRAM else one for one in _as_list(kind)]
    entity = entity | {"@type": jsonld.alone(kinds)}
    if kind == "Organization" and str(entity.get("@id", "")).startswith("https://ror.org/"):
        entity = entity | {"url": entity["@id"]}
    if "name" in entity:
        return entity
    if kind == "Grant":
        number = entity.get("identifier")
        return entity | {"name": number or f"Funding by {entity['funder']['name']}"}
    if kind == "PropertyValue":
        return entity | {"name": f"{entity['propertyID']}: {entity['value']}"}
    return entity | {"name": kind if isinstance(kind, str) else kind[0]}


def _geometry(shape: Entity) -> Entity:
    """A shape as schema.org has it and as GeoSPARQL writes it: longitude comes first there."""
    if "latitude" in shape:
        wkt = f"POINT({shape['longitude']} {shape['latitude']})"
    elif "box" in shape:
        south, west, north, east = shape["box"].split()
        wkt = (
            f"POLYGON(({west} {south}, {east} {south}, {east} {north}, {west} {north},"
            f" {west} {south}))"
        )
    else:
        numbers = shape["polygon"].split()
        points = [f"{lon} {lat}" for lat, lon in zip(numbers[::2], numbers[1::2], strict=True)]
        wkt = (
            f"POLYGON(({', '.join([*points, *points[:1]] if points[0] != points[-1] else points)}))"
        )
    return shape | {"@type": ["Geometry", shape["@type"]], "asWKT": wkt, "name": wkt}
