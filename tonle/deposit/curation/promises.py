"""By which day a curator answers."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings

from tonle.desk import public as desk


def due_on(now: datetime) -> date:
    """The day by which what is handed in now is answered: so many working days later. One query."""
    member = desk.own_member()
    day = desk.local_day(now, desk.zone_of(member))
    days = int(settings.TONLE_DEPOSIT_ANSWER_DAYS)
    return desk.working_day_after(day, days, desk.calendar_of(member))
