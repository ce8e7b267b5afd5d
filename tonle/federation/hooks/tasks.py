"""Telling in the background: as soon as the log grows, and when a try is due again."""

from __future__ import annotations

import threading
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from tonle.catalogue.public import newest_position
from tonle.federation.hooks.errors import BeingTold, LeaseLost
from tonle.federation.hooks.models import Hook
from tonle.federation.hooks.telling import TELL_JOB, ask_for_telling, forget_old, tell
from tonle.infra import clock, jobs
from tonle.kernel.errors import NotFound

DUE_JOB = "federation.hooks_due"
QUEUE = "hooks"
# How soon a change is noticed: one look at the end of the log.
LOOK_SECONDS = 1.0
# How soon is looked again where another worker sends.
BUSY_SECONDS = 5.0


def ask_for_all(now: datetime) -> int:
    """Ask for telling wherever something is untold and may be sent now. Returns how many."""
    due = Q(next_at__isnull=True) | Q(next_at__lte=now)
    behind = Hook.objects.filter(due, state="active", position__lt=newest_position())
    names = list(behind.values_list("id", flat=True))
    with transaction.atomic():
        for name in names:
            ask_for_telling(name, now)
    return len(names)


def follow_log(stop: threading.Event) -> None:
    """The background loop: one small question a second, and no row for a change as such.

    An event for each change would fill the job table with what one position says.
    """
    seen = -1
    while not stop.is_set():
        newest = newest_position()
        if newest != seen:
            ask_for_all(clock.now())
            seen = newest
        stop.wait(LOOK_SECONDS)


@jobs.handler(DUE_JOB, max_attempts=3)
def due(_run: jobs.Run, now: datetime) -> None:
    """What the loop did not ask for, since it was not running; and the tidying."""
    ask_for_all(now)
    forget_old(now)


jobs.cron(DUE_JOB, every_seconds=60)
# A silent receiver may hold its worker for a quarter of a minute; letters and tasks must get on.
jobs.limit(QUEUE, 1)


@jobs.handler(TELL_JOB, queue=QUEUE, max_attempts=5, lease_seconds=90)
def run_telling(run: jobs.Run, _now: datetime) -> None:
    """Go on with one receiver; waits are the queue's, so that no worker sleeps."""
    try:
        standing = tell(run.payload["hook"], run.now, stop=lambda: run.stopping)
    except (BeingTold, LeaseLost):
        raise jobs.Paused(BUSY_SECONDS) from None
    except NotFound:
        return
    if standing.seconds is not None:
        raise jobs.Paused(standing.seconds)
