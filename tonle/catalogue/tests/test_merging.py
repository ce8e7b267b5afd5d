"""Joining two people's changes of one document."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.catalogue.rules.merging import merge

BASE: dict[str, Any] = {"kind": "dataset", "titles": {"en": "Rice"}, "sizes": ["1"]}


@pytest.mark.parametrize(
    ("theirs", "yours", "joined"),
    [
        ({"titles": {"en": "Rice of Takeo"}}, {}, {"titles": {"en": "Rice of Takeo"}}),
        ({}, {"sizes": ["2"]}, {"sizes": ["2"]}),
        ({"languages": ["km"]}, {"sizes": ["2"]}, {"languages": ["km"], "sizes": ["2"]}),
        ({"sizes": ["2"]}, {"sizes": ["2"]}, {"sizes": ["2"]}),
    ],
)
def test_changes_of_different_parts_are_both_kept(
    theirs: dict[str, Any], yours: dict[str, Any], joined: dict[str, Any]
) -> None:
    found = merge(BASE, BASE | theirs, BASE | yours)

    assert (found.document, found.conflicts) == (BASE | joined, {})


def test_what_both_changed_clashes_and_is_told_with_both_values() -> None:
    found = merge(BASE, BASE | {"sizes": ["2"]}, BASE | {"sizes": ["3"]})

    assert found.conflicts == {"sizes": (["2"], ["3"])}


def test_taking_out_is_a_change_like_any_other() -> None:
    without = {key: value for key, value in BASE.items() if key != "sizes"}

    assert merge(BASE, without, BASE | {"languages": ["km"]}).document == without | {
        "languages": ["km"]
    }
    assert merge(BASE, without, BASE | {"sizes": ["3"]}).conflicts == {"sizes": (None, ["3"])}


def test_a_profile_is_joined_field_by_field() -> None:
    base = BASE | {"profile": {"schema": "tonle-dataset/1", "rows": 1, "unit": "kg"}}
    theirs = base | {"profile": {**base["profile"], "rows": 2}}
    yours = base | {"profile": {**base["profile"], "unit": "t"}}
    clash = base | {"profile": {**base["profile"], "rows": 3}}

    assert merge(base, theirs, yours).document["profile"] == {
        "schema": "tonle-dataset/1",
        "rows": 2,
        "unit": "t",
    }
    assert merge(base, theirs, clash).conflicts == {"profile/rows": (2, 3)}


def test_without_the_common_ground_whatever_differs_clashes() -> None:
    found = merge(None, BASE, BASE | {"sizes": ["2"]})

    assert found.conflicts == {"sizes": (["1"], ["2"])}


documents = st.dictionaries(
    st.sampled_from(["titles", "sizes", "languages", "profile"]),
    st.one_of(
        st.lists(st.text(max_size=2), max_size=2),
        st.dictionaries(st.sampled_from("abc"), st.integers(0, 2), max_size=3),
    ),
)


@given(documents, documents)
def test_nobody_who_changed_nothing_stands_in_the_way(
    base: dict[str, Any], theirs: dict[str, Any]
) -> None:
    assert merge(base, theirs, base).document == theirs
    assert merge(base, base, theirs).document == theirs
    assert merge(base, theirs, theirs).document == theirs


@given(documents, documents, documents)
def test_it_does_not_matter_who_came_first(
    base: dict[str, Any], one: dict[str, Any], other: dict[str, Any]
) -> None:
    forth, back = merge(base, one, other), merge(base, other, one)

    assert {key: (b, a) for key, (a, b) in back.conflicts.items()} == forth.conflicts
    if not forth.conflicts:
        assert forth.document == back.document
