"""Files of strangers are read exactly, and answers written exactly."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction

import pytest

from tonle.funding.rules import reading
from tonle.funding.rules.reading import parse
from tonle.funding.rules.writing import decimal, dumps
from tonle.kernel.errors import Invalid, TooLarge


def test_numbers_keep_every_digit() -> None:
    assert parse(b"[0.10, 1000000000000000000001, 1e3]") == [
        Decimal("0.10"),
        1000000000000000000001,
        Decimal(1000),
    ]


def test_a_mark_of_byte_order_is_no_part_of_the_text() -> None:
    assert parse(b"\xef\xbb\xbf{}") == {}


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b'{"a": 1, "b": {"x": 1, "x": 2}}', "x stands twice"),
        (b'{"a": NaN}', "NaN is not a number"),
        (b'{"a": -Infinity}', "-Infinity is not a number"),
        (b'{"a": 1' + b"0" * 40 + b"}", "too long"),
        (b'{"a": 1e999999999}', "too long"),
        (b'{"a": 1,}', "line 1, column"),
        (b"", "line 1, column 1"),
        (b"\xff\xfe{", "UTF-8"),
        (b"[" * 200_000, "nested too deeply"),
    ],
)
def test_what_could_be_misread_is_refused(raw: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        parse(raw)


def test_a_file_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 3)

    with pytest.raises(TooLarge):
        parse(b"[12]")


def test_problems_are_told_together_up_to_a_bound() -> None:
    reader = reading.Reader()
    reader.mapping({str(n): "x" for n in range(50)}, "a", lambda v, w: reader.whole(v, w, 0, 1))

    with pytest.raises(Invalid) as refused:
        reader.done()

    assert len(refused.value.problems) == reading.MAX_PROBLEMS


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(7, 4), "1.75"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(10**40 + 1), "1" + "0" * 39 + "1"),
        (Fraction(1, 10**20), "0.00000000000000000001"),
        (Fraction(0), "0"),
    ],
)
def test_a_decimal_number_is_written_to_its_last_digit(value: Fraction, text: str) -> None:
    assert decimal(value) == text


def test_a_third_is_no_decimal_number() -> None:
    with pytest.raises(ValueError, match="no last digit"):
        decimal(Fraction(1, 3))


def test_what_is_written_is_json() -> None:
    value = {"ទឹក": [], "b": {}, "c": [1, "x"], "d": [{"e": None, "f": [True]}], "long": ["y" * 90]}

    assert json.loads(dumps(value)) == value
