"""What a text leaves unsaid comes back beside it, and nothing does that somebody has edited."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.catalogue.crosswalks.unsaid import join, unsaid

_LEAVES = st.integers(0, 3) | st.sampled_from("ab")
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3)
    ),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(st.sampled_from(["a", "b", "profile"]), _VALUES, max_size=3)
PEOPLE: list[dict[str, str]] = [
    {"name": "Sokha", "type": "Other"},
    {"name": "Dara"},
    {"name": "Thida"},
]
SAID: dict[str, Any] = {
    "titles": {"en": "Rice"},
    "creators": PEOPLE,
    "profile": {"repository": "a"},
}
WHOLE: dict[str, Any] = {
    "titles": {"en": "Rice"},
    "creators": [PEOPLE[0] | {"type": "Editor"}, PEOPLE[1] | {"role": "x"}, PEOPLE[2]],
    "dates": [{"date": "2024"}],
    "profile": {"repository": "a", "runs_on": ["Linux"]},
}


@given(DOCUMENTS, DOCUMENTS)
def test_text_and_notes_are_the_record(said: dict[str, Any], whole: dict[str, Any]) -> None:
    assert join(said, json.loads(json.dumps(unsaid(said, whole)))) == whole


@given(DOCUMENTS, DOCUMENTS, DOCUMENTS)
def test_whatever_the_text_became_it_is_read(
    said: dict[str, Any], whole: dict[str, Any], edited: dict[str, Any]
) -> None:
    read = join(edited, unsaid(said, whole))
    for key in {*edited, *said} - {"profile"}:
        kept_whole = isinstance(edited.get(key), list) and isinstance(said.get(key), list)
        if edited.get(key) != said.get(key) and not kept_whole:
            assert read.get(key) == edited.get(key)


def test_an_edit_of_one_item_leaves_the_others_whole() -> None:
    notes = unsaid(SAID, WHOLE)
    new = {"name": "Bopha"}
    corrected = {"name": "Dara Chan"}
    read = join(SAID | {"creators": [new, PEOPLE[2], corrected, PEOPLE[0]]}, notes)
    assert read["creators"] == [new, PEOPLE[2], corrected, WHOLE["creators"][0]]
    assert read["dates"] == WHOLE["dates"]
    moved = join(SAID | {"profile": {"repository": "b"}}, notes)
    assert moved["profile"] == {"repository": "b", "runs_on": ["Linux"]}


def test_what_stood_for_something_falls_with_it() -> None:
    notes = unsaid({"subjects": ["rice", "flood"]}, {"subjects": ["flood", {"en": "rice"}]})
    assert join({"subjects": ["flood", "rice"]}, notes)["subjects"] == ["flood", {"en": "rice"}]
    assert join({"subjects": ["paddy", "flood"]}, notes)["subjects"] == ["paddy", "flood"]


@pytest.mark.parametrize(
    "note",
    [
        None, [], "x", {}, {"items": 1}, {"items": [1, {"gone": 1}, {"gone": [1], "put": []}]},
        {"items": [{"of": "x", "more": {}}, {"of": [], "more": 1}, {"gone": ["x"], "put": 1}]},
        {"items": [{"gone": [], "put": [1, [1], ["a", 1], {}]}]}, {"of": 1, "is": 2},
    ],
)  # fmt: skip
def test_faulty_notes_are_none(note: Any) -> None:
    for key in ("titles", "creators", "profile/repository", "profile/x/y", "else/where", ""):
        if key or note:
            assert join(SAID, {key: note}) == SAID
