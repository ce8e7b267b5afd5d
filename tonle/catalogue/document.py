"""The record document `tonle-record/1`: checked, completed, canonical.

The schema in `schemas/tonle-record-1.json` is served by the node as it stands; a
context's kind adds the schema of its profile. Everything here is pure.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jsonschema_rs

from tonle.catalogue.kinds import kind
from tonle.kernel.dates import parse_date
from tonle.kernel.errors import Invalid
from tonle.kernel.text import BREAKS, one_line

SCHEMA = "tonle-record/1"
SCHEMA_PATH = Path(__file__).parent / "schemas" / "tonle-record-1.json"

Document = dict[str, Any]

# What the catalogue itself writes; a depositor's or an importer's value is put aside.
OWN_FIELDS = (
    "schema",
    "id",
    "state",
    "version",
    "revision",
    "home",
    "created_at",
    "published_at",
    "updated_at",
    "files",
    "effects",
    "tombstone",
)
# What people write on one line: names, titles, and the like. Descriptions have paragraphs.
LINES = (
    "titles",
    "other_titles",
    "creators",
    "contributors",
    "publisher",
    "subjects",
    "related_items",
    "funding_references",
    "sizes",
    "formats",
    "version_label",
)
# What the tombstone of a harvested record still says: how it was cited, and why it is gone.
_REMEMBERED = {
    *OWN_FIELDS,
    "kind",
    "titles",
    "creators",
    "publisher",
    "publication_year",
    "resource_type",
    "version_label",
    "access",
    "members",
    "communities",
    "pids",
}
_REMEMBERED_SOURCE = {
    "format",
    "protocol",
    "base_url",
    "identifier",
    "home_name",
    "home_url",
    "harvested_at",
}
# No document that can be kept is as deep.
_DEPTH = 64


@functools.cache
def schema() -> dict[str, Any]:
    """The JSON Schema of a record document."""
    loaded: dict[str, Any] = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))
    return loaded


@functools.cache
def _whole() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema(), validate_formats=True)


@functools.cache
def _descriptive() -> jsonschema_rs.Draft202012Validator:
    """The same schema before the catalogue has added its own fields."""
    partial = dict(schema(), required=["kind", "titles", "access"])
    del partial["$id"]
    return jsonschema_rs.Draft202012Validator(partial, validate_formats=True)


@functools.cache
def _begun() -> jsonschema_rs.Draft202012Validator:
    """The same for what is being written: nothing but the kind must be there yet."""
    partial = dict(schema(), required=["kind"])
    # A title that is not written yet keeps nobody from saving the rest.
    # Nor does an embargo whose end nobody has said: kept, it stays closed; dropped, the files
    # would be open in the meantime.
    access = {
        key: value
        for key, value in partial["properties"]["access"].items()
        if key not in {"if", "then"}
    }
    partial["properties"] = partial["properties"] | {
        "titles": {"$ref": "#/$defs/language_map"},
        "access": access,
    }
    del partial["$id"]
    return jsonschema_rs.Draft202012Validator(partial, validate_formats=True)


@functools.cache
def _profile(kind_name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(dict(kind(kind_name).profile), validate_formats=True)


def problems(document: Mapping[str, Any], *, whole: bool) -> list[tuple[str, str]]:
    """What keeps a document from being a `tonle-record/1`: (JSON pointer, sentence) pairs.

    whole: with the fields the catalogue adds; else the descriptive part alone.
    At most 50 are listed: beyond that, nobody reads on.
    """
    return _problems(document, _whole() if whole else _descriptive())


def _problems(
    document: Mapping[str, Any], validator: jsonschema_rs.Draft202012Validator
) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for error in validator.iter_errors(document):
        found.append((_pointer(error.instance_path), _short(error.message)))
        if len(found) >= 50:
            return found
    if not found:
        owner = kind(document["kind"])
        profile = document.get("profile")
        if profile is not None:
            if profile["schema"] != owner.profile_schema:
                found.append(("/profile/schema", f"must be {owner.profile_schema}"))
            for error in _profile(owner.name).iter_errors(profile):
                found.append(("/profile" + _pointer(error.instance_path), _short(error.message)))
    return found


def check(document: Mapping[str, Any], *, whole: bool) -> None:
    """Raises Invalid with every problem at once."""
    found = problems(document, whole=whole)
    if found:
        raise Invalid(found)


def check_begun(document: Mapping[str, Any]) -> None:
    """Raises Invalid for what a draft cannot hold; what is merely not written yet is no fault.

    A date that nobody can read is one: asked here and not by the schema, so that what was
    published with one can still be withdrawn.
    """
    found = _problems(document, _begun()) or _unreadable_dates(document)
    if found:
        raise Invalid(found)


def _unreadable_dates(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for place, row in enumerate(document.get("dates", ())):
        for end in row["date"].split("/"):
            # The day alone: readers of others' formats take hours that no clock shows.
            day = re.split("[Tt ]", end.strip(), maxsplit=1)[0]
            try:
                if day not in {"", ".."}:
                    parse_date(day)
            except Invalid as fault:
                found += [(f"/dates/{place}/date", what) for _, what in fault.problems]
    return found


def descriptive(document: Mapping[str, Any]) -> Document:
    """The part that people write, without the catalogue's own fields; names on one line.

    Every door leads through here, form, API, import and harvest alike: a line break in a name
    is an accident of a clipboard, and addresses, headers and tables are made of names.
    """
    return {
        key: _on_one_line(value, _DEPTH) if key in LINES else value
        for key, value in document.items()
        if key not in OWN_FIELDS
    }


def remembered(document: Mapping[str, Any]) -> Document:
    """A record that is not shown here any more, as programs are told of it.

    No more than its page says. The whole is kept, since it may be shown again; but it was
    taken back, at its home or here, perhaps for the very words of its description.
    """
    made = {key: value for key, value in document.items() if key in _REMEMBERED}
    kept = _REMEMBERED_SOURCE
    if document.get("tombstone", {}).get("category") == "hidden_by_law":
        # Then nothing here leads to the words elsewhere either.
        kept = kept - {"identifier", "home_url"}
        made.pop("pids", None)
    if "source" in document:
        made["source"] = {k: v for k, v in document["source"].items() if k in kept}
    return made


def _on_one_line(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return one_line(value) if BREAKS.search(value) else value
    if depth and isinstance(value, dict):
        return {key: _on_one_line(one, depth - 1) for key, one in value.items()}
    if depth and isinstance(value, list):
        return [_on_one_line(one, depth - 1) for one in value]
    return value


def _short(message: str) -> str:
    """A sentence that quotes a whole abstract says what is wrong with it at its end."""
    return message if len(message) <= 240 else f"{message[:100]} … {message[-120:]}"


def _pointer(path: Sequence[str | int]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
