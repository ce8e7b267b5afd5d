"""Records here that a record points at, and those that point at it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from tonle.catalogue.models import Pid, Record, Relation
from tonle.catalogue.selectors import document_of
from tonle.kernel import codes
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
    names = [("tonle", document["id"]), *_names(document.get("pids", ()))]
    said = set(_names(relation["target"] for relation in document.get("relations", ())))
    rows = (
        Relation.objects.filter(_any(names), record__state="published")
        .exclude(record__id=document["id"])
        .select_related("record__document")
        .order_by("record__id", "position")[:MOST]
    )
    return [
        Neighbour(row.record.id, _inverse(row.type), document_of(row.record)["titles"])
        for row in rows
        if ("tonle", row.record.id) not in said
    ]


def titles_of_targets(document: Mapping[str, Any]) -> dict[str, LanguageMap]:
    """Titles of the records here that this one names, by the value it names them by.

    At most two queries; none for a record without relations.
    """
    names = list(_names(r["target"] for r in document.get("relations", ())))[:MOST]
    if not names:
        return {}
    by_pid = Pid.objects.filter(_any(names)).values_list("value", "record__id")
    ids = dict(by_pid)
    ids |= {value: value for scheme, value in names if scheme == "tonle"}
    if not ids:
        return {}
    rows = Record.objects.select_related("document").filter(
        id__in=set(ids.values()), state="published"
    )
    titles = {row.id: document_of(row)["titles"] for row in rows}
    return {value: titles[name] for value, name in ids.items() if name in titles}


def _names(identifiers: Iterable[Mapping[str, Any]]) -> Iterable[Name]:
    return ((one["scheme"], one["value"]) for one in identifiers if len(one["value"]) <= 500)


def _any(names: Iterable[Name]) -> Q:
    found = Q(pk__in=[])
    for scheme, value in names:
        found |= Q(scheme=scheme, value=value)
    return found


def _inverse(relation: str) -> str:
    known = codes.codes("relation_types").get(relation)
    inverse = known.data.get("inverse", "") if known else ""
    return str(inverse or relation)
