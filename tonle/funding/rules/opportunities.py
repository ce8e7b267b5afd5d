"""A funding opportunity as its record says it, and how it stands at an instant. Pure.

A record may come from another node, or from an importer that knew less: what is missing or has
another shape than ours is left out, and reading never fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Literal, TypeVar

from tonle.funding.rules.stated import over_at
from tonle.kernel.dates import parse_instant
from tonle.kernel.errors import Invalid
from tonle.kernel.text import LanguageMap

Status = Literal["forecast", "open", "closing_soon", "closed", "archived", "unknown"]

SOON: Final = timedelta(days=14)
# A call that closed a year ago is looked up, not applied for.
KEPT: Final = timedelta(days=365)

T = TypeVar("T")


@dataclass(frozen=True)
class Identifier:
    scheme: str
    value: str


@dataclass(frozen=True)
class Funder:
    """Who gives the money. country: ISO 3166-1 alpha-3, "" where it is not said."""

    name: LanguageMap
    country: str = ""
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True)
class Theme:
    id: str
    name: LanguageMap


@dataclass(frozen=True)
class Amount:
    """What is given, in minor units of an ISO 4217 currency; either bound may be missing."""

    currency: str
    min_minor: int | None
    max_minor: int | None
    per: str
    note: LanguageMap


@dataclass(frozen=True)
class Deadline:
    """A further deadline, and the IANA zone in which it was set."""

    id: str
    name: LanguageMap
    at: datetime
    zone: str


@dataclass(frozen=True)
class Document:
    name: LanguageMap
    url: str


@dataclass(frozen=True)
class Corrigendum:
    """A correction of the call: what changed is said in words, and as names of fields."""

    number: int
    at: datetime | None
    text: LanguageMap
    changed: tuple[str, ...]


@dataclass(frozen=True)
class Opportunity:
    """One opportunity. Instants are UTC; eligibility: mappings, for `eligibility.read_rules`.

    over_at: when it is over at the latest by the words of its source, where no field says when.
    """

    id: str
    titles: LanguageMap
    funders: tuple[Funder, ...]
    themes: tuple[Theme, ...]
    amounts: tuple[Amount, ...]
    opens_at: datetime | None
    closes_at: datetime | None
    zone: str
    deadlines: tuple[Deadline, ...]
    forecast: bool
    archived_on: date | None
    languages: tuple[str, ...]
    documents: tuple[Document, ...]
    corrigenda: tuple[Corrigendum, ...]
    eligibility: tuple[Mapping[str, Any], ...]
    url: str
    apply_url: str
    over_at: datetime | None = None

    @property
    def ends_at(self) -> datetime | None:
        """When it closes, or is over at the latest."""
        return self.closes_at or self.over_at


def read_opportunity(document: Mapping[str, Any]) -> Opportunity:
    """The opportunity that a record document describes. Never fails."""
    profile = document.get("profile")
    said: Mapping[str, Any] = profile if isinstance(profile, Mapping) else {}
    call = Opportunity(
        id=_text(document.get("id")),
        titles=_map(document.get("titles")),
        funders=_many(said.get("funders"), _funder),
        themes=_many(said.get("themes"), _theme),
        amounts=_many(said.get("amounts"), _amount),
        opens_at=_instant(said.get("opens_at")),
        closes_at=_instant(said.get("closes_at")),
        zone=_text(said.get("zone")),
        deadlines=_many(said.get("deadlines"), _deadline),
        forecast=said.get("forecast") is True,
        archived_on=_day(said.get("archived_on")),
        languages=tuple(_texts(said.get("languages"))),
        documents=_many(said.get("documents"), _document),
        corrigenda=_many(said.get("corrigenda"), _corrigendum),
        eligibility=_many(said.get("eligibility"), lambda one: one),
        url=_text(said.get("url")),
        apply_url=_text(said.get("apply_url")),
    )
    return replace(call, over_at=_over_at(call, document, _text(said.get("deadline_as_stated"))))


def status(opportunity: Opportunity, now: datetime) -> Status:
    """How it stands. Without a whole deadline nobody can tell whether it is still open.

    Only when all that its source's words can mean is past, it is closed (`rules.stated`).
    """
    closes = opportunity.ends_at
    archived = opportunity.archived_on
    if (archived and now >= _midnight(archived)) or (closes and now >= closes + KEPT):
        return "archived"
    if closes and now >= closes:
        return "closed"
    if opportunity.forecast or (opportunity.opens_at and now < opportunity.opens_at):
        return "forecast"
    if opportunity.closes_at is None:
        return "unknown"
    return "closing_soon" if now >= opportunity.closes_at - SOON else "open"


def next_change(opportunity: Opportunity, now: datetime) -> datetime | None:
    """The first instant after now at which it stands otherwise; None where none is known."""
    instants = []
    if opportunity.archived_on is not None:
        instants.append(_midnight(opportunity.archived_on))
    if opportunity.opens_at is not None:
        instants.append(opportunity.opens_at)
    if opportunity.closes_at is not None:
        closes = opportunity.closes_at
        instants += [closes - SOON, closes, closes + KEPT]
    elif opportunity.over_at is not None:
        instants += [opportunity.over_at, opportunity.over_at + KEPT]
    stands = status(opportunity, now)
    later = sorted(one for one in instants if one > now)
    return next((one for one in later if status(opportunity, one) != stands), None)


def _over_at(call: Opportunity, document: Mapping[str, Any], deadline: str) -> datetime | None:
    """When its source's words are past; None where a field says when, or says otherwise."""
    if call.closes_at is not None:
        return None
    dates = _many(
        document.get("dates"), lambda one: (_text(one.get("type")), _text(one.get("date")))
    )
    over = over_at(titles=call.titles, deadline=deadline, dates=dates)
    known = [call.opens_at, *(one.at for one in call.deadlines)]
    # What was corrected later may have been given another deadline, in words that we do not know.
    known += [one.at for one in call.corrigenda]
    return over if over and all(at is None or at < over for at in known) else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


# --- reading -----------------------------------------------------------------------------


def _funder(said: Mapping[str, Any]) -> Funder | None:
    name = _map(said.get("name"))
    if not name:
        return None
    return Funder(name, _text(said.get("country")), _many(said.get("identifiers"), _identifier))


def _identifier(said: Mapping[str, Any]) -> Identifier | None:
    scheme, value = _text(said.get("scheme")), _text(said.get("value"))
    return Identifier(scheme, value) if scheme and value else None


def _theme(said: Mapping[str, Any]) -> Theme | None:
    name = _map(said.get("name"))
    return Theme(_text(said.get("id")), name) if name else None


def _amount(said: Mapping[str, Any]) -> Amount | None:
    low, high = _number(said.get("min_minor")), _number(said.get("max_minor"))
    currency = _text(said.get("currency"))
    if not currency or (low is None and high is None):
        return None
    return Amount(currency, low, high, _text(said.get("per")), _map(said.get("note")))


def _deadline(said: Mapping[str, Any]) -> Deadline | None:
    at = _instant(said.get("at"))
    if at is None:
        return None
    return Deadline(_text(said.get("id")), _map(said.get("name")), at, _text(said.get("zone")))


def _document(said: Mapping[str, Any]) -> Document | None:
    url = _text(said.get("url"))
    return Document(_map(said.get("name")), url) if url else None


def _corrigendum(said: Mapping[str, Any]) -> Corrigendum | None:
    number = _number(said.get("number"))
    if number is None:
        return None
    return Corrigendum(
        number,
        _instant(said.get("at")),
        _map(said.get("text")),
        tuple(_texts(said.get("changed"))),
    )


def _many(value: object, read: Callable[[Mapping[str, Any]], T | None]) -> tuple[T, ...]:
    listed = value if isinstance(value, list | tuple) else ()
    found = (read(one) for one in listed if isinstance(one, Mapping))
    return tuple(one for one in found if one is not None)


def _texts(value: object) -> Iterator[str]:
    for one in value if isinstance(value, list | tuple) else ():
        if isinstance(one, str) and one:
            yield one


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _map(value: object) -> LanguageMap:
    if not isinstance(value, Mapping):
        return {}
    return {str(tag): text for tag, text in value.items() if isinstance(text, str) and text}


def _number(value: object) -> int | None:
    return value if type(value) is int and value >= 0 else None


def _instant(value: object) -> datetime | None:
    try:
        at = parse_instant(value) if isinstance(value, str) else None
    except Invalid:
        return None
    # At the edges of the calendar there is no year more to count.
    return at if at is not None and 1000 <= at.year <= 9000 else None


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None
