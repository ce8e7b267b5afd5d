"""What somebody says of themselves when they ask who would fund them: read and written. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from tonle.funding.rules.eligibility import (
    CAREER_STAGES,
    ELSEWHERE,
    ORGANISATION_TYPES,
    QUESTIONS,
    SEXES,
    Answers,
    region_code,
)
from tonle.kernel import codes
from tonle.kernel.dates import PartialDate, parse_date, parse_day
from tonle.kernel.errors import N_, Invalid
from tonle.kernel.sentences import Sentence

MOST_PARTNERS: Final = 1_000
# Of one answer: nobody has more nationalities or partners' countries than there are countries.
MOST_CODES: Final = 300

_SETS: Final = ("organisation_types", "career_stages", "nationalities", "countries")


def read_answers(said: Mapping[str, Any]) -> Answers:
    """Answers from text, numbers and lists, by the names of QUESTIONS; what is empty is unanswered.

    Raises Invalid with the name of each question whose answer cannot be read.
    """
    problems: list[tuple[str, str]] = []
    countries = country_codes()
    lists: dict[str, Collection[str]] = {
        "organisation_types": ORGANISATION_TYPES,
        "career_stages": CAREER_STAGES,
        "nationalities": countries,
        "countries": countries,
    }
    sets = {name: _choices(name, said.get(name), known, problems) for name, known in lists.items()}
    country = _choice("country", said.get("country"), countries, problems)
    region = region_code(_text(said.get("region")))
    if region not in {"", ELSEWHERE} and not _is_in(region, countries.get(country, "")):
        problems.append(("region", Sentence(N_("This province is not in the country above."))))
    partners = _number(said.get("partners"), problems)
    everywhere = sets["countries"] | ({country} if country else set())
    if partners is not None and partners < len(everywhere):
        problems.append(
            ("partners", Sentence(N_("There are more countries than partners in your answers.")))
        )
    found = Answers(
        country=country,
        region=region,
        partners=partners,
        degree=_date("degree", said.get("degree"), problems),
        born=_date("born", said.get("born"), problems),
        sex=_choice("sex", said.get("sex"), SEXES, problems),
        **sets,
    )
    if problems:
        raise Invalid(problems)
    return found


def written(answers: Answers) -> dict[str, Any]:
    """The answers as JSON values, which `read_answers` reads back; what is empty is left out."""
    found: dict[str, Any] = {}
    for name in QUESTIONS:
        value = getattr(answers, name)
        if name in _SETS:
            value = sorted(value)
        elif isinstance(value, PartialDate):
            value = str(value)
        if value:
            found[name] = value
    return found


def country_codes() -> dict[str, str]:
    """All countries, alpha-3 to alpha-2."""
    return {str(one.data["alpha3"]): code for code, one in codes.codes("countries").items()}


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _is_in(region: str, country: str) -> bool:
    return (
        bool(country) and re.fullmatch(f"{country}-[A-Z0-9]{{1,3}}", region, re.ASCII) is not None
    )


def _choice(
    name: str, value: object, known: Collection[str], problems: list[tuple[str, str]]
) -> str:
    chosen = _text(value)
    if chosen and chosen not in known:
        problems.append((name, Sentence(N_("Choose one of the answers."))))
        return ""
    return chosen


def _choices(
    name: str, value: object, known: Collection[str], problems: list[tuple[str, str]]
) -> frozenset[str]:
    listed = [_text(one) for one in value] if isinstance(value, list | tuple) else []
    chosen = frozenset(one for one in listed[:MOST_CODES] if one)
    if chosen <= set(known):
        return chosen
    problems.append((name, Sentence(N_("Choose from the answers."))))
    return frozenset()


def _number(value: object, problems: list[tuple[str, str]]) -> int | None:
    text = str(value).strip() if isinstance(value, int | str) else ""
    if not text:
        return None
    if text.isdecimal() and len(text) < 5 and 1 <= int(text) <= MOST_PARTNERS:
        return int(text)
    problems.append(("partners", Sentence(N_("Write a whole number, 1 or more."))))
    return None


def _date(name: str, value: object, problems: list[tuple[str, str]]) -> PartialDate | None:
    text = _text(value)
    if not text:
        return None
    for read in (parse_day, parse_date):
        try:
            found = read(text)
        except Invalid:
            continue
        if isinstance(found, PartialDate):
            return found
    problems.append(
        (name, Sentence(N_("Write a year, a month or a day: 1990, 1990-05 or 31/05/1990.")))
    )
    return None
