"""What happened to a thing, and what may happen next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from tonle.infra import audit
from tonle.infra.lifecycle.registry import facts_of, ruling
from tonle.infra.models import Approval, TransitionRow
from tonle.kernel.actors import Actor
from tonle.kernel.decisions import Decision
from tonle.kernel.errors import Refusal
from tonle.kernel.lifecycle import Machine, Refusals, Transition, decide


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
    ruled = ruling(machine.name)
    thing: Any = obj
    facts = facts_of(ruled, thing, actor, now, None)
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
