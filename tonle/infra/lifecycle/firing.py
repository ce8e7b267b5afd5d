"""What a timer asks for, done if it still stands."""

from __future__ import annotations

from datetime import datetime

from tonle.infra.lifecycle.performing import perform
from tonle.infra.lifecycle.registry import ruling
from tonle.infra.lifecycle.timers import schedule, wake_at
from tonle.infra.models import Timer
from tonle.kernel.actors import SYSTEM
from tonle.kernel.errors import Refused


def fire(machine_name: str, object_id: str, event: str, now: datetime) -> None:
    """Do what a timer asks for, if it still stands: the row may have moved or gone.

    Raises Refused when a guard says no, so that its job tries again.
    """
    ruled = ruling(machine_name)
    timer = Timer.objects.filter(machine=machine_name, object_id=object_id, event=event).first()
    if timer is None:
        return
    if timer.due_at > now:
        wake_at(timer)
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
