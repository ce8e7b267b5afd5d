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

from tonle.infra.jobs.asking import emit, emit_all, emit_many, emitted, enqueue, enqueue_many
from tonle.infra.jobs.keeping import KEPT_DONE, Backlog, backlog, sweep, tick
from tonle.infra.jobs.leasing import LeaseLost, Run, lease
from tonle.infra.jobs.loop import Worker, work
from tonle.infra.jobs.registry import (
    HANDLERS,
    LIMITS,
    SCHEDULES,
    Handler,
    Schedule,
    cron,
    handler,
    limit,
    wiring_faults,
)
from tonle.infra.jobs.running import (
    Paused,
    backoff_seconds,
    carry_out,
    revive,
    run_all_due,
    run_once,
)
from tonle.infra.jobs.waking import wake

__all__ = [
    "DAY",
    "HANDLERS",
    "KEPT_DONE",
    "LIMITS",
    "SCHEDULES",
    "Backlog",
    "Handler",
    "LeaseLost",
    "Paused",
    "Run",
    "Schedule",
    "Worker",
    "backlog",
    "backoff_seconds",
    "carry_out",
    "cron",
    "emit",
    "emit_all",
    "emit_many",
    "emitted",
    "enqueue",
    "enqueue_many",
    "handler",
    "lease",
    "limit",
    "revive",
    "run_all_due",
    "run_once",
    "sweep",
    "tick",
    "wake",
    "wiring_faults",
    "work",
]

# Seconds, for schedules.
DAY = 24 * 3600
