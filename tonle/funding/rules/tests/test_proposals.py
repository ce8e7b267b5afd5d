"""What a proposal says, and what keeps it from being submitted, by the text of its call."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.funding.rules import proposal_problems, proposals
from tonle.funding.rules.proposals import (
    SUMMARY,
    THEME,
    TITLE,
    Cost,
    Given,
    Partner,
    Person,
    Question,
    clean,
)
from tonle.funding.rules.tests.call_texts import text, words
from tonle.kernel import canonical
from tonle.kernel.errors import Invalid

TODAY = date(2027, 2, 1)
RUPP = Partner("p1", "RUPP (invented)", "KHM", "kh")
YNU = Partner("p2", "YNU (invented)", "CHN", "cn")
CHAN = Person("Chan", "lead", "p1")
LIN = Person("Lin", "investigator", "p2")
ANSWERS = (
    Given(TITLE, "km", "ពន្លឺ"),
    Given(SUMMARY, "km", "ខ្លី"),
    Given(THEME, "", "energy"),
    Given("aim", "km", "គោល"),
)
COSTS = (
    Cost("p1", "kh", 2027, "staff", "USD", 10_000_000),
    Cost("p2", "cn", 2027, "staff", "CNY", 70_000_000),
)


def document(call: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "text": call or text(),
        "proposal": "0000000000000p0",
        "language": "km",
        "answers": ANSWERS,
        "partners": (RUPP, YNU),
        "people": (CHAN, LIN),
        "costs": COSTS,
        **changed,
    }
    return proposals.compose(**said)


def problems(call: dict[str, Any] | None = None, **changed: Any) -> dict[str, str]:
    call = call or text()
    found = proposal_problems.problems(call, document(call, **changed), TODAY)
    return {where: str(what) for where, what in found}


def test_a_whole_proposal_has_no_problem() -> None:
    assert problems() == {}


def test_everything_that_is_missing_is_told_at_once() -> None:
    found = problems(answers=(), partners=(), people=(), costs=())
    assert set(found) == {TITLE, SUMMARY, THEME, "aim", "partners"}


@pytest.mark.parametrize(
    ("changed", "where", "said"),
    [
        ({"partners": (RUPP,), "people": (CHAN,), "costs": COSTS[:1]}, "partners", "one side"),
        ({"people": (CHAN,)}, "people", "nobody is principal investigator"),
        ({"people": (CHAN, LIN, Person("Sok", "member"))}, "people", "belongs to no partner"),
        ({"people": (CHAN, replace(LIN, role="member"))}, "people", "China"),
        ({"costs": COSTS[:1]}, "costs", "Nothing is asked"),
        ({"costs": (replace(COSTS[0], amount_minor=10_000_001), COSTS[1])}, "costs", "at most"),
        ({"costs": (replace(COSTS[0], party="cn", currency="CNY"), COSTS[1])}, "costs", "not pay"),
        ({"costs": (replace(COSTS[0], category="gold"), COSTS[1])}, "costs", "not paid for"),
        ({"costs": (replace(COSTS[0], currency="KHR"), COSTS[1])}, "costs", "pays in USD"),
        ({"partners": (RUPP, replace(YNU, country="LAO"))}, "partners", "not in the country"),
        (
            {"partners": (RUPP, YNU, Partner("p3", "NUOL (invented)", "LAO"))},
            "partners",
            "money of its own",
        ),
        ({"answers": (*ANSWERS[:2], Given(THEME, "", "gone"), ANSWERS[3])}, THEME, "no longer"),
        ({"answers": (Given(TITLE, "km", "ក" * 301), *ANSWERS[1:])}, TITLE, "301 characters"),
        ({"answers": (Given(TITLE, "en", "Light"), *ANSWERS[1:])}, TITLE, "no answer"),
    ],
)
def test_what_breaks_the_text_is_told(changed: dict[str, Any], where: str, said: str) -> None:
    found = problems(**changed)
    assert said in found[where]


def test_a_sum_just_at_the_cap_passes_and_currencies_are_never_added_up() -> None:
    twice = (*COSTS, replace(COSTS[1], year=2028, amount_minor=1))
    assert problems() == {}
    assert set(problems(costs=twice)) == {"costs"}
    assert proposals.sums(document(costs=twice)) == {
        ("kh", "USD"): 10_000_000, ("cn", "CNY"): 70_000_001,
    }  # fmt: skip


def test_rules_that_the_proposal_answers_itself_are_judged() -> None:
    three = {"id": "three", "scope": "consortium", "test": "partners_at_least", "number": 3}
    call = text(eligibility=[three | {"text": words("Three partners together")}])
    assert problems(call) == {"rules": "Three partners together"}
    thai = {"id": "thai", "party": "kh", "scope": "applicant", "test": "country",
            "values": ["THA"], "text": words("Of Thailand")}  # fmt: skip
    assert problems(text(eligibility=[thai])) == {"rules": "Of Thailand"}
    # What was not asked, and what only people can tell, is left to officers.
    asked = {"id": "young", "scope": "applicant", "test": "age_at_most", "number": 35}
    in_words = {"id": "honest", "scope": "applicant", "test": "words", "text": words("Honest")}
    assert problems(text(eligibility=[asked, in_words])) == {}
    # Of a side that does not take part.
    other = thai | {"party": "cn", "values": ["CHN"]}
    assert problems(text(eligibility=[other])) == {}


def test_what_a_corrigendum_no_longer_asks_is_not_submitted() -> None:
    said = document(answers=(*ANSWERS, Given("dropped", "km", "x"), Given("aim", "", "y")))
    assert set(said["answers"]) == {"aim"}
    assert said["answers"]["aim"] == {"texts": {"km": "គោល"}}


def test_a_word_of_an_answer_is_no_matter_of_the_institution_and_an_amount_is() -> None:
    before = proposals.endorsed(document(), "p1")
    polished = document(answers=(*ANSWERS[:3], Given("aim", "km", "ផ្សេង")))
    assert proposals.endorsed(polished, "p1") == before
    dearer = document(costs=(replace(COSTS[0], amount_minor=1), COSTS[1]))
    assert proposals.endorsed(dearer, "p1") != before
    others = document(costs=(COSTS[0], replace(COSTS[1], amount_minor=1)))
    assert proposals.endorsed(others, "p1") == before
    titled = document(answers=(Given(TITLE, "km", "ផ្សេង"), *ANSWERS[1:]))
    assert proposals.endorsed(titled, "p1") != before


def test_what_differs_is_named_by_its_parts() -> None:
    before = document()
    after = document(
        answers=(*ANSWERS[:3], Given("aim", "km", "ផ្សេង")), people=(CHAN, replace(LIN, name="Li"))
    )
    assert proposals.changed(before, before) == ()
    assert proposals.changed(before, after) == ("aim", "people")


@pytest.mark.parametrize(
    ("answer", "value", "kept"),
    [
        ("number", "១២ ០០០", "12000"),
        ("number", "12,000", "12000"),
        ("day", "២០២៧-០៣-១៥", "2027-03-15"),
        ("line", " two\n lines ", "two lines"),
        ("text", "a\r\nb", "a\nb"),
        ("text", "  ", ""),
        ("choice", "a", "a"),
        ("choice", "", ""),
    ],
)
def test_answers_are_kept_in_one_spelling(answer: str, value: str, kept: str) -> None:
    question = Question("q", answer, required=False, choices=(("a", {"en": "A"}),))
    assert clean(question, value) == kept
    assert clean(question, kept) == kept


@pytest.mark.parametrize(
    ("answer", "value"),
    [("number", "1,5"), ("number", "-1"), ("number", "1e3"), ("number", "9" * 16),
     ("day", "15.3.2027"), ("day", "2027-02-30"), ("choice", "b"), ("text", "x" * 100_001)],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_and_not_guessed(answer: str, value: str) -> None:
    question = Question("q", answer, required=False, choices=(("a", {"en": "A"}),))
    with pytest.raises(Invalid):
        clean(question, value)


@given(
    st.lists(
        st.builds(
            Given,
            st.sampled_from([TITLE, SUMMARY, THEME, "aim", "nothing"]),
            st.sampled_from(["", "km", "en", "zh-Hans"]),
            st.text(max_size=20),
            st.integers(1, 9),
            st.integers(0, 9),
        ),
        max_size=12,
        unique_by=lambda one: (one.question, one.language),
    ),
    st.randoms(use_true_random=False),
)
def test_a_proposal_is_canonical_whatever_the_order_of_its_answers(
    answers: list[Given], chance: Any
) -> None:
    said = document(answers=answers)
    shuffled = list(answers)
    chance.shuffle(shuffled)
    assert proposals.digest(document(answers=shuffled)) == proposals.digest(said)
    # What is frozen comes back from its bytes.
    assert proposals.digest(json.loads(canonical.dumps(said))) == proposals.digest(said)
    # Problems never raise, and a document has none that its own fields do not explain.
    assert isinstance(proposal_problems.problems(text(), said, TODAY), list)
    late = proposals.older_than_source("km", answers)
    assert all(language not in {"", "km"} for _question, language in late)
    by = {(one.question, one.language): one for one in answers}
    for question, language in late:
        assert by[question, language].of_edit < by[question, "km"].edit
