"""Who can come of whom, what a document names, and how rivers are drawn."""

from __future__ import annotations

from typing import Any

import pytest

from tonle.trace.rules.chain import AREA, AWARD, FIELD, Link, areas_of, came_of, links_of
from tonle.trace.rules.picture import river


@pytest.mark.parametrize(
    ("kind", "other", "relation", "can"),
    [
        ("dataset", "project", "IsPartOf", True),
        ("dataset", "project", "IsDerivedFrom", True),
        ("dataset", "instrument", "IsCollectedBy", True),
        ("dataset", "dataset", "IsDerivedFrom", False),
        ("dataset", "publication", "IsPartOf", False),
        ("project", "dataset", "IsDerivedFrom", False),
        ("project", "project", "IsPartOf", True),
        ("project", "project", "IsDerivedFrom", False),
        ("project", "funding_opportunity", FIELD, True),
        ("agreement", "agreement", FIELD, True),
        ("agreement", "policy", "IsPartOf", False),
        ("training", "fellowship", "IsPartOf", False),
        ("kind_of_tomorrow", "project", "IsPartOf", True),
    ],
)
def test_who_can_come_of_whom(kind: str, other: str, relation: str, can: bool) -> None:
    assert came_of(kind, other, relation) is can


def test_a_document_names_what_may_be_on_the_chain_and_no_more() -> None:
    raid = {"scheme": "raid", "value": "10.83962/a"}
    document: dict[str, Any] = {
        "id": "a" * 15,
        "kind": "project",
        "profile": {"grant_number": "G 12"},
        "funding_references": [
            {"funder_name": "Ministry  of Science", "award_number": "other"},
            {"funder_name": "x", "funder_identifier": {"scheme": "ror", "value": "03yrm5c26"}},
        ],
        "relations": [
            {"type": "IsPartOf", "target": raid},
            {"type": "IsPartOf", "target": raid},
            {"type": "HasPart", "target": {"scheme": "doi", "value": "10.5555/1"}},
            {"type": "Cites", "target": {"scheme": "doi", "value": "10.5555/2"}},
            {"type": "IsPartOf", "target": {"scheme": "tonle", "value": "a" * 15}},
        ],
    }

    assert links_of(document, [("tonle", "call", "")], [("promise", "water")]) == [
        Link(FIELD, "tonle", "call", "", True),
        Link(AREA, "tonle", "promise", "water"),
        Link("IsPartOf", "raid", "10.83962/a", "", True),
        Link("HasPart", "doi", "10.5555/1"),
        Link(AWARD, AWARD, "ministryofscience|g12"),
        Link(AWARD, AWARD, "ror:03yrm5c26|g12"),
    ]


def test_areas_are_read_of_any_shape() -> None:
    profile = {
        "key_areas": [{"id": "water", "name": {"en": "Water"}}, {"name": "no id"}, "text"],
        "goals": "none",
        "targets": [{"id": "gerd", "indicator": "Money"}],
    }

    assert areas_of({"profile": profile}) == {"water": {"en": "Water"}, "gerd": {"und": "Money"}}
    assert areas_of({}) == {}


def test_a_river_ends_at_the_last_stage_that_has_something() -> None:
    found = river([0, 1, 0, 0])

    assert found.ends == "37.5"
    assert [pool.is_dry for pool in found.pools] == [True, False, True, True]
    assert [pool.x for pool in found.pools] == ["12.5", "37.5", "62.5", "87.5"]
    assert river([0, 0, 0, 0]).ends == "0"
    assert float(river([0, 0, 0, 10**9]).width) <= 8
