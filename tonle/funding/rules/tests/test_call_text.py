"""The text of a call: what is whole, what contradicts itself, what changed."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.funding.rules import call_changes, call_text
from tonle.funding.rules.tests.call_texts import CALL_ID, WHOLE, text, words
from tonle.kernel import canonical


def pointers(document: dict[str, Any]) -> set[str]:
    return {where for where, _ in call_text.problems(document)}


def part(name: str, at: int, **changed: Any) -> dict[str, Any]:
    made = deepcopy(WHOLE)
    made[name][at].update(changed)
    return made


def test_a_whole_text_has_nothing_against_it() -> None:
    assert call_text.problems(WHOLE) == []
    assert call_text.digest(WHOLE) == call_text.digest(text())


def test_a_first_draft_has_the_shape_and_tells_all_that_is_missing() -> None:
    draft = call_text.begun(
        CALL_ID, "https://node.example", "Asia/Phnom_Penh", words("A call"), WHOLE["parties"]
    )

    assert call_text.shape_problems(draft) == []
    assert pointers(draft) >= {
        "/themes", "/criteria", "/form", "/budget_categories", "/opens_at", "/closes_at", "/texts",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (part("parties", 0, envelope_minor=0), "/parties/0/envelope_minor"),
        (part("parties", 0, cap_minor=100_000_001), "/parties/0/cap_minor"),
        (part("parties", 0, currency="XXQ"), "/parties/0/currency"),
        (text(parties=WHOLE["parties"][:1]), "/parties"),
        (text(parties=[WHOLE["parties"][0]] * 2), "/parties"),
        (part("themes", 0, caps=[{"party": "la", "amount_minor": 1}]), "/themes/0/caps"),
        (part("themes", 0, caps=[{"party": "kh", "amount_minor": 10**9}]), "/themes/0/caps"),
        (
            part("themes", 0, earmarks=[{"party": "kh", "amount_minor": 60_000_001}]),
            "/themes/0/earmarks",
        ),
        (part("themes", 1, earmarks=[{"party": "kh", "amount_minor": 80_000_001}]), "/themes"),
        (part("eligibility", 0, party="la"), "/eligibility/0/party"),
        (part("eligibility", 0, values=[]), "/eligibility/0"),
        (part("eligibility", 0, test="words", text={}), "/eligibility/0/text"),
        (part("eligibility", 1, party="cn"), "/eligibility/1/text"),
        (part("eligibility", 0, test="age_at_most", number=45), "/asks"),
        (part("eligibility", 1, test="countries_at_least", number=3), "/eligibility/1/number"),
        (part("criteria", 0, weight=61), "/criteria"),
        (part("criteria", 0, lowest=5), "/criteria/0/highest"),
        (part("criteria", 0, threshold=6), "/criteria/0/threshold"),
        (part("form", 0, questions=[]), "/form/0/questions"),
        (
            part(
                "form",
                0,
                questions=[{"id": "cv", "label": words("CV"), "answer": "file", "required": True}],
            ),
            "/form",
        ),
        (part("budget_categories", 0, parties=["la"]), "/budget_categories/0/parties"),
        (text(mode="lead_agency"), "/lead_agency"),
        (text(mode="lead_agency", lead_agency="la"), "/lead_agency"),
        (text(lead_agency="kh"), "/lead_agency"),
        (text(closes_at="2027-01-11T02:00:00Z"), "/closes_at"),
        (text(zone="Asia/Nowhere"), "/zone"),
        (text(stages=2), "/pre_proposals_at"),
        (text(stages=2, pre_proposals_at="2027-03-16T10:00:00Z"), "/pre_proposals_at"),
        (text(title={"en": "Joint call"}), "/title"),
        (text(version=2), "/corrects"),
        (text(texts={}), "/texts"),
        (text(secret="x"), ""),
    ],
)
def test_a_contradiction_is_told_where_it_is(document: dict[str, Any], where: str) -> None:
    assert where in pointers(document)


def test_what_2_plus_1_asks_for_is_there_once_others_may_join() -> None:
    asks_three = part("eligibility", 1, test="countries_at_least", number=3)

    assert call_text.problems(asks_three)
    assert call_text.problems({**asks_three, "others_join": True}) == []


def test_age_and_sex_are_asked_only_with_a_reason() -> None:
    rule = {"test": "age_at_most", "number": 0, "by_sex": {"female": 48, "male": 45}}
    young = part("eligibility", 0, values=[], **rule)
    assert "/asks" in pointers(young)
    young["asks"] = [{"what": what, "why": words("A limit of age")} for what in ("age", "sex")]
    assert call_text.problems(young) == []


def test_all_contradictions_are_told_at_once() -> None:
    wrong = text(closes_at=None, mode="lead_agency", zone="Asia/Phnom_Penh", criteria=[])
    wrong["parties"][0]["envelope_minor"] = 0

    assert pointers(wrong) >= {
        "/closes_at", "/lead_agency", "/criteria", "/parties/0/envelope_minor",
    }  # fmt: skip


def test_a_corrigendum_says_what_changed_and_may_not_change_the_parties() -> None:
    after = text(version=2, closes_at="2027-03-29T10:00:00Z", corrects=words("Two weeks more."))
    after["parties"][0]["envelope_minor"] += 1
    after["themes"].pop()

    found = call_changes.changes(WHOLE, after)
    assert [(one.part, one.sort, one.item) for one in found] == [
        ("parties", "changed", "kh"),
        ("themes", "removed", "health"),
        ("closes_at", "changed", ""),
    ]
    assert call_text.succession_problems(WHOLE, after, opened=True) == []
    after["parties"][0]["currency"] = "KHR"
    after["opens_at"] = "2027-01-12T02:00:00Z"
    where = [one for one, _ in call_text.succession_problems(WHOLE, after, opened=True)]
    assert where == ["/parties", "/opens_at"]
    assert len(call_text.succession_problems(WHOLE, after, opened=False)) == 1


def test_a_deadline_on_a_day_of_rest_is_warned_of() -> None:
    def weekdays(day: Any) -> bool:
        return bool(day.weekday() < 5)

    sunday = text(closes_at="2027-03-13T17:30:00Z")  # Sunday, half past midnight in Phnom Penh
    found = call_changes.warnings(sunday, {"kh": weekdays})
    assert [field for field, _ in found] == ["closes_at"]
    assert call_changes.warnings(sunday, {}) == ()
    assert call_changes.warnings(WHOLE, {"kh": weekdays, "cn": weekdays}) == ()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*WHOLE, "id"]), inner, max_size=4)
        ),
        max_leaves=12,
    ),
    st.sampled_from(sorted(WHOLE)),
)
def test_nothing_that_is_typed_breaks_the_check(value: Any, name: str) -> None:
    wrong = {**deepcopy(WHOLE), name: value}

    found = call_text.problems(wrong)
    assert all(isinstance(where, str) and what for where, what in found)
    if not call_text.shape_problems(wrong):
        canonical.dumps(wrong)
        assert call_changes.changes(wrong, wrong) == ()


@given(st.sampled_from(sorted(set(call_changes.VALUES) | set(call_changes.LISTS) | {"texts"})),
       st.data())  # fmt: skip
def test_every_change_of_a_part_is_told(name: str, data: st.DataObject) -> None:
    other = deepcopy(WHOLE)
    if name in call_changes.LISTS:
        other[name].pop(data.draw(st.integers(0, len(other[name]) - 1)))
    elif name == "texts":
        other["texts"].pop("km")
    else:
        other.pop(name, None)
    expected = {name} if other != WHOLE else set()

    assert set(call_changes.changed_parts(WHOLE, other)) == expected
