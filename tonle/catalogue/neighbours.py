"""Records here that a record points at, and those that point at it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tonle.catalogue.models import Pid, Record, Relation
from tonle.catalogue.rules.access import READ_METADATA
from tonle.catalogue.selectors import permitted
from tonle.kernel import codes
from tonle.kernel.actors import ANONYMOUS
from tonle.kernel.text import LanguageMap

# A standard may be cited by thousands; a page shows some and search finds the others.
MOST = 60

Name = tuple[str, str]  # (scheme, value)


@dataclass(frozen=True)
class Neighbour:
    """A record that points here. relation: DataCite's word, as seen from this record."""

    id: str
    relation: str
    titles: LanguageMap


def incoming(document: Mapping[str, Any]) -> list[Neighbour]:
    """Published records whose relations name this one, by id or by another of its names.

    What this record says itself of the same thing is not said twice. One query.
    """
    names = {("tonle", document["id"]), *_names(document.get("pids", ()))}
    said = set(_names(relation["target"] for relation in document.get("relations", ())))
    rows = (
        Relation.objects.filter(**_among(names), record__state="published")
        .exclude(record__id=document["id"])
        .order_by("record__id", "position")
        .values_list("record__id", "type", "scheme", "value", "record__document__body")[:MOST]
    )
    return [
        Neighbour(record, _inverse(relation), _titles(body))
        for record, relation, scheme, value, body in rows
        if (scheme, value) in names and ("tonle", record) not in said
    ]


def titles_of_targets(document: Mapping[str, Any]) -> dict[str, LanguageMap]:
    """Titles of the records here that this one names, by the value it names them by.

    At most two queries; none for a record without relations.
    """
    ids = _ids_of(relation["target"] for relation in document.get("relations", ()))
    if not ids:
        return {}
    rows = Record.objects.filter(id__in=set(ids.values()), state="published").values_list(
        "id", "document__body"
    )
    titles = {record: _titles(body) for record, body in rows if body is not None}
    return {value: titles[name] for value, name in ids.items() if name in titles}


def _ids_of(identifiers: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Records here that have these names, by the value; of the first names of a long list.

    One query; none without names.
    """
    names = set(list(_names(identifiers))[:MOST])
    if not names:
        return {}
    ids = {
        value: record
        for scheme, value, record in Pid.objects.filter(**_among(names)).values_list(
            "scheme", "value", "record__id"
        )
        if (scheme, value) in names
    }
    return ids | {value: value for scheme, value in names if scheme == "tonle"}


def related_of_kind(document: Mapping[str, Any], kind: str) -> list[tuple[str, LanguageMap]]:
    """Published records of one kind that this one names or that name it, with their titles.

    At most four queries.
    """
    named = _ids_of(relation["target"] for relation in document.get("relations", ()))
    ids = {*named.values(), *(one.id for one in incoming(document))} - {document["id"]}
    if not ids:
        return []
    rows = Record.objects.filter(id__in=ids, kind=kind, state="published").order_by("id")
    return [
        (record, _titles(body))
        for record, body in rows.values_list("id", "document__body")[:MOST]
        if body is not None
    ]


def _titles(body: bytes | memoryview) -> LanguageMap:
    # Plain JSON: these bytes were checked when they were written.
    titles: LanguageMap = json.loads(bytes(body))["titles"]
    return titles


def _names(identifiers: Iterable[Mapping[str, Any]]) -> Iterable[Name]:
    return ((one["scheme"], one["value"]) for one in identifiers if len(one["value"]) <= 500)


def _among(names: Iterable[Name]) -> dict[str, list[str]]:
    """A condition that the names meet, and by chance others: a plain one is the faster to make
    and finds the same index. Whoever asks looks at the pairs again."""
    pairs = sorted(names)
    return {
        "scheme__in": sorted({scheme for scheme, _ in pairs}),
        "value__in": [value for _, value in pairs],
    }


def _inverse(relation: str) -> str:
    known = codes.codes("relation_types").get(relation)
    inverse = known.data.get("inverse", "") if known else ""
    return str(inverse or relation)


def holders(names: Collection[Name]) -> dict[Name, str]:
    """The records here that the world knows by these names. One query; none without names."""
    if not names:
        return {}
    rows = Pid.objects.filter(**_among(names)).values_list("scheme", "value", "record__id")
    return {(scheme, value): record for scheme, value, record in rows if (scheme, value) in names}


def names_of(records: Collection[str]) -> dict[Name, str]:
    """All names of these records, their ids among them, each with its record. One query."""
    rows = Pid.objects.filter(record__id__in=list(records)).values_list(
        "scheme", "value", "record__id"
    )
    found = {("tonle", record): record for record in records}
    return found | {(scheme, value): record for scheme, value, record in rows}


def everybodys(records: Collection[str], now: datetime) -> dict[str, str]:
    """Those of the records that everybody sees, each with its kind. One query."""
    rows = Record.objects.filter(
        permitted(ANONYMOUS, READ_METADATA, now), id__in=list(records), state="published"
    )
    return dict(rows.values_list("id", "kind"))


def everybodys_of_kind(kind: str, now: datetime) -> list[str]:
    """The ids of all records of that kind that everybody sees, in order. One query."""
    rows = Record.objects.filter(
        permitted(ANONYMOUS, READ_METADATA, now), kind=kind, state="published"
    )
    return list(rows.order_by("id").values_list("id", flat=True))


def documents_of(records: Collection[str]) -> dict[str, dict[str, Any]]:
    """The newest documents of published records, for whoever has asked who may see them. One
    query."""
    rows = Record.objects.filter(id__in=list(records), state="published")
    return {
        record: json.loads(bytes(body))
        for record, body in rows.values_list("id", "document__body")
        if body is not None
    }
