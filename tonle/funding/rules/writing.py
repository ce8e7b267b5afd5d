"""Answers as JSON, to the last digit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

# What fits into so many characters stays in one line; a list of plain values always does.
LINE = 80


def dumps(value: Any, depth: int = 0) -> str:
    """JSON, indented; a Fraction as the decimal number it is, with no digit lost.

    A Fraction that no decimal number equals raises ValueError: who has such writes text.
    """
    line = _flat(value)
    plain = isinstance(value, list | tuple) and not any(
        isinstance(one, Mapping | list | tuple) for one in value
    )
    if plain or len(line) <= LINE:
        return line
    inner, outer = " " * (depth + 1), " " * depth
    if isinstance(value, Mapping):
        lines = [f"{_flat(name)}: {dumps(one, depth + 1)}" for name, one in value.items()]
        opening, closing = "{}"
    else:
        lines = [dumps(one, depth + 1) for one in value]
        opening, closing = "[]"
    body = f",\n{inner}".join(lines)
    return f"{opening}\n{inner}{body}\n{outer}{closing}"


def _flat(value: Any) -> str:
    """A value in one line."""
    if isinstance(value, Fraction):
        return decimal(value)
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_flat(name)}: {_flat(one)}' for name, one in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_flat(one) for one in value)}]"
    return json.dumps(value, ensure_ascii=False)


def decimal(value: Fraction) -> str:
    """`7/4` as 1.75. Raises ValueError where the digits would never end."""
    rest, places = value.denominator, 0
    for prime in (2, 5):
        times = 0
        while rest % prime == 0:
            rest //= prime
            times += 1
        places = max(places, times)
    if rest != 1:
        raise ValueError(f"{value} has no last digit")
    whole = value.numerator * 10**places // value.denominator
    # Made from text, which no context of arithmetic rounds.
    return format(Decimal(f"{whole}E-{places}"), "f")
