"""What people type into rows."""

from __future__ import annotations

import pytest

from tonle.agreements import typed
from tonle.kernel.errors import Invalid


def test_rows_come_back_as_they_were_shown() -> None:
    title = {"km": "អនុស្សរណៈ", "en": "Memorandum"}
    rows = typed.lines("title", title, "my")
    sent = {f"{row.name}-lang": row.tag for row in rows}
    sent |= {f"{row.name}-text": row.text for row in rows}

    assert [row.tag for row in rows] == ["km", "en", "my"]
    assert typed.told("title", sent) == title
    with pytest.raises(Invalid):
        typed.told("title", sent | {"title-1-lang": "km"})


def test_an_area_without_a_name_is_none_and_another_gets_a_name_for_addresses() -> None:
    sent = {"area-0-name-0-lang": "en", "area-0-name-0-text": "Clean  water", "area-1-id": "x"}

    assert [one["name"] for one in typed.told_named("area", sent)] == [{"en": "Clean water"}]
    assert typed.slug("Clean water!", set(), "area") == "clean-water"
    assert typed.slug("Clean water", {"clean-water"}, "area") == "clean-water-2"
    assert typed.slug("ទឹក", set(), "area") == "area"


def test_articles_that_survive_are_typed_as_numbers() -> None:
    clauses = typed.survivals("7; 9 (24)")

    assert clauses == [{"article": 7}, {"article": 9, "months": 24}]
    assert typed.survivals(typed.said_survivals(clauses)) == clauses
    with pytest.raises(Invalid):
        typed.survivals("the seventh")
