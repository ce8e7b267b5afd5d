"""What an SMS costs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.infra.messaging.segments import is_gsm, segments


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        # An escape and a letter: two places, and never cut in two.
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 10, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        # One letter beyond the alphabet makes all of it 16 bits wide.
        ("ç" + "a" * 69, 1),
        ("ក" * 70, 1),
        ("ក" * 71, 2),
        ("ក" * 134, 2),
        ("ក" * 135, 3),
        ("🐟" * 35, 1),
        ("🐟" * 36, 2),
        # A letter of two places is whole in its part: 33 of them and an empty place.
        ("🐟" * 66, 2),
        ("🐟" * 67, 3),
    ],
)
def test_segments_are_counted_as_they_are_paid(text: str, count: int) -> None:
    assert segments(text) == count


def test_a_c_with_cedilla_is_in_the_alphabet_only_as_a_capital() -> None:
    assert is_gsm("Ç")
    assert not is_gsm("ç")


@given(st.text(min_size=1, max_size=800), st.text(max_size=50))
def test_a_longer_text_never_costs_less(text: str, more: str) -> None:
    assert 1 <= segments(text) <= segments(text + more)


@given(st.text(min_size=1, max_size=2000))
def test_every_text_fits_into_its_segments(text: str) -> None:
    units = len(text) if is_gsm(text) else len(text.encode("utf-16-le", "surrogatepass")) // 2
    assert segments(text) >= units / (160 if is_gsm(text) else 70)
