"""Periods: from a start up to, and not including, an end.

Half-open, so that periods that follow each other neither overlap nor leave a gap: a booking
until 10:00 and one from 10:00 both hold. A side that is None has no bound.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

from tonle.kernel.errors import N_
from tonle.kernel.sentences import invalid

T = TypeVar("T", date, datetime)


@dataclass(frozen=True)
class Period(Generic[T]):
    """start <= moment < end, both days or both aware instants. Never empty.

    Raises Invalid when it ends before or when it starts, TypeError for a mixture of days
    and instants, ValueError for an instant without a zone.
    """

    start: T | None = None
    end: T | None = None

    def __post_init__(self) -> None:
        kinds = {isinstance(side, datetime) for side in (self.start, self.end) if side is not None}
        if len(kinds) > 1:
            # A datetime is a date to Python, but midnight where? Better to ask the caller.
            raise TypeError("a period is of days or of instants, not of both")
        for side in (self.start, self.end):
            if isinstance(side, datetime) and side.tzinfo is None:
                raise ValueError("an instant needs a zone")
        if self.start is not None and self.end is not None and not self.start < self.end:
            raise invalid(
                "end",
                N_("The end (%(end)s) must come after the start (%(start)s)."),
                start=self.start.isoformat(),
                end=self.end.isoformat(),
            )

    def __contains__(self, moment: T) -> bool:
        """Whether the moment is in the period."""
        return (self.start is None or self.start <= moment) and (
            self.end is None or moment < self.end
        )

    def overlaps(self, other: Period[T]) -> bool:
        """Whether some moment is in both. Periods that only touch do not overlap."""
        return _before(self.start, other.end) and _before(other.start, self.end)

    def covers(self, other: Period[T]) -> bool:
        """Whether every moment of the other is in this one."""
        starts = self.start is None or (other.start is not None and self.start <= other.start)
        ends = self.end is None or (other.end is not None and other.end <= self.end)
        return starts and ends

    def intersection(self, other: Period[T]) -> Period[T] | None:
        """What both have in common, or None."""
        if not self.overlaps(other):
            return None
        return Period(_later(self.start, other.start), _sooner(self.end, other.end))

    def minus(self, other: Period[T]) -> list[Period[T]]:
        """What is left of this period without the other: none, one or two periods."""
        if not self.overlaps(other):
            return [self]
        left: list[Period[T]] = []
        if other.start is not None and _before(self.start, other.start):
            left.append(Period(self.start, other.start))
        if other.end is not None and _before(other.end, self.end):
            left.append(Period(other.end, self.end))
        return left

    @property
    def length(self) -> timedelta | None:
        """How long it lasts, or None without a bound."""
        if self.start is None or self.end is None:
            return None
        return self.end - self.start


def union(periods: Iterable[Period[T]]) -> list[Period[T]]:
    """The fewest periods with the same moments, in order; touching ones become one."""
    # Those without a start come first; None cannot be compared with a moment.
    unbounded: list[Period[T]] = []
    bounded: list[tuple[T, Period[T]]] = []
    for period in periods:
        if period.start is None:
            unbounded.append(period)
        else:
            bounded.append((period.start, period))
    bounded.sort(key=lambda pair: pair[0])
    merged: list[Period[T]] = []
    for period in unbounded + [period for _, period in bounded]:
        last = merged[-1] if merged else None
        if last is not None and _touches(last, period):
            merged[-1] = Period[T](last.start, _further(last.end, period.end))
        else:
            merged.append(period)
    return merged


def subtract(periods: Iterable[Period[T]], taken: Iterable[Period[T]]) -> list[Period[T]]:
    """What of the periods is left free, in order: opening hours without the bookings."""
    free = union(periods)
    for period in taken:
        free = [rest for part in free for rest in part.minus(period)]
    return free


def _before(start: T | None, end: T | None) -> bool:
    return start is None or end is None or start < end


def _touches(first: Period[T], second: Period[T]) -> bool:
    """Whether the second, which does not start earlier, leaves no gap after the first."""
    return first.end is None or second.start is None or second.start <= first.end


def _later(one: T | None, other: T | None) -> T | None:
    return other if one is None else one if other is None else max(one, other)


def _sooner(one: T | None, other: T | None) -> T | None:
    return other if one is None else one if other is None else min(one, other)


def _further(one: T | None, other: T | None) -> T | None:
    return None if one is None or other is None else max(one, other)
