"""What was meant, typed on another keyboard: no database, no index."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.search.keyboards import layouts, meant


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("l;ylfu", "สวัสดี"),
        ("-hk;", "ข้าว"),
        ("ohe", "ນ້ຳ"),
        ("mtg]", "ທະເລ"),
        ("Twk", "ទឹក"),
        ("sjrUv", "ស្រូវ"),
        ("qef", "ဆန်"),
        ("พรแำ", "rice"),
        ("ไฟะำพ", "water"),
        ("ឹាតេរ", "water"),
        ("tieengs vieetj", "tiếng việt"),
        ("nuwowcs", "nước"),
        ("nuowcs", "nước"),
        ("nuocs", "nuóc"),
        ("ddaats", "đất"),
        ("gaoj", "gạo"),
        ("quar", "quả"),
        ("hoaf", "hòa"),
        ("rừng", ""),
        ("tie61ng vie65t", "tiếng việt"),
        ("nu7o71c", "nước"),
        ("d9a61t", "đất"),
        ("viet65", "việt"),
        ("ca1", "cá"),
    ],
)
def test_the_other_keyboard_is_found(typed: str, wanted: str) -> None:
    found = list(meant(typed))
    if wanted:
        assert wanted in found
    assert typed not in found


def test_words_of_english_are_not_taken_for_vietnamese() -> None:
    for word in ("water", "rivers", "assessment", "fisheries", "100", "covid19", "rice", "mekong"):
        assert not any("\u00c0" <= letter <= "\u024f" for text in meant(word) for letter in text)


def test_what_one_layout_writes_the_keys_give_back() -> None:
    for language, keys in layouts().items():
        assert len(keys) > 70, language
        assert len(set(keys.values())) == len(keys), language


@given(st.text(max_size=60))
def test_any_text_has_an_answer(typed: str) -> None:
    assert len(list(meant(typed))) <= 8
