"""From a yes to a record that everybody can find; a crash in between is finished by a job."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from tonle.catalogue import public as catalogue
from tonle.deposit.curation import links, permissions, services, telling
from tonle.deposit.curation.errors import NotYetPublished
from tonle.deposit.curation.machine import SUBMISSION
from tonle.deposit.curation.models import ShareLink, Submission
from tonle.infra import crash, jobs
from tonle.infra.idempotency import once
from tonle.infra.lifecycle import perform
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.errors import TonleError
from tonle.people import public as people

logger = logging.getLogger(__name__)

FINISH = "deposit.finish_publication"
# The curator's own request does it at once; the job comes where that one did not get through.
LATER = timedelta(seconds=60)

crash.declare("accept.decided", "Accepted and not published: a job publishes it.")
crash.declare("accept.published", "Published and not written down: a job writes it down.")


def accept(
    *,
    draft_id: str,
    note: str = "",
    vouch: bool = False,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> Submission:
    """Say yes, and publish it. vouch: the curator also vouches for the depositor.

    Returns the submission: published, or back in review where publishing was refused; the
    reasons are in its timeline then. Accepted already, it is only finished. Raises NotFound,
    NotPermitted, Refused, and NotYetPublished while the node goes on with it by itself.
    """

    def decide() -> str:
        services.load(draft_id, actor)
        submission = services.lock(draft_id)
        if submission.state in {"accepted", "published"}:
            permissions.demand(permissions.may_curate(actor, submission))
            return draft_id
        perform(SUBMISSION, submission, "accept", actor, now, note=note.strip() or None)
        services.decided(submission, actor, now)
        services.save(submission, now)
        if vouch:
            people.vouch(account_id=submission.depositor, actor=actor, now=now)
        jobs.enqueue(FINISH, {"draft": draft_id}, run_at=now + LATER)
        return draft_id

    once(actor, key, {"accept": draft_id, "note": note, "vouch": vouch}, now, decide)
    crash.point("accept.decided")
    return finish(draft_id=draft_id, now=now)


def publish_alone(
    *, draft_id: str, actor: Actor, now: datetime, key: str | None = None
) -> Submission:
    """Publish without a curator, where the node's policy lets a person vouched for do so."""

    def decide() -> str:
        services.load(draft_id, actor)
        submission = services.lock(draft_id)
        if submission.state in {"accepted", "published"}:
            return draft_id
        perform(SUBMISSION, submission, "publish_alone", actor, now)
        services.decided(submission, actor, now)
        services.save(submission, now)
        jobs.enqueue(FINISH, {"draft": draft_id}, run_at=now + LATER)
        return draft_id

    once(actor, key, {"publish_alone": draft_id}, now, decide)
    crash.point("accept.decided")
    return finish(draft_id=draft_id, now=now)


def finish(*, draft_id: str, now: datetime) -> Submission:
    """Publish what is accepted, in the name of whoever decided; from any step, again and again.

    Raises NotYetPublished while the catalogue itself has to come to an end with it.
    """
    submission = Submission.objects.select_related("draft").get(id=draft_id)
    if submission.state != "accepted":
        return submission
    if submission.draft.state == "open":
        decider = people.actor_by_id(submission.decided_by, now)
        try:
            catalogue.publish(draft_id=draft_id, actor=decider, now=now)
        except TonleError as refusal:
            submission.draft.refresh_from_db()
            if submission.draft.state == "open":
                return _returned(draft_id, refusal, now)
            # Authorised: what stands in its way is ours to mend, and it will be published.
            logger.warning("The deposit %s is accepted but not in place: %s", draft_id, refusal)
    crash.point("accept.published")
    return _written_down(draft_id, now)


def _written_down(draft_id: str, now: datetime) -> Submission:
    with transaction.atomic():
        submission = services.lock(draft_id)
        if submission.draft.state == "publishing":
            raise NotYetPublished
        if submission.draft.state == "published" and submission.state != "published":
            perform(SUBMISSION, submission, "publish", SYSTEM, now)
            submission.due_on = None
            services.forget(submission)
            services.save(submission, now)
            ShareLink.objects.filter(submission=submission, revoked_at=None).update(revoked_at=now)
            telling.depositor(
                submission, "deposit.published", now, f"/records/{submission.record_id}"
            )
        return submission


def _returned(draft_id: str, refusal: TonleError, now: datetime) -> Submission:
    """Publishing said no: back to where it came from, with the reasons and nothing lost."""
    with transaction.atomic():
        submission = services.lock(draft_id)
        if submission.state != "accepted":
            return submission
        alone = submission.decided_by == submission.depositor and not submission.curator
        event = "hand_back" if alone else "give_back"
        perform(SUBMISSION, submission, event, SYSTEM, now, note=str(refusal))
        submission.decided_by, submission.decided_at = "", None
        services.save(submission, now)
        if alone:
            telling.depositor(submission, "deposit.changes_asked", now)
        return submission


@jobs.handler(FINISH, max_attempts=20)
def _finish(run: jobs.Run, now: datetime) -> None:
    """Publish what was accepted, where the request that accepted it did not come to its end."""
    draft_id = run.payload["draft"]
    if Submission.objects.filter(id=draft_id).exists():
        finish(draft_id=draft_id, now=now)


def _deposited(records: Sequence[str]) -> Iterable[str]:
    """Those of the records that came in, or are being changed, by a deposit."""
    return Submission.objects.filter(record_id__in=records).values_list("record_id", flat=True)


@jobs.handler("deposit.follow_record", concerned=catalogue.of_records(_deposited))
def _follow(run: jobs.Run, now: datetime) -> None:
    """A record changed: whatever brought it about, its submissions and links say so."""
    record_id, action = run.payload["data"]["record"], run.payload["data"]["action"]
    if action in {"withdraw", "merge", "purge"}:
        with transaction.atomic():
            links.revoke_all(record_id, now)
    rows = Submission.objects.filter(record_id=record_id).exclude(
        state__in=("published", "discarded")
    )
    for draft_id in rows.filter(draft__state="published").values_list("id", flat=True):
        _written_down(draft_id, now)
    _lapse(rows, now)


@jobs.handler("deposit.follow_drafts")
def _follow_drafts(_run: jobs.Run, now: datetime) -> None:
    """Drafts that were discarded by another way than the deposit pages take theirs along."""
    _lapse(Submission.objects.exclude(state__in=("published", "discarded")), now)


def _lapse(rows: QuerySet[Submission], now: datetime) -> None:
    for draft_id in list(rows.filter(draft__state="discarded").values_list("id", flat=True)[:500]):
        with transaction.atomic():
            submission = services.lock(draft_id)
            perform(SUBMISSION, submission, "lapse", SYSTEM, now)
            services.forget(submission)
            services.save(submission, now)


jobs.cron("deposit.follow_drafts", every_seconds=3600)
