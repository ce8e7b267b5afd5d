"""What the node itself does at an instant: a timer for each transition that comes by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction

from tonle.infra import jobs
from tonle.infra.lifecycle.registry import Registration, facts_of, ruling
from tonle.infra.models import Timer
from tonle.kernel.actors import SYSTEM
from tonle.kernel.lifecycle import Facts, Machine, Step

TIMER_JOB = "infra.timer"


def schedule(machine: Machine, obj: models.Model, now: datetime) -> None:
    """Set the timers of a thing from its facts: when it was created, or a deadline moved."""
    ruled = ruling(machine.name)
    with transaction.atomic(savepoint=False):
        _replace_timers(ruled, [(obj, facts_of(ruled, obj, SYSTEM, now, None))])


def set_timers(ruled: Registration, steps: Sequence[tuple[Any, Step, Facts]]) -> None:
    """After a step: the old state's timers go, the new state's come."""
    machine = ruled.machine
    touched = [
        (obj, facts)
        for obj, step, facts in steps
        if machine.timed(step.source) or machine.timed(step.target)
    ]
    if touched:
        _replace_timers(ruled, touched)


def _replace_timers(ruled: Registration, things: Sequence[tuple[Any, Facts]]) -> None:
    machine = ruled.machine
    names = [ruled.name_of(obj) for obj, _ in things]
    Timer.objects.filter(machine=machine.name, object_id__in=names).delete()
    timers = [
        Timer(machine=machine.name, object_id=name, event=t.event, due_at=facts[t.at])
        for name, (obj, facts) in zip(names, things, strict=True)
        for t in machine.timed(obj.state)
        if t.at and facts.get(t.at) is not None
    ]
    Timer.objects.bulk_create(timers)
    for timer in timers:
        wake_at(timer)


def wake_at(timer: Timer) -> None:
    jobs.enqueue(
        TIMER_JOB,
        {"machine": timer.machine, "object_id": timer.object_id, "event": timer.event},
        run_at=timer.due_at,
        unique_key=f"{timer.machine}/{timer.object_id}/{timer.event}",
    )
