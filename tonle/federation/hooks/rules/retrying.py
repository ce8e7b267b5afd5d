"""When a message that was not taken is sent again, and when nobody believes in it any more.

After Standard Webhooks 1.0.0, "Deliverability and reliability": exponential, with jitter,
over several days; then the hook is stopped and its keepers are told.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

FIRST_SECONDS = 5.0
FACTOR = 4
LONGEST_SECONDS = 12 * 3600.0
LONGEST_ASKED_SECONDS = 24 * 3600.0
# As long as a receiver is waited for in all. It must also have been tried so often: after a
# node was off for a week, the first failure must not be the last.
PATIENCE = timedelta(days=3)
FEWEST_TRIES = 8


def wait_seconds(tries: int, jitter: float, asked: float | None = None) -> float:
    """How long to wait after the tries-th failure in a row (from 1).

    5 s, four times as long each time, at most twelve hours. jitter in 0..1 spreads it over
    its upper half. asked: the seconds of the receiver's Retry-After; never sooner than that.
    """
    own = min(LONGEST_SECONDS, FIRST_SECONDS * float(FACTOR ** min(tries - 1, 20)))
    return max(own * (0.5 + 0.5 * jitter), asked or 0.0)


def asked_seconds(header: str, now: datetime) -> float | None:
    """Seconds that a Retry-After asks for, a number or an instant; at most a day.

    None for what is neither. Source: RFC 9110, section 10.2.3.
    """
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_ASKED_SECONDS)
    try:
        at = parsedate_to_datetime(text)
        seconds = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_ASKED_SECONDS)


def is_given_up(tries: int, failing_since: datetime, now: datetime) -> bool:
    """Whether it has failed for so long, and so often, that the hook is stopped."""
    return tries >= FEWEST_TRIES and now - failing_since >= PATIENCE
