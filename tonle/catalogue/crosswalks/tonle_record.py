"""Our own record document, as a node exports it: nothing is translated, and nothing is lost.

What the catalogue itself writes (state, versions, files, home) belongs to the node that wrote
it and is left behind. Text passes the same cleaning of letters as any text.
Source: schemas/tonle-record-1.json of this program.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tonle.catalogue.crosswalks import jsontext
from tonle.catalogue.crosswalks.clean import as_list, as_map, as_text, without_email
from tonle.catalogue.crosswalks.common import (
    Document,
    Notes,
    Parsed,
    ParsedRecord,
    Remark,
    digest,
    refused_file,
)
from tonle.catalogue.crosswalks.datacite import led
from tonle.catalogue.crosswalks.keys import finish, key_of
from tonle.catalogue.crosswalks.unsaid import join
from tonle.catalogue.document import problems
from tonle.kernel.errors import N_, Invalid

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
# A record's page at the node that it comes from, perhaps that of an earlier version.
_PAGE = re.compile(r"(https?://[^?#\s]+/records/([0-9b-z]{15}))(?:/v[0-9]+)?\Z")
# Of these no file of another format has a note.
_NOT_NOTED: Final = OWN_FIELDS | {"source"}
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
    for where, why in _faults(made):
        # The words are those of the schema, which know no places to fill.
        notes.refuse(where, why.replace("%", "%%"))
    return notes.record(key, made, received)


def _faults(made: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """(JSON pointer, sentence) of what no record may be."""
    try:
        return problems(made, whole=False)
    except Invalid as unknown:
        return unknown.problems


def beside(
    said: Document, found: Mapping[str, Any], notes: Notes, source: Mapping[str, str]
) -> ParsedRecord:
    """The record of a text in another format: what it says, joined with the notes beside it.

    found: notes by key, as `unsaid` makes them; they may be anybody's, and anything. source:
    `format`, `key` where nothing else names the thing, `received_sha256`.
    A file with notes is a node's own, and its thing is known as in that node's JSON.
    """
    made = _joined(said, found, notes) if found else led(dict(said))
    pages = (other["value"] for other in said.get("alternate_identifiers", ()))
    page = next((match for one in pages if (match := _PAGE.match(one))), None) if found else None
    made["source"] = {"format": source["format"], **({"uri": page[1]} if page else {})}
    fallback = f"tonle:{page[2]}" if page else source["key"]
    return finish(made, notes, fallback, source["received_sha256"])


def _joined(said: Document, found: Mapping[str, Any], notes: Notes) -> Document:
    """None is taken of what a node writes itself, nor one that would spoil the record."""
    kept = {k: v for k, v in found.items() if k.partition("/")[0] not in _NOT_NOTED}
    for _ in range(2):
        if not kept:
            break
        made = _once_joined(said, kept, notes)
        faulty = _faulty(made)
        if not faulty:
            return made
        kept = {k: v for k, v in kept.items() if k.partition("/")[0] not in faulty}
    return dict(said)


def _once_joined(said: Document, found: Mapping[str, Any], notes: Notes) -> Document:
    made: Document = cleaned(join(said, found), notes)
    # What a kind adds says nothing of what somebody has made another kind of.
    own = f"tonle-{as_text(made.get('kind')).replace('_', '-')}/"
    if not as_text(as_map(made.get("profile")).get("schema")).startswith(own):
        made.pop("profile", None)
    return made


def _faulty(made: Document) -> set[str]:
    """Keys of what no record may be."""
    return {where.removeprefix("/").split("/")[0] for where, _ in _faults(made)}


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
