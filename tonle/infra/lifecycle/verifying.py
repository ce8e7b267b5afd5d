"""Whether every state has its step, and every step the audit entry that tells it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Cast

from tonle.infra import audit
from tonle.infra.lifecycle.registry import Registration, registered
from tonle.infra.models import TransitionRow


def verify() -> Iterator[audit.Finding]:
    """What does not hold: states without their step, steps that audit tells otherwise.

    With `audit.verify`, which proves the entries, this proves every state. Memory does not
    grow with the number of things.
    """
    for ruled in registered():
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
