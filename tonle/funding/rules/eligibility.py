"""Who may apply for an opportunity: what its rules say of somebody's answers. Pure.

A rule is met, unmet, unanswered (what was answered does not decide it), or to be read: no
machine can tell. More answers never turn met into unmet, or unmet into met. What cannot be
read as a rule of ours is to be read by people, and never left out, so that nobody is told
"you may apply" because a node did not understand what bars them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Final, Literal

from tonle.kernel import codes
from tonle.kernel.dates import PartialDate
from tonle.kernel.errors import N_
from tonle.kernel.sentences import Sentence
from tonle.kernel.text import LanguageMap

Outcome = Literal["met", "unmet", "unanswered", "to_read"]
Standing = Literal["admitted", "perhaps", "barred"]

CAREER_STAGES: Final = ("student", "doctoral", "postdoctoral", "early_career", "established")
ORGANISATION_TYPES: Final = (
    "university", "research_institute", "government", "ngo", "enterprise", "hospital", "individual",
)  # fmt: skip
SEXES: Final = ("female", "male")

# In the order in which they are asked. The last three are asked only where a rule needs them.
QUESTIONS: Final = (
    "country", "region", "organisation_types", "career_stages", "nationalities", "partners",
    "countries", "degree", "born", "sex",
)  # fmt: skip

_PLACE: Final = re.compile(r"[A-Z]{3}|[A-Z]{2}-[A-Z0-9]{1,3}", re.ASCII)
# ISO 3166-2 wrote China's provinces in the digits of GB/T 2260 until November 2017, and in its
# letters since; sources write either.
_LETTERS: Final = {
    "11": "BJ", "12": "TJ", "13": "HE", "14": "SX", "15": "NM", "21": "LN", "22": "JL",
    "23": "HL", "31": "SH", "32": "JS", "33": "ZJ", "34": "AH", "35": "FJ", "36": "JX",
    "37": "SD", "41": "HA", "42": "HB", "43": "HN", "44": "GD", "45": "GX", "46": "HI",
    "50": "CQ", "51": "SC", "52": "GZ", "53": "YN", "54": "XZ", "61": "SN", "62": "GS",
    "63": "QH", "64": "NX", "65": "XJ", "71": "TW", "91": "HK", "92": "MO",
}  # fmt: skip
ELSEWHERE: Final = "elsewhere"
_OLDEST: Final = 150
_MOST: Final = 1_000

_DEMANDS: Final = {
    "country": N_("The applicant’s organisation is in one of these: %(values)s."),
    "nationality": N_("The applicant is a national of one of these: %(values)s."),
    "not_nationality": N_("The applicant is not a national of any of these: %(values)s."),
    "career_stage": N_("The applicant is at one of these stages: %(values)s."),
    "organisation_type": N_("The applicant belongs to one of these: %(values)s."),
    "age_at_most": N_("The applicant is at most %(number)s years old."),
    "years_since_degree_at_most": N_(
        "The applicant’s degree is at most so many years old: %(number)s."
    ),
    "partners_at_least": N_("Partners who apply together, at least: %(number)s."),
    "countries_at_least": N_("Countries of the partners, at least: %(number)s."),
    "country_in_consortium": N_("A partner is in one of these: %(values)s."),
    "words": N_("A rule in the funder’s words, which you judge yourself."),
}
_ON: Final = {
    "age_at_most": N_("The applicant is at most %(number)s years old on %(on)s."),
    "years_since_degree_at_most": N_(
        "On %(on)s the applicant’s degree is at most so many years old: %(number)s."
    ),
}
_BY_SEX: Final = N_("The applicant is at most so old: women %(female)s, men %(male)s.")
_BY_SEX_ON: Final = N_("On %(on)s the applicant is at most so old: women %(female)s, men %(male)s.")
_EVERY_PARTNER: Final = N_("This holds for every partner: %(rule)s")

_OF_CONSORTIA: Final = frozenset(
    {"partners_at_least", "countries_at_least", "country_in_consortium"}
)
_ASKS: Final[Mapping[str, tuple[str, ...]]] = {
    "country": (),
    "nationality": ("nationalities",),
    "not_nationality": ("nationalities",),
    "career_stage": ("career_stages",),
    "organisation_type": ("organisation_types",),
    "age_at_most": ("born",),
    "years_since_degree_at_most": ("degree",),
    "partners_at_least": ("partners",),
    "countries_at_least": ("countries",),
    "country_in_consortium": (),
    "words": (),
}


@dataclass(frozen=True)
class Rule:
    """One rule of an opportunity, whole: a test here has all that it needs.

    values: codes; number: of years, partners or countries; limits: years by sex, where they
    differ; on: the day on which an age counts; text: the funder's words.
    """

    id: str
    test: str
    scope: Literal["applicant", "consortium"] = "applicant"
    values: tuple[str, ...] = ()
    number: int = 0
    limits: Mapping[str, int] = field(default_factory=dict)
    on: date | None = None
    text: LanguageMap = field(default_factory=dict)


@dataclass(frozen=True)
class Answers:
    """What somebody said of themselves; empty: not answered.

    country, countries: ISO 3166-1 alpha-3, of the applicant's organisation and of all partners';
    region: ISO 3166-2, within the country, or ELSEWHERE: in none that was offered;
    nationalities: alpha-3; career_stages, organisation_types: of the lists above, all that hold;
    born, degree: a year, a month or a day; partners: how many apply together, the applicant
    counted.
    """

    country: str = ""
    region: str = ""
    organisation_types: frozenset[str] = frozenset()
    career_stages: frozenset[str] = frozenset()
    nationalities: frozenset[str] = frozenset()
    partners: int | None = None
    countries: frozenset[str] = frozenset()
    degree: PartialDate | None = None
    born: PartialDate | None = None
    sex: str = ""


@dataclass(frozen=True)
class Verdict:
    """What one rule says of the answers.

    reason: what the rule demands, in a sentence whose `values` are codes; missing: the
    questions whose answers would decide it.
    """

    rule: Rule
    outcome: Outcome
    reason: Sentence
    missing: tuple[str, ...] = ()


def read_rules(items: object) -> tuple[Rule, ...]:
    """The rules of a profile's `eligibility`. What is none of ours becomes a rule to be read."""
    if not isinstance(items, list | tuple):
        return ()
    return tuple(
        _rule(number, item) for number, item in enumerate(items) if isinstance(item, Mapping)
    )


def verdicts(rules: Iterable[Rule], answers: Answers, today: date) -> tuple[Verdict, ...]:
    """What each rule says, in their order. today: of an age for which a rule names no day."""
    return tuple(_verdict(rule, answers, today) for rule in rules)


def standing(found: Iterable[Verdict]) -> Standing:
    """What all rules together say: one that bars is enough; without any rule nobody can tell."""
    outcomes = {one.outcome for one in found}
    if "unmet" in outcomes:
        return "barred"
    return "admitted" if outcomes == {"met"} else "perhaps"


def needed_questions(rules: Iterable[Rule]) -> frozenset[str]:
    """The questions, of QUESTIONS, whose answers any of the rules looks at."""
    return frozenset(question for rule in rules for question in _questions(rule))


def demand(rule: Rule) -> Sentence:
    """What the rule asks for, in a sentence; codes stand where the reader's words will."""
    said = _demand(rule)
    if rule.scope == "consortium" and rule.test not in _OF_CONSORTIA and rule.test != "words":
        return Sentence(_EVERY_PARTNER, rule=said)
    return said


# --- reading -----------------------------------------------------------------------------


def _rule(number: int, item: Mapping[str, Any]) -> Rule:
    test = item.get("test")
    id_ = item.get("id")
    text = item.get("text")
    said: LanguageMap = (
        {str(tag): words for tag, words in text.items() if isinstance(words, str) and words}
        if isinstance(text, Mapping)
        else {}
    )
    whole = Rule(
        id=id_ if isinstance(id_, str) and id_ else f"rule-{number + 1}",
        test=test if isinstance(test, str) else "",
        scope="consortium" if item.get("scope") == "consortium" else "applicant",
        values=tuple(map(region_code, _texts(item.get("values")))),
        number=_whole(item.get("number")),
        limits=_limits(item),
        on=_day(item.get("on")),
        text=said,
    )
    return whole if _is_whole(whole, item) else Rule(whole.id, "words", whole.scope, text=said)


def _is_whole(rule: Rule, item: Mapping[str, Any]) -> bool:
    """Whether a machine can judge by it: a part that was not understood could bar or admit."""
    if item.get("on") is not None and rule.on is None:
        return False
    match rule.test:
        case "country" | "country_in_consortium":
            return _all(rule.values, item, is_place)
        case "nationality" | "not_nationality":
            return _all(rule.values, item, lambda code: code in _alpha2())
        case "career_stage":
            return _all(rule.values, item, lambda code: code in CAREER_STAGES)
        case "organisation_type":
            return _all(rule.values, item, lambda code: code in ORGANISATION_TYPES)
        case "age_at_most":
            given = item.get("by_sex") is not None
            return bool(rule.limits) if given else 0 < rule.number <= _OLDEST
        case "years_since_degree_at_most":
            return 0 < rule.number <= _OLDEST
        case "partners_at_least" | "countries_at_least":
            return 0 < rule.number <= _MOST
        case _:
            return False


def _all(values: tuple[str, ...], item: Mapping[str, Any], known: Any) -> bool:
    given = item.get("values")
    return (
        bool(values)
        and isinstance(given, list | tuple)
        and len(given) == len(values)
        and all(known(value) for value in values)
    )


def is_place(code: str) -> bool:
    """Whether it is a country (ISO 3166-1 alpha-3) or a province (ISO 3166-2)."""
    if _PLACE.fullmatch(code) is None:
        return False
    return code[:2] in _alpha3() if "-" in code else code in _alpha2()


def region_code(code: str) -> str:
    """A code of ISO 3166-2 as it is written today, also of a member here (`CHN-YN`); any other as
    it is."""
    country, _, part = code.partition("-")
    if part and country in _alpha2():
        return f"{_alpha2()[country]}-{part}"
    return f"CN-{_LETTERS[part]}" if country == "CN" and part in _LETTERS else code


def _texts(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list | tuple) else ()
    return tuple(one for one in listed if isinstance(one, str))


def _whole(value: object) -> int:
    return value if type(value) is int else 0


def _limits(item: Mapping[str, Any]) -> dict[str, int]:
    """Years by sex, for both of them; else none. A sex that is not named has the plain number."""
    given = item.get("by_sex")
    if not isinstance(given, Mapping):
        return {}
    limits = {sex: _whole(given.get(sex, item.get("number"))) for sex in SEXES}
    return limits if all(0 < limit <= _OLDEST for limit in limits.values()) else {}


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


# --- judging -----------------------------------------------------------------------------


def _verdict(rule: Rule, answers: Answers, today: date) -> Verdict:
    met = _test(rule, answers, today)
    if rule.test == "words":
        return Verdict(rule, "to_read", demand(rule))
    if met is None:
        undecided = _undecided(rule, answers)
        missing = tuple(name for name in QUESTIONS if name in undecided)
        return Verdict(rule, "unanswered" if missing else "to_read", demand(rule), missing)
    if met and _of_others(rule):
        # The applicant meets it; what the other partners are was not asked.
        return Verdict(rule, "to_read", demand(rule))
    return Verdict(rule, "met" if met else "unmet", demand(rule))


def _of_others(rule: Rule) -> bool:
    """Whether it holds for partners, of whom only the countries are known."""
    return rule.scope == "consortium" and rule.test not in {*_OF_CONSORTIA, "country"}


def _test(rule: Rule, answers: Answers, today: date) -> bool | None:
    """Whether the answers meet it; None where they do not decide it."""
    match rule.test:
        case "country":
            own = _among(_places(answers), rule.values)
            if rule.scope == "applicant":
                return own
            return _every(own, answers, rule.values)
        case "nationality":
            return _meet(answers.nationalities, rule.values)
        case "not_nationality":
            found = _meet(answers.nationalities, rule.values)
            return None if found is None else not found
        case "career_stage":
            return _meet(answers.career_stages, rule.values)
        case "organisation_type":
            return _meet(answers.organisation_types, rule.values)
        case "age_at_most":
            return _young(rule, answers, rule.on or today)
        case "years_since_degree_at_most":
            return _recent(answers.degree, rule.number, rule.on or today)
        case "partners_at_least":
            return _enough_partners(answers, rule.number)
        case "countries_at_least":
            return _enough_countries(answers, rule.number)
        case "country_in_consortium":
            return _some(answers, rule.values)
        case _:
            return None


def _meet(said: frozenset[str], values: tuple[str, ...]) -> bool | None:
    return bool(said & set(values)) if said else None


def _places(answers: Answers) -> str:
    """Where the applicant's organisation is, as closely as was said."""
    alpha2 = _alpha2().get(answers.country, "")
    if alpha2 and answers.region == ELSEWHERE:
        return f"{alpha2}-{ELSEWHERE}"
    return answers.region if alpha2 and answers.region[:3] == f"{alpha2}-" else answers.country


def _among(place: str, values: tuple[str, ...]) -> bool | None:
    """Whether a place is, or lies in, one of the values; None: one of them lies in it."""
    if not place:
        return None
    country = _alpha3().get(place[:2], "") if "-" in place else place
    if place in values or country in values:
        return True
    return None if "-" not in place and _has_province(values, place) else False


def _has_province(values: tuple[str, ...], country: str) -> bool:
    return any(value[:3] == f"{_alpha2().get(country)}-" for value in values)


def _partner_places(answers: Answers) -> Iterator[str]:
    """Where the partners are, the applicant first.

    Another of them may be in another province of the applicant's country, unless there are no
    more partners than countries.
    """
    own = _places(answers)
    others = set(answers.countries)
    if own:
        yield own
    if own == answers.country or answers.partners == len(others | {answers.country}):
        others.discard(answers.country)
    yield from sorted(others)


def _every(own: bool | None, answers: Answers, values: tuple[str, ...]) -> bool | None:
    """Whether all partners are in the values."""
    found = [_among(place, values) for place in _partner_places(answers)]
    if False in found:
        return False
    alone = answers.partners == 1
    known = own is not None and (bool(answers.countries) or alone)
    return True if known and None not in found else None


def _some(answers: Answers, values: tuple[str, ...]) -> bool | None:
    """Whether at least one partner is in the values."""
    found = [_among(place, values) for place in _partner_places(answers)]
    if True in found:
        return True
    known = bool(answers.countries) or (answers.partners == 1 and bool(answers.country))
    return False if known and None not in found else None


def _enough_partners(answers: Answers, number: int) -> bool | None:
    # There are as many partners as countries, at least.
    countries = len(answers.countries | {answers.country} - {""})
    if max(answers.partners or 0, countries, 1) >= number:
        return True
    return None if answers.partners is None else False


def _enough_countries(answers: Answers, number: int) -> bool | None:
    if max(len(answers.countries | {answers.country} - {""}), 1) >= number:
        return True
    if answers.countries:
        return False
    # Fewer partners than countries cannot be.
    return False if answers.partners is not None and answers.partners < number else None


def _young(rule: Rule, answers: Answers, on: date) -> bool | None:
    if answers.born is None:
        return None
    limits = rule.limits or dict.fromkeys(SEXES, rule.number)
    among = {limits[answers.sex]} if answers.sex in limits else set(limits.values())
    ages = {age(answers.born.earliest, on), age(answers.born.latest, on)}
    found = {years <= limit for years in ages for limit in among}
    return found.pop() if len(found) == 1 else None


def age(born: date, on: date) -> int:
    """Full years on a day. Who was born on 29 February has a birthday on 1 March, in most years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _recent(degree: PartialDate | None, years: int, on: date) -> bool | None:
    """Whether no more than so many years went by since: on their last day it still holds."""
    if degree is None:
        return None
    found = {_anniversary(day, years) >= on for day in (degree.earliest, degree.latest)}
    return found.pop() if len(found) == 1 else None


def _anniversary(day: date, years: int) -> date:
    """The same day so many years on; of 29 February, 1 March in a year without one."""
    if day.year + years > date.max.year:
        return date.max
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


# --- asking ------------------------------------------------------------------------------


def _questions(rule: Rule) -> Iterator[str]:
    yield from _ASKS[rule.test]
    if rule.test in {"country", "country_in_consortium"}:
        together = rule.scope == "consortium" or rule.test == "country_in_consortium"
        yield "country"
        if together:
            yield "countries"
        if any("-" in value for value in rule.values):
            yield "region"
            if together:
                yield "partners"
    if len(set(rule.limits.values())) > 1:
        yield "sex"


def _undecided(rule: Rule, answers: Answers) -> frozenset[str]:
    """The questions that could decide it: those not answered, or a date that is too coarse."""
    open_ = {name for name in _questions(rule) if not getattr(answers, name)}
    if answers.country and not _has_province(rule.values, answers.country):
        # No province of the applicant's own matters, and of partners only countries are asked.
        open_.discard("region")
        if answers.countries and rule.test in {"country", "country_in_consortium"}:
            open_.discard("partners")
    return frozenset(open_ or {name for name in _questions(rule) if name in {"born", "degree"}})


# --- saying ------------------------------------------------------------------------------


def _demand(rule: Rule) -> Sentence:
    data: dict[str, Any] = {"values": ", ".join(rule.values)} if rule.values else {}
    if len(set(rule.limits.values())) > 1:
        data |= rule.limits
        if rule.on is None:
            return Sentence(_BY_SEX, **data)
        return Sentence(_BY_SEX_ON, on=rule.on, **data)
    if rule.test in _ON or rule.number:
        data["number"] = next(iter(rule.limits.values()), rule.number)
    if rule.test in _ON and rule.on is not None:
        return Sentence(_ON[rule.test], on=rule.on, **data)
    return Sentence(_DEMANDS[rule.test], **data)


@cache
def _alpha2() -> Mapping[str, str]:
    """Alpha-3 to alpha-2."""
    return {str(one.data["alpha3"]): code for code, one in codes.codes("countries").items()}


@cache
def _alpha3() -> Mapping[str, str]:
    return {alpha2: alpha3 for alpha3, alpha2 in _alpha2().items()}
