"""Answers as JSON, to the last digit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

# An object of plain values stays in one line up to so many characters.
LINE = 80


def dumps(value: Any, depth: int = 0) -> str:
    """JSON, indented; a Fraction as the decimal number it is, with no digit lost.

    A Fraction that no decimal number equals raises ValueError: who has such writes text.
    """
    if isinstance(value, Fraction):
        return decimal(value)
    if not isinstance(value, Mapping | list | tuple):
        return json.dumps(value, ensure_ascii=False)
    if not value:
        return "{}" if isinstance(value, Mapping) else "[]"
    if not any(isinstance(one, Mapping | list | tuple) for one in _entries(value)):
        line = _flat(value)
        if not isinstance(value, Mapping) or len(line) <= LINE:
            return line
    inner, outer = " " * (depth + 1), " " * depth
    if isinstance(value, Mapping):
        lines = [
            f"{json.dumps(name, ensure_ascii=False)}: {dumps(one, depth + 1)}"
            for name, one in value.items()
        ]
        opening, closing = "{}"
    else:
        lines = [dumps(one, depth + 1) for one in value]
        opening, closing = "[]"
    body = f",\n{inner}".join(lines)
    return f"{opening}\n{inner}{body}\n{outer}{closing}"


def _entries(value: Mapping[str, Any] | Sequence[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, Mapping) else value


def _flat(value: Mapping[str, Any] | Sequence[Any]) -> str:
    """An object or a list of plain values in one line."""
    if isinstance(value, Mapping):
        named = [f"{json.dumps(k, ensure_ascii=False)}: {dumps(v)}" for k, v in value.items()]
        return f"{{{', '.join(named)}}}"
    return f"[{', '.join(dumps(one) for one in value)}]"


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
