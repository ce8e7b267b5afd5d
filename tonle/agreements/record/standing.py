"""Who is bound on a day, by which version, as a record says it: for the page and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

from tonle.agreements.record.panels import party_names
from tonle.agreements.rules import binding, published
from tonle.agreements.rules.found import groups


@dataclass(frozen=True)
class PartyStanding:
    """How one party stands. name: by language, {} where the record names it no more."""

    party: str
    name: Mapping[str, str]
    standing: binding.Standing


@dataclass(frozen=True)
class Between:
    """Two parties that are bound by different versions, and the one that holds between them."""

    one: PartyStanding
    other: PartyStanding
    version: int


@dataclass(frozen=True)
class Answer:
    """parties: all that are named, bound or not; pairs: those bound by different versions."""

    parties: tuple[PartyStanding, ...]
    pairs: tuple[Between, ...]


def answer(document: Mapping[str, Any], on: date) -> Answer | None:
    """Who is bound on the day; None where the record does not hold what that is computed of."""
    profile = document.get("profile", {})
    known = published.known(profile)
    if known is None:
        return None
    try:
        found = binding.standings(known.texts, known.deeds, on)
    except OverflowError:  # Days of a record from elsewhere, beyond all calendars.
        return None
    names = party_names(profile)
    parties = tuple(
        PartyStanding(party, names.get(party, {}), found.get(party, binding.Standing()))
        for party in dict.fromkeys((*names, *found))
    )
    bound = [one for one in parties if one.standing.version is not None]
    pairs = tuple(
        Between(one, other, version)
        for one, other in combinations(bound, 2)
        if one.standing.version != other.standing.version
        and (version := binding.between(one.standing, other.standing)) is not None
    )
    return Answer(parties, pairs)


def today(document: Mapping[str, Any], now: datetime) -> date:
    """The day of the place whose calendar counts for the newest version; of UTC where none does."""
    zone = ZoneInfo("UTC")
    for version in groups(document.get("profile", {}).get("versions")):
        try:
            zone = ZoneInfo(str(version["terms"]["calendar"]))
        except (KeyError, TypeError, ValueError, OSError):
            continue
    return now.astimezone(zone).date()
