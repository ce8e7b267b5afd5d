"""What is in force on a day: asked by an address, kept as numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tonle.search.documents import Document
from tonle.search.engine import Between
from tonle.search.errors import BadFilter
from tonle.search.facets import Filters
from tonle.search.schema import FOR_EVER, SINCE, UNTIL, entry

NOW = datetime(2026, 11, 23, tzinfo=UTC)
FIRST, END = date(2026, 2, 2), date(2027, 2, 2)


def numbers(in_force: tuple[date, date | None] | None) -> dict[str, int]:
    made = entry(
        "record",
        Document("a", "agreement", {"en": "x"}, [], [], [], {}, None, NOW, in_force=in_force),
    )
    return {name: made.numbers[name] for name in (SINCE, UNTIL) if name in made.numbers}


@pytest.mark.parametrize(
    ("on", "found"),
    [("2026-02-01", False), ("2026-02-02", True), ("2027-02-01", True), ("2027-02-02", False)],
)
def test_the_first_day_is_in_and_the_day_of_the_end_is_out(on: str, found: bool) -> None:
    asked = Filters.read({"in_force": [on]}).for_engine(NOW)
    kept = numbers((FIRST, END))

    since, until = asked[SINCE], asked[UNTIL]
    assert isinstance(since, Between)
    assert isinstance(until, Between)
    assert since.high is not None
    assert until.low is not None
    assert (kept[SINCE] <= since.high and kept[UNTIL] >= until.low) is found


def test_without_a_known_end_it_goes_on_and_without_days_it_is_not_found() -> None:
    assert numbers((FIRST, None))[UNTIL] == FOR_EVER
    assert numbers(None) == {}


def test_the_day_is_read_as_people_write_it_and_kept_in_the_address() -> None:
    filters = Filters.read({"in_force": ["23/11/2026"], "type": ["law"]})

    assert filters.pairs() == [("type", "law"), ("in_force", "2026-11-23")]
    assert filters.without("in_force") == Filters.read({"type": ["law"]})
    assert Filters({}).within(filters).in_force_on == date(2026, 11, 23)
    with pytest.raises(BadFilter):
        Filters.read({"in_force": ["soon"]})
