"""An event happens to a thing, or to many: permission, guards, approvals, the step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models, transaction
from django.db.models import Max

from tonle.infra import idempotency
from tonle.infra.lifecycle.approvals import agree
from tonle.infra.lifecycle.outcomes import Batch, Outcome
from tonle.infra.lifecycle.registry import Registration, facts_of, ruling
from tonle.infra.lifecycle.steps import write, write_steps
from tonle.infra.models import TransitionRow
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.errors import NotFound, NotPermitted, Refused, TonleError
from tonle.kernel.lifecycle import Facts, Machine, Refusals, Step, decide


def perform(
    machine: Machine,
    obj: models.Model,
    event: str,
    actor: Actor,
    now: datetime,
    key: idempotency.IdempotencyKey | None = None,
    note: str | None = None,
    facts_extra: Mapping[str, Any] | None = None,
    party: str | None = None,
) -> Outcome:
    """Let an event happen to a thing, with everything that belongs to it, in one transaction.

    obj is locked and read anew first, so unsaved changes on it are lost: perform, then
    change. What was due before `now` happens before: a late worker admits nobody.
    key: the same key again returns the first outcome, `replayed`; a service that does more
    than this one step wraps itself in `idempotency.once` instead.
    note: free text, may name people; erased with the actor.
    facts_extra: facts that the caller alone knows (what a form said).
    party: for whom the actor approves, where the actor speaks for several.

    Raises NotPermitted; Refused with every guard's reason; NotFound when the row is gone;
    Conflict when another request moved it in between.
    """
    if key is None:
        return _perform(machine, obj, event, actor, now, note, facts_extra, party)
    name = ruling(machine.name).name_of(obj)
    body = {"machine": machine.name, "object": name, "event": event, "note": note, "party": party}
    stored, again = idempotency.once_or_again(
        actor, key, body, now,
        lambda: asdict(_perform(machine, obj, event, actor, now, note, facts_extra, party)),
    )  # fmt: skip
    if again:
        obj.refresh_from_db()
    waiting = tuple(stored.pop("waiting_for"))
    return Outcome(**{**stored, "waiting_for": waiting, "replayed": again})


def _perform(
    machine: Machine,
    obj: Any,
    event: str,
    actor: Actor,
    now: datetime,
    note: str | None,
    facts_extra: Mapping[str, Any] | None,
    party: str | None,
) -> Outcome:
    ruled = ruling(machine.name)
    result: Step | Outcome | TonleError
    # Refusals are raised after the block: nothing was written for them, and a caller that
    # catches one inside its own transaction can go on.
    with transaction.atomic(savepoint=False):
        _lock(ruled, obj)
        facts = _catch_up(ruled, obj, event, actor, now, facts_extra)
        result = _check(ruled, obj, event, actor, facts)
        if isinstance(result, Step):
            result = agree(ruled, obj, result, actor, facts, party, note)
        if isinstance(result, Step):
            result = _move(ruled, obj, result, actor, now, facts, note)
    if isinstance(result, TonleError):
        raise result
    return result


def _lock(ruled: Registration, obj: Any) -> None:
    """Lock the row and read it anew. One query."""
    try:
        obj.refresh_from_db(from_queryset=ruled.rows().select_for_update())
    except ObjectDoesNotExist:
        raise NotFound from None


def _check(
    ruled: Registration, obj: Any, event: str, actor: Actor, facts: Facts
) -> Step | TonleError:
    """Permission first: who may not ask learns nothing about the state.

    The node itself needs none for what the machine says it does at an instant.
    """
    transition = ruled.machine.find(obj.state, event)
    if not (transition and transition.at and actor == SYSTEM):
        decision = ruled.may(event, actor, obj)
        if not decision:
            return NotPermitted(reason=decision)
    step = decide(ruled.machine, obj.state, event, facts)
    return Refused(step.reasons) if isinstance(step, Refusals) else step


def _catch_up(
    ruled: Registration,
    obj: Any,
    event: str,
    actor: Actor,
    now: datetime,
    extra: Mapping[str, Any] | None,
) -> Facts:
    """Let the node do first what was due before `now`, oldest first. Returns the facts then.

    Otherwise a deadline would hold only if the worker is punctual. A step that its guards
    refuse is left to its timer.
    """
    facts = facts_of(ruled, obj, actor, now, extra)
    for _ in ruled.machine.states:
        due = sorted(
            (facts[t.at], t.event)
            for t in ruled.machine.timed(obj.state)
            if t.at and facts.get(t.at) is not None and facts[t.at] <= now
        )
        steps = (decide(ruled.machine, obj.state, name, facts) for _, name in due if name != event)
        step = next((s for s in steps if isinstance(s, Step)), None)
        if step is None:
            break
        _move(ruled, obj, step, SYSTEM, now, facts, None)
        facts = facts_of(ruled, obj, actor, now, extra)
    return facts


def _move(
    ruled: Registration,
    obj: Any,
    step: Step,
    actor: Actor,
    now: datetime,
    facts: Facts,
    note: str | None,
) -> Outcome:
    """Write the step and all that belongs to it."""
    outcomes = write(ruled, [(obj, step, facts)], actor, now, note)
    return outcomes[0]


def perform_many(
    machine: Machine,
    objs: Iterable[models.Model],
    event: str,
    actor: Actor,
    now: datetime,
    note: str | None = None,
    facts_extra: Mapping[str, Any] | None = None,
) -> Batch:
    """`perform` for many things: the same checks for each, in few queries for all.

    One transaction; call it with a few hundred at a time. Who is refused stays as it was
    and is named in the batch, the others move. Transitions that need approvals are
    refused (ValueError): a batch has one actor.
    """
    ruled = ruling(machine.name)
    batch = Batch()
    with transaction.atomic(savepoint=False):
        present = _lock_many(ruled, list(objs), batch)
        steps: list[tuple[Any, Step, Facts]] = []
        for obj in present:
            facts = _catch_up(ruled, obj, event, actor, now, facts_extra)
            checked = _check(ruled, obj, event, actor, facts)
            if isinstance(checked, TonleError):
                batch.refused.append((obj, checked))
            elif checked.transition.approvals:
                raise ValueError(f"{machine.name}.{event} needs approvals")
            else:
                steps.append((obj, checked, facts))
        if steps:
            batch.moved = write(ruled, steps, actor, now, note)
    return batch


def _lock_many(ruled: Registration, objs: Sequence[Any], batch: Batch) -> list[Any]:
    """Lock the rows and read them anew into the objects given. One query.

    In the order of keys, so that two batches cannot wait for each other crosswise.
    """
    columns = [column.attname for column in ruled.model._meta.concrete_fields]
    rows = ruled.rows().select_for_update().order_by("pk").values_list("pk", *columns)
    found = {pk: values for pk, *values in rows.filter(pk__in=[obj.pk for obj in objs])}
    present = []
    for obj in {obj.pk: obj for obj in objs}.values():
        values = found.get(obj.pk)
        if values is None:
            batch.refused.append((obj, NotFound()))
            continue
        for column, value in zip(columns, values, strict=True):
            setattr(obj, column, value)
        present.append(obj)
    return present


def admit_many(
    machine: Machine, states: Mapping[str, str], event: str, actor: Actor, now: datetime
) -> dict[str, int]:
    """Write the steps by which things come in already in a state: import, restore, rebuild.

    states: public name to state. Returns public name to the `state_seq` to create the row
    with (1, or one more than the last step known of that name). Must be called before the
    rows are inserted, in the same transaction. Guards are not asked: they were asked where
    the thing got its state.
    """
    for state in set(states.values()) - set(machine.states):
        raise ValueError(f"{machine.name} has no state {state!r}")
    names = list(states)
    last: dict[str, int] = {}
    for start in range(0, len(names), 500):
        known = TransitionRow.objects.filter(
            machine=machine.name, object_id__in=names[start : start + 500]
        )
        last.update(known.values_list("object_id").annotate(Max("seq")).order_by())
    outcomes = [
        Outcome(machine.name, name, event, "", state, last.get(name, 0) + 1)
        for name, state in states.items()
    ]
    with transaction.atomic(savepoint=False):
        write_steps(machine, outcomes, [""] * len(outcomes), actor, now, None)
    return {outcome.object_id: outcome.seq for outcome in outcomes}
