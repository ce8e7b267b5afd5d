"""When a person is told: at once, or at an hour of their own day or week."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

AT_ONCE, DAILY, WEEKLY, NEVER = "at_once", "daily", "weekly", "never"
RHYTHMS = (AT_ONCE, DAILY, WEEKLY, NEVER)

# The members' own zones first; then UTC, and where many of the region's people study and work.
ZONES = (
    "Asia/Phnom_Penh",
    "Asia/Vientiane",
    "Asia/Bangkok",
    "Asia/Ho_Chi_Minh",
    "Asia/Yangon",
    "Asia/Shanghai",
    "UTC",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Asia/Seoul",
    "Asia/Kolkata",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Paris",
    "America/Los_Angeles",
    "America/New_York",
)

# Several things that happen together make one message.
GATHERING = timedelta(seconds=60)


def zone_of(name: str) -> tzinfo:
    """The zone of an IANA name; UTC where this machine's database does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def next_digest(now: datetime, *, rhythm: str, hour: int, weekday: int, zone: str) -> datetime:
    """The first digest after now, in UTC.

    now: UTC; rhythm: daily or weekly; hour 0..23 and weekday (Monday is 0) are local. An hour
    that the clock jumps over in spring is the one after it; one that comes twice in autumn is
    the first.
    """
    local = zone_of(zone)
    day = now.astimezone(local).date()
    # Nine days always hold the next one: a week, and a day for each end.
    for ahead in range(9):
        candidate = day + timedelta(days=ahead)
        if rhythm == WEEKLY and candidate.weekday() != weekday:
            continue
        at = datetime.combine(candidate, time(hour), tzinfo=local).astimezone(UTC)
        if at > now:
            return at
    raise AssertionError("a week without its weekday")


def due_at(
    now: datetime,
    *,
    rhythm: str,
    urgent: bool,
    urgent_at_once: bool,
    hour: int,
    weekday: int,
    zone: str,
) -> datetime | None:
    """When a notice made now is told outside of the page; None for never."""
    if rhythm == NEVER:
        return None
    if rhythm == AT_ONCE or (urgent and urgent_at_once):
        return now + GATHERING
    return next_digest(now, rhythm=rhythm, hour=hour, weekday=weekday, zone=zone)
