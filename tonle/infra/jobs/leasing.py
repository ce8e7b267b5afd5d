"""One worker takes the next due job, and nobody else has it meanwhile."""

from __future__ import annotations

import json
import logging
import random
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from tonle.infra.jobs import registry
from tonle.infra.jobs.registry import HANDLERS, LIMITS, UNKNOWN
from tonle.infra.models import Job

log = logging.getLogger(__name__)

_random = random.SystemRandom()


class LeaseLost(Exception):
    """Somebody else holds the job now: stop, and change nothing more."""


@dataclass
class Run:
    """One delivery of a job to its handler.

    payload is as it was asked for; progress is what the last checkpoint stored, or None;
    attempt counts from 1. `now()` is the instant it is for this run, as a long handler needs
    it. `stopping` asks such a handler to checkpoint and raise Paused.
    """

    id: int
    name: str
    payload: dict[str, Any]
    progress: Any
    attempt: int
    token: int
    lease_seconds: int
    now: Callable[[], datetime]
    stop: threading.Event = field(default_factory=threading.Event)
    completed: bool = False

    @property
    def stopping(self) -> bool:
        return self.stop.is_set()

    def checkpoint(self, progress: Any) -> None:
        """Store how far the work has come and begin a new lease. One query.

        Inside the handler's transaction it stands or falls with the work, and holds the
        job's row until commit, so that nobody can take the job in between.
        Raises LeaseLost when somebody else holds the job.
        """
        self._mine(progress=progress, due_at=self.now() + timedelta(seconds=self.lease_seconds))

    def complete(self) -> None:
        """Close the job now, inside the handler's own transaction: its effect counts once."""
        self._mine(state=Job.DONE, due_at=None, finished_at=self.now(), error="")
        self.completed = True

    def _mine(self, **changes: Any) -> None:
        if not held(self).update(**changes):
            raise LeaseLost(f"job {self.id} ({self.name}) was taken by another worker")


def held(run: Run) -> Any:
    """The job's row, as long as this run has its lease."""
    return Job.objects.filter(pk=run.id, token=run.token, state=Job.RUNNING)


def lease(now: datetime, worker: str, queues: Iterable[str] | None = None) -> Run | None:
    """Take the next due job, or None. One read when nothing is due, else one write more.

    Of the queues that have work one is drawn, so that a long backlog in one does not
    starve another.
    """
    due = _due_queues(registry.queues() if queues is None else sorted(queues), now)
    _random.shuffle(due)
    for queue in due:
        run = _lease_in(queue, now, worker)
        if run is not None:
            return run
    return None


def _due_queues(queues: list[str], now: datetime) -> list[str]:
    """Those of the queues in which something is due: one probe of the index for each."""
    if not queues:
        return []
    probe = (
        "SELECT CAST(%s AS TEXT) WHERE EXISTS"
        " (SELECT 1 FROM infra_job WHERE queue = %s AND due_at <= %s)"
    )
    at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join([probe] * len(queues)),
            [value for queue in queues for value in (queue, queue, at)],
        )
        return [row[0] for row in cursor.fetchall()]


def _lease_in(queue: str, now: datetime, worker: str) -> Run | None:
    """Take the oldest due job of a queue in one statement.

    PostgreSQL: rows that another worker is taking are skipped; a queue with a limit is
    counted under one lock, or two workers would both count the last free place.
    SQLite: writers come one after another, which makes one statement exact.
    """
    while True:
        with transaction.atomic() if queue in LIMITS else nullcontext():
            if queue in LIMITS and _full(queue, now):
                return None
            taken = _take(queue, now, worker)
        if taken is None:
            return None
        number, name, payload, progress, attempt, token, error = taken
        known = HANDLERS.get(name, UNKNOWN)
        run = Run(
            id=number,
            name=name,
            payload=json.loads(payload),
            progress=None if progress is None else json.loads(progress),
            attempt=attempt,
            token=token,
            lease_seconds=known.lease_seconds,
            now=_clock_from(now),
        )
        if attempt <= known.max_attempts:
            return run
        # A job that takes its worker down with it never reports a failure.
        close_dead(run, now, error or f"Its worker vanished {attempt - 1} times.")


def _take(queue: str, now: datetime, worker: str) -> tuple[Any, ...] | None:
    adapt = connection.ops.adapt_datetimefield_value
    leases = {h.name: h.lease_seconds for h in HANDLERS.values() if h.queue == queue}
    ends: list[Any] = []
    for name, seconds in leases.items():
        ends += [name, adapt(now + timedelta(seconds=seconds))]
    until = adapt(now + timedelta(seconds=UNKNOWN.lease_seconds))
    case = f"CASE name {'WHEN %s THEN %s ' * len(leases)} ELSE %s END" if leases else "%s"
    if connection.vendor == "postgresql":
        case = f"CAST({case} AS timestamptz)"
        skip = "FOR UPDATE SKIP LOCKED"
    else:
        skip = ""
    # Only text of this function is put together; every value is a parameter.
    statement = (
        "UPDATE infra_job SET state = 'running', token = token + 1, attempts = attempts + 1,"  # noqa: S608 # As said.
        f" worker = %s, due_at = {case} WHERE id = ("
        "SELECT id FROM infra_job WHERE queue = %s AND due_at <= %s"
        f" ORDER BY due_at, id LIMIT 1 {skip})"
        " RETURNING id, name, payload, progress, attempts, token, error"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [worker, *ends, until, queue, adapt(now)])
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _full(queue: str, now: datetime) -> bool:
    """Whether as many run as may; call it in a transaction. On PostgreSQL it locks the count."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"tonle.queue.{queue}"])
    running = Job.objects.filter(queue=queue, state=Job.RUNNING, due_at__gt=now).count()
    return running >= LIMITS[queue]


def _clock_from(now: datetime) -> Callable[[], datetime]:
    """A clock that goes on from `now` and that nobody can set, neither NTP nor a steward."""
    since = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - since)


def close_dead(run: Run, at: datetime, error: str) -> str:
    log.error("Job %d (%s) is dead after %d attempts", run.id, run.name, run.attempt)
    found = held(run).update(state=Job.DEAD, due_at=None, finished_at=at, error=error)
    return Job.DEAD if found else "lost"
