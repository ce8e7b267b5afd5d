"""What a DOI is of: the record it was given to, and the one that this has become part of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from tonle.catalogue.public import Record, Walked, walk_one
from tonle.federation.dois.rules import words
from tonle.federation.dois.rules.wishes import Facts, Wanted, wanted
from tonle.kernel.dates import day_at

# A chain of merges is walked so far; the catalogue lets none close a circle.
LONGEST_CHAIN = 20


@dataclass(frozen=True)
class Subject:
    """The record that a DOI was given to, and its heir: the same where it is still itself."""

    name: str
    own: Walked
    own_facts: Facts
    heir: Walked
    heir_facts: Facts

    def wanted(self) -> Wanted:
        return wanted(self.name, self.own_facts, self.heir_facts)

    def told(self, goal: Wanted) -> tuple[bytes, str]:
        """The request body and its digest, for a DOI that is to stand so. Asks nobody."""
        # Not with the program: it brings every format along, which few processes need.
        from tonle.catalogue.public import FORMATS, place_of

        document = words.to_describe(self.own.document, self.heir.document, self.name, goal)
        files_open = (self.heir if goal.describes == "heir" else self.own).files_open
        base = settings.TONLE_URL.rstrip("/")
        here = place_of(document, base, files_open=files_open)
        page = here.record_url(goal.leads_to)
        year = int(day_at(document["published_at"], here.zone)[:4])
        aim = words.Aim(self.name, page, goal.standing, year, here.node_name)
        write = FORMATS["datacite-json"].write_plain
        first = {**document, "revision": 0}
        return words.body(write(document, here), aim), words.digest(write(first, here), aim)


def subject_of(record_id: str, name: str, now: datetime) -> Subject | None:
    """None for a record that was never public here. Some ten queries."""
    own = walk_one(record_id, now)
    if own is None:
        return None
    heir = own
    for _step in range(LONGEST_CHAIN):
        into = heir.document.get("tombstone", {}).get("merged_into")
        following = walk_one(into, now) if into else None
        if following is None:
            break
        heir = following
    facts = facts_of([own, heir])
    return Subject(name, own, facts[own.id], heir, facts[heir.id])


def facts_of(walked: Iterable[Walked]) -> dict[str, Facts]:
    """What the rules need of each record, by its id. One query."""
    rows = {one.id: one for one in walked}
    kept = dict(Record.objects.filter(id__in=rows).values_list("id", "kept_in"))
    return {name: _facts(one, is_own=not kept[name]) for name, one in rows.items()}


def _facts(one: Walked, *, is_own: bool) -> Facts:
    document = one.document
    source: dict[str, Any] = document.get("source", {})
    return Facts(
        id=one.id,
        kind=one.kind,
        dois=tuple(p["value"] for p in document.get("pids", ()) if p["scheme"] == "doi"),
        is_own=is_own,
        is_shown=not one.gone,
        is_gone="tombstone" in document,
        home_url=source.get("home_url", ""),
        is_imported=bool(source),
        first_public_at=datetime.fromisoformat(document["published_at"]),
    )
