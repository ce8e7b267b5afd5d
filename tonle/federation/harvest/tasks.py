"""Harvesting in the background: by the clock, and when somebody asked."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tonle.federation.harvest import aside, runs
from tonle.federation.harvest.engine import Order, harvest
from tonle.federation.harvest.errors import BeingHarvested, SourceStopped
from tonle.federation.harvest.models import Run as HarvestRun
from tonle.federation.harvest.models import Source
from tonle.federation.harvest.sources import HARVEST_JOB, REMOVE_JOB, ask_for_run
from tonle.infra import jobs
from tonle.kernel.actors import SYSTEM
from tonle.kernel.errors import NotFound

DUE_JOB = "federation.harvest_due"
QUEUE = "harvest"
# One delivery; then others in the queue have their turn.
BUDGET_SECONDS = 300.0
# How soon it looks again where another run has the source.
BUSY_SECONDS = 60.0


@jobs.handler(DUE_JOB, max_attempts=3)
def due(_run: jobs.Run, now: datetime) -> None:
    """Ask for a run of every source whose turn it is."""
    rows = Source.objects.filter(state="active", next_at__lte=now).order_by("next_at")
    for source in rows[:500]:
        with transaction.atomic():
            ask_for_run(source.id, SYSTEM.id, now)
            Source.objects.filter(key=source.key, next_at=source.next_at).update(
                next_at=runs.next_turn(source, now)
            )


jobs.cron(DUE_JOB, every_seconds=300)
# Each is mostly waiting for another machine; more at once would starve other work.
jobs.limit(QUEUE, 2)


@jobs.handler(HARVEST_JOB, queue=QUEUE, max_attempts=5, lease_seconds=900)
def run_harvest(run: jobs.Run, _now: datetime) -> None:
    """Go on with one source; waits are the queue's, so that no worker sleeps."""
    order = _order(run)
    try:
        if "sweep" in run.payload:
            aside.sweep(run.payload["source"], int(run.payload["sweep"]), order)
            return
        if _is_paused(run.payload["source"]):
            return
        if run.payload.get("retry") and not run.progress:
            aside.retry(run.payload["source"], order)
            run.progress = True
            run.checkpoint(True)
            if not Source.objects.filter(id=run.payload["source"], whole_is_due=True).exists():
                return
        standing = harvest(run.payload["source"], order)
    except BeingHarvested:
        raise jobs.Paused(BUSY_SECONDS) from None
    except (NotFound, SourceStopped):
        return
    if standing.state == "waiting":
        raise jobs.Paused(standing.seconds)
    if standing.state == "stopped" and not _is_paused(run.payload["source"]):
        raise jobs.Paused


@jobs.handler(REMOVE_JOB, queue=QUEUE, max_attempts=20, lease_seconds=900)
def run_removal(run: jobs.Run, _now: datetime) -> None:
    """Withdraw the records of a removed source, unless it was added again meanwhile."""
    if not Source.objects.filter(id=run.payload["source"], state="stopped").exists():
        return
    try:
        aside.empty(run.payload["source"], _order(run))
    except BeingHarvested:
        raise jobs.Paused(BUSY_SECONDS) from None


def _order(run: jobs.Run) -> Order:
    source_id = run.payload["source"]

    def tell(_run: HarvestRun) -> None:
        run.checkpoint(run.progress)

    return Order(
        by=run.payload.get("by", SYSTEM.id),
        clock=run.now,
        stop=lambda: run.stopping or _is_paused(source_id),
        tell=tell,
        budget_seconds=BUDGET_SECONDS,
    )


def _is_paused(source_id: str) -> bool:
    """Whether a steward said meanwhile: not now."""
    return not Source.objects.filter(id=source_id, state="active").exists()
