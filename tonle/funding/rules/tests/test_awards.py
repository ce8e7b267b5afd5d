"""Reading awards: what is whole, and anything at all without failing."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tonle.funding.crosswalks.tests.documents import PROJECT
from tonle.funding.rules.awards import read_awards
from tonle.kernel.money import Money

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["id", "funder", "name", "currency", "amount_minor", "recipients",
                         "awarded_on", "identifiers", "awards", "en"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def test_each_funders_part_is_read_with_its_own_currency() -> None:
    cambodia, china, undated = read_awards(PROJECT)

    assert cambodia.money == Money(40000000050, "KHR")
    assert china.money == Money(100000000, "CNY")
    assert cambodia.recipients[0].identifiers[0].value == "00hx57361"
    assert china.recipients == ()
    assert undated.awarded_on is None


def test_names_that_are_plain_text_are_of_no_stated_language() -> None:
    profile = {"awards": [{"funder": {"name": "Fund"}, "recipients": [{"name": "University"}]}]}

    (award,) = read_awards({"profile": profile})

    assert (award.id, award.funder.name) == ("1", {"und": "Fund"})
    assert award.recipients[0].name == {"und": "University"}


def test_a_sum_in_no_currency_is_not_known() -> None:
    profile = {"awards": [{"funder": {"name": "F"}, "currency": "XXY", "amount_minor": 5}]}

    assert read_awards({"profile": profile})[0].money is None


@given(ANYTHING)
def test_reading_never_fails(profile: Any) -> None:
    read_awards({"profile": profile})
    read_awards({"profile": {"awards": profile}})
    read_awards({"profile": {"awards": [profile]}})
