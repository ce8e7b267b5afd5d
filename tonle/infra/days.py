"""Days as calendars at the node show them.

Instants are kept and sent in UTC. A day that somebody reads, cites or promises is the day of the
node's people: what is published in Phnom Penh at five in the morning is of that day, not of the
one before.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings


def zone() -> ZoneInfo:
    """Of the node's people: TONLE_TIME_ZONE."""
    return ZoneInfo(settings.TONLE_TIME_ZONE)


def day_of(at: datetime) -> date:
    """The day at the node at an instant."""
    return at.astimezone(zone()).date()
