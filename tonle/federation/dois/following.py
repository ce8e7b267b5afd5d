"""Following the change log: what changed, and has a DOI or shall have one, is due.

One position is remembered, as the search index does; so nothing is missed while the node is
down or switched off, and where it has no account nothing is done at all. After a restore or a
rebuild the log is another one, and it is followed from its beginning: each DOI of ours that a
document states is known again, and DataCite is told once more what it knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from tonle.catalogue.public import Walked, lineage, walk
from tonle.federation.dois import account
from tonle.federation.dois.account import Terms
from tonle.federation.dois.models import Doi, DoiAccount
from tonle.federation.dois.rules.wishes import Facts, Policy, comes_by_itself
from tonle.federation.dois.subjects import facts_of

BATCH = 200


def follow(terms: Terms, now: datetime) -> Iterator[int]:
    """Make due what changed since the last time, a batch after the other.

    Yields how many of each batch are due, so that a caller can stop in between. Flat memory;
    two at once do it once.
    """
    row = account.standing(terms, now)
    of = lineage()
    if row.lineage != of:
        _begin_anew(row, of)
    while batch := walk(now=now, after=row.pos, limit=BATCH):
        with transaction.atomic():
            here = DoiAccount.objects.filter(lineage=of, pos=row.pos)
            if not here.update(pos=batch[-1].pos):
                return  # Somebody else follows it, too.
            count = _take(batch, account.policy(terms, row), now)
        row.pos = batch[-1].pos
        yield count


def _begin_anew(row: DoiAccount, lineage: str) -> None:
    """The log is another one: a node brought back from a backup may remember less than it said
    to DataCite since, so what was sent counts for nothing."""
    with transaction.atomic():
        if DoiAccount.objects.filter(lineage=row.lineage).update(lineage=lineage, pos=0):
            Doi.objects.update(sent_sha256="", is_bulk=True)
    row.lineage, row.pos = lineage, 0


def _take(batch: list[Walked], policy: Policy, now: datetime) -> int:
    facts = facts_of(batch).values()
    stated = {doi for one in facts for doi in one.dois}
    # The name of a record that became part of another stands in the other's document.
    known = Doi.objects.filter(Q(record__in=[one.id for one in facts]) | Q(name__in=stated))
    count = make_due(known.values_list("key", flat=True), now)
    count += add(_new(facts, policy, now))
    return count


def _new(facts: Iterable[Facts], policy: Policy, now: datetime) -> Iterator[Doi]:
    for one in facts:
        if one.own_doi and one.is_own:
            # Stated, so it was registered: by the node that this one was rebuilt from. Whether
            # it still stands as it should, DataCite is asked.
            yield new(one.id, one.own_doi, now, is_bulk=True, asked_at=now)
        elif comes_by_itself(one, policy):
            yield new(one.id, policy.name_for(one), now)


def new(
    record: str,
    name: str,
    now: datetime,
    *,
    is_bulk: bool = False,
    asked_at: datetime | None = None,
) -> Doi:
    """A DOI to be registered at once."""
    return Doi(
        record=record, name=name, due_at=now, created_at=now, is_bulk=is_bulk, asked_at=asked_at
    )


def add(rows: Iterable[Doi]) -> int:
    """Keep those that are not known yet. Returns how many were new."""
    wished = {row.record: row for row in rows}
    known = set(Doi.objects.filter(record__in=wished).values_list("record", flat=True))
    fresh = [row for record, row in wished.items() if record not in known]
    # Another process may add the same at this moment; it is the same.
    Doi.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def make_due(keys: Iterable[int], now: datetime) -> int:
    """Have these looked at. One that is in hand is looked at once more afterwards."""
    return Doi.objects.filter(key__in=list(keys)).update(
        asks=F("asks") + 1, due_at=Coalesce("due_at", now)
    )
