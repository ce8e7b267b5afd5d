"""Who runs which job, what is repeated, and how many at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from config import wiring

if TYPE_CHECKING:
    from tonle.infra.jobs.leasing import Run


# Of the data of several events, that of those that a handler has something to do about.
Concerned = Callable[[Sequence[Mapping[str, Any]]], Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Handler:
    """What runs a job, and how patiently; of events, which it wants to hear of (None: all)."""

    name: str
    run: Callable[[Run, datetime], None]
    queue: str
    max_attempts: int
    lease_seconds: int
    concerned: Concerned | None = None


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
UNKNOWN = Handler("", _unknown, "default", max_attempts=10, lease_seconds=60)

HANDLERS: dict[str, Handler] = {}
SCHEDULES: dict[str, Schedule] = {}
LIMITS: dict[str, int] = {}


def handler(
    name: str,
    *,
    queue: str = "default",
    max_attempts: int = 10,
    lease_seconds: int = 60,
    concerned: Concerned | None = None,
) -> Callable[[Callable[[Run, datetime], None]], Callable[[Run, datetime], None]]:
    """Register a function as the handler of jobs of this name.

    max_attempts: deliveries before the job is dead; lease_seconds: how long a silent
    worker is waited for (a handler that needs longer calls `run.checkpoint`). concerned: asked
    before jobs are made of events, in the transaction that emits them, so that a hundred
    thousand imported records do not leave as many jobs that find nothing to do: few queries
    for all of them together.
    """

    def register(run: Callable[[Run, datetime], None]) -> Callable[[Run, datetime], None]:
        known = HANDLERS.get(name)
        if known is not None and known.run is not run:
            raise ValueError(f"the job {name} has two handlers")
        HANDLERS[name] = Handler(name, run, queue, max_attempts, lease_seconds, concerned)
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


def queues() -> list[str]:
    """The queues that this node's handlers and limits name, and "default"."""
    return sorted({h.queue for h in HANDLERS.values()} | LIMITS.keys() | {"default"})


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
