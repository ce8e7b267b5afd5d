"""What a steward does: have DOIs registered, and have it tried again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from tonle.catalogue.public import Walked, walk, walk_one
from tonle.federation.dois import account, following
from tonle.federation.dois.datacite import DataCite
from tonle.federation.dois.errors import NoDoi
from tonle.federation.dois.following import BATCH
from tonle.federation.dois.models import Doi
from tonle.federation.dois.permissions import demand_keeper
from tonle.federation.dois.rules.wishes import may_have
from tonle.federation.dois.subjects import facts_of
from tonle.infra import audit, jobs
from tonle.kernel.actors import Actor
from tonle.kernel.errors import NotFound

SEND_JOB, REGISTER_JOB = "federation.send_dois", "federation.register_dois"


def ask_to_send(now: datetime) -> None:
    """Have what is due sent soon; asked for twice, it is done once."""
    jobs.enqueue(SEND_JOB, {}, run_at=now, unique_key=SEND_JOB)


@transaction.atomic
def register(*, record_id: str, actor: Actor, now: datetime) -> Doi:
    """Have a record's DOI registered, or DataCite told anew. Twice is once.

    Raises NotPermitted, DoisOff, NotFound, NoDoi with the reason.
    """
    demand_keeper(actor)
    terms = account.demand_terms()
    policy = account.policy(terms, account.row_of(terms, now))
    walked = walk_one(record_id, now)
    if walked is None:
        raise NotFound
    known = Doi.objects.filter(record=record_id).first()
    if known is None:
        facts = facts_of([walked])[record_id]
        decision = may_have(facts, policy)
        if not decision:
            raise NoDoi(reason=decision)
        following.add([following.new(record_id, policy.name_for(facts), now)])
    else:
        _again([known.key], now)
    audit.record("doi.register", "record", record_id, actor, now)
    ask_to_send(now)
    return Doi.objects.get(record=record_id)


@transaction.atomic
def register_all(*, actor: Actor, now: datetime) -> None:
    """Have every record that may have a DOI and has none get one, in the background.

    Raises NotPermitted, DoisOff.
    """
    demand_keeper(actor)
    account.row_of(account.demand_terms(), now)
    audit.record("doi.register_all", "node", "", actor, now)
    jobs.enqueue(REGISTER_JOB, {}, run_at=now, unique_key=REGISTER_JOB)


def wish_for_all(after: int, now: datetime) -> Iterator[tuple[int, int]]:
    """Make all of them due, a batch of the log after the other, from a position on.

    Yields (position, how many were new of the batch). Flat memory; again adds nothing.
    """
    terms = account.demand_terms()
    policy = account.policy(terms, account.row_of(terms, now))
    while batch := walk(now=now, after=after, limit=BATCH, gone=False):
        with transaction.atomic():
            count = following.add(
                following.new(one.id, policy.name_for(one), now, is_bulk=True)
                for one in facts_of(batch).values()
                if may_have(one, policy)
            )
        after = batch[-1].pos
        yield after, count


def candidates(*, actor: Actor, now: datetime) -> Iterator[Walked]:
    """The records that `register_all` would have registered, as the log has them. Flat memory.

    Raises NotPermitted, DoisOff.
    """
    demand_keeper(actor)
    terms = account.demand_terms()
    policy, after = account.policy(terms, account.row_of(terms, now)), 0
    while batch := walk(now=now, after=after, limit=BATCH, gone=False):
        facts = facts_of(batch)
        known = set(Doi.objects.filter(record__in=facts).values_list("record", flat=True))
        yield from (one for one in batch if one.id not in known and may_have(facts[one.id], policy))
        after = batch[-1].pos


@transaction.atomic
def retry(*, actor: Actor, now: datetime, record_id: str = "") -> int:
    """Send again what was refused or not answered: of one record, or all. Ends a halt.

    Returns how many. Raises NotPermitted, DoisOff, NotFound for a record without a DOI.
    """
    demand_keeper(actor)
    terms = account.demand_terms()
    account.row_of(terms, now)
    rows = Doi.objects.filter(record=record_id) if record_id else Doi.objects.exclude(reasons=[])
    keys = list(rows.values_list("key", flat=True))
    if record_id and not keys:
        raise NotFound
    _again(keys, now)
    account.go_on(terms, now)
    audit.record("doi.retry", "record" if record_id else "node", record_id, actor, now)
    ask_to_send(now)
    return len(keys)


def _again(keys: list[int], now: datetime) -> None:
    """Due at once, whatever was answered before; also what was put off."""
    following.make_due(keys, now)
    for start in range(0, len(keys), 500):
        part = Doi.objects.filter(key__in=keys[start : start + 500])
        part.update(refused_sha256="", reasons=[], tries=0)
        part.filter(due_at__gt=now).update(due_at=now)


def look(*, actor: Actor, now: datetime) -> None:
    """Ask DataCite whether the account is known and may register under the prefix.

    Changes nothing there. Where it is good, a halt ends. Raises NotPermitted, DoisOff, Halted
    with what to set right, NotAnswered.
    """
    demand_keeper(actor)
    terms = account.demand_terms()
    account.row_of(terms, now)
    with DataCite(terms) as datacite:
        datacite.look()
    account.go_on(terms, now)
    ask_to_send(now)
