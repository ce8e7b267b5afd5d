"""By which day a curator answers."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings


def due_on(now: datetime) -> date:
    """The day by which what is handed in now is answered: so many working days later."""
    day, left = now.date(), int(settings.TONLE_DEPOSIT_ANSWER_DAYS)
    while left > 0:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day
