"""Carrying out what a machine allows: the one way by which a state changes.

A context declares a machine (`tonle.kernel.lifecycle`) and registers it with its model:

    lifecycle.register(DRAFT, Draft, facts=draft_facts, may=may_do)

The model has `state` (CharField), `state_seq` (PositiveIntegerField, default 0) and a
public name, `id` unless `id_field` says otherwise. A row begins in the initial state
with `state_seq` 0; from then on `perform` alone moves it, and a trigger refuses
everybody else.

Cost of one `perform`: five queries (lock and read, audit head, audit entry, step, state),
beside what the facts loader asks, one per handler of each event in `effects`, and three
more where the old or new state has timed transitions. `perform_many` needs about as many
for a whole batch.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models, transaction
from django.db.models import Exists, Max, OuterRef
from django.db.models.functions import Cast

from tonle.infra import audit, crash, idempotency, jobs, triggers
from tonle.infra.bulk import insert_each
from tonle.infra.models import Approval, Timer, TransitionRow
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.decisions import Decision, deny
from tonle.kernel.errors import (
    N_,
    Conflict,
    NotFound,
    NotPermitted,
    Refusal,
    Refused,
    TonleError,
)
from tonle.kernel.lifecycle import Facts, Machine, Refusals, Step, Transition, decide

TIMER_JOB = "infra.timer"

crash.declare("lifecycle.step_written", "A step without its state is never committed.")
crash.declare("lifecycle.moved", "A move that was not committed has not happened.")

May = Callable[[str, Actor, Any], Decision]
Loader = Callable[[Any, datetime], Facts]
After = Callable[[Any, "Outcome", Actor, datetime], None]


@dataclass(frozen=True)
class Registration:
    """A machine, the table whose state it rules, and the context's own functions for it."""

    machine: Machine
    model: type[models.Model]
    facts: Loader
    may: May
    parties: Callable[[Actor, Any], Collection[str]]
    after: After | None
    id_field: str

    def name_of(self, obj: models.Model) -> str:
        """The public name of one thing, as steps and audit know it."""
        return str(getattr(obj, self.id_field))

    def rows(self) -> Any:
        return self.model._base_manager


@dataclass(frozen=True)
class Outcome:
    """What came of an event.

    moved is False while parties are waited for (`waiting_for`); replayed is True when an
    earlier request with the same key did it, and then nothing was done now.
    """

    machine: str
    object_id: str
    event: str
    source: str
    target: str
    seq: int
    moved: bool = True
    waiting_for: tuple[str, ...] = ()
    replayed: bool = False


@dataclass
class Batch:
    """What came of a batch: who moved, and who did not with the error that `perform` raises."""

    moved: list[Outcome] = field(default_factory=list)
    refused: list[tuple[models.Model, TonleError]] = field(default_factory=list)


_registered: dict[str, Registration] = {}


def no_facts(_obj: Any, _now: datetime) -> Facts:
    """The loader of a machine whose guards read nothing."""
    return {}


def _parties_by_role(actor: Actor, _obj: Any) -> Collection[str]:
    """The call parties that the actor holds any role in."""
    return {role.scope.id for role in actor.roles if role.scope.kind == "call_party"}


def register(
    machine: Machine,
    model: type[models.Model],
    *,
    may: May,
    facts: Loader = no_facts,
    parties: Callable[[Actor, Any], Collection[str]] = _parties_by_role,
    after: After | None = None,
    id_field: str = "id",
) -> None:
    """Have a machine rule a model's state. Called once, when the context's app is ready.

    may: (event, actor, obj) -> Decision
    facts: (obj, now) -> what the guards read, loaded once; "now", "actor" and "state" are added
    parties: (actor, obj) -> the parties the actor may speak for, for approvals
    after: (obj, outcome, actor, now), called in the transaction once the state is written;
        for what must be true at the same instant, also when the node itself acts
    """
    known = _registered.get(machine.name)
    if known is not None and known.model is not model:
        raise ValueError(f"the machine {machine.name} rules two models")
    _registered[machine.name] = Registration(machine, model, facts, may, parties, after, id_field)
    triggers.guard(triggers.Guarded(machine.name, machine.initial, model, id_field))


def machines() -> list[Machine]:
    """Every registered machine, by name; the manual lists them."""
    return [_registered[name].machine for name in sorted(_registered)]


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
    name = _registered[machine.name].name_of(obj)
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
    ruled = _registered[machine.name]
    result: Step | Outcome | TonleError
    # Refusals are raised after the block: nothing was written for them, and a caller that
    # catches one inside its own transaction can go on.
    with transaction.atomic(savepoint=False):
        _lock(ruled, obj)
        facts = _catch_up(ruled, obj, event, actor, now, facts_extra)
        result = _check(ruled, obj, event, actor, facts)
        if isinstance(result, Step):
            result = _agree(ruled, obj, result, actor, facts, party, note)
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


def _facts(
    ruled: Registration, obj: Any, actor: Actor, now: datetime, extra: Mapping[str, Any] | None
) -> Facts:
    own = {"now": now, "actor": actor, "state": obj.state}
    return {**ruled.facts(obj, now), **(extra or {}), **own}


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
    facts = _facts(ruled, obj, actor, now, extra)
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
        facts = _facts(ruled, obj, actor, now, extra)
    return facts


def _agree(
    ruled: Registration,
    obj: Any,
    step: Step,
    actor: Actor,
    facts: Facts,
    party: str | None,
    note: str | None,
) -> Step | Outcome | TonleError:
    """Take the party's approval; the step itself once every party has given it."""
    needed = step.transition.parties(facts)
    if not needed:
        if step.transition.approvals:
            return Refused(
                [Refusal("no_parties", N_("No parties are named yet. Name them first."))]
            )
        return step
    speaks = [one for one in needed if one in ruled.parties(actor, obj)]
    speaks = [one for one in speaks if party is None or one == party]
    if len(speaks) != 1:
        return NotPermitted(reason=_WHICH_PARTY if speaks else _NO_PARTY)
    machine, name, seq = ruled.machine.name, ruled.name_of(obj), obj.state_seq + 1
    given = Approval.objects.filter(machine=machine, object_id=name, seq=seq, event=step.event)
    have = set(given.values_list("party", flat=True))
    if speaks[0] not in have:
        entry = audit.record(
            f"{machine}.approve", machine, name, actor, facts["now"],
            {"event": step.event, "seq": seq, "party": speaks[0]},
            personal={"note": note} if note else None,
        )  # fmt: skip
        Approval.objects.create(
            machine=machine, object_id=name, seq=seq, event=step.event, party=speaks[0],
            actor=actor.id, at=facts["now"], entry=entry,
        )  # fmt: skip
        have.add(speaks[0])
    waiting = tuple(one for one in needed if one not in have)
    if not waiting:
        return step
    return Outcome(
        machine, name, step.event, obj.state, obj.state, obj.state_seq,
        moved=False, waiting_for=waiting,
    )  # fmt: skip


_NO_PARTY = deny(N_("Only the parties named for this may approve it, each for itself."))
_WHICH_PARTY = deny(N_("You speak for several of the parties. Say for which one."))


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
    outcomes = _write(ruled, [(obj, step, facts)], actor, now, note)
    return outcomes[0]


def _write(
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
    _write_steps(machine, outcomes, [s.transition.sees for _, s, _ in steps], actor, now, note)
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
    _set_timers(ruled, steps)
    _emit(machine, steps, outcomes, actor, now)
    if ruled.after is not None:
        for (obj, _, _), outcome in zip(steps, outcomes, strict=True):
            ruled.after(obj, outcome, actor, now)
    return outcomes


def _write_steps(
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
    ruled = _registered[machine.name]
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
            batch.moved = _write(ruled, steps, actor, now, note)
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
        _write_steps(machine, outcomes, [""] * len(outcomes), actor, now, None)
    return {outcome.object_id: outcome.seq for outcome in outcomes}


# What happens at an instant --------------------------------------------------------------


def schedule(machine: Machine, obj: models.Model, now: datetime) -> None:
    """Set the timers of a thing from its facts: when it was created, or a deadline moved."""
    ruled = _registered[machine.name]
    with transaction.atomic(savepoint=False):
        _replace_timers(ruled, [(obj, _facts(ruled, obj, SYSTEM, now, None))])


def _set_timers(ruled: Registration, steps: Sequence[tuple[Any, Step, Facts]]) -> None:
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
        _wake_at(timer)


def _wake_at(timer: Timer) -> None:
    jobs.enqueue(
        TIMER_JOB,
        {"machine": timer.machine, "object_id": timer.object_id, "event": timer.event},
        run_at=timer.due_at,
        unique_key=f"{timer.machine}/{timer.object_id}/{timer.event}",
    )


def fire(machine_name: str, object_id: str, event: str, now: datetime) -> None:
    """Do what a timer asks for, if it still stands: the row may have moved or gone.

    Raises Refused when a guard says no, so that its job tries again.
    """
    ruled = _registered[machine_name]
    timer = Timer.objects.filter(machine=machine_name, object_id=object_id, event=event).first()
    if timer is None:
        return
    if timer.due_at > now:
        _wake_at(timer)
        return
    obj = ruled.rows().filter(**{ruled.id_field: object_id}).first()
    if obj is None or ruled.machine.find(obj.state, event) is None:
        timer.delete()
        return
    try:
        perform(ruled.machine, obj, event, SYSTEM, now)
    except Refused as refused:
        if not {"too_early", "no_instant"} & {reason.code for reason in refused.refusals}:
            raise
        # The deadline moved and nobody told the timer: the facts are right.
        schedule(ruled.machine, obj, now)


# Questions -------------------------------------------------------------------------------


@dataclass(frozen=True)
class HistoryStep:
    """One step as a history shows it; note is "" when there is none or it was erased."""

    seq: int
    event: str
    source: str
    target: str
    actor: str
    at: datetime
    sees: str
    note: str


def history(machine: Machine, object_id: str, audience: Collection[str] = ()) -> list[HistoryStep]:
    """The steps of one thing, oldest first, that this audience may read. Two queries.

    audience: the context's own words in `Transition.sees`; steps that name none are
    for everybody.
    """
    rows = list(
        TransitionRow.objects.filter(
            machine=machine.name, object_id=object_id, sees__in=["", *audience]
        ).order_by("seq")
    )
    notes = audit.personal([row.entry_id for row in rows])
    return [
        HistoryStep(
            row.seq, row.event, row.source, row.target, row.actor, row.at, row.sees,
            notes.get(row.entry_id, {}).get("note", ""),
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True)
class Prospect:
    """What may happen next: the transition, whether this actor may, and what stands against it.

    due_at is when the node itself does it; approved names the parties that have agreed.
    """

    transition: Transition
    decision: Decision
    refusals: tuple[Refusal, ...]
    due_at: datetime | None
    approved: tuple[str, ...]

    @property
    def possible(self) -> bool:
        return bool(self.decision) and not self.refusals


def prospects(machine: Machine, obj: models.Model, actor: Actor, now: datetime) -> list[Prospect]:
    """Every transition that leaves the present state, as a page tells it: what, who, by when.

    One query beside the facts, only for machines with approvals.
    """
    ruled = _registered[machine.name]
    thing: Any = obj
    facts = _facts(ruled, thing, actor, now, None)
    leaving = machine.available(thing.state)
    approved: dict[str, list[str]] = {}
    if any(t.approvals for t in leaving):
        given = Approval.objects.filter(
            machine=machine.name, object_id=ruled.name_of(obj), seq=thing.state_seq + 1
        )
        for event, party in given.order_by("id").values_list("event", "party"):
            approved.setdefault(event, []).append(party)
    found = []
    for transition in leaving:
        step = decide(machine, thing.state, transition.event, facts)
        found.append(
            Prospect(
                transition,
                ruled.may(transition.event, actor, obj),
                step.reasons if isinstance(step, Refusals) else (),
                facts.get(transition.at) if transition.at else None,
                tuple(approved.get(transition.event, ())),
            )
        )
    return found


# Verifying -------------------------------------------------------------------------------


def verify() -> Iterator[audit.Finding]:
    """What does not hold: states without their step, steps that audit tells otherwise.

    With `audit.verify`, which proves the entries, this proves every state. Memory does not
    grow with the number of things.
    """
    for ruled in _registered.values():
        yield from _states_without_step(ruled)
    yield from _steps_unlike_their_entry()


def _states_without_step(ruled: Registration) -> Iterator[audit.Finding]:
    machine = ruled.machine
    step = TransitionRow.objects.filter(
        machine=machine.name,
        object_id=Cast(OuterRef(ruled.id_field), models.CharField()),
        seq=OuterRef("state_seq"),
        target=OuterRef("state"),
    )
    wrong = ruled.rows().exclude(state=machine.initial, state_seq=0).filter(~Exists(step))
    for name, state in wrong.values_list(ruled.id_field, "state").iterator():
        yield audit.Finding("broken", f"{machine.name} {name}", f"is {state} without a step")


def _steps_unlike_their_entry() -> Iterator[audit.Finding]:
    last = 0
    while rows := list(
        TransitionRow.objects.filter(pk__gt=last).select_related("entry").order_by("pk")[:2000]
    ):
        for row in rows:
            said = {
                "seq": row.seq,
                "source": row.source,
                "target": row.target,
                "version": row.machine_version,
            }
            entry = row.entry
            told = {name: json.loads(entry.data).get(name) for name in said}
            same = (
                told == said
                and entry.action == f"{row.machine}.{row.event}"
                and (entry.object_id, entry.actor, entry.at) == (row.object_id, row.actor, row.at)
            )
            if not same:
                place = f"{row.machine} {row.object_id} step {row.seq}"
                yield audit.Finding("broken", place, "is not what its audit entry tells")
        last = rows[-1].pk
