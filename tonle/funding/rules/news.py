"""What is told of a call that somebody follows, and when. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from tonle.funding.rules.opportunities import Opportunity, next_change, status

What = Literal["corrected", "opened", "closes_soon", "closes_very_soon"]

SOON: Final = timedelta(days=14)
VERY_SOON: Final = timedelta(days=3)
_OPEN: Final = ("open", "closing_soon")


@dataclass(frozen=True)
class News:
    """One thing to tell. days: until it closes, begun ones counted; 0 where it is not about that.

    key: the same for the same thing, so that it is told once.
    """

    what: What
    key: str
    days: int = 0


def news(
    call: Opportunity, *, was: str, known: Collection[int], since: datetime, now: datetime
) -> tuple[News, ...]:
    """What happened to a call since it was looked at, most important first.

    was: its status then; known: numbers of the corrigenda of then. A node that slept through
    both reminders gives the later one; of a call that has closed it reminds nobody.
    """
    return tuple(_news(call, was, known, since, now))


def _news(
    call: Opportunity, was: str, known: Collection[int], since: datetime, now: datetime
) -> Iterator[News]:
    added = sorted(set(corrigenda(call)) - set(known))
    if added:
        yield News("corrected", f"corrected:{added[-1]}")
    stands = status(call, now)
    if stands not in _OPEN or call.closes_at is None:
        if stands in _OPEN and was == "forecast":
            yield News("opened", "opened")
        return
    closes = call.closes_at.isoformat()
    days = -((now - call.closes_at) // timedelta(days=1))
    if since < call.closes_at - VERY_SOON <= now:
        yield News("closes_very_soon", f"very_soon:{closes}", days)
    elif since < call.closes_at - SOON <= now:
        yield News("closes_soon", f"soon:{closes}", days)
    elif was == "forecast":
        yield News("opened", f"opened:{closes}")


def next_news(call: Opportunity, now: datetime) -> datetime | None:
    """The first instant after now at which something may be told, unless the record changes."""
    instants = [next_change(call, now)]
    if call.closes_at is not None:
        instants += [call.closes_at - SOON, call.closes_at - VERY_SOON]
    return min((one for one in instants if one is not None and one > now), default=None)


def corrigenda(call: Opportunity) -> list[int]:
    """The numbers of its corrigenda, in order."""
    return sorted(one.number for one in call.corrigenda)
