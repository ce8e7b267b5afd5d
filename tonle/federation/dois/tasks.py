"""DOIs in the background: the log is followed by the clock, and what is due is sent."""

from __future__ import annotations

from datetime import datetime

from tonle.federation.dois import account, following, services
from tonle.federation.dois.models import Doi
from tonle.federation.dois.sending import send_due
from tonle.federation.dois.services import REGISTER_JOB, SEND_JOB
from tonle.infra import jobs

FOLLOW_JOB = "federation.follow_dois"
QUEUE = "dois"
# DataCite recommends 300 to 500 requests in five minutes for whoever has many.
QUESTIONS, PACE_SECONDS = 25, 20.0
LOOKS = 500


@jobs.handler(FOLLOW_JOB, queue=QUEUE, max_attempts=3, lease_seconds=300)
def follow(run: jobs.Run, now: datetime) -> None:
    """See what changed, and have it sent. Nothing at all where the node has no account."""
    terms = account.terms()
    if terms is None:
        return
    for _count in following.follow(terms, now):
        run.checkpoint(None)
        if run.stopping:
            raise jobs.Paused
    if Doi.objects.filter(due_at__lte=now).exists() and account.can_ask(
        account.standing(terms, now), now
    ):
        services.ask_to_send(now)


jobs.cron(FOLLOW_JOB, every_seconds=60)


@jobs.handler(SEND_JOB, queue=QUEUE, max_attempts=5, lease_seconds=300)
def send(run: jobs.Run, now: datetime) -> None:
    """Send a few, then let others have their turn and DataCite its rest."""
    terms = account.terms()
    if terms is None:
        return
    # Rows that are new to nobody cost no question; so many of them are enough for one turn.
    turns = iter(range(LOOKS))

    def is_enough() -> bool:
        run.checkpoint(None)
        return run.stopping or next(turns, None) is None

    sent = send_due(terms, clock=run.now, stop=is_enough, questions=QUESTIONS)
    if sent.has_more:
        spent = (run.now() - now).total_seconds()
        raise jobs.Paused(max(0.0, PACE_SECONDS * sent.asked / QUESTIONS - spent))


@jobs.handler(REGISTER_JOB, queue=QUEUE, max_attempts=5, lease_seconds=300)
def register(run: jobs.Run, now: datetime) -> None:
    """A steward asked for all: go through the log, and on from where a crash left off."""
    if account.terms() is None:
        return
    for pos, _count in services.wish_for_all(run.progress or 0, now):
        run.checkpoint(pos)
        if run.stopping:
            raise jobs.Paused
    services.ask_to_send(now)


# One at a time: two would only ask DataCite twice as fast.
jobs.limit(QUEUE, 1)
