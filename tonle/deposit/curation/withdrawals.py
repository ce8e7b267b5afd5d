"""An owner asks that a published record be taken back; a curator decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse

from tonle.catalogue import public as catalogue
from tonle.deposit.curation import permissions
from tonle.deposit.curation.machine import WITHDRAWAL, WITHDRAWAL_REASONS
from tonle.deposit.curation.models import Withdrawal
from tonle.infra import audit, jobs
from tonle.infra.idempotency import once
from tonle.infra.lifecycle import perform
from tonle.kernel import canonical, identifiers
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.errors import N_, Invalid, NotFound, NotPermitted, Refusal, Refused
from tonle.kernel.sentences import invalid
from tonle.kernel.text import LanguageMap, normalise
from tonle.people import public as people

LONGEST = 2000
TELL_JOB = "deposit.tell_withdrawn"


def ask_withdrawal(
    *, record_id: str, category: str, text: str, actor: Actor, now: datetime, key: str | None = None
) -> Withdrawal:
    """Ask for a record of one's own to be taken back. Asked already, nothing happens.

    What was cited is not its author's alone: a tombstone stays, and a curator decides.
    Raises NotFound, NotPermitted, Invalid, Refused.
    """
    if category not in WITHDRAWAL_REASONS:
        raise invalid("category", N_("Choose a reason."))
    words = text.strip()
    if not words:
        raise Invalid([("text", N_("Say why. The words are shown to curators only."))])
    if len(words) > LONGEST:
        raise invalid("text", N_("At most %(limit)s characters can be sent."), limit=LONGEST)
    record = _own_record(record_id, actor, now)

    def work() -> str:
        waiting = Withdrawal.objects.filter(record_id=record.key, state="waiting").first()
        if waiting is not None:
            return waiting.id
        entry = audit.record(
            "deposit.withdrawal_asked", "record", record_id, actor, now,
            {"category": category}, personal={"text": words},
        )  # fmt: skip
        made = Withdrawal.objects.create(
            id=identifiers.mint(),
            record_id=record.key,
            asked_by=actor.id,
            asked_at=now,
            category=category,
            entry=entry,
        )
        people.notify_holders(
            role="curator",
            topic="deposit.withdrawal_asked",
            link=reverse("deposit:withdrawals"),
            now=now,
            key=f"withdrawal/{made.id}",
            about=f"withdrawal/{made.id}",
        )
        return made.id

    asked = {"ask_withdrawal": record_id, "category": category, "text": words}
    try:
        found = once(actor, key, asked, now, work)
    except IntegrityError:
        # Two presses at once: the other one's request waits, and it is the same.
        found = Withdrawal.objects.get(record_id=record.key, state="waiting").id
    return Withdrawal.objects.select_related("record").get(id=found)


def _own_record(record_id: str, actor: Actor, now: datetime) -> Any:
    record = catalogue.record_view(record_id=record_id, actor=actor, now=now).record
    if actor.kind != "person" or not actor.id or record.created_by != actor.id:
        raise NotPermitted(reason=N_("Only its depositor may ask for it."))
    if record.state != "published":
        raise Refused([Refusal("wrong_state", N_("Only a published record can be withdrawn."))])
    return record


def decide_withdrawal(
    *, request_id: str, grant: bool, text: str, actor: Actor, now: datetime
) -> Withdrawal:
    """Grant or refuse it. text: shown on the tombstone where it is granted, else to the owner.

    Withdrawing comes first and twice is once, so that a crash in between is mended by
    deciding again.
    """
    words = text.strip()
    if not words:
        raise Invalid([("text", N_("Say why."))])
    request = load(request_id, actor)
    event = "grant" if grant else "refuse"
    permissions.demand(permissions.may_move_withdrawal(event, actor, request))
    if request.state == ("granted" if grant else "refused"):
        return request
    if grant and request.state == "waiting":
        catalogue.withdraw(
            record_id=request.record.id,
            category=request.category,
            reason={"und": words},
            actor=actor,
            now=now,
        )
    with transaction.atomic():
        perform(WITHDRAWAL, request, event, actor, now, note=words)
        _asked_no_more(request, now)
        people.notify(
            account_id=request.asked_by,
            topic="deposit.withdrawal_decided",
            link=f"/records/{request.record.id}",
            now=now,
            key=f"withdrawal/{request.id}/{event}",
            about=f"withdrawal/{request.id}",
        )
    return request


def withdraw(
    *, record_id: str, category: str, text: str, language: str, actor: Actor, now: datetime
) -> None:
    """A curator withdraws a record that nobody asked about; its owner is told.

    text: shown on the tombstone, in this language. Twice is once. Raises NotFound,
    NotPermitted, Invalid, Refused.
    """
    if category not in WITHDRAWAL_REASONS:
        raise invalid("category", N_("Choose a reason."))
    words = normalise(text[: 4 * LONGEST])
    if not words:
        raise Invalid([("text", N_("Say why."))])
    if len(words) > LONGEST:
        raise invalid("text", N_("At most %(limit)s characters can be sent."), limit=LONGEST)
    with transaction.atomic():
        # Withdrawing takes two transactions: should this process die after them, the owner is
        # told all the same.
        later = {"record": record_id, "by": actor.id}
        jobs.enqueue(TELL_JOB, later, run_at=now + timedelta(minutes=1))
    record = catalogue.withdraw(
        record_id=record_id, category=category, reason={language: words}, actor=actor, now=now
    )
    _tell_owner(record, actor.id, now)


def become_part(
    *,
    record_id: str,
    into: str,
    text: str,
    language: str,
    actor: Actor,
    now: datetime,
    both_dois: bool = False,
) -> catalogue.Record:
    """A curator has a record that is here a second time lead to the one that stays.

    into: the id of that one, or its address. Returns it. Twice is once. Raises NotFound,
    NotPermitted, Invalid, Refused, Conflict.
    """
    words = normalise(text[: 4 * LONGEST])[:LONGEST]
    if not words:
        raise Invalid([("text", N_("Say why they are the same."))])
    stays = catalogue.id_in(into.strip())
    if not stays or not catalogue.Record.objects.filter(id=stays).exists():
        raise Invalid([("into", N_("No record here has this address. Copy it from its page."))])
    return catalogue.merge(
        record_id=record_id,
        into=stays,
        reason={language: words},
        actor=actor,
        now=now,
        both_dois=both_dois,
    )


@jobs.handler(TELL_JOB)
def _tell_later(run: jobs.Run, now: datetime) -> None:
    record = catalogue.Record.objects.filter(id=run.payload["record"], state="withdrawn").first()
    if record is not None:
        _tell_owner(record, run.payload["by"], now)


def _tell_owner(record: catalogue.Record, by: str, now: datetime) -> None:
    """Tell the owner, unless they did it, that their record was withdrawn. Twice is once."""
    if record.created_by and record.created_by not in {SYSTEM.id, by}:
        people.notify(
            account_id=record.created_by,
            topic="deposit.withdrawn",
            link=f"/records/{record.id}",
            now=now,
            key=f"withdrawn/{record.id}/{record.state_seq}",
            about=f"record/{record.id}",
        )


def names_of_records(ids: Sequence[str], actor: Actor, now: datetime) -> dict[str, LanguageMap]:
    """The titles of records that stand, or that left a page; these are public. One query."""
    del actor, now
    rows = catalogue.Record.objects.filter(id__in=ids, state__in=["published", "withdrawn"])
    return {one.id: catalogue.document_of(one)["titles"] for one in rows.select_related("document")}


def take_back_withdrawal(*, request_id: str, actor: Actor, now: datetime) -> Withdrawal:
    """The owner thinks better of it."""
    request = load(request_id, actor)
    if request.state != "taken_back":
        with transaction.atomic():
            perform(WITHDRAWAL, request, "take_back", actor, now)
            _asked_no_more(request, now)
    return request


def _asked_no_more(request: Withdrawal, now: datetime) -> None:
    people.end_notices(
        about=f"withdrawal/{request.id}", now=now, topics=["deposit.withdrawal_asked"]
    )


def names(ids: Sequence[str], actor: Actor, now: datetime) -> dict[str, LanguageMap]:
    """The titles of what these requests are about, for whoever may know of them. One query."""
    del now
    rows = Withdrawal.objects.filter(id__in=ids).select_related("record__document")
    if not permissions.keeps_node(actor):
        rows = rows.filter(asked_by=actor.id)
    return {one.id: titles_of(one) for one in rows}


def load(request_id: str, actor: Actor) -> Withdrawal:
    """A request that the actor may know of. Raises NotFound alike for hidden and absent."""
    request = Withdrawal.objects.select_related("record").filter(id=request_id).first()
    if request is None or not (
        permissions.keeps_node(actor) or (actor.id and request.asked_by == actor.id)
    ):
        raise NotFound
    return request


def waiting(actor: Actor) -> QuerySet[Withdrawal]:
    """Requests that wait for a decision; for the node's curators."""
    rows = Withdrawal.objects.filter(state="waiting").select_related("record__document")
    return rows if permissions.keeps_node(actor) else rows.none()


def asked_by(actor: Actor) -> QuerySet[Withdrawal]:
    """What somebody asked for, whatever became of it."""
    rows = Withdrawal.objects.select_related("record__document")
    return rows.filter(asked_by=actor.id) if actor.id else rows.none()


def waiting_withdrawals(actor: Actor) -> list[Withdrawal]:
    """Requests that wait, the oldest first. One query."""
    return list(waiting(actor).order_by("asked_at", "id")[:200])


def titles_of(request: Withdrawal) -> dict[str, str]:
    """The titles of the record it is about."""
    row = request.record.document
    titles: dict[str, str] = canonical.loads(bytes(row.body))["titles"] if row else {}
    return titles
