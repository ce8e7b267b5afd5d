"""Money in minor units."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.kernel import codes, money
from tonle.kernel.errors import Invalid
from tonle.kernel.money import Money

currencies = st.sampled_from(sorted(codes.codes("currencies")))
amounts = st.builds(Money, st.integers(-money.MAX_MINOR, money.MAX_MINOR), currencies)


@given(amounts)
def test_a_written_amount_is_read_back(amount: Money) -> None:
    assert Money.of(amount.amount, amount.currency) == amount


@pytest.mark.parametrize(
    ("text", "currency", "minor", "written"),
    [
        ("1250.5", "THB", 125050, "1250.50"),
        ("1,250.50", "THB", 125050, "1250.50"),
        ("1 250 000", "VND", 1250000, "1250000"),
        ("៥០០០", "KHR", 500000, "5000.00"),
        ("๑๒.๕", "THB", 1250, "12.50"),
        ("-0.01", "USD", -1, "-0.01"),
        ("+7", "LAK", 700, "7.00"),
        ("1.500", "USD", 150, "1.50"),
        ("1.234", "KWD", 1234, "1.234"),
        ("0", "JPY", 0, "0"),
    ],
)
def test_amounts_are_read_with_the_decimals_of_their_currency(
    text: str, currency: str, minor: Any, written: str
) -> None:
    amount = Money.of(text, currency)

    assert (amount.minor, amount.amount, str(amount)) == (minor, written, f"{currency} {written}")


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("1.005", "USD"),
        ("0.5", "VND"),
        ("1,25", "EUR"),
        ("12,34,567", "USD"),
        ("", "USD"),
        ("ten", "USD"),
        ("1e3", "USD"),
        ("NaN", "USD"),
        ("1" * 200, "USD"),
        ("9" * 30, "USD"),
        ("1", "RIEL"),
        ("1", "khr"),
        ("1", "XAU"),
    ],
)
def test_what_would_have_to_be_guessed_or_rounded_is_refused(text: str, currency: str) -> None:
    with pytest.raises(Invalid):
        Money.of(text, currency)


@pytest.mark.parametrize("minor", [1.0, "1", True, None])
def test_money_is_never_counted_in_anything_but_integers(minor: Any) -> None:
    with pytest.raises(TypeError):
        Money(minor, "USD")


def test_two_currencies_are_not_added_or_compared() -> None:
    baht, kip = Money(1, "THB"), Money(1, "LAK")

    for act in (lambda: baht + kip, lambda: baht - kip, lambda: baht < kip, lambda: baht >= kip):
        with pytest.raises(Invalid, match="THB and LAK"):
            act()
    assert baht != kip


def test_amounts_are_added_compared_and_summed() -> None:
    one, two = Money(100, "USD"), Money(250, "USD")

    assert one + two == Money(350, "USD")
    assert one - two == -Money(150, "USD")
    assert one < two
    assert two > one
    assert one <= one
    assert money.total([one, two, one], "USD") == Money(450, "USD")
    assert money.total([], "KHR") == Money(0, "KHR")


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=9).filter(any))
def test_shares_add_up_to_the_whole_and_keep_to_their_weights(
    amount: Money, weights: list[int]
) -> None:
    shares = amount.share(weights)

    assert sum(share.minor for share in shares) == amount.minor
    for share, weight in zip(shares, weights, strict=True):
        exact = amount.minor * weight / sum(weights)
        assert abs(share.minor - exact) < 1 + abs(exact) * 1e-9
        assert weight or share.minor == 0


@pytest.mark.parametrize("weights", [[], [0], [1, -1], [0, 0]])
def test_weights_that_share_nothing_are_a_mistake_of_the_program(weights: list[int]) -> None:
    with pytest.raises(ValueError, match=r"weights|empty"):
        Money(1, "USD").share(weights)


@pytest.mark.parametrize(
    ("currency", "places"),
    [("KHR", 2), ("LAK", 2), ("THB", 2), ("VND", 0), ("MMK", 2), ("CNY", 2), ("USD", 2),
     ("EUR", 2), ("JPY", 0), ("KWD", 3)],
)  # fmt: skip
def test_the_decimals_of_a_currency_are_those_of_iso_4217(currency: str, places: int) -> None:
    assert money.exponent(currency) == places
