"""DataCite JSON: answers of its REST API, single resources and lists, and the crosscite form.

The forms differ in where the properties lie (`data.attributes`, the object itself) and in
how names are written (`publicationYear`, `publication_year`, `publication-year`). All end
in the one mapping of `datacite`. A file of our own also has what DataCite cannot say, under
`meta`, as notes that hold where nobody has edited it (`unsaid`).
"""

from __future__ import annotations

import json
from typing import Any, Final

from tonle.catalogue.crosswalks import datacite, jsontext, tonle_record
from tonle.catalogue.crosswalks.clean import as_list, as_map
from tonle.catalogue.crosswalks.common import (
    Document,
    Notes,
    Parsed,
    ParsedRecord,
    Remark,
    digest,
    refused_file,
)
from tonle.kernel.errors import N_

FORMAT: Final = "datacite-json"
# JSON:API's place for what is no attribute: beside the attributes, or among them where they
# stand alone, as the id does.
META: Final = "meta"
MAX_RECORDS: Final = 20_000

# Older spellings of the crosscite form, folded to letters, and the name they stand for.
_PROPERTIES: Final = (
    "alternateIdentifiers",
    "contributors",
    "creators",
    "dates",
    "descriptions",
    "doi",
    "formats",
    "fundingReferences",
    "geoLocations",
    "identifiers",
    "language",
    "publicationYear",
    "publisher",
    "relatedIdentifiers",
    "relatedItems",
    "rightsList",
    "sizes",
    "subjects",
    "titles",
    "types",
    "version",
)
_NAMES: Final = {name.lower(): name for name in _PROPERTIES}
_SINGULAR: Final = {"creator": "creators", "title": "titles", "description": "descriptions"}


def parse(data: bytes, name: str) -> Parsed:
    """One file with one record or many."""
    try:
        value = jsontext.parse(data)
    except jsontext.NotJson as error:
        return refused_file(FORMAT, data, name, error.remark)
    items = _items(value)
    if not items:
        return refused_file(
            FORMAT, data, name, Remark("", N_("The file holds no DataCite record."))
        )
    if len(items) > MAX_RECORDS:
        return refused_file(
            FORMAT,
            data,
            name,
            Remark(
                "",
                N_("The file holds more than %(limit)s records; split it."),
                {"limit": MAX_RECORDS},
            ),
        )
    if len(items) == 1:
        return Parsed(FORMAT, (_record(items[0], f"file:{name}", digest(data)),))
    return Parsed(
        FORMAT,
        tuple(
            _record(item, f"file:{name}#{number}", digest(_bytes(item)))
            for number, item in enumerate(items, start=1)
        ),
    )


def _items(value: Any) -> list[Any]:
    """The records: of a JSON:API answer, of a list, or the one object."""
    inner = as_map(value).get("data")
    found = value if inner is None else inner
    return as_list(found)


def _record(item: Any, fallback_key: str, received: str) -> ParsedRecord:
    notes = Notes()
    if not isinstance(item, dict):
        notes.refuse("", N_("The list holds something that is no record."))
        return notes.record(fallback_key, {}, received)
    carried = as_map(as_map(item.get(META)).get(tonle_record.SCHEMA))
    source = {"format": FORMAT, "key": fallback_key, "received_sha256": received}
    return tonle_record.beside(_said(item, notes), carried, notes, source)


def said(data: bytes) -> Document:
    """What the JSON of one record says in DataCite's words, before any notes."""
    try:
        return _said(as_map(jsontext.parse(data)), Notes())
    except jsontext.NotJson:
        return {}


def _said(item: dict[str, Any], notes: Notes) -> Document:
    made = datacite.document(
        properties(item), notes, format_name=FORMAT, people=datacite.People.CREATORS
    )
    del made["source"]
    return made


def properties(item: dict[str, Any]) -> dict[str, Any]:
    """One record's properties under the names of the REST API."""
    given = as_map(item.get("attributes")) or item
    found: dict[str, Any] = {}
    for key, value in given.items():
        plain = key.replace("_", "").replace("-", "").lower()
        found.setdefault(_NAMES.get(plain) or _SINGULAR.get(plain) or key, value)
    if "id" not in found and isinstance(item.get("id"), str):
        found["id"] = item["id"]
    # The oldest form has the type and the date in properties of their own.
    if not as_map(found.get("types")):
        found["types"] = {
            "resourceTypeGeneral": found.get("resource-type-general"),
            "resourceType": found.get("resource-type"),
        }
    if "dates" not in found and found.get("date-published"):
        found["dates"] = [{"date": found["date-published"], "dateType": "Issued"}]
    if isinstance(found.get("publisher"), dict):
        found["publisher"] = [found["publisher"]]
    return found


def _bytes(item: Any) -> bytes:
    return json.dumps(item, sort_keys=True, ensure_ascii=True).encode()
