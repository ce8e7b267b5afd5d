"""Money: a whole number of the smallest unit of a currency. No floats, ever.

Sums of floats lose riels; so amounts are integers of the minor unit that ISO 4217 gives the
currency, whether or not anybody still mints it (the kip has 100 att on paper), because
that is what banks and other systems exchange.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tonle.kernel import codes
from tonle.kernel.errors import N_
from tonle.kernel.sentences import invalid, shown
from tonle.kernel.text import ascii_digits

# More than all money in the world in the smallest unit of its cheapest currency; below
# 2**53, so that an amount stays an integer in JSON.
MAX_MINOR: Final = 10**15

_AMOUNT: Final = re.compile(r"(?P<sign>[-+]?)(?P<whole>[0-9]+)(?:\.(?P<fraction>[0-9]+))?")
# Spaces and apostrophes part thousands without being mistaken for a decimal mark.
_GAPS: Final = re.compile(r"[\s'’_]")


def exponent(currency: str) -> int:
    """How many decimal digits the currency's minor unit has: USD 2, VND 0, KWD 3.

    currency: ISO 4217 code. Raises Invalid for unknown or withdrawn codes.
    """
    known = codes.codes("currencies").get(currency)
    if known is None:
        raise invalid(
            "currency",
            N_("“%(code)s” is not a currency in use. Write its ISO 4217 code, such as KHR."),
            code=shown(currency),
        )
    return int(known.data["exponent"])


@dataclass(frozen=True)
class Money:
    """An amount. minor: integer number of minor units; currency: ISO 4217 code.

    Raises Invalid for an unknown currency or more than 10**15 units.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError("money is counted in whole minor units")
        exponent(self.currency)
        if abs(self.minor) > MAX_MINOR:
            raise invalid("amount", N_("This amount is too large. Check the number of zeros."))

    @classmethod
    def of(cls, amount: str, currency: str) -> Money:
        """Money from a decimal text: `Money.of("1250.50", "THB")`.

        amount: digits of any script of the region, a point before decimals, commas or
        spaces only between groups of three. Raises Invalid, also for more decimals than the
        currency has, rather than round somebody's money.
        """
        places = exponent(currency)
        text = _GAPS.sub("", ascii_digits(amount[:100]).strip())
        if re.fullmatch(r"[-+]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?", text):
            text = text.replace(",", "")
        match = _AMOUNT.fullmatch(text)
        if not match or len(amount) > 100:
            raise invalid(
                "amount",
                N_("“%(amount)s” is not an amount. Write it like 1250.50."),
                amount=shown(amount),
            )
        fraction = (match["fraction"] or "").rstrip("0")
        if len(fraction) > places:
            raise invalid(
                "amount",
                N_("%(currency)s has %(places)s decimals; “%(amount)s” has more."),
                currency=currency,
                places=places,
                amount=shown(amount),
            )
        minor = int(match["whole"] + fraction.ljust(places, "0"))
        return cls(-minor if match["sign"] == "-" else minor, currency)

    @property
    def amount(self) -> str:
        """The decimal text with exactly the currency's decimals: `1250.50`, `-3`."""
        places = exponent(self.currency)
        digits = str(abs(self.minor)).rjust(places + 1, "0")
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"

    def __str__(self) -> str:
        return f"{self.currency} {self.amount}"

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def share(self, weights: Sequence[int]) -> list[Money]:
        """The amount split by whole-number weights, with nothing lost or made.

        weights: none negative, sum above 0. Each gets its share cut down; what is left goes
        unit by unit to the largest remainders, the first of equals first (Hamilton's method).
        """
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("weights must not be negative and not all be 0")
        sign = -1 if self.minor < 0 else 1
        units = abs(self.minor)
        cut = [units * weight // total for weight in weights]
        order = sorted(range(len(weights)), key=lambda i: (-(units * weights[i] % total), i))
        for i in order[: units - sum(cut)]:
            cut[i] += 1
        return [Money(sign * part, self.currency) for part in cut]

    def _same(self, other: Money) -> int:
        if self.currency != other.currency:
            raise invalid(
                "currency",
                N_("%(one)s and %(other)s cannot be added or compared. Convert one first."),
                one=self.currency,
                other=other.currency,
            )
        return other.minor


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of amounts in one currency; nothing sums to 0. Raises Invalid as adding does."""
    result = Money(0, currency)
    for amount in amounts:
        result += amount
    return result
