"""Filters and orders of the CommonGrants search, on opportunities in the protocol's shape. Pure.

A filter that is not understood is told of and left out, as the protocol has it; one that is
known and holds nonsense is refused, since its answer would be another question's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from tonle.funding.crosswalks.common_grants import STATUS_VALUES, sort_values
from tonle.kernel.errors import N_, Invalid
from tonle.kernel.sentences import Sentence, shown

Made = Mapping[str, Any]
Test = Callable[[Made], bool]

SORTS: Final = (
    "lastModifiedAt", "createdAt", "title", "status.value", "keyDates.closeDate",
    "funding.maxAwardAmount", "funding.minAwardAmount", "funding.totalAmountAvailable",
    "funding.estimatedAwardCount",
)  # fmt: skip
USUAL: Final = "lastModifiedAt"
_MONEY: Final = {
    "totalFundingAvailableRange": "totalAmountAvailable",
    "minAwardAmountRange": "minAwardAmount",
    "maxAwardAmountRange": "maxAwardAmount",
}


def chosen(
    opportunities: Iterable[Made], filters: Mapping[str, Any]
) -> tuple[list[Made], list[str]]:
    """Those that meet all filters, in their order, and which filters were not understood.

    Raises Invalid for a known filter whose operator or value is none.
    """
    tests: list[Test] = []
    unknown: list[str] = []
    problems: list[tuple[str, str | Sentence]] = []
    for name, given in filters.items():
        if given is None or (name == "customFilters" and not given):
            continue
        try:
            test = _test(name, given)
        except _Nonsense as fault:
            problems.append((f"/filters/{name}", fault.sentence))
            continue
        if test is None:
            unknown.append(f"{name}: this filter is not known here; it was left out.")
        else:
            tests.append(test)
    if problems:
        raise Invalid(problems)
    return [one for one in opportunities if all(test(one) for test in tests)], unknown


def ordered(opportunities: Sequence[Made], by: str, descending: bool) -> list[Made]:
    """In that order; those of which it is not said come last either way.

    Sums are ordered currency by currency: 5,000,000 riels are no more than 2,000 dollars.
    """
    told = [(_key(sort_values(one)[by]), one) for one in opportunities]
    known = [(key, one) for key, one in told if key is not None]
    known.sort(key=lambda pair: pair[0], reverse=descending)
    return [one for _, one in known] + [one for key, one in told if key is None]


def _key(value: Any) -> tuple[Any, ...] | None:
    if isinstance(value, Mapping):
        return (value["currency"], Decimal(value["amount"]))
    return None if value is None else (value,)


class _Nonsense(Exception):  # Internal: becomes one of the refusal's reasons.
    def __init__(self, sentence: str | Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


def _test(name: str, given: Any) -> Test | None:
    """What the filter asks of an opportunity; None for a filter that nobody knows."""
    known = name in ("status", "closeDateRange") or name in _MONEY
    if not known:
        return None
    if not isinstance(given, Mapping) or not {"operator", "value"} <= given.keys():
        raise _Nonsense(N_("A filter has an operator and a value."))
    operator, value = given["operator"], given["value"]
    if name == "status":
        return _status(operator, value)
    _one_of(operator, "between", "outside")
    if not isinstance(value, Mapping) or not {"min", "max"} <= value.keys():
        raise _Nonsense(N_("A range has a min and a max."))
    low, high = value["min"], value["max"]
    if name in _MONEY:
        return _sums(_MONEY[name], operator, _sum(low), _sum(high))
    return _days(operator, _moment(low), _moment(high))


def _one_of(operator: Any, *known: str) -> None:
    if operator not in known:
        raise _Nonsense(
            Sentence(
                N_("“%(value)s” is no operator of this filter. It has: %(known)s."),
                value=shown(str(operator)),
                known=", ".join(known),
            )
        )


def _status(operator: Any, value: Any) -> Test:
    _one_of(operator, "in", "notIn")
    if not isinstance(value, list) or any(one not in STATUS_VALUES for one in value):
        raise _Nonsense(
            Sentence(N_("The value is a list of these: %(known)s."), known=", ".join(STATUS_VALUES))
        )
    wanted = operator == "in"
    return lambda one: (one["status"]["value"] in value) is wanted


def _moment(value: Any) -> str:
    """A day, or the day and time of an instant in UTC, as text that sorts by time."""
    try:
        if isinstance(value, str) and len(value) == 10:
            return date.fromisoformat(value).isoformat()
        if isinstance(value, str):
            return datetime.fromisoformat(value).date().isoformat()
    except ValueError:
        pass
    raise _Nonsense(
        Sentence(N_("“%(value)s” is not a day. Write it like 2027-05-31."), value=shown(str(value)))
    )


def _days(operator: str, low: str, high: str) -> Test:
    def test(one: Made) -> bool:
        day = one.get("keyDates", {}).get("closeDate", {}).get("date")
        # One without a whole deadline is neither within nor without.
        return day is not None and (low <= day <= high) is (operator == "between")

    return test


def _sum(value: Any) -> tuple[str, Decimal]:
    try:
        if isinstance(value, Mapping) and isinstance(value.get("currency"), str):
            amount = Decimal(str(value.get("amount")))
            if amount.is_finite():
                return value["currency"], amount
    except InvalidOperation:
        pass
    raise _Nonsense(N_("A sum has an amount, as decimal text, and a currency (ISO 4217)."))


def _sums(field: str, operator: str, low: tuple[str, Decimal], high: tuple[str, Decimal]) -> Test:
    def test(one: Made) -> bool:
        found = one.get("funding", {}).get(field)
        if not found or not low[0] == high[0] == found["currency"]:
            # Sums are never converted: another currency is neither more nor less.
            return False
        return (low[1] <= Decimal(found["amount"]) <= high[1]) is (operator == "between")

    return test
