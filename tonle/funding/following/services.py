"""Following a call, letting it go, keeping what one is judged by; telling followers its news."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse

from tonle.catalogue.public import documents_of, everybodys, record_view
from tonle.funding.following import selectors, topics
from tonle.funding.following.permissions import may_follow
from tonle.funding.models import Applicant, FollowedCall
from tonle.funding.rules import news as rules
from tonle.funding.rules.answers import read_answers, written
from tonle.funding.rules.opportunities import Opportunity, read_opportunity, status
from tonle.infra import audit, crash, jobs
from tonle.infra.idempotency import IdempotencyKey, once
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, NotFound, NotPermitted, Refusal, Refused, TonleError
from tonle.people.public import end_notices, notify

log = logging.getLogger(__name__)

KIND: Final = "funding_opportunity"
MATTER: Final = "followed_call"
# Of one person; nobody reads the news of more.
MOST: Final = 500
# Calls looked after in one step of the job.
BATCH: Final = 100

crash.declare("followed_call.told", "news of a call that was not committed is told later, once")


def follow(
    *, opportunity: str, actor: Actor, now: datetime, key: IdempotencyKey | None = None
) -> FollowedCall:
    """Be told of an opportunity from now on. The second call changes nothing.

    Raises NotPermitted, NotFound (hidden, absent or no opportunity), Refused (too many).
    """
    _demand(actor)
    view = record_view(record_id=opportunity, actor=actor, now=now)
    record = view.record
    if record.kind != KIND or record.state != "published":
        raise NotFound

    def work() -> str:
        mine = FollowedCall.objects.filter(follower=actor.id)
        found = mine.filter(opportunity=record.id).first()
        if found is not None:
            return found.id
        if mine.count() >= MOST:
            raise Refused(
                [
                    Refusal(
                        "too_many_followed_calls",
                        N_("You follow %(most)s calls already. Let one go that is over."),
                        {"most": MOST},
                    )
                ]
            )
        call = read_opportunity(view.document)
        made = FollowedCall(
            follower=actor.id, opportunity=record.id, followed_at=now, **_seen(call, now)
        )
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError:
            # Pressed twice at the same moment: the other one stands.
            return mine.get(opportunity=record.id).id
        audit.record("call_followed", MATTER, made.id, actor, now, subject=actor.id)
        return made.id

    id_ = once(actor, key, {"follow": record.id}, now, work)
    found = FollowedCall.objects.filter(pk=id_, follower=actor.id).first()
    if found is None:
        raise NotFound  # The key is of a call that was let go since.
    return found


@transaction.atomic
def unfollow(*, opportunity: str, actor: Actor, now: datetime) -> None:
    """Be told no more; what waits unread of it is over. The second call changes nothing.

    Raises NotPermitted.
    """
    _demand(actor)
    found = FollowedCall.objects.filter(follower=actor.id, opportunity=opportunity).first()
    if found is None:
        return
    id_ = found.id
    found.delete()
    end_notices(about=f"{MATTER}/{id_}", now=now, topics=topics.NAMES)
    audit.record("call_unfollowed", MATTER, id_, actor, now, subject=actor.id)


@transaction.atomic
def save_applicant(*, said: Mapping[str, Any], actor: Actor, now: datetime) -> Applicant:
    """Keep what calls are judged by for this person alone; what is empty is forgotten.

    said: answers by the names of QUESTIONS. Raises NotPermitted, Invalid.
    """
    _demand(actor)
    answers = written(read_answers(said))
    kept, _made = Applicant.objects.update_or_create(
        account=actor.id, defaults={"answers": answers, "saved_at": now}
    )
    # That it was kept, and nothing of what: the audit is not theirs to delete.
    audit.record("applicant_saved", "applicant", actor.id, actor, now, subject=actor.id)
    return kept


@transaction.atomic
def forget_applicant(*, actor: Actor, now: datetime) -> None:
    """Delete what was kept. The second call changes nothing. Raises NotPermitted."""
    _demand(actor)
    gone, _ = Applicant.objects.filter(account=actor.id).delete()
    if gone:
        audit.record("applicant_forgotten", "applicant", actor.id, actor, now, subject=actor.id)


def erase(account_id: str, _actor: Actor, _now: datetime) -> None:
    """Everything that an account kept, when the account is erased."""
    FollowedCall.objects.filter(follower=account_id).delete()
    Applicant.objects.filter(account=account_id).delete()


def _demand(actor: Actor) -> None:
    decision = may_follow(actor)
    if not decision:
        raise NotPermitted(reason=decision)


def _seen(call: Opportunity, now: datetime) -> dict[str, Any]:
    """How far somebody was told who has just looked at the call."""
    return {
        "looked_at": now,
        "due_at": rules.next_news(call, now),
        "status": status(call, now),
        "corrigenda": rules.corrigenda(call),
    }


# --- telling -----------------------------------------------------------------------------

JOB: Final = "funding.followed_calls"
FOLLOW: Final = "funding.follow_record"


def _followed(changes: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    return [change for change in changes if change["kind"] == KIND]


@jobs.handler(FOLLOW, concerned=_followed)
def follow_record(run: jobs.Run, now: datetime) -> None:
    """A call changed: if it is followed, its news are looked for at once. Twice tells once."""
    rows = FollowedCall.objects.filter(opportunity=run.payload["data"]["record"])
    if rows.update(due_at=now):
        jobs.enqueue(JOB, {}, run_at=now, unique_key=JOB)


@jobs.handler(JOB, lease_seconds=300)
def tell_all(run: jobs.Run, now: datetime) -> None:
    """Tell the news of every followed call that is due. A second run finds none due."""
    while rows := list(_due(now).values_list("id", "opportunity")[:BATCH]):
        records = {record for _id, record in rows}
        shown = documents_of(everybodys(records, now))
        for id_, record in rows:
            document = shown.get(record)
            tell(id_, read_opportunity(document) if document is not None else None, now)
        run.checkpoint({})


def tell(id_: str, call: Opportunity | None, now: datetime) -> int:
    """Tell one follower what is new of a call; returns how many things. 0 where it is not due.

    call: None where the record is no longer for everybody to see: then nothing is told until it
    changes again. What is remembered as told and the notices stand in one transaction: after a
    crash all of it is there or nothing, and then it is told later.
    """
    with transaction.atomic():
        # Under the lock: another worker may have told meanwhile, or the follower let it go.
        held = _due(now).select_for_update().filter(pk=id_).first()
        if held is None:
            return 0
        if call is None:
            held.due_at = None
            held.save(update_fields=["due_at"])
            return 0
        found = rules.news(
            call, was=held.status, known=held.corrigenda, since=held.looked_at, now=now
        )
        for one in found:
            _notify(held, call, one, now)
        seen = _seen(call, now)
        for name, value in seen.items():
            setattr(held, name, value)
        held.save(update_fields=list(seen))
        crash.point("followed_call.told")
    return len(found)


def _notify(held: FollowedCall, call: Opportunity, one: rules.News, now: datetime) -> None:
    try:
        may = topics.may_of(selectors.judged(held.follower, call, now))
    except TonleError as error:
        # What an earlier release kept must not keep its owner from being told.
        log.warning("The answers of an applicant cannot be read: %s", error)
        may = "unsaid"
    data: dict[str, object] = {"may": may}
    if one.days:
        data["days"] = one.days
    notify(
        account_id=held.follower,
        topic=topics.of(one.what).name,
        link=reverse("funding:followed_call", args=[held.opportunity]),
        now=now,
        data=data,
        key=f"{held.id} {one.key}",
        about=f"{MATTER}/{held.id}",
    )


def _due(now: datetime) -> QuerySet[FollowedCall]:
    return FollowedCall.objects.filter(due_at__lte=now).order_by("due_at", "id")


jobs.cron(JOB, every_seconds=900)
