"""What is typed, in parts: no database, no index."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.search.syntax import MOST_PARTS, Part, parse, without, years

NAMES = {"title": "title", "author": "creator", "by": "creator", "year": "year", "ឆ្នាំ": "year"}


def said(typed: str) -> list[tuple[str, str, str, bool]]:
    return [(p.what, p.field, p.text, p.excluded) for p in parse(typed, NAMES)]


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("clean water", [("words", "", "clean water", False)]),
        ('"clean water"', [("phrase", "", "clean water", False)]),
        ("“ទឹក ស្អាត”", [("phrase", "", "ទឹក ស្អាត", False)]),
        ("«nước sạch»「水」", [("phrase", "", "nước sạch", False), ("phrase", "", "水", False)]),
        ("rice -flood", [("words", "", "rice", False), ("words", "", "flood", True)]),
        ('rice -"dry rice"', [("words", "", "rice", False), ("phrase", "", "dry rice", True)]),
        ("rice \u2212flood", [("words", "", "rice", False), ("words", "", "flood", True)]),
        ("title:rice", [("field", "title", "rice", False)]),
        ("Title:rice", [("field", "title", "rice", False)]),
        ("-author:Sok", [("field", "creator", "Sok", True)]),
        ('by:"Sok Dara" a', [("field", "creator", "Sok Dara", False), ("words", "", "a", False)]),
        ("year:2019..2024", [("field", "year", "2019..2024", False)]),
        ("ឆ្នាំ:២០១៩", [("field", "year", "២០១៩", False)]),
        ("title：水", [("field", "title", "水", False)]),
        ("hydro*", [("beginning", "", "hydro", False)]),
        # Whatever is not syntax is text.
        ("Rice: a survey", [("words", "", "Rice: a survey", False)]),
        ("title: rice", [("words", "", "title: rice", False)]),
        ("ratio:3 http://a.example/b", [("words", "", "ratio:3 http://a.example/b", False)]),
        ("COVID-19 well-being", [("words", "", "COVID-19 well-being", False)]),
        ("temperature -5", [("words", "", "temperature -5", False)]),
        ("a - b -- c -", [("words", "", "a - b -- c -", False)]),
        ('5" pipe', [("words", "", '5" pipe', False)]),
        ('an "open end', [("words", "", 'an "open end', False)]),
        ('"" "  "', [("words", "", '"" "  "', False)]),
        ("a* ** *", [("words", "", "a* ** *", False)]),
        ("title:", [("words", "", "title:", False)]),
        ("", []),
    ],
)  # fmt: skip
def test_signs_are_read_and_all_else_is_text(
    typed: str, parts: list[tuple[str, str, str, bool]]
) -> None:
    assert said(typed) == parts


@given(st.text(alphabet='ab-"*:“”« ក水\n5', max_size=60))
def test_every_letter_typed_is_in_a_part_and_each_can_be_taken_off(typed: str) -> None:
    parts = parse(typed, {"a": "title"})
    inside = {at for part in parts for at in range(part.start, part.end)}
    assert all(typed[at].isspace() for at in range(len(typed)) if at not in inside)
    assert all(a.end <= b.start for a, b in pairwise(parts))
    assert without(typed, *parts) == ""
    for part in parts:
        assert part.text


def test_there_are_so_many_signs_and_the_rest_is_text() -> None:
    parts = parse(" ".join(["-ab"] * 100), NAMES)
    assert sum(part.excluded for part in parts) == MOST_PARTS
    assert parts[-1].what == "words"


def test_a_part_is_taken_off_with_its_signs() -> None:
    typed = 'rice -title:"dry rice" year:2019..'
    rice, title, year = parse(typed, NAMES)
    assert without(typed, title) == "rice year:2019.."
    assert without(typed, rice, year) == '-title:"dry rice"'
    assert isinstance(title, Part)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("2019", (2019, 2019)),
        ("2019..2024", (2019, 2024)),
        ("2024-2019", (2019, 2024)),
        ("2019..", (2019, None)),
        ("..2019", (None, 2019)),
        ("2019–", (2019, None)),
        (">=2019", (2019, None)),
        ("<2019", (None, 2018)),
        ("<0", (None, 0)),  # An index counts no year below nothing.
        ("2562..2567", (2019, 2024)),  # Of the Buddhist Era.
        ("soon", None),
        ("..", None),
        ("2019x", None),
        ("", None),
    ],
)
def test_years_are_a_span(text: str, asked: tuple[int | None, int | None] | None) -> None:
    assert years(text) == asked
