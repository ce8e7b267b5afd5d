"""Datestamps: the days and seconds of UTC that the protocol speaks in (section 3.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

GRANULARITY: Final = "YYYY-MM-DDThh:mm:ssZ"
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_SECOND = re.compile(r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})Z", re.ASCII)


@dataclass(frozen=True)
class Stamp:
    """A bound of a request: a whole day, or a whole second.

    first, last: its first and last instant, both inclusive, UTC.
    """

    text: str
    first: datetime
    last: datetime
    is_day: bool


def read(text: str) -> Stamp | None:
    """A datestamp as a harvester wrote it; None for what is none."""
    for pattern, is_day, length in (
        (_DAY, True, timedelta(days=1)),
        (_SECOND, False, timedelta(seconds=1)),
    ):
        found = pattern.fullmatch(text)
        if found is None:
            continue
        try:
            first = datetime(*map(int, found.groups()), tzinfo=UTC)  # type: ignore[arg-type, misc] # As many numbers as the pattern has groups.
        except ValueError:
            return None
        # The last day of the year 9999 has no end that can be written.
        rest = datetime.max.replace(tzinfo=UTC) - first
        return Stamp(text, first, first + min(length - timedelta(microseconds=1), rest), is_day)
    return None


def write(instant: datetime) -> str:
    """An instant as a datestamp: UTC, cut to the second."""
    return f"{instant.astimezone(UTC).isoformat()[:19]}Z"
