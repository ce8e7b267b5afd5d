"""What is typed, in parts: no database, no index."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tonle.search.syntax import MOST_PARTS, MOST_SLIPS, Part, Slip, parse, slips, without, years

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
        ("rice NOT flood", [("words", "", "rice", False), ("words", "", "flood", True)]),
        ('NOT "dry rice"', [("phrase", "", "dry rice", True)]),
        ("rice AND NOT by:Sok", [("words", "", "rice", False), ("field", "creator", "Sok", True)]),
        ("a rice OR maize", [("words", "", "a", False), ("either", "", "rice OR maize", False)]),
        ("rice AND maize", [("words", "", "rice", False), ("words", "", "maize", False)]),
        ("rice or maize", [("words", "", "rice or maize", False)]),
        ("ＮＯＴ flood", [("words", "", "flood", True)]),
        # From keyboards of the region, without spaces.
        ("title：水，-ក", [("field", "title", "水", False), ("words", "", "ក", True)]),
        ("ឆ្នាំ៖២០១៩", [("field", "year", "២០១៩", False)]),
        ("《水稻》„rice“", [("phrase", "", "水稻", False), ("phrase", "", "rice", False)]),
        ("－flood", [("words", "", "flood", True)]),
        ("နည်း*", [("beginning", "", "နည်း", False)]),
        ("。。", [("words", "", "。。", False)]),
        ("year:2019,", [("field", "year", "2019", False)]),
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


KEYS = st.sampled_from(
    [*'ab-"*:“”«»「ក水，៖\n5（) ', " ", " OR ", " AND ", " NOT ", "title:", " -", ' "', "autor:"]
)
TYPED = st.lists(KEYS, max_size=30).map("".join)


def plain(parts: Iterable[Part]) -> list[object]:
    """Parts without their places, plain words one by one: how many make a part is no matter."""
    found: list[object] = []
    for part in parts:
        if part.what == "words" and not part.excluded:
            found += [("words", word) for word in re.split(r"[\s，]+", part.text) if word]
        else:
            found.append((part.what, part.field, part.quoted, part.excluded, plain(part.among)))
            found += [] if part.among else [part.text]
    return found


@given(TYPED)
def test_every_letter_typed_is_in_a_part_or_joins_two(typed: str) -> None:
    parts = parse(typed, NAMES)
    between = list(typed)
    for part in parts:
        assert part.text
        between[part.start : part.end] = " " * (part.end - part.start)
    assert set("".join(between).replace("，", " ").split()) <= {"AND", "OR", "NOT"}
    assert all(a.end <= b.start for a, b in pairwise(parts))


@given(TYPED)
@example('" "a "a"')
@example('title:" "a "a" -"" b"')
def test_what_was_understood_is_understood_so_again(typed: str) -> None:
    parts = parse(typed, NAMES)
    assert plain(parse(without(typed, parts), NAMES)) == plain(parts)
    for part in parts:
        left = [one for one in parts if one is not part]
        assert plain(parse(without(typed, parts, part), NAMES)) == plain(left)


@given(TYPED)
def test_whatever_was_typed_its_slips_are_few_and_are_of_it(typed: str) -> None:
    found = slips(typed, parse(typed, NAMES), NAMES)
    assert len(found) <= MOST_SLIPS + 1
    assert all(slip.text in typed for slip in found)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("rice fields -flood title:rice OR year:2019", []),
        ("autor:sok", [Slip("field", "autor", "author")]),
        ("ចំណង៖ស្រូវ", [Slip("field", "ចំណង")]),
        ("title: rice", [Slip("space", "title")]),
        ('an "open end', [Slip("quote", "open")]),
        ("*logy h*", [Slip("star", "*logy"), Slip("star", "h*")]),
        ("rice OR", [Slip("joint", "OR")]),
        ("rice OR -maize", [Slip("joint", "OR")]),
        ("(rice OR maize) AND (soil water)",
         [Slip("bracket", "(soil")]),
        ("-a " * 21, [Slip("many", "")]),
        # What has a colon, a star or a capital for another reason.
        ("Rice: a survey at 10:30, doi:10.1/x https://a.example/b:c", []),
        ("OR", []),
        ('5" pipe, "" and a * b', []),
    ],
)  # fmt: skip
def test_what_looks_like_a_sign_and_is_none_is_named(typed: str, found: list[Slip]) -> None:
    assert list(slips(typed, parse(typed, NAMES), NAMES)) == found


def test_there_are_so_many_signs_and_the_rest_is_text() -> None:
    parts = parse(" ".join(["-ab"] * 100), NAMES)
    assert sum(part.excluded for part in parts) == MOST_PARTS
    assert parts[-1].what == "words"


def test_a_part_is_taken_off_with_its_signs() -> None:
    typed = 'rice -title:"dry rice" year:2019..'
    rice, title, year = parse(typed, NAMES)
    parts = (rice, title, year)
    assert without(typed, parts, title) == "rice year:2019.."
    assert without(typed, parts, rice, year) == '-title:"dry rice"'
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


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("1990..2005", (1990, 2005)),
        ("-500..100", (-500, 100)),
        ("500 BCE - 100", (-500, 100)),
        ("-500", (-500, -500)),
        ("..-1", (None, -1)),
        ("<1", (None, 0)),
        ("พ.ศ. 2300", (1757, 1757)),
        ("2562-2567 BE", (2019, 2024)),
        ("soon", None),
    ],
)
def test_years_of_data_may_lie_before_ours(
    text: str, asked: tuple[int | None, int | None] | None
) -> None:
    assert years(text, signed=True) == asked
