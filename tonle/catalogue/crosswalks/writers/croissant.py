"""Croissant 1.1: a dataset as programs for machine learning load it.

It describes the files that anybody may have, with their digests. A table of text whose columns
the record tells of is a record set: each column with its type, its labels in every language, and
what its values mean. File sets (what lies in an archive) are left to who loads them.
Source: MLCommons, Croissant Format Specification 1.1 (2026), "Dataset-level information",
"FileObject", "RecordSet", "Field", "Enumerations"; the context is the one that the specification
prints.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from tonle.catalogue.crosswalks.writers import bibtex, jsonld, schema_org
from tonle.catalogue.crosswalks.writers.common import (
    abstract,
    distributions_elsewhere,
    main_title,
    words,
)
from tonle.catalogue.crosswalks.writers.here import Here
from tonle.catalogue.crosswalks.writers.jsonld import Entity
from tonle.kernel import canonical
from tonle.kernel.dates import day_at
from tonle.kernel.text import UNDETERMINED, choose

PROFILE: Final = "http://mlcommons.org/croissant/1.1"
MEDIA_TYPE: Final = f'application/ld+json; profile="{PROFILE}"'
MOST_FILES: Final = 10_000
# Semantic Versioning 2.0.0, as far as the specification asks.
_VERSION: Final = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_CONTEXT: Final[Mapping[str, Any]] = {
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "name": {"@container": "@language"},
    "description": {"@container": "@language"},
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{
        name: f"cr:{name}"
        for name in (
            "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract",
            "field", "fileObject", "fileProperty", "fileSet", "format", "includes", "isArray",
            "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet",
            "references", "regex", "repeated", "replace", "samplingRate", "separator", "source",
            "subField", "transform",
        )
    },
}  # fmt: skip


def applies(document: Mapping[str, Any]) -> bool:
    """To data with files."""
    return document["kind"] == "dataset" and bool(document.get("files"))


def write(document: Mapping[str, Any], here: Here) -> str:
    """The dataset as JSON-LD."""
    language, _ = main_title(document)
    said = schema_org.work(document, here, "Dataset")
    published = str(said["datePublished"])
    made: Entity = {
        # Words without a language of their own are in that of the title.
        "@context": {"@language": "en" if language == UNDETERMINED else language, **_CONTEXT},
        "@type": "sc:Dataset",
        "conformsTo": PROFILE,
        "name": dict(document["titles"]),
        "description": dict(abstract(document)) or {language: schema_org.description(document)},
        "url": here.url,
        "sameAs": [here.pid_url] if here.pid_url != here.url else [],
        "version": _version(document),
        "datePublished": published
        if _DAY.fullmatch(published)
        else day_at(document["published_at"], here.zone),
        "dateModified": said["dateModified"],
        "creator": [_party(one) for one in said["creator"]],
        "publisher": _party(said["publisher"]) if said["publisher"] else None,
        "license": [
            one if isinstance(one, str) else {"@type": "sc:CreativeWork", "name": one["name"]}
            for one in said["license"]
        ],
        "keywords": words(document)[:100],
        "inLanguage": said["inLanguage"],
        "citeAs": bibtex.write(document, here).strip(),
        "rai:dataCollection": schema_org.measured(document)["measurementTechnique"],
        "distribution": _distribution(document, here),
    }
    sets = _record_sets(document, made["distribution"])
    more: Entity = {"recordSet": sets} if sets else {}
    return jsonld.dump(jsonld.clean(made) | more | {"isLiveDataset": False}) + "\n"


def _version(document: Mapping[str, Any]) -> str:
    """The makers' version where it is a semantic one; else ours, which counts alike."""
    label = document.get("version_label", "")
    if _VERSION.fullmatch(label):
        return str(label)
    return f"{document.get('version', 1)}.{document.get('revision', 0)}.0"


def _party(stated: Entity) -> Entity:
    """Who made or published it: by name and address, no more."""
    known = stated.get("@id", "")
    return jsonld.clean({"@type": f"sc:{stated['@type']}", "name": stated["name"], "url": known})


def _distribution(document: Mapping[str, Any], here: Here) -> list[Entity]:
    """One FileObject for each file; those elsewhere where their digest is known."""
    own = document.get("files", ())[:MOST_FILES] if here.files_open else ()
    rows = [
        (f["name"], here.file_url(f["name"]), f["size_bytes"], f["media_type"], f["sha256"])
        for f in own
    ]
    for one in distributions_elsewhere(document):
        digest = jsonld.checksum(one.get("checksum", {})).get("sha256", "")
        kind = one.get("media_type") or one.get("format") or "application/octet-stream"
        if digest:
            where = jsonld.safe_iri(one["download_url"])
            name = choose(one.get("title", {}), "en")[1] or where.rsplit("/", 1)[-1] or where
            rows.append((name, where, one.get("size_bytes"), kind, digest))
    made: list[Entity] = []
    used: dict[str, int] = {}
    for name, where, size, kind, digest in rows[:MOST_FILES]:
        made.append(
            jsonld.clean(
                {
                    "@type": "cr:FileObject",
                    "@id": _id(name, used),
                    "name": name,
                    "contentUrl": where,
                    "contentSize": f"{size} B" if size is not None else "",
                    "encodingFormat": kind,
                    "sha256": digest,
                }
            )
        )
    return made


_TYPES: Final = {
    "whole": "sc:Integer", "number": "sc:Float", "day": "sc:Date", "instant": "sc:DateTime",
}  # fmt: skip
_TABLES: Final = (".csv", ".tsv", ".tab")
# Of one list of values; longer ones are for the form that lies beside the table.
_MOST_VALUES: Final = 100


def _record_sets(document: Mapping[str, Any], files: list[Entity]) -> list[Entity]:
    """One record set for each table of text whose columns are told, and one for each of the lists
    that its values are of."""
    variables = document.get("profile", {}).get("variables", ())
    made: list[Entity] = []
    lists: dict[str, str] = {}
    for file in files:
        columns = [one for one in variables if one.get("file") == file.get("name")]
        if not columns or not str(file["name"]).lower().endswith(_TABLES):
            continue
        rows = f"{file['@id']}/rows"
        fields: list[Entity] = []
        for number, column in enumerate(columns, start=1):
            field: Entity = {
                "@type": "cr:Field",
                "@id": f"{rows}/{number}",
                "name": column["name"],
                "dataType": _TYPES.get(column.get("type", ""), "sc:Text"),
                "source": {
                    "fileObject": {"@id": file["@id"]},
                    "extract": {"column": column["name"]},
                },
            }
            if said := _meaning(column):
                field["description"] = said
            if found := _listed(column, lists, made):
                field["references"] = {"field": {"@id": found}}
            fields.append(field)
        made.append({"@type": "cr:RecordSet", "@id": rows, "name": file["name"], "field": fields})
    return made


def _meaning(column: Mapping[str, Any]) -> dict[str, str]:
    """Label, unit and meaning of a column, in every language in which something is said."""
    label, more = column.get("label", {}), column.get("description", {})
    unit = f" ({column['unit']})" if column.get("unit") else ""
    return {
        tag: f"{choose(label, tag)[1] or column['name']}{unit}"
        + (f". {more[tag]}" if tag in more else "")
        for tag in {**label, **more}
    }


def _listed(column: Mapping[str, Any], lists: dict[str, str], made: list[Entity]) -> str:
    """The key of the list that a column's values are of, which is made where it is not there yet;
    "" for none. lists: what lists hold to their keys."""
    values = column.get("values", ())
    if not 0 < len(values) <= _MOST_VALUES:
        return ""
    content = canonical.digest(list(values))
    if content not in lists:
        name = f"values-{len(lists) + 1}"
        key = lists[content] = f"{name}/value"
        tags = sorted({tag for one in values for tag in one.get("label", {})})
        names = {tag: f"{name}/label-{tag}" for tag in tags}
        texts: list[Entity] = [
            {"@type": "cr:Field", "@id": id, "name": f"label-{tag}", "dataType": "sc:Text"}
            for tag, id in names.items()
        ]
        value: Entity = {"@type": "cr:Field", "@id": key, "name": "value", "dataType": "sc:Text"}
        made.append(
            {
                "@type": "cr:RecordSet",
                "@id": name,
                "name": name,
                "dataType": "sc:Enumeration",
                "key": {"@id": key},
                "field": [value, *texts],
                "data": [
                    {key: one["value"]}
                    | {id: one.get("label", {}).get(tag, "") for tag, id in names.items()}
                    for one in values
                ],
            }
        )
    return lists[content]


def _id(name: str, used: dict[str, int]) -> str:
    """A name for the file within this text: no blanks, and each once.

    used: names that were given, with the number that the next of the same begins at.
    """
    plain = re.sub(r"[^\w.\-/]", "_", name).lstrip("/") or "file"
    found, number = plain, used.get(plain, 1)
    while found in used:
        number += 1
        found = f"{plain}-{number}"
    used[plain] = number
    used.setdefault(found, 1)
    return found
