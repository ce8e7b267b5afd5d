"""A leased job carried out and closed, put back, or given up."""

from __future__ import annotations

import logging
import random
import threading
import traceback
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from tonle.infra import crash
from tonle.infra.jobs.leasing import LeaseLost, Run, close_dead, held, lease
from tonle.infra.jobs.registry import HANDLERS, UNKNOWN
from tonle.infra.jobs.waking import wake
from tonle.infra.models import Job

log = logging.getLogger(__name__)

_random = random.SystemRandom()
_LONGEST_ERROR = 4000  # characters; the end of a traceback says most

crash.declare("jobs.leased", "A leased job that was never run is delivered again.")
crash.declare("jobs.done_not_closed", "A job that was run but not closed is delivered again.")


class Paused(Exception):
    """A handler raises it to go on later from its checkpoint; no attempt is counted."""

    def __init__(self, after_seconds: float = 0) -> None:
        self.after_seconds = after_seconds


def backoff_seconds(attempt: int, jitter: float) -> float:
    """How long to wait after the attempt-th failure (from 1): 2 s, doubling, at most an hour.

    jitter in 0..1 spreads the wait over its upper half, so that a thousand jobs which
    failed together do not return together.
    """
    longest: float = min(3600, 2 << min(attempt - 1, 20))
    return longest * (0.5 + 0.5 * jitter)


def carry_out(run: Run, now: datetime) -> str:
    """Run the handler of a leased job and close it. Returns the state it leaves the job in.

    "done", "pending" (failed or paused, to be tried again), "dead", or "lost" when the
    lease went to another worker, which then owns the outcome.
    """
    crash.point("jobs.leased")
    known = HANDLERS.get(run.name, UNKNOWN)
    try:
        known.run(run, now)
        crash.point("jobs.done_not_closed")
        if not run.completed:
            run.complete()
        return Job.DONE
    except LeaseLost:
        log.warning("Job %d (%s): the lease was lost", run.id, run.name)
        return "lost"
    except Paused as pause:
        at = run.now() + timedelta(seconds=pause.after_seconds)
        return put_back(run, at, attempts=run.attempt - 1)
    except Exception as error:
        # Whatever a handler raises, the loop goes on and the row keeps what it was.
        log.warning("Job %d (%s) failed: %s", run.id, run.name, error, exc_info=True)
        text = traceback.format_exc()[-_LONGEST_ERROR:]
        at = run.now()
        if run.attempt >= known.max_attempts:
            return close_dead(run, at, text)
        wait = backoff_seconds(run.attempt, _random.random())
        return put_back(run, at + timedelta(seconds=wait), error=text)


def put_back(
    run: Run, at: datetime, *, attempts: int | None = None, error: str | None = None
) -> str:
    """Let the job wait until `at`; unless its twin was asked for meanwhile, which does it all."""
    changes: dict[str, Any] = {"state": Job.PENDING, "due_at": at, "worker": ""}
    if attempts is not None:
        changes["attempts"] = attempts
    if error is not None:
        changes["error"] = error
    try:
        # A savepoint, should somebody run jobs inside a transaction, as tests do.
        with transaction.atomic():
            return Job.PENDING if held(run).update(**changes) else "lost"
    except IntegrityError:
        held(run).update(
            state=Job.DONE, due_at=None, finished_at=run.now(), error="Its twin runs instead."
        )
        return Job.DONE


def run_once(
    now: datetime, worker: str = "once", stop: threading.Event | None = None
) -> str | None:
    """Lease one due job and carry it out. Returns how it ended, or None when nothing is due."""
    run = lease(now, worker)
    if run is None:
        return None
    if stop is not None:
        run.stop = stop
    return carry_out(run, now)


def run_all_due(now: datetime, worker: str = "once") -> int:
    """Carry out everything due at `now`, also what it leads to; for commands and tests.

    Returns how many deliveries there were.
    """
    count = 0
    while run_once(now, worker) is not None:
        count += 1
    return count


def revive(job_id: int, now: datetime) -> bool:
    """Let a dead job begin anew, when its cause is mended. False if it is not dead."""
    dead = Job.objects.filter(pk=job_id, state=Job.DEAD)
    changes = {"state": Job.PENDING, "due_at": now, "attempts": 0, "finished_at": None}
    with transaction.atomic():
        transaction.on_commit(wake)
        return bool(dead.update(**changes))
