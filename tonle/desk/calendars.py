"""Which days are worked, member by member: the `holidays` package, corrected by the steward.

Days of years to come that follow the moon or a decree are the package's estimate until
somebody corrects them; the page of the calendar says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.conf import settings

from tonle.desk.models import CalendarDay
from tonle.desk.rules.workdays import Works
from tonle.kernel import codes

# What the package calls our languages.
_LANGUAGES = {
    "km": "km", "lo": "lo", "th": "th", "vi": "vi", "my": "my", "zh-Hans": "zh_CN",
}  # fmt: skip


def zone_of(member: str) -> str:
    """The member's time zone, by its IANA name."""
    return str(codes.members()[member].data["time_zone"])


def own_member() -> str:
    """The member in whose calendar this node's people work: that of the node's time zone."""
    for code in codes.members():
        if zone_of(code) == settings.TONLE_TIME_ZONE:
            return code
    return next(iter(codes.members()))


@cache
def _package(member: str, language: str = "en_US") -> Any:
    # Late: it takes time, and most processes never count a day.
    import holidays

    # Yunnan keeps the calendar of China.
    country = codes.members()[member].data["country"]
    known = getattr(holidays, country)
    return holidays.country_holidays(
        country, language=language if language in known.supported_languages else "en_US"
    )


def _tag_of(name: str) -> str:
    """Our tag of a language that the package names."""
    return {theirs: ours for ours, theirs in _LANGUAGES.items()}.get(name, "en")


def works(member: str, corrections: Mapping[date, bool]) -> Works:
    """Whether people work on a day, by the member's calendar with these corrections."""
    calendar = _package(member)

    def answer(day: date) -> bool:
        corrected = corrections.get(day)
        return bool(calendar.is_working_day(day)) if corrected is None else corrected

    return answer


def calendar_of(member: str) -> Works:
    """The member's calendar as it stands. One query."""
    rows = CalendarDay.objects.filter(member=member).values_list("day", "works")
    return works(member, dict(rows))


@dataclass(frozen=True)
class Day:
    """One day of a member's year that is not as other days of the week."""

    day: date
    works: bool
    name: str
    names: Mapping[str, str]
    corrected: bool
    source: str
    # Of the name, where it is not in the reader's language: "" otherwise.
    language: str = ""


def days_of(member: str, year: int, language: str) -> list[Day]:
    """Holidays and worked weekend days of a year, in order, with what was corrected. One query."""
    calendar = _package(member, _LANGUAGES.get(language, "en_US"))
    foreign = "" if language in {"en", _tag_of(calendar.language)} else "en"
    calendar.get(date(year, 1, 1))  # The package fills in a year when it is first asked for one.
    found = {
        day: Day(day, False, name, {}, False, "", foreign)
        for day, name in calendar.items()
        if day.year == year
    }
    for day in calendar.weekend_workdays:
        if day.year == year:
            found[day] = Day(day, True, "", {}, False, "")
    for row in CalendarDay.objects.filter(member=member, day__year=year):
        found[row.day] = Day(row.day, row.works, "", row.names, True, row.source)
    return sorted(found.values(), key=lambda one: one.day)
