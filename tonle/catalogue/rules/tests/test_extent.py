"""Of which years a record's data are."""

from __future__ import annotations

from typing import Any

import pytest

from tonle.catalogue.rules.extent import covered


@pytest.mark.parametrize(
    ("dates", "spans"),
    [
        ([("Coverage", "1990/2005")], [(1990, 2005)]),
        ([("Coverage", "1990-04"), ("Coverage", "2001-01-01/..")], [(1990, 1990), (2001, None)]),
        ([("Coverage", "/1975")], [(None, 1975)]),
        # What its data are of says more than when they were collected, and that than nothing.
        ([("Collected", "2020/2021"), ("Coverage", "1924/1965")], [(1924, 1965)]),
        ([("Collected", "2020/2021"), ("Issued", "2024")], [(2020, 2021)]),
        ([("Issued", "2024")], []),
        ([("Coverage", "in the dry season"), ("Coverage", "2019")], [(2019, 2019)]),
        ([], []),
    ],
)
def test_the_years_of_data_are_those_of_coverage_else_of_collecting(
    dates: list[tuple[str, str]], spans: list[tuple[int | None, int | None]]
) -> None:
    document: dict[str, Any] = {"dates": [{"type": kind, "date": date} for kind, date in dates]}
    assert covered(document) == spans
