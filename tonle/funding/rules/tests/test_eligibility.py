"""Who may apply: each test of a rule, what is not understood, and that answers only decide."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.funding.rules.answers import read_answers, written
from tonle.funding.rules.eligibility import (
    CAREER_STAGES,
    ELSEWHERE,
    ORGANISATION_TYPES,
    QUESTIONS,
    SEXES,
    Answers,
    Verdict,
    age,
    demand,
    needed_questions,
    read_rules,
    standing,
    verdicts,
)
from tonle.kernel.dates import PartialDate
from tonle.kernel.errors import Invalid

TODAY = date(2026, 11, 23)
PLACES = ("KHM", "LAO", "CHN", "CN-YN", "CN-GX", "FRA")


def one(rule: dict[str, Any], **answers: Any) -> Verdict:
    (verdict,) = verdicts(read_rules([rule]), Answers(**answers), TODAY)
    return verdict


def outcome(rule: dict[str, Any], **answers: Any) -> str:
    return one(rule, **answers).outcome


def test_the_country_of_the_organisation_decides() -> None:
    rule = {"id": "where", "test": "country", "values": ["KHM", "CN-YN"]}

    assert outcome(rule, country="KHM") == "met"
    assert outcome(rule, country="LAO") == "unmet"
    assert outcome(rule) == "unanswered"


def test_a_province_is_asked_for_only_where_a_rule_names_one_of_the_country() -> None:
    rule = {"test": "country", "values": ["KHM", "CN-YN"]}

    assert one(rule, country="CHN").missing == ("region",)
    assert outcome(rule, country="CHN", region="CN-YN") == "met"
    assert outcome(rule, country="CHN", region="CN-GX") == "unmet"
    assert outcome(rule, country="CHN", region=ELSEWHERE) == "unmet"
    # A province that is left from another country says nothing.
    assert outcome(rule, country="KHM", region="CN-YN") == "met"


def test_a_province_in_digits_is_the_one_in_letters() -> None:
    rule = {"test": "country", "values": ["CN-53"]}

    assert outcome(rule, country="CHN", region="CN-YN") == "met"
    member = {"test": "country", "values": ["CHN-YN"]}
    assert outcome(member, country="CHN", region="CN-YN") == "met"


def test_two_nationalities_open_a_door_and_close_one() -> None:
    both = frozenset({"KHM", "FRA"})

    assert outcome({"test": "nationality", "values": ["FRA"]}, nationalities=both) == "met"
    assert outcome({"test": "not_nationality", "values": ["FRA"]}, nationalities=both) == "unmet"
    assert outcome({"test": "not_nationality", "values": ["LAO"]}, nationalities=both) == "met"


def test_stage_and_organisation_are_met_by_any_that_holds() -> None:
    stages = frozenset({"postdoctoral", "early_career"})

    assert outcome({"test": "career_stage", "values": ["early_career"]}, career_stages=stages) == (
        "met"
    )
    assert outcome({"test": "career_stage", "values": ["student"]}, career_stages=stages) == "unmet"
    rule = {"test": "organisation_type", "values": ["hospital", "ngo"]}
    assert outcome(rule, organisation_types=frozenset({"hospital"})) == "met"
    assert outcome(rule) == "unanswered"


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (PartialDate(1991, 1, 1), "met"),  # 36 on the day after: still 35 on it.
        (PartialDate(1990, 12, 31), "unmet"),
        (PartialDate(1991), "met"),
        (PartialDate(1990), "unmet"),
        (PartialDate(1989), "unmet"),
    ],
)
def test_an_age_counts_full_years_on_the_day(born: PartialDate, expected: str) -> None:
    rule = {"test": "age_at_most", "number": 35, "on": "2026-12-31"}

    assert outcome(rule, born=born) == expected


def test_a_year_of_birth_in_which_the_limit_falls_does_not_decide() -> None:
    rule = {"test": "age_at_most", "number": 35, "on": "2026-06-30"}

    verdict = one(rule, born=PartialDate(1990))

    assert (verdict.outcome, verdict.missing) == ("unanswered", ("born",))
    assert outcome(rule, born=PartialDate(1990, 8)) == "met"


def test_who_was_born_on_a_leap_day_is_older_in_march() -> None:
    assert age(date(2000, 2, 29), date(2026, 2, 28)) == 25
    assert age(date(2000, 2, 29), date(2026, 3, 1)) == 26


def test_sex_is_asked_only_where_limits_differ_and_the_age_lies_between_them() -> None:
    rule = {
        "test": "age_at_most",
        "by_sex": {"female": 40, "male": 35},
        "on": "2026-12-31",
    }

    assert needed_questions(read_rules([rule])) == {"born", "sex"}
    assert outcome(rule, born=PartialDate(1995)) == "met"
    assert outcome(rule, born=PartialDate(1980)) == "unmet"
    assert one(rule, born=PartialDate(1988)).missing == ("sex",)
    assert outcome(rule, born=PartialDate(1988), sex="female") == "met"
    assert outcome(rule, born=PartialDate(1988), sex="male") == "unmet"
    alike = {"test": "age_at_most", "by_sex": {"female": 35, "male": 35}}
    assert needed_questions(read_rules([alike])) == {"born"}


def test_years_since_a_degree_end_on_its_anniversary() -> None:
    rule = {"test": "years_since_degree_at_most", "number": 7, "on": "2026-11-23"}

    assert outcome(rule, degree=PartialDate(2019, 11, 23)) == "met"
    assert outcome(rule, degree=PartialDate(2019, 11, 22)) == "unmet"
    assert outcome(rule, degree=PartialDate(2019)) == "unanswered"
    assert outcome({**rule, "on": "2028-02-29"}, degree=PartialDate(2020, 2, 29)) == "unmet"


def test_a_day_that_a_rule_does_not_name_is_today() -> None:
    assert outcome({"test": "age_at_most", "number": 35}, born=PartialDate(1991, 11, 23)) == "met"
    assert outcome({"test": "age_at_most", "number": 34}, born=PartialDate(1991, 11, 23)) == "unmet"


def test_partners_and_their_countries() -> None:
    partners = {"test": "partners_at_least", "number": 3}
    countries = {"test": "countries_at_least", "number": 3}
    three = frozenset({"KHM", "LAO", "FRA"})

    assert outcome(partners, partners=3) == "met"
    assert outcome(partners, partners=2) == "unmet"
    assert outcome(partners, countries=three) == "met"
    assert outcome(countries, countries=three) == "met"
    assert outcome(countries, country="KHM", countries=frozenset({"LAO"})) == "unmet"
    assert outcome(countries, partners=2) == "unmet"
    assert outcome(countries, partners=3) == "unanswered"


def test_a_partner_in_a_place_is_enough() -> None:
    rule = {"test": "country_in_consortium", "values": ["FRA", "CN-YN"]}

    assert outcome(rule, country="FRA") == "met"
    assert outcome(rule, country="KHM") == "unanswered"
    assert outcome(rule, country="KHM", partners=1) == "unmet"
    assert outcome(rule, country="KHM", countries=frozenset({"KHM", "LAO"})) == "unmet"
    assert outcome(rule, country="KHM", countries=frozenset({"KHM", "CHN"})) == "to_read"


def test_of_several_partners_in_one_country_not_every_province_is_known() -> None:
    rule = {"test": "country_in_consortium", "values": ["CN-YN"]}
    here = {"country": "CHN", "region": "CN-GX", "countries": frozenset({"CHN", "KHM"})}

    assert outcome(rule, **here) == "unanswered"
    assert outcome(rule, **here, partners=2) == "unmet"
    assert outcome(rule, **here, partners=3) == "to_read"


def test_a_rule_for_every_partner_can_bar_but_not_admit() -> None:
    rule = {"test": "organisation_type", "scope": "consortium", "values": ["university"]}

    assert outcome(rule, organisation_types=frozenset({"university"})) == "to_read"
    assert outcome(rule, organisation_types=frozenset({"ngo"})) == "unmet"
    every = {"test": "country", "scope": "consortium", "values": ["KHM", "LAO"]}
    assert outcome(every, country="KHM", countries=frozenset({"KHM", "LAO"})) == "met"
    assert outcome(every, country="KHM", countries=frozenset({"FRA"})) == "unmet"
    assert outcome(every, country="KHM") == "unanswered"
    assert outcome(every, country="KHM", partners=1) == "met"
    assert str(demand(read_rules([every])[0])).startswith("This holds for every partner")


@pytest.mark.parametrize(
    "rule",
    [
        {"id": "a"},
        {"test": "zodiac", "values": ["rat"]},
        {"test": "country"},
        {"test": "country", "values": []},
        {"test": "country", "values": ["KHM", "Europe"]},
        {"test": "country", "values": ["CNX"]},
        {"test": "country", "values": ["KHM", 7]},
        {"test": "country", "values": "KHM"},
        {"test": "nationality", "values": ["CN-YN"]},
        {"test": "career_stage", "values": ["postdoctoral", "wizard"]},
        {"test": "age_at_most"},
        {"test": "age_at_most", "number": True},
        {"test": "age_at_most", "number": 35, "on": "1 January"},
        {"test": "age_at_most", "number": 35, "by_sex": {"female": "forty"}},
        {"test": "age_at_most", "by_sex": {"female": 40}},
        {"test": "partners_at_least", "number": 0},
        {"test": "words", "text": {"en": "A letter of support."}},
    ],
)
def test_what_is_not_understood_is_to_be_read_and_never_left_out(rule: dict[str, Any]) -> None:
    answers = Answers("KHM", nationalities=frozenset({"KHM"}), born=PartialDate(2000), partners=9)

    (verdict,) = verdicts(read_rules([rule]), answers, TODAY)

    assert verdict.outcome == "to_read"
    assert dict(verdict.rule.text) == rule.get("text", {})
    assert needed_questions([verdict.rule]) == frozenset()


def test_all_rules_together() -> None:
    rules = read_rules(
        [
            {"test": "country", "values": ["KHM"]},
            {"test": "career_stage", "values": ["doctoral"]},
        ]
    )

    def together(**answers: Any) -> str:
        return standing(verdicts(rules, Answers(**answers), TODAY))

    assert together(country="KHM", career_stages=frozenset({"doctoral"})) == "admitted"
    assert together(country="KHM") == "perhaps"
    assert together(country="LAO") == "barred"
    assert standing(()) == "perhaps"


# --- properties --------------------------------------------------------------------------

_codes = st.lists(st.sampled_from(PLACES), min_size=1, max_size=4, unique=True)
_nations = st.lists(st.sampled_from(["KHM", "LAO", "CHN", "FRA"]), min_size=1, unique=True)
_on = st.dates(date(2020, 1, 1), date(2030, 12, 31)).map(date.isoformat)
_years = st.integers(1, 60)


def _rule(test: str, **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    scope = st.sampled_from(["applicant", "consortium"])
    return st.fixed_dictionaries({"test": st.just(test), "scope": scope, **parts})


RULES = st.one_of(
    _rule("country", values=_codes),
    _rule("country_in_consortium", values=_codes),
    _rule("nationality", values=_nations),
    _rule("not_nationality", values=_nations),
    _rule("career_stage", values=st.lists(st.sampled_from(CAREER_STAGES), min_size=1)),
    _rule("organisation_type", values=st.lists(st.sampled_from(ORGANISATION_TYPES), min_size=1)),
    _rule("age_at_most", number=_years, on=_on),
    _rule("age_at_most", by_sex=st.fixed_dictionaries(dict.fromkeys(SEXES, _years)), on=_on),
    _rule("years_since_degree_at_most", number=_years, on=_on),
    _rule("partners_at_least", number=st.integers(1, 5)),
    _rule("countries_at_least", number=st.integers(1, 5)),
    _rule("words"),
)


@st.composite
def whole_answers(draw: st.DrawFn) -> Answers:
    """Answers to everything, which do not gainsay each other."""
    country = draw(st.sampled_from(["KHM", "LAO", "CHN", "FRA"]))
    region = draw(st.sampled_from(["CN-YN", "CN-GX", "CN-BJ"])) if country == "CHN" else ""
    countries = {country, *draw(st.sets(st.sampled_from(["KHM", "LAO", "CHN", "FRA"])))}
    day = st.dates(date(1950, 1, 1), date(2019, 12, 31)).map(
        lambda one: PartialDate(one.year, one.month, one.day)
    )
    return Answers(
        country=country,
        region=region,
        organisation_types=draw(st.frozensets(st.sampled_from(ORGANISATION_TYPES), min_size=1)),
        career_stages=draw(st.frozensets(st.sampled_from(CAREER_STAGES), min_size=1)),
        nationalities=draw(st.frozensets(st.sampled_from(["KHM", "CHN", "FRA"]), min_size=1)),
        partners=draw(st.integers(len(countries), 6)),
        countries=frozenset(countries),
        degree=draw(day),
        born=draw(day),
        sex=draw(st.sampled_from(SEXES)),
    )


def _coarser(value: PartialDate, to: int) -> PartialDate:
    return (value, PartialDate(value.year, value.month), PartialDate(value.year))[to]


def _without(answers: Answers, names: set[str], coarse: int) -> Answers:
    empty = Answers()
    less = {name: getattr(empty, name) for name in names}
    for name in {"born", "degree"} - names:
        less[name] = _coarser(getattr(answers, name), coarse)
    return replace(answers, **less)


@given(RULES, whole_answers(), st.sets(st.sampled_from(QUESTIONS)), st.integers(0, 2))
def test_more_answers_never_turn_a_verdict_round(
    rule: dict[str, Any], answers: Answers, unsaid: set[str], coarse: int
) -> None:
    less = _without(answers, unsaid, coarse)
    rules = read_rules([rule])

    (before,) = verdicts(rules, less, TODAY)
    (after,) = verdicts(rules, answers, TODAY)

    if before.outcome in {"met", "unmet"}:
        assert after.outcome == before.outcome


@given(RULES, whole_answers())
def test_whoever_has_answered_everything_is_asked_nothing(
    rule: dict[str, Any], answers: Answers
) -> None:
    (verdict,) = verdicts(read_rules([rule]), answers, TODAY)

    assert verdict.outcome != "unanswered"


@given(RULES, whole_answers(), st.sets(st.sampled_from(QUESTIONS)))
def test_what_is_missing_is_a_question_of_the_rule_that_the_answers_leave_open(
    rule: dict[str, Any], answers: Answers, unsaid: set[str]
) -> None:
    rules = read_rules([rule])
    less = _without(answers, unsaid, 0)

    (verdict,) = verdicts(rules, less, TODAY)

    assert set(verdict.missing) <= needed_questions(rules)
    assert all(not getattr(less, name) for name in verdict.missing)
    assert bool(verdict.missing) == (verdict.outcome == "unanswered")


@given(RULES, whole_answers(), st.sets(st.sampled_from(QUESTIONS)))
def test_questions_that_no_rule_needs_change_nothing(
    rule: dict[str, Any], answers: Answers, unsaid: set[str]
) -> None:
    rules = read_rules([rule])
    less = _without(answers, unsaid - needed_questions(rules), 0)

    assert verdicts(rules, less, TODAY) == verdicts(rules, answers, TODAY)


@given(st.lists(RULES, max_size=6), whole_answers())
def test_the_order_of_rules_does_not_matter(rules: list[dict[str, Any]], answers: Answers) -> None:
    there, back = read_rules(rules), read_rules(rules[::-1])

    assert standing(verdicts(there, answers, TODAY)) == standing(verdicts(back, answers, TODAY))
    assert needed_questions(there) == needed_questions(back)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
_keys = st.sampled_from(["id", "test", "scope", "values", "number", "on", "by_sex", "text"])
_TESTS = st.sampled_from(["country", "age_at_most", "career_stage", "partners_at_least", "words"])


@given(_json | st.lists(st.dictionaries(_keys, _json | _TESTS)))
def test_whatever_stands_in_a_record_is_read(items: Any) -> None:
    rules = read_rules(items)

    for verdict in verdicts(rules, Answers(country="KHM", partners=1), TODAY):
        assert str(verdict.reason)


# --- answers -----------------------------------------------------------------------------


@given(whole_answers(), st.sets(st.sampled_from(QUESTIONS)), st.integers(0, 2))
def test_answers_are_read_as_they_were_written(
    answers: Answers, unsaid: set[str], coarse: int
) -> None:
    less = _without(answers, unsaid | ({"region"} if "country" in unsaid else set()), coarse)

    assert read_answers(written(less)) == less


def test_every_field_of_the_answers_is_a_question() -> None:
    assert tuple(field.name for field in fields(Answers)) == QUESTIONS


def test_dates_are_read_as_people_of_the_region_write_them() -> None:
    assert read_answers({"born": "31/05/2533 BE"}).born == PartialDate(1990, 5, 31)
    assert read_answers({"born": " 1990-05 "}).born == PartialDate(1990, 5)


def test_each_answer_that_cannot_be_read_is_told() -> None:
    with pytest.raises(Invalid) as refused:
        read_answers(
            {
                "country": "Angkor",
                "region": "CN-YN",
                "career_stages": ["wizard"],
                "partners": "-1",
                "born": "long ago",
                "sex": "yes",
            }
        )

    assert sorted(where for where, _ in refused.value.problems) == [
        "born", "career_stages", "country", "partners", "region", "sex",
    ]  # fmt: skip


def test_fewer_partners_than_countries_cannot_be() -> None:
    with pytest.raises(Invalid):
        read_answers({"country": "KHM", "countries": ["LAO"], "partners": 1})
