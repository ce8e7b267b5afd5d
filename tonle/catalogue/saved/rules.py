"""When the new results of a saved search are told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from tonle.kernel.errors import N_

RHYTHMS: Final = {
    "daily": N_("Every day"),
    "weekly": N_("Every week"),
    "never": N_("Not at all"),
}
_PERIODS: Final = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}


def due_after(rhythm: str, last: datetime, now: datetime) -> datetime | None:
    """The first instant after now at which new results are looked for; None for never.

    last: UTC, when they were before. A node that slept looks once, not once for each time.
    """
    period = _PERIODS.get(rhythm)
    if period is None:
        return None
    missed = max(0, (now - last) // period)
    return last + (missed + 1) * period
