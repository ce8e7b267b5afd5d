"""Whoever leads a proposal hears in time that the call closes and nothing is submitted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from tonle.funding.models import Proposal
from tonle.funding.proposals import telling
from tonle.infra import jobs

JOB: Final = "funding.proposals_soon"
# Days before the end at which it is said, the last one first.
DAYS: Final = (1, 3, 7)
BATCH: Final = 200


@jobs.handler(JOB, lease_seconds=300)
def remind(run: jobs.Run, now: datetime) -> None:
    """Tell the leads of what is not submitted; a second run tells nobody twice."""
    after = 0
    while rows := _unsubmitted(after, now):
        after = rows[-1].pk
        for row in rows:
            left = row.call.closes_at - now if row.call.closes_at else timedelta()
            days = next(one for one in DAYS if left <= timedelta(days=one))
            with transaction.atomic():
                telling.of_deadline(row, days, now)
        run.checkpoint({})


def _unsubmitted(after: int, now: datetime) -> list[Proposal]:
    """Drafts of calls that close within a week, by key."""
    rows = Proposal.objects.select_related("call").filter(
        state="draft",
        call__closes_at__gt=now,
        call__closes_at__lte=now + timedelta(days=DAYS[-1]),
        pk__gt=after,
    )
    return list(rows.order_by("key")[:BATCH])


def connect() -> None:
    jobs.cron(JOB, every_seconds=6 * 3600)
