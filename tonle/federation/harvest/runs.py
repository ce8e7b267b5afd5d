"""Beginning and ending a run, and what is told when a source keeps failing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse

from tonle.federation.harvest import lease
from tonle.federation.harvest.models import Run, Source
from tonle.federation.harvest.rules.counting import verdict
from tonle.federation.harvest.rules.reasons import reasons_of
from tonle.kernel.actors import NODE
from tonle.kernel.errors import N_, TonleError
from tonle.people import public as people

FAILING = 3
FAILING_TOPIC = "federation.source_failing"
DOUBTED_TOPIC = "federation.deletions_doubted"
# After a failure the clock tries again so soon, even where the next turn is far off.
SOON = timedelta(hours=1)

DOUBTED = N_(
    "%(missing)s records are not listed at the source any more. That is more than is usual, so "
    "they are still shown until a steward decides."
)


def open_run(source: Source) -> Run | None:
    """The run in work, if there is one: somebody's, or one that was cut off."""
    return Run.objects.filter(source=source, ended_at__isnull=True).first()


def begin(source: Source, sort: str, by: str, now: datetime) -> Run:
    """A new run of a held source."""
    with transaction.atomic():
        lease.keep(source, now)
        newest = Run.objects.filter(source=source).aggregate(most=Max("number"))["most"] or 0
        return Run.objects.create(
            source=source, number=newest + 1, sort=sort, by=by, started_at=now
        )


def end(
    source: Source,
    run: Run,
    now: datetime,
    *,
    fault: TonleError | None = None,
    missing: int = 0,
    **changes: Any,
) -> Run:
    """Close a run of a walk with its verdict.

    fault: why it could not go on. missing: how many items were not shown, and are too many to
    be believed to be gone. changes: of the source, in the same transaction.
    """
    run.outcome = verdict(run.counts, came_to_its_end=fault is None)
    if fault is not None:
        run.reason = {"code": fault.code, **reasons_of(fault)[0]}
    elif missing:
        run.outcome = "partial"
        run.reason = {"code": "doubted", "message": DOUBTED, "data": {"missing": missing}}
    elif run.reason:
        # Noted by the walk itself: it was shown less than it was promised.
        run.outcome = "partial"
    failures = 0 if fault is None else source.failures + 1
    with transaction.atomic():
        lease.keep(source, now, failures=failures, tries=0, **changes)
        _close(run, now)
        if failures and failures % FAILING == 0:
            _tell(source, FAILING_TOPIC, run, now, {"times": failures})
        if missing:
            _tell(source, DOUBTED_TOPIC, run, now, {"missing": missing})
    return run


def end_beside(source: Source, run: Run, now: datetime) -> Run:
    """Close a run that was none of the walk: it says nothing of whether the source answers."""
    run.outcome = verdict(run.counts, came_to_its_end=True)
    with transaction.atomic():
        lease.keep(source, now)
        _close(run, now)
    return run


def cut_off(source: Source, run: Run, now: datetime) -> None:
    """Close a run that was killed, since another begins; its walk is gone on with."""
    run.outcome = "interrupted"
    with transaction.atomic():
        lease.keep(source, now)
        _close(run, now)


def _close(run: Run, now: datetime) -> None:
    run.ended_at = now
    Run.objects.filter(key=run.key).update(
        outcome=run.outcome, reason=run.reason, ended_at=now, counts=run.counts
    )


def _tell(source: Source, topic: str, run: Run, now: datetime, data: dict[str, object]) -> None:
    people.notify_holders(
        role="steward",
        scope=NODE,
        topic=topic,
        link=reverse("federation:source", args=[source.id]),
        now=now,
        data=data,
        key=f"{source.id}/{run.number}",
    )


def next_turn(source: Source, now: datetime, *, failed: bool = False) -> datetime | None:
    """When the clock goes to the source again; None where it does not."""
    if not source.every_hours or source.state != "active":
        return None
    turn = now + timedelta(hours=source.every_hours)
    return min(turn, now + SOON) if failed else turn
