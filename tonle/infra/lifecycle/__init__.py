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

from tonle.infra.lifecycle.firing import fire
from tonle.infra.lifecycle.outcomes import Batch, Outcome
from tonle.infra.lifecycle.performing import admit_many, perform, perform_many
from tonle.infra.lifecycle.questions import HistoryStep, Prospect, history, prospects
from tonle.infra.lifecycle.registry import (
    After,
    Loader,
    May,
    Registration,
    machines,
    no_facts,
    register,
)
from tonle.infra.lifecycle.timers import TIMER_JOB, schedule
from tonle.infra.lifecycle.verifying import verify

__all__ = [
    "TIMER_JOB",
    "After",
    "Batch",
    "HistoryStep",
    "Loader",
    "May",
    "Outcome",
    "Prospect",
    "Registration",
    "admit_many",
    "fire",
    "history",
    "machines",
    "no_facts",
    "perform",
    "perform_many",
    "prospects",
    "register",
    "schedule",
    "verify",
]
