"""What a draft can hold, and what it cannot."""

from __future__ import annotations

import pytest

from tonle.catalogue.document import check, check_begun
from tonle.catalogue.tests.factories import description
from tonle.kernel.errors import Invalid


@pytest.mark.parametrize(
    "date", ["99999-99", "2024-13", "2024-02-30", "soon", "2024/2024-99", "/a"]
)
def test_a_date_that_nobody_can_read_is_refused_where_it_is_written(date: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_begun(description(dates=[{"type": "Issued", "date": date}]))

    assert [where for where, _ in refused.value.problems] == ["/dates/0/date"]
    # What is public already with such a date can still be withdrawn.
    check(description(dates=[{"type": "Issued", "date": date}]), whole=False)


@pytest.mark.parametrize(
    "date",
    [
        "2024", "2024-05", "2024-05-07", "2024/2025", "2024/", "../2024", "2024-05-07T10:00:00Z",
        "2024-05-07T24:00:00Z/..", "2025/2024", "២០២៤",
    ],
)  # fmt: skip
def test_a_date_as_readers_of_formats_give_it_is_held(date: str) -> None:
    check_begun(description(dates=[{"type": "Issued", "date": date}]))


def test_a_place_that_is_none_is_refused() -> None:
    with pytest.raises(Invalid):
        check_begun(description(geo_locations=[{"polygons": [{"points": [[1, 2]]}]}]))
