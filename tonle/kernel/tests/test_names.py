"""Names of people."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.kernel import names
from tonle.kernel.errors import Invalid
from tonle.kernel.names import Likeness, PersonName

words = st.text(alphabet="abcdeéđ ", min_size=1, max_size=12).filter(str.strip)
people = st.builds(lambda whole, given: PersonName.of(whole, given=given), words, words)


def test_one_part_is_a_whole_name() -> None:
    name = PersonName.of("Aung", language="my")

    assert (name.whole, name.given, name.family, name.inverted) == ("Aung", "", "", "Aung")


@pytest.mark.parametrize(
    ("fields", "whole", "inverted"),
    [
        ({"whole": "Lê, Văn Anh", "language": "vi"}, "Lê Văn Anh", "Lê, Văn Anh"),
        ({"given": "Sophea", "family": "Sok"}, "Sophea Sok", "Sok, Sophea"),
        ({"given": "សុភា", "family": "សុខ", "language": "km"}, "សុខ សុភា", "សុខ, សុភា"),
        ({"given": "小明", "family": "王", "language": "zh-Hans"}, "王小明", "王, 小明"),
        ({"given": "สมชาย", "family": "ใจดี", "language": "th"}, "สมชาย ใจดี", "ใจดี, สมชาย"),
        ({"given": "Somchai"}, "Somchai", "Somchai"),
        ({"family": "Miller"}, "Miller", "Miller"),
        ({"whole": "Miller, Elizabeth"}, "Elizabeth Miller", "Miller, Elizabeth"),
        (
            {"whole": "Miller, Elizabeth", "given": "Elizabeth", "family": "Miller"},
            "Elizabeth Miller",
            "Miller, Elizabeth",
        ),
        ({"whole": "Smith, Jr., John"}, "Smith, Jr., John", "Smith, Jr., John"),
        ({"whole": " Daw   Aung\nSan "}, "Daw Aung San", "Daw Aung San"),
    ],
)
def test_a_name_is_kept_as_its_bearer_writes_it(
    fields: dict[str, Any], whole: str, inverted: str
) -> None:
    name = PersonName.of(**fields)

    assert (name.whole, name.inverted) == (whole, inverted)


@pytest.mark.parametrize(
    ("fields", "order"),
    [
        ({"whole": "Wang Xiaoming", "given": "Xiaoming", "family": "Wang"}, "family_first"),
        ({"whole": "Xiaoming Wang", "given": "Xiaoming", "family": "Wang"}, "given_first"),
        ({"given": "A", "family": "Nguyễn", "language": "vi"}, "family_first"),
        ({"given": "Sophea", "family": "Sok", "order": "family_first"}, "family_first"),
        ({"whole": "Aung"}, "given_first"),
    ],
)
def test_the_order_of_the_parts_comes_from_the_name_itself_first(
    fields: dict[str, Any], order: str
) -> None:
    assert PersonName.of(**fields).order == order


@pytest.mark.parametrize("fields", [{}, {"whole": " "}, {"whole": "x" * 400}, {"given": "\u200b"}])
def test_no_name_and_an_endless_name_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="name"):
        PersonName.of(**fields)


NAME = PersonName.of("សុខ សុភា", language="km", others={"en": "Sok Sophea", "zh": "索索菲亚"})


@pytest.mark.parametrize(
    ("languages", "shown"),
    [
        (["en"], ("en", "Sok Sophea")),
        (["zh-hans"], ("zh", "索索菲亚")),
        (["km"], ("km", "សុខ សុភា")),
        (["vi", "en"], ("en", "Sok Sophea")),
        (["th"], ("km", "សុខ សុភា")),
        ([], ("km", "សុខ សុភា")),
    ],
)
def test_a_reader_gets_the_form_in_their_language_else_the_bearers_own(
    languages: list[str], shown: Any
) -> None:
    assert NAME.shown_in(languages) == shown


def test_the_latin_form_is_found_where_there_is_one() -> None:
    assert NAME.latin == "Sok Sophea"
    assert PersonName.of("Nguyễn Văn A").latin == "Nguyễn Văn A"
    assert PersonName.of("สมชาย").latin is None


def test_names_are_ordered_by_family_where_there_is_one() -> None:
    people = [
        PersonName.of("Zoe Adams", given="Zoe", family="Adams"),
        PersonName.of("Aung"),
        PersonName.of("Đặng, Anh", language="vi"),
        PersonName.of("Ben Cao", given="Ben", family="Cao"),
    ]

    ordered = sorted(people, key=lambda name: name.sort_key("vi"))

    assert [name.inverted for name in ordered] == ["Adams, Zoe", "Aung", "Cao, Ben", "Đặng, Anh"]


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("Nguyễn Văn A", "Nguyen Van A", Likeness.POSSIBLE),
        ("Nguyen, V. A.", "Nguyễn Văn Anh", Likeness.POSSIBLE),
        ("Sok Sophea", "Sophea Sok", Likeness.POSSIBLE),
        ("Aung", "Aung Ko", Likeness.POSSIBLE),
        ("Đỗ Thị Mai", "DO THI MAI", Likeness.POSSIBLE),
        ("Sok Sophea", "Sok Dara", Likeness.NONE),
        ("A. B.", "Anna Berg", Likeness.NONE),
        ("Aung", "Ko Ko", Likeness.NONE),
        ("สมชาย", "สมหญิง", Likeness.NONE),
    ],
)
def test_names_are_at_most_possibly_the_same(one: str, other: str, likeness: Likeness) -> None:
    assert names.compare(PersonName.of(one), PersonName.of(other)) is likeness


def test_a_form_in_another_script_is_enough() -> None:
    assert names.compare(NAME, PersonName.of("Sophea Sok")) is Likeness.POSSIBLE


@given(people, people)
def test_likeness_does_not_depend_on_who_comes_first(one: PersonName, other: PersonName) -> None:
    assert names.compare(one, other) is names.compare(other, one)


@given(people)
def test_everybody_may_be_themselves(name: PersonName) -> None:
    full_words = any(len(word) > 1 for word in names.fold(name.whole).split())

    assert not full_words or names.compare(name, name) is Likeness.POSSIBLE


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đỗ-Thị  Mai", "do thi mai"),
        ("O’Brien, J.", "o brien j"),
        ("ស៊ុំ", "ស៊ុំ"),
        ("ÅSE", "ase"),
        ("ที่", "ที่"),
    ],
)
def test_folding_takes_case_and_latin_diacritics_only(text: str, folded: str) -> None:
    assert names.fold(text) == folded
