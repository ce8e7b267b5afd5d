"""Working days: when an answer is due that was promised in so many of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

Works = Callable[[date], bool]

# A month of holidays is the longest that any of the calendars has come near.
LONGEST_REST: Final = timedelta(days=60)


def working_day_after(start: date, days: int, works: Works) -> date:
    """The day on which the given number of working days after `start` has passed.

    start itself does not count: who asks in the evening loses nothing. days: 0 gives the
    first working day from start on. A calendar in which nobody ever works counts every day
    after two months, so that a mistake in it cannot put a promise off for ever.
    """
    day, left, idle = start, days, timedelta()
    while left > 0 or (not works(day) and idle < LONGEST_REST):
        day += timedelta(days=1)
        if works(day) or idle >= LONGEST_REST:
            left, idle = left - 1, timedelta()
        else:
            idle += timedelta(days=1)
    return day


def end_of(day: date, zone: str) -> datetime:
    """The instant (UTC) at which that day is over there: the next midnight."""
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    return midnight.astimezone(UTC)


def local_day(now: datetime, zone: str) -> date:
    """Which day it is there."""
    return now.astimezone(ZoneInfo(zone)).date()
