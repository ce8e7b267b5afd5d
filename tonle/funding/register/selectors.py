"""The calls that anybody sees, by how they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from tonle.catalogue.public import documents_of, everybodys_of_kind
from tonle.funding.eligible.selectors import BATCH, KIND, rules_of
from tonle.funding.rules.eligibility import Answers, standing, verdicts
from tonle.funding.rules.opportunities import (
    Funder,
    Opportunity,
    Status,
    next_change,
    read_opportunity,
    status,
)
from tonle.infra import days
from tonle.kernel.dates import parse_instant
from tonle.kernel.text import LanguageMap

# As they stand in the register; what is archived is found by search.
SHOWN: Final[tuple[Status, ...]] = ("closing_soon", "open", "forecast", "unknown")


@dataclass(frozen=True)
class Listed:
    """A call, how it stands, and when its record was last revised."""

    call: Opportunity
    status: Status
    revised_at: datetime


def calls(now: datetime) -> list[Listed]:
    """Every call that anybody sees, closed ones too. One query, and one for each 500."""
    ids = everybodys_of_kind(KIND, now)
    found = []
    for start in range(0, len(ids), BATCH):
        for document in documents_of(ids[start : start + BATCH]).values():
            found.append(listed(document, now))
    return found


def listed(document: Mapping[str, Any], now: datetime) -> Listed:
    call = read_opportunity(document)
    revised = document.get("updated_at") or document.get("published_at")
    at = parse_instant(revised) if isinstance(revised, str) else datetime(1970, 1, 1, tzinfo=UTC)
    return Listed(call, status(call, now), at)


def in_register(found: Iterable[Listed]) -> list[Listed]:
    """What is open, what closes soonest first; then what is announced; then what nobody knows."""
    return sorted((one for one in found if one.status in SHOWN), key=_order)


def recently_closed(found: Iterable[Listed]) -> list[Listed]:
    """What closed within a year, the latest first."""
    ended = [(one.call.ends_at, one.call.id, one) for one in found if one.status == "closed"]
    ended.sort(key=lambda row: row[:2], reverse=True)
    return [one for _at, _id, one in ended]


def funder_key(funder: Funder) -> str:
    """What tells a funder from others in an address: its first identifier, else its name."""
    for one in funder.identifiers:
        return one.value
    return funder.name.get("en") or min(funder.name.values())


def choices(found: Iterable[Listed]) -> tuple[dict[str, LanguageMap], dict[str, LanguageMap]]:
    """The themes and the funders of calls, by what tells them apart."""
    themes: dict[str, LanguageMap] = {}
    funders: dict[str, LanguageMap] = {}
    for one in found:
        for theme in one.call.themes:
            themes.setdefault(theme.id, theme.name)
        for funder in one.call.funders:
            funders.setdefault(funder_key(funder), funder.name)
    return themes, funders


def given(found: Iterable[Listed], *, theme: str = "", funder: str = "") -> list[Listed]:
    """Those of a theme and of a funder, where one is asked for."""
    return [
        one
        for one in found
        if (not theme or any(its.id == theme for its in one.call.themes))
        and (not funder or any(funder_key(its) == funder for its in one.call.funders))
    ]


def not_barring(found: Iterable[Listed], answers: Answers, now: datetime) -> list[Listed]:
    """Those of which no rule bars who answers so."""
    today = days.day_of(now)
    return [
        one for one in found if standing(verdicts(rules_of(one.call), answers, today)) != "barred"
    ]


def changes_at(found: Iterable[Listed], now: datetime) -> datetime | None:
    """When the clock alone makes one of them stand otherwise."""
    changes = (next_change(one.call, now) for one in found)
    return min((at for at in changes if at is not None), default=None)


def _order(one: Listed) -> tuple[int, str, str]:
    call = one.call
    opens = call.opens_at if one.status == "forecast" else call.closes_at
    # What closes soon closes before what is merely open.
    return SHOWN.index(one.status), opens.isoformat() if opens else "9", call.id
