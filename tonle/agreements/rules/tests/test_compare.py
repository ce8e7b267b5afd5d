"""Two versions side by side."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tonle.agreements.rules import compare


def text(*articles: str) -> dict[str, Any]:
    return {"texts": {"km": {"articles": [{"text": one} for one in articles]}}}


@given(st.text(max_size=60), st.text(max_size=60))
def test_both_texts_are_found_again_in_their_parts(before: str, after: str) -> None:
    parts = compare.parts(before, after)

    assert "".join(p.text for p in parts if p.sort != "added") == before
    assert "".join(p.text for p in parts if p.sort != "removed") == after


def test_a_mark_is_never_apart_from_its_letter() -> None:
    parts = compare.parts("ទឹកស្អាត", "ទឹកស្អុយ")

    # The subscript and the vowels stay with the consonant that carries them.
    assert next(p.text for p in parts if p.sort == "same").startswith("ទឹក")
    assert all(p.text[0] not in "ឹ្ាុ" for p in parts)


def test_an_article_put_between_two_is_told_as_new() -> None:
    found = compare.articles(text("one", "two"), text("one", "between", "two"), "km")

    assert [(a.number, a.sort) for a in found] == [(1, "same"), (2, "added"), (3, "same")]
    assert compare.articles(text("one", "two"), text("two"), "km")[0].sort == "removed"
    assert compare.articles(text("one"), text("won"), "km")[0].sort == "changed"


def test_terms_areas_and_annexes_that_differ_are_told() -> None:
    assert compare.values({"months": 12, "needed": 2}, {"needed": 2, "until": "2030-01-01"}) == [
        ("until", None, "2030-01-01"),
        ("months", 12, None),
    ]
    areas = [{"id": "a", "name": {"en": "A"}}, {"id": "b", "name": {"en": "B"}}]
    changed = [{"id": "a", "name": {"en": "Aa"}}, {"id": "c", "name": {"en": "C"}}]
    assert [sort for sort, _ in compare.names(areas, changed)] == ["removed", "changed", "added"]
    old = [{"name": "x", "sha256": "1"}]
    assert compare.files(old, [{"name": "x", "sha256": "2"}]) == [("changed", "x")]
