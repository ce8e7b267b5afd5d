"""Questions: read from parameters, written as SQL in which nothing is typed by anybody."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.explore.rules.answering import harmless
from tonle.explore.rules.question import BadQuestion, Question, read, sql

COLUMNS = ["province", "rice_t", 'odd "name"; DROP']
TYPES = ["text", "number", "text"]


def asked(address: str) -> Question:
    return read(parse_qs(address, keep_blank_values=True), COLUMNS)


def test_lines_of_a_form_left_empty_ask_nothing() -> None:
    question = asked("column=&test=is&value=&column=province&test=is&value=&by=&what=&of=&order=")

    assert question == Question()
    assert not question.narrows


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("column=x&test=is&value=1", "column"),
        ("column=province&test=like&value=1", "test"),
        ("what=stdev&of=rice_t", "what"),
        ("what=sum&of=", "of"),
        ("show=x", "column"),
        ("order=x", "column"),
        ("&".join(["by=province"] * 4), "too_many"),
    ],
)
def test_what_is_no_question_is_refused_by_name(address: str, code: str) -> None:
    with pytest.raises(BadQuestion) as refused:
        asked(address)
    assert refused.value.code == code


def test_an_address_asks_the_same_question_again() -> None:
    question = asked(
        "down=1&order=count&by=province&what=count&of=&column=rice_t&test=at_least&value=3"
    )

    assert asked(question.address()) == question
    assert question.address() == (
        "column=rice_t&test=at_least&value=3&by=province&what=count&of=&order=count&down=1"
    )


@given(st.text(max_size=40), st.sampled_from(["is", "is_not", "contains", "begins", "less"]))
def test_no_word_that_was_typed_is_in_the_statement(value: str, test: str) -> None:
    question = Question(where=(('odd "name"; DROP', test, value),), show=("province",))
    text, values = sql(question, COLUMNS, TYPES)

    assert values == [value]
    assert text.isascii()
    assert "odd" not in text
    assert text.count("?") == 1


@pytest.mark.parametrize("value", ["2024.5", "២០២៤.៥", "๒๐๒๔.๕", "၂၀၂၄.၅"])
def test_a_number_may_be_written_in_the_digits_of_any_script(value: str) -> None:
    _text, values = sql(Question(where=(("rice_t", "at_least", value),)), COLUMNS, TYPES)

    assert values == ["2024.5"]


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2.5", "-2.5"),
        ("-2.5%", "'-2.5%"),
        ("\t=1", "'\t=1"),
        ("rice", "rice"),
    ],
)
def test_formulas_leave_as_text_and_numbers_as_numbers(cell: str, written: str) -> None:
    assert harmless(cell) == written
