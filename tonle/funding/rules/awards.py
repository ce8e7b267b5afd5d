"""What was awarded to a project, funder by funder, as its record says it. Pure.

An award that several funders give has one part for each, because each gives in a currency of
its own. What has another shape than ours is left out, and reading never fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tonle.funding.rules.opportunities import Funder, Identifier
from tonle.kernel.errors import Invalid
from tonle.kernel.money import Money
from tonle.kernel.text import LanguageMap


@dataclass(frozen=True)
class Recipient:
    """Who receives it. country: ISO 3166-1 alpha-3, "" where it is not said."""

    name: LanguageMap
    country: str = ""
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True)
class Award:
    """One funder's part of an award. id: unique in its project; number: the funder's own."""

    id: str
    funder: Funder
    money: Money | None
    awarded_on: date | None
    starts_on: date | None
    ends_on: date | None
    recipients: tuple[Recipient, ...]
    number: str = ""


def read_awards(document: Mapping[str, Any]) -> tuple[Award, ...]:
    """The parts that a project's record tells of, in its order. Never fails."""
    profile = document.get("profile")
    stated = profile.get("awards") if isinstance(profile, Mapping) else None
    found = (_award(one, place) for place, one in enumerate(_list(stated), start=1))
    return tuple(one for one in found if one is not None)


def _award(said: Any, place: int) -> Award | None:
    if not isinstance(said, Mapping):
        return None
    funder = said.get("funder")
    name = _name(funder.get("name")) if isinstance(funder, Mapping) else {}
    if not isinstance(funder, Mapping) or not name:
        return None
    return Award(
        id=_text(said.get("id")) or str(place),
        funder=Funder(name, _text(funder.get("country")), _identifiers(funder)),
        money=_money(said.get("amount_minor"), said.get("currency")),
        awarded_on=_day(said.get("awarded_on")),
        starts_on=_day(said.get("starts_on")),
        ends_on=_day(said.get("ends_on")),
        recipients=tuple(
            Recipient(known, _text(one.get("country")), _identifiers(one))
            for one in _list(said.get("recipients"))
            if isinstance(one, Mapping) and (known := _name(one.get("name")))
        ),
        number=_text(said.get("number")),
    )


def _money(minor: object, currency: object) -> Money | None:
    if type(minor) is not int or not isinstance(currency, str):
        return None
    try:
        return Money(minor, currency)
    except Invalid:
        return None


def _identifiers(said: Mapping[str, Any]) -> tuple[Identifier, ...]:
    return tuple(
        Identifier(one["scheme"], one["value"])
        for one in _list(said.get("identifiers"))
        if isinstance(one, Mapping) and _text(one.get("scheme")) and _text(one.get("value"))
    )


def _name(value: object) -> LanguageMap:
    """A name by language; one that is plain text is of no stated language."""
    if isinstance(value, Mapping):
        return {str(tag): text for tag, text in value.items() if isinstance(text, str) and text}
    return {"und": value} if isinstance(value, str) and value else {}


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None
