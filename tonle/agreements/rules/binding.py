"""Who is bound on a day, by which version of a text, and what goes on after the end.

Customary rules on treaties, which memoranda borrow (Vienna Convention on the Law of Treaties):

- A text enters into force once enough parties have consented (art. 24 (1), (2)); who consents
  later is bound from then on (art. 24 (3)).
- A new version binds those who consent to it. The others stay with the one that they have, and
  between a party of the new one and a party of the old one the old one holds (art. 40 (4), 30 (4)).
- A party may leave by a notice (art. 56); all may end it together (art. 54). What a clause says
  to go on after that goes on.

A day on which something begins is in; the day on which it ends is out. All days are those of
the place that the text names. What a text says of itself (`Text`) and what parties did (`Deed`)
come in; nothing here knows a record, an account or today.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tonle.kernel.dates import add_months
from tonle.kernel.periods import Period, subtract, union


@dataclass(frozen=True)
class Survival:
    """A clause that binds on after the end, for so many months; None is for ever."""

    clause: str
    months: int | None = None


@dataclass(frozen=True)
class Text:
    """One version, as far as days follow from it.

    version      1, 2, …: whoever is bound by a higher one is no longer by a lower one
    needed       how many parties must have consented before it binds anybody
    after_days   from a consent to its effect
    not_before   the first day on which it may be in force
    until        the first day on which it no longer is
    months       its term from its entry into force on, the first one
    renews       the months of each further term; 0: there is none
    notice       the months before the end of a term by which notice must be given
    """

    version: int
    needed: int
    after_days: int = 0
    not_before: date | None = None
    until: date | None = None
    months: int | None = None
    renews: int = 0
    notice: int = 0
    survivals: tuple[Survival, ...] = ()


@dataclass(frozen=True)
class Consent:
    """A party is willing to be bound by a version: it signed, or ratified where that is asked."""

    party: str
    version: int
    on: date


@dataclass(frozen=True)
class Withdrawal:
    """A party leaves: notice was given on one day and holds from another, not an earlier one."""

    party: str
    notified: date
    effective: date


@dataclass(frozen=True)
class NonRenewal:
    """Notice that a version is not to be renewed, by one that may end it for all."""

    version: int
    notified: date


@dataclass(frozen=True)
class Termination:
    """All end the whole agreement: the first day on which nobody is bound."""

    effective: date


Deed = Consent | Withdrawal | NonRenewal | Termination


@dataclass(frozen=True)
class Bound:
    """A party is bound by a version from the start of a period up to its end."""

    party: str
    version: int
    period: Period[date]


@dataclass(frozen=True)
class Standing:
    """How a party stands on a day.

    version   by which it is bound, or None
    since     from which day on by that version; None where it is not bound
    until     the first day on which it no longer is, as far as is known now
    survives  the clauses that still bind, where it no longer is
    """

    version: int | None = None
    since: date | None = None
    until: date | None = None
    survives: tuple[str, ...] = ()


def entry_into_force(text: Text, deeds: Iterable[Deed]) -> date | None:
    """The first day on which the text is in force for anybody; None where there is none yet."""
    deeds = tuple(deeds)
    ready = _ready(text, deeds)
    over = _over(deeds)
    turning = {start for periods in ready.values() for start, _ in periods}
    if text.not_before is not None:
        turning.add(text.not_before)
    for day in sorted(turning):
        if over is not None and day >= over:
            return None
        if text.not_before is not None and day < text.not_before:
            continue
        willing = sum(_holds(periods, day) for periods in ready.values())
        if willing >= max(text.needed, 1):
            return None if text.until is not None and day >= text.until else day
    return None


def end_of_force(text: Text, deeds: Iterable[Deed]) -> date | None:
    """The first day on which the text is in force for nobody; None where no end is known."""
    deeds = tuple(deeds)
    entry = entry_into_force(text, deeds)
    if entry is None:
        return None
    ends = [day for day in (text.until, _over(deeds), _term(text, entry, deeds)) if day is not None]
    return min(ends, default=None)


def bindings(texts: Sequence[Text], deeds: Iterable[Deed]) -> tuple[Bound, ...]:
    """Every period in which a party is bound, by party and day; no party twice on a day."""
    deeds = tuple(deeds)
    found: list[Bound] = []
    higher: dict[str, date] = {}  # the first day on which a party is bound by a higher version
    for text in sorted(texts, key=lambda text: -text.version):
        entry = entry_into_force(text, deeds)
        if entry is None:
            continue
        end = end_of_force(text, deeds)
        first: dict[str, date] = {}
        for party, periods in _ready(text, deeds).items():
            held = union(
                Period(max(start, entry), stop)
                for start, stop in ((start, _sooner(stop, end)) for start, stop in periods)
                if stop is None or max(start, entry) < stop
            )
            if party in higher:
                held = subtract(held, [Period(higher[party], None)])
            found += [Bound(party, text.version, period) for period in held]
            if held and held[0].start is not None:
                first[party] = held[0].start
        for party, day in first.items():
            higher[party] = min(day, higher.get(party, day))
    return tuple(sorted(found, key=lambda bound: (bound.party, bound.period.start or date.min)))


def standings(texts: Sequence[Text], deeds: Iterable[Deed], day: date) -> dict[str, Standing]:
    """How each party stands on the day: all that ever consented, in their order by name."""
    deeds = tuple(deeds)
    of_version = {text.version: text for text in texts}
    by_party: dict[str, list[Bound]] = {
        deed.party: []
        for deed in sorted(
            (d for d in deeds if isinstance(d, Consent)), key=lambda consent: consent.party
        )
    }
    for bound in bindings(texts, deeds):
        by_party[bound.party].append(bound)
    return {party: _standing(held, of_version, day) for party, held in by_party.items()}


def between(one: Standing, other: Standing) -> int | None:
    """The version that holds between two parties on a day: the older of what binds them."""
    if one.version is None or other.version is None:
        return None
    return min(one.version, other.version)


def _standing(held: Sequence[Bound], of_version: dict[int, Text], day: date) -> Standing:
    for bound in held:
        if day in bound.period:
            return Standing(bound.version, bound.period.start, bound.period.end)
    ended = [b for b in held if b.period.end is not None and b.period.end <= day]
    if not ended:
        return Standing()
    last = ended[-1]
    return Standing(
        survives=tuple(
            survival.clause
            for survival in of_version[last.version].survivals
            if survival.months is None
            or (last.period.end is not None and day < add_months(last.period.end, survival.months))
        )
    )


def _ready(text: Text, deeds: Sequence[Deed]) -> dict[str, list[tuple[date, date | None]]]:
    """From when to when each party is willing to be bound by the text, whether it is in force."""
    leaving: dict[str, list[Withdrawal]] = defaultdict(list)
    for deed in deeds:
        if isinstance(deed, Withdrawal):
            leaving[deed.party].append(deed)
    ready: dict[str, list[tuple[date, date | None]]] = defaultdict(list)
    for deed in deeds:
        if not isinstance(deed, Consent) or deed.version != text.version:
            continue
        start = deed.on + timedelta(days=text.after_days)
        # A notice takes back what was consented to before it, not what comes after.
        gone = [w.effective for w in leaving[deed.party] if w.notified >= deed.on]
        stop = min(gone, default=None)
        if stop is None or start < stop:
            ready[deed.party].append((start, stop))
    return ready


def _holds(periods: Iterable[tuple[date, date | None]], day: date) -> bool:
    return any(start <= day and (stop is None or day < stop) for start, stop in periods)


def _over(deeds: Iterable[Deed]) -> date | None:
    return min((d.effective for d in deeds if isinstance(d, Termination)), default=None)


def _term(text: Text, entry: date, deeds: Iterable[Deed]) -> date | None:
    """The end of the last term: of the first, or of the first whose renewal was stopped in time."""
    if text.months is None:
        return None
    if not text.renews:
        return add_months(entry, text.months)
    notices = [d.notified for d in deeds if isinstance(d, NonRenewal) and d.version == text.version]
    if not notices:
        return None
    first = min(notices)
    months = text.months
    # Counted from the entry on, not from the last end: from 31 August it is 28 February, and
    # 31 August again.
    while add_months(entry, months - text.notice) < first:
        months += text.renews
    return add_months(entry, months)


def _sooner(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)
