"""Marks in every script: on letter borders, without loss, and never as markup."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

import pytest
from django.template import Context, Template
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tonle.kernel import text as kernel_text
from tonle.search import highlight
from tonle.search.analysis import gram_runs, normal
from tonle.search.highlight import Marked, Marker, Span
from tonle.search.query import read
from tonle.search.tests.test_analysis import ANY

TEMPLATE = "{{ marked.html }}"


def marks(question: str, text: str) -> list[str]:
    marked = Marker(read(question)).whole(text)
    return [segment.text for segment in marked.segments if segment.marked]


def rendered(marked: Marked) -> str:
    return Template(TEMPLATE).render(Context({"marked": marked}))


@pytest.mark.parametrize(
    ("question", "text", "marked"),
    [
        ("water", "Clean Water, clean rivers", ["Water"]),
        ("nuoc", "Nước sạch", ["Nước"]),
        ("NƯỚC", "Nước sạch và nước mặn", ["Nước", "nước"]),
        ("ទឹក", "គុណភាពទឹកស្អាត", ["ទឹក"]),
        ("ទឹក", "ទឹក\u200bស្អាត", ["ទឹក"]),
        ("ນ້ຳ", "ນ້ຳສະອາດ", ["ນ້ຳ"]),
        ("น้ำ", "น้ำสะอาด", ["น้ำ"]),
        ("水质", "湄公河水质监测", ["水质"]),
        ("ရေ", "သောက်ရေသန့်", ["ရေ"]),
        ("2024", "ឆ្នាំ ២០២៤", ["២០២៤"]),
        ("rice", "Ⓡⓘⓒⓔ and ＲＩＣＥ", ["Ⓡⓘⓒⓔ", "ＲＩＣＥ"]),
        ("flood", "Clean water", []),
        ("", "Clean water", []),
    ],
)
def test_marks_what_was_asked_for(question: str, text: str, marked: list[str]) -> None:
    assert marks(question, text) == marked


@given(question=ANY, text=ANY)
@settings(max_examples=400, deadline=None)
def test_marking_never_changes_the_text(question: str, text: str) -> None:
    marked = Marker(read(question)).whole(text)
    assert marked.text == text
    assert all(segment.text for segment in marked.segments)


@given(question=ANY, text=st.lists(ANY, max_size=20).map(" ".join), size=st.integers(20, 120))
@settings(max_examples=300, deadline=None)
def test_a_snippet_is_one_stretch_of_the_text(question: str, text: str, size: int) -> None:
    marked = Marker(read(question)).snippet(text, size)
    assert marked.text in text
    assert marked.cut_before or text.startswith(marked.text)
    assert marked.cut_after or text.rstrip().endswith(marked.text.rstrip())


@given(question=ANY, text=ANY.map(lambda text: f"<b>{text}</b>&amp;<script>alert(1)</script>"))
@settings(max_examples=150, deadline=None)
def test_the_page_shows_the_text_escaped(question: str, text: str) -> None:
    page = rendered(Marker(read(f"{question} b script amp")).whole(text))
    bare = re.sub(r"</?mark>", "", page)
    assert "<" not in bare
    assert html.unescape(bare).replace("\r\n", "\n") == text.replace("\r\n", "\n")


def test_marks_do_not_tear_stacked_letters() -> None:
    # The subscript of a stack is asked for; the whole stack is marked.
    for text in ("ស្អាត", "သတ္တု"):
        for segment in Marker(read(text[2:])).whole(text).segments:
            assert not segment.text.startswith(("\u17d2", "\u1039"))
            assert not segment.text.endswith(("\u17d2", "\u1039"))


def test_the_snippet_holds_most_of_what_was_asked_for() -> None:
    filler = "Nothing to see here. " * 40
    text = f"{filler}Only rice. {filler}Rice and fish in the flooded forest. {filler}"
    marked = Marker(read("rice fish forest")).snippet(text)
    assert marked.distinct == 3
    assert marked.cut_before
    assert marked.cut_after
    assert len(marked.text) <= 300


def test_a_snippet_in_unspaced_script_is_bounded() -> None:
    text = kernel_text.normalise("ទឹកស្អាតនៅកម្ពុជា" * 200 + "ត្រី" + "ទឹកស្អាត" * 200)
    marked = Marker(read("ត្រី")).snippet(text)
    assert "ត្រី" in [segment.text for segment in marked.segments if segment.marked]
    assert len(marked.text) <= 300


def test_no_letter_outside_a_block_becomes_one_of_its_words(
    request: pytest.FixtureRequest,
) -> None:
    # Behind the first two planes lie rare ideographs, signs for private use, and nothing.
    end = 0x110000 if request.config.getoption("--deep") else 0x20000
    folds = {letter: normal._fold(letter) for letter in map(chr, range(end))}
    letters = re.compile("[a-z\u00df-\u024f\u1e00-\u1eff]")
    for block in highlight._BLOCKS:
        inside = re.compile(f"[{block}]")
        begins = letters if inside.match("a") else inside
        outside = "".join(inside.sub("", "".join(folds)))
        assert not begins.search("".join(map(folds.__getitem__, outside)))


def by_clusters(rows: list[tuple[str, ...]], normal: str) -> Iterator[tuple[Span, str]]:
    """Rows of letters in a text that is cut into letters first."""
    for run in gram_runs(normal):
        for row in rows:
            for at in range(len(run.clusters) - len(row) + 1):
                if run.clusters[at : at + len(row)] == row:
                    yield (run.places[at][0], run.places[at + len(row) - 1][1]), "".join(row)


@given(question=ANY, text=ANY)
@example(question="A´", text="ဦ")
@settings(max_examples=300, deadline=None)
def test_looking_before_cutting_loses_no_match(question: str, text: str) -> None:
    quick, thorough = Marker(read(question)), Marker(read(question))
    rows = [row for chunk in read(question).chunks for row in chunk.rows]
    # A mark without its letter is nothing that anybody looks for.
    assume(not any(unicodedata.category(row[0][0])[0] == "M" for row in rows))
    thorough._letters = None
    thorough._worth_cutting = lambda normal: [(0, len(normal))]  # type: ignore[method-assign] # To compare.
    thorough._written_in = lambda normal: list(by_clusters(rows, normal))  # type: ignore[method-assign] # To compare.
    assert quick.whole(f"{text} {question}") == thorough.whole(f"{text} {question}")
