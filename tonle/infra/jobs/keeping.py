"""What is repeated asked for, what is long done deleted, and how the queue stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Min

from tonle.infra.jobs.asking import enqueue
from tonle.infra.jobs.leasing import Run
from tonle.infra.jobs.registry import SCHEDULES, cron, handler
from tonle.infra.models import Cron, Job

KEPT_DONE = timedelta(days=1)


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
