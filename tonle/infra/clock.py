"""The one place that asks the machine for the time.

Only entry points call it (a view, a command, the job loop); everything else takes
`now` as an argument, so that tomorrow can be tested today.
"""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """This instant, UTC and aware, to the microsecond."""
    return datetime.now(UTC)
