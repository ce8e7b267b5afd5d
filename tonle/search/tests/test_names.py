"""One person's name is found however it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.search.analysis import joinings, name_forms, name_words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Nguyễn Văn An", ["nguyen", "van", "an"]),
        ("N.V. An", ["n", "v", "an"]),
        ("O’Brien, Siobhán", ["obrien", "siobhan"]),
        ("Souk-Aloun", ["souk", "aloun"]),
        ("Đặng Thị Ngọc Thịnh", ["dang", "thi", "ngoc", "thinh"]),
        ("សុខា", []),
        ("", []),
    ],
)
def test_words_of_a_name(name: str, words: list[str]) -> None:
    assert name_words(name) == words


def test_a_name_keeps_its_words_initials_joins_and_company() -> None:
    assert name_forms("Nguyễn Văn An") == (
        *("nguyen", "van", "an"),
        *("n.", "v.", "a."),
        *("nguyenvan", "vanan", "nguyenvanan"),
        *("f:nguyen|av", "f:van|an", "f:an|nv"),
    )
    assert "i:an|nv" in name_forms("An N. V.")


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=4))
def test_joinings_keep_all_letters_in_order(words: list[str]) -> None:
    ways = list(joinings(words))

    assert len(ways) == 2 ** (len(words) - 1) - 1
    assert all("".join(way) == "".join(words) and len(way) < len(words) for way in ways)


@given(st.text(max_size=60))
def test_forms_of_any_text_hold_no_space(name: str) -> None:
    assert not any(" " in form or not form for form in name_forms(name))
