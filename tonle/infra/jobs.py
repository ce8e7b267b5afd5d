"""Work after commit: events on their way to handlers, tasks, and repeated tasks.

One leased table is outbox and job queue. A row is written in the transaction that
asks for it, so it stands or falls with it. A worker leases a row, runs its handler and
closes it; a worker that dies loses the lease and the row is delivered again. So a
handler may run twice and expects that; where it must not count twice, it calls
`run.complete()` inside its own transaction, which the fencing token makes exact.

    @handler("mail.send", queue="mail", max_attempts=8, lease_seconds=60)
    def send(run: Run, now: datetime) -> None: ...

    enqueue("mail.send", {"to": id}, run_at=now)
    emit(DraftAccepted(...), now)           # one job per handler in config.wiring.EVENTS
    cron("infra.seal", every_seconds=DAY)   # one run a day, however many workers

Order is by due time within a queue, but not promised: workers run side by side.
"""

from __future__ import annotations

import json
import logging
import os
import random
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import Error as DatabaseError
from django.db import IntegrityError, connection, connections, transaction
from django.db.models import Count, Min
from django.dispatch import Signal

from config import wiring
from tonle.infra import clock, crash
from tonle.infra.models import Cron, Job
from tonle.kernel import canonical

log = logging.getLogger(__name__)

DAY = 24 * 3600
KEPT_DONE = timedelta(days=1)
_random = random.SystemRandom()
_LONGEST_ERROR = 4000  # characters; the end of a traceback says most

crash.declare("jobs.leased", "A leased job that was never run is delivered again.")
crash.declare("jobs.done_not_closed", "A job that was run but not closed is delivered again.")

emitted = Signal()
"""Sent with `event=` inside the emitting transaction; the tests' `outbox` listens."""


class LeaseLost(Exception):
    """Somebody else holds the job now: stop, and change nothing more."""


class Paused(Exception):
    """A handler raises it to go on later from its checkpoint; no attempt is counted."""

    def __init__(self, after_seconds: float = 0) -> None:
        self.after_seconds = after_seconds


# Registry --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Handler:
    """What runs a job, and how patiently."""

    name: str
    run: Callable[[Run, datetime], None]
    queue: str
    max_attempts: int
    lease_seconds: int


@dataclass(frozen=True)
class Schedule:
    """A job that is asked for again and again, at multiples of every_seconds since 1970 UTC."""

    name: str
    every_seconds: int
    offset_seconds: int

    def after(self, now: datetime) -> datetime:
        """The first instant of the schedule after now."""
        since = int(now.timestamp()) - self.offset_seconds
        return datetime.fromtimestamp(
            (since // self.every_seconds + 1) * self.every_seconds + self.offset_seconds, UTC
        )


def _unknown(run: Run, _now: datetime) -> None:
    raise LookupError(f"No handler is registered for {run.name}.")


# A job of a newer release that was turned back waits for its handler to come again.
_UNKNOWN = Handler("", _unknown, "default", max_attempts=10, lease_seconds=60)

HANDLERS: dict[str, Handler] = {}
SCHEDULES: dict[str, Schedule] = {}
LIMITS: dict[str, int] = {}


def handler(
    name: str, *, queue: str = "default", max_attempts: int = 10, lease_seconds: int = 60
) -> Callable[[Callable[[Run, datetime], None]], Callable[[Run, datetime], None]]:
    """Register a function as the handler of jobs of this name.

    max_attempts: deliveries before the job is dead; lease_seconds: how long a silent
    worker is waited for (a handler that needs longer calls `run.checkpoint`).
    """

    def register(run: Callable[[Run, datetime], None]) -> Callable[[Run, datetime], None]:
        known = HANDLERS.get(name)
        if known is not None and known.run is not run:
            raise ValueError(f"the job {name} has two handlers")
        HANDLERS[name] = Handler(name, run, queue, max_attempts, lease_seconds)
        return run

    return register


def cron(name: str, *, every_seconds: int, offset_seconds: int = 0) -> None:
    """Ask for a job at every multiple of every_seconds (plus offset) since 1970-01-01 UTC.

    A run that was missed while the node slept happens once, not once for each time.
    """
    SCHEDULES[name] = Schedule(name, every_seconds, offset_seconds)


def limit(queue: str, at_once: int) -> None:
    """At most this many jobs of the queue run at a time, over all workers."""
    if at_once < 1:
        raise ValueError("a queue that may run nothing would only grow")
    LIMITS[queue] = at_once


def wiring_faults() -> list[str]:
    """What config.wiring and the registries do not agree on; empty when all is well."""
    faults = [
        f"{event} is wired to {name}, which no handler is registered for."
        for event, names in wiring.EVENTS.items()
        for name in names
        if name not in HANDLERS
    ]
    return faults + [
        f"{name} is repeated, but no handler is registered for it."
        for name in SCHEDULES
        if name not in HANDLERS
    ]


# Asking ----------------------------------------------------------------------------------


def enqueue(
    name: str,
    payload: Mapping[str, Any],
    *,
    run_at: datetime,
    queue: str | None = None,
    unique_key: str | None = None,
) -> int:
    """Ask for a job, in the caller's transaction. Returns its number. One query.

    payload: JSON object; run_at: UTC, not before; queue: the handler's, unless given,
    and one that some handler or limit names.
    unique_key: while a job with this key waits to begin, asking again only moves it
    forward to the earlier instant. That row then stays locked until the caller commits,
    so that no worker begins it before the caller's change can be seen: the job asked for
    always sees the change it was asked for.
    """
    queue = queue or _queue_of(name)
    if queue not in _queues():
        raise ValueError(f"no handler and no limit names the queue {queue}")
    if unique_key is None:
        job = _job(name, payload, run_at, queue)
        job.save(force_insert=True)
        number: int = job.pk
    else:
        number = _upsert(name, payload, run_at, queue, unique_key)
    transaction.on_commit(wake)
    return number


def enqueue_many(name: str, payloads: Iterable[Mapping[str, Any]], *, run_at: datetime) -> None:
    """Ask for many jobs of one kind, in the caller's transaction, in few queries."""
    Job.objects.bulk_create([_job(name, p, run_at, _queue_of(name)) for p in payloads])
    transaction.on_commit(wake)


def emit(event: Any, now: datetime) -> None:
    """Put an event in the outbox: one job per handler that config.wiring names for it.

    event: an instance of a dataclass named in the past tense. Its fields become the
    payload under "data", instants and dates as ISO 8601 text.
    """
    if not is_dataclass(event) or isinstance(event, type):
        raise TypeError(f"an event is a dataclass instance, not {type(event).__name__}")
    emitted.send(sender=type(event), event=event)
    data = {f.name: _plain(getattr(event, f.name)) for f in fields(event)}
    emit_many(type(event).__name__, [data], now)


def emit_many(event: str, data: Iterable[Mapping[str, Any]], now: datetime) -> None:
    """Put events of one name in the outbox; data: the payload of each, JSON values."""
    payloads = [{"event": event, "at": now.isoformat(), "data": dict(one)} for one in data]
    for name in wiring.EVENTS.get(event, ()):
        enqueue_many(name, payloads, run_at=now)


def _plain(value: Any) -> Any:
    """A field of an event as a JSON value."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple | list | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return [_plain(item) for item in items]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _queue_of(name: str) -> str:
    return HANDLERS[name].queue if name in HANDLERS else "default"


def _job(name: str, payload: Mapping[str, Any], run_at: datetime, queue: str) -> Job:
    # Canonical JSON also refuses what another process could not read back.
    canonical.dumps(dict(payload))
    return Job(name=name, queue=queue, payload=dict(payload), due_at=run_at, created_at=run_at)


def _upsert(
    name: str, payload: Mapping[str, Any], run_at: datetime, queue: str, unique_key: str
) -> int:
    """Insert, or move the waiting twin forward. Django has no upsert on a partial index."""
    canonical.dumps(dict(payload))
    adapt = connection.ops
    at = adapt.adapt_datetimefield_value(run_at)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO infra_job (name, queue, payload, state, due_at, token, attempts, worker,"
            " unique_key, error, created_at)"
            " VALUES (%s, %s, %s, 'pending', %s, 0, 0, '', %s, '', %s)"
            " ON CONFLICT (unique_key) WHERE state = 'pending' DO UPDATE SET due_at ="
            " CASE WHEN excluded.due_at < infra_job.due_at THEN excluded.due_at"
            " ELSE infra_job.due_at END"
            " RETURNING id",
            [name, queue, adapt.adapt_json_value(dict(payload), None), at, unique_key, at],
        )
        number: int = cursor.fetchone()[0]
    return number


# Running ---------------------------------------------------------------------------------


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
        if not _held(self).update(**changes):
            raise LeaseLost(f"job {self.id} ({self.name}) was taken by another worker")


def backoff_seconds(attempt: int, jitter: float) -> float:
    """How long to wait after the attempt-th failure (from 1): 2 s, doubling, at most an hour.

    jitter in 0..1 spreads the wait over its upper half, so that a thousand jobs which
    failed together do not return together.
    """
    longest: float = min(3600, 2 << min(attempt - 1, 20))
    return longest * (0.5 + 0.5 * jitter)


def lease(now: datetime, worker: str, queues: Iterable[str] | None = None) -> Run | None:
    """Take the next due job, or None. One read when nothing is due, else one write more.

    Of the queues that have work one is drawn, so that a long backlog in one does not
    starve another.
    """
    due = _due_queues(_queues() if queues is None else sorted(queues), now)
    _random.shuffle(due)
    for queue in due:
        run = _lease_in(queue, now, worker)
        if run is not None:
            return run
    return None


def _queues() -> list[str]:
    """The queues that this node's handlers and limits name, and "default"."""
    return sorted({h.queue for h in HANDLERS.values()} | LIMITS.keys() | {"default"})


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
        known = HANDLERS.get(name, _UNKNOWN)
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
        _close_dead(run, now, error or f"Its worker vanished {attempt - 1} times.")


def _take(queue: str, now: datetime, worker: str) -> tuple[Any, ...] | None:
    adapt = connection.ops.adapt_datetimefield_value
    leases = {h.name: h.lease_seconds for h in HANDLERS.values() if h.queue == queue}
    ends: list[Any] = []
    for name, seconds in leases.items():
        ends += [name, adapt(now + timedelta(seconds=seconds))]
    until = adapt(now + timedelta(seconds=_UNKNOWN.lease_seconds))
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


def carry_out(run: Run, now: datetime) -> str:
    """Run the handler of a leased job and close it. Returns the state it leaves the job in.

    "done", "pending" (failed or paused, to be tried again), "dead", or "lost" when the
    lease went to another worker, which then owns the outcome.
    """
    crash.point("jobs.leased")
    known = HANDLERS.get(run.name, _UNKNOWN)
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
        return _put_back(run, at, attempts=run.attempt - 1)
    except Exception as error:
        # Whatever a handler raises, the loop goes on and the row keeps what it was.
        log.warning("Job %d (%s) failed: %s", run.id, run.name, error, exc_info=True)
        text = traceback.format_exc()[-_LONGEST_ERROR:]
        at = run.now()
        if run.attempt >= known.max_attempts:
            return _close_dead(run, at, text)
        wait = backoff_seconds(run.attempt, _random.random())
        return _put_back(run, at + timedelta(seconds=wait), error=text)


def _held(run: Run) -> Any:
    return Job.objects.filter(pk=run.id, token=run.token, state=Job.RUNNING)


def _put_back(
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
            return Job.PENDING if _held(run).update(**changes) else "lost"
    except IntegrityError:
        _held(run).update(
            state=Job.DONE, due_at=None, finished_at=run.now(), error="Its twin runs instead."
        )
        return Job.DONE


def _close_dead(run: Run, at: datetime, error: str) -> str:
    log.error("Job %d (%s) is dead after %d attempts", run.id, run.name, run.attempt)
    found = _held(run).update(state=Job.DEAD, due_at=None, finished_at=at, error=error)
    return Job.DEAD if found else "lost"


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


@dataclass(frozen=True)
class Backlog:
    """How the queue stands: rows by state, and how late the oldest due one is, in seconds."""

    waiting: int
    running: int
    dead: int
    late_seconds: float


def backlog(now: datetime) -> Backlog:
    """For `tonle check` and metrics. Three queries on partial indexes."""
    live = Job.objects.filter(due_at__isnull=False)
    states = dict(live.values_list("state").annotate(Count("id")).order_by())
    oldest = live.filter(due_at__lte=now).aggregate(at=Min("due_at"))["at"]
    return Backlog(
        waiting=states.get(Job.PENDING, 0),
        running=states.get(Job.RUNNING, 0),
        dead=Job.objects.filter(state=Job.DEAD, due_at__isnull=True).count(),
        late_seconds=(now - oldest).total_seconds() if oldest else 0.0,
    )


# The clock -------------------------------------------------------------------------------


def tick(now: datetime) -> int:
    """Ask for the repeated jobs that are due, each once over all workers. Returns how many.

    One query when nothing is due. A new schedule begins at its next instant.
    """
    rows = dict(Cron.objects.filter(name__in=SCHEDULES).values_list("name", "next_at"))
    fired = 0
    for schedule in SCHEDULES.values():
        due_at = rows.get(schedule.name)
        if due_at is None:
            Cron.objects.bulk_create(
                [Cron(name=schedule.name, next_at=schedule.after(now))], ignore_conflicts=True
            )
        elif due_at <= now:
            with transaction.atomic():
                mine = Cron.objects.filter(name=schedule.name, next_at=due_at).update(
                    next_at=schedule.after(now), last_at=now
                )
                if mine:
                    enqueue(schedule.name, {}, run_at=now, unique_key=f"cron:{schedule.name}")
                    fired += 1
    return fired


@handler("jobs.sweep", max_attempts=3)
def sweep(run: Run, now: datetime) -> None:
    """Delete jobs done more than a day ago, a thousand at a time. Dead ones stay to be read."""
    done = Job.objects.filter(state=Job.DONE, finished_at__lt=now - KEPT_DONE)
    while numbers := list(done.values_list("pk", flat=True)[:1000]):
        Job.objects.filter(pk__in=numbers, state=Job.DONE).delete()
        run.checkpoint(None)


cron("jobs.sweep", every_seconds=3600)


# The loop --------------------------------------------------------------------------------


_news = threading.Condition()
_news_count = 0


def wake() -> None:
    """Tell this process's workers that there is something to do. Other processes poll."""
    global _news_count
    with _news:
        _news_count += 1
        _news.notify_all()


def work(stop: threading.Event, *, poll_seconds: float = 0.5, clerk: bool = True) -> None:
    """Lease and run jobs in this thread until `stop` is set; then end after the present one.

    Any number of threads and processes may do so at once. poll_seconds: how soon work
    asked for by another process is seen (work asked for in this one wakes it at once).
    clerk: whether this loop also asks for repeated jobs; one a process is enough.
    A job that is cut off is not lost: its lease ends and it is delivered again.
    """
    worker = f"{socket.gethostname()[:30]}:{os.getpid()}:{threading.get_native_id()}"
    try:
        while not stop.is_set():
            # Counted before looking: what comes while we look is not slept through.
            seen = _news_count
            try:
                now = clock.now()
                if clerk:
                    tick(now)
                if run_once(now, worker, stop) is not None:
                    continue
            except DatabaseError:
                # The database went away; it may come back. Nothing is lost meanwhile.
                log.exception("The job loop could not reach the database")
                connections.close_all()
            _wait(seen, stop, poll_seconds)
    finally:
        connections.close_all()


def _wait(seen: int, stop: threading.Event, seconds: float) -> None:
    with _news:
        if seen == _news_count and not stop.is_set():
            _news.wait(seconds)


class Worker:
    """Several loops of `work` as threads: what `tonle worker` runs, and tests stop."""

    def __init__(self, threads: int = 1, poll_seconds: float = 0.5) -> None:
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(
                target=work,
                args=(self._stop,),
                kwargs={"poll_seconds": poll_seconds, "clerk": number == 0},
                name=f"jobs-{number}",
                daemon=True,
            )
            for number in range(threads)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, timeout_seconds: float = 10) -> bool:
        """Take no new job, let running ones end or pause. False when one is still running."""
        self._stop.set()
        wake()
        ends = time.monotonic() + timeout_seconds
        for thread in self._threads:
            thread.join(max(0.0, ends - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)
