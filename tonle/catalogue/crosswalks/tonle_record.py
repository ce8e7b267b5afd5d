"""Our own record document, as a node exports it: nothing is translated, and nothing is lost.

What the catalogue itself writes (state, versions, files, home) belongs to the node that wrote
it and is left behind. Text passes the same cleaning of letters as any text.
Source: schemas/tonle-record-1.json of this program.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from tonle.catalogue.crosswalks import jsontext
from tonle.catalogue.crosswalks.clean import as_list, as_map, as_text, without_email
from tonle.catalogue.crosswalks.common import (
    Notes,
    Parsed,
    ParsedRecord,
    Remark,
    digest,
    refused_file,
)
from tonle.catalogue.crosswalks.datacite_xml import key_of
from tonle.kernel.errors import N_

FORMAT: Final = "tonle-record"
SCHEMA: Final = "tonle-record/1"
MAX_RECORDS: Final = 20_000

# What a node writes of its own; a test compares with the catalogue's list.
OWN_FIELDS: Final = frozenset(
    (
        "schema", "id", "state", "version", "revision", "home", "created_at", "published_at",
        "updated_at", "files", "effects", "tombstone",
    )
)  # fmt: skip
# Communities and relations name things of the node that they come from.
_ID = re.compile(r"[0-9b-z]{15}\Z")


def parse(data: bytes, name: str) -> Parsed:
    """One document, a list of them, or one a line."""
    try:
        items = _items(data)
    except jsontext.NotJson as error:
        return refused_file(FORMAT, data, name, error.remark)
    if not items or len(items) > MAX_RECORDS:
        return refused_file(
            FORMAT,
            data,
            name,
            Remark("", N_("The file holds no record document, or more than %(limit)s."),
                   {"limit": MAX_RECORDS}),
        )  # fmt: skip
    several = len(items) > 1
    return Parsed(
        FORMAT,
        tuple(
            _record(item, f"file:{name}#{number}" if several else f"file:{name}")
            for number, item in enumerate(items, start=1)
        ),
    )


def _items(data: bytes) -> list[Any]:
    try:
        return as_list(jsontext.parse(data))
    except jsontext.NotJson:
        # JSON lines: every line is a document of its own.
        lines = [line for line in data.splitlines() if line.strip()]
        if len(lines) < 2 or len(lines) > MAX_RECORDS:
            raise
        return [jsontext.parse(line) for line in lines]


def _record(item: Any, fallback: str) -> ParsedRecord:
    notes = Notes()
    received = digest(json.dumps(item, sort_keys=True, ensure_ascii=True).encode())
    given = as_map(item)
    if as_text(given.get("schema")) not in ("", SCHEMA):
        notes.refuse("schema", N_("Documents of this schema are not read."))
    if given.get("tombstone"):
        notes.refuse("tombstone", N_("The record was withdrawn at its home."))
    titles = {tag: text for tag, text in as_map(given.get("titles")).items() if as_text(text)}
    if not titles or not as_text(given.get("kind")):
        notes.refuse("titles", N_("There is no title or no kind."))
        return notes.record(fallback, {}, received)
    made = {key: value for key, value in given.items() if key not in OWN_FIELDS}
    made = cleaned(made, notes)
    made = {key: value for key, value in made.items() if value not in (None, [], {}, "")}
    if "access" not in made:
        made["access"] = {"level": "metadata_only"}
    return _finish(made, given, notes, fallback, received)


def _finish(
    made: dict[str, Any], given: dict[str, Any], notes: Notes, fallback: str, received: str
) -> ParsedRecord:
    key = key_of({"pids": [p for p in as_list(made.get("pids")) if isinstance(p, dict)
                           and {"scheme", "value"} <= p.keys()]}, fallback)  # fmt: skip
    record_id = as_text(given.get("id"))
    if key == fallback and _ID.match(record_id):
        key = f"tonle:{record_id}"
    stated = as_map(made.get("source"))
    origin = as_text(as_map(given.get("home")).get("origin"))
    known = origin.startswith(("https://", "http://")) and _ID.match(record_id)
    uri = {"uri": f"{origin.rstrip('/')}/records/{record_id}"} if known else {}
    made["source"] = {**uri, **stated, "format": stated.get("format") or FORMAT,
                      "key": key, "received_sha256": received}  # fmt: skip
    return notes.record(key, made, received)


def cleaned(value: Any, notes: Notes) -> Any:
    """The same value without e-mail addresses, which no record holds, and without fractions.

    Numbers with a fraction have no place in a record document; their text has.
    """
    if isinstance(value, dict):
        return {key: cleaned(inner, notes) for key, inner in value.items()}
    if isinstance(value, list):
        return [cleaned(inner, notes) for inner in value]
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        clean = without_email(value)
        if clean != value:
            notes.warn("", N_("An e-mail address was removed."))
        return clean
    return value
