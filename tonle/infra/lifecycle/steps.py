"""A step written with all that belongs to it: audit, step, state, timers, events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tonle.infra import audit, crash, jobs
from tonle.infra.bulk import insert_each
from tonle.infra.lifecycle.outcomes import Outcome
from tonle.infra.lifecycle.registry import Registration
from tonle.infra.lifecycle.timers import set_timers
from tonle.infra.models import TransitionRow
from tonle.kernel.actors import Actor
from tonle.kernel.errors import Conflict
from tonle.kernel.lifecycle import Facts, Machine, Step

crash.declare("lifecycle.step_written", "A step without its state is never committed.")
crash.declare("lifecycle.moved", "A move that was not committed has not happened.")


def write(
    ruled: Registration,
    steps: Sequence[tuple[Any, Step, Facts]],
    actor: Actor,
    now: datetime,
    note: str | None,
) -> list[Outcome]:
    """Write steps in the order that the triggers ask for: audit, step, state; then the rest."""
    machine = ruled.machine
    outcomes = [
        Outcome(
            machine.name, ruled.name_of(obj), step.event, step.source, step.target,
            obj.state_seq + 1,
        )
        for obj, step, _ in steps
    ]  # fmt: skip
    write_steps(machine, outcomes, [s.transition.sees for _, s, _ in steps], actor, now, note)
    crash.point("lifecycle.step_written")
    # One update per pair of states and number; a batch is nearly always one.
    groups: dict[tuple[str, str, int], list[Any]] = {}
    for obj, step, _ in steps:
        groups.setdefault((step.source, step.target, obj.state_seq), []).append(obj)
    for (source, target, seq), objs in groups.items():
        rows = ruled.rows().filter(pk__in=[obj.pk for obj in objs], state=source, state_seq=seq)
        if rows.update(state=target, state_seq=seq + 1) != len(objs):
            raise Conflict
        for obj in objs:
            obj.state, obj.state_seq = target, seq + 1
    crash.point("lifecycle.moved")
    set_timers(ruled, steps)
    _emit(machine, steps, outcomes, actor, now)
    if ruled.after is not None:
        for (obj, _, _), outcome in zip(steps, outcomes, strict=True):
            ruled.after(obj, outcome, actor, now)
    return outcomes


def write_steps(
    machine: Machine,
    outcomes: Sequence[Outcome],
    sees: Sequence[str],
    actor: Actor,
    now: datetime,
    note: str | None,
) -> None:
    entries = audit.record_many(
        [
            audit.Happening(
                f"{machine.name}.{outcome.event}",
                machine.name,
                outcome.object_id,
                {
                    "seq": outcome.seq,
                    "source": outcome.source,
                    "target": outcome.target,
                    "version": machine.version,
                },
                {"note": note} if note else {},
            )
            for outcome in outcomes
        ],
        actor,
        now,
    )
    insert_each(
        TransitionRow(
            machine=machine.name,
            machine_version=machine.version,
            object_id=outcome.object_id,
            seq=outcome.seq,
            event=outcome.event,
            source=outcome.source,
            target=outcome.target,
            actor=actor.id,
            at=now,
            sees=seen,
            entry=entry,
        )
        for outcome, seen, entry in zip(outcomes, sees, entries, strict=True)
    )


def _emit(
    machine: Machine,
    steps: Sequence[tuple[Any, Step, Facts]],
    outcomes: Sequence[Outcome],
    actor: Actor,
    now: datetime,
) -> None:
    """Put the events that the transitions name in the outbox."""
    events: dict[str, list[dict[str, Any]]] = {}
    for (_, step, _), outcome in zip(steps, outcomes, strict=True):
        for name in step.transition.effects:
            events.setdefault(name, []).append(
                {
                    "machine": machine.name,
                    "object_id": outcome.object_id,
                    "event": outcome.event,
                    "source": outcome.source,
                    "target": outcome.target,
                    "seq": outcome.seq,
                    "actor": actor.id,
                }
            )
    for name, data in events.items():
        jobs.emit_many(name, data, now)
