"""The one place that asks the machine for the time.

Only entry points call it (a view, a command, the job loop); everything else takes
`now` as an argument, so that tomorrow can be tested today.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


def now() -> datetime:
    """This instant, UTC and aware, to the microsecond."""
    return datetime.now(UTC)


_began = (now(), time.monotonic())


def leapt() -> timedelta:
    """How far the clock was set forward since this process began; never negative.

    A machine without a battery starts in some earlier year and is put right by the network:
    what is a second old then looks days old. Who removes what is old allows for it.
    """
    wall, steady = _began
    elapsed = timedelta(seconds=time.monotonic() - steady)
    return max(timedelta(), now() - wall - elapsed)
