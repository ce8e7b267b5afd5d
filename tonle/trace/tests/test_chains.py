"""Real chains of published records: counts, areas, breaks, what is hidden, and made again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.constants import NOW
from tonle.catalogue import merging, services
from tonle.catalogue.models import Effect, Record
from tonle.catalogue.tests.conftest import home as home
from tonle.catalogue.tests.conftest import no_gates_from_above as no_gates_from_above
from tonle.catalogue.tests.factories import CURATOR, make_record
from tonle.kernel.errors import NotFound
from tonle.trace import following, selectors
from tonle.trace.models import Link, Name, Stand
from tonle.trace.rules.counting import Count

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

LATER = NOW + timedelta(hours=1)


def made(kind: str, title: str, *above: tuple[str, Record], **fields: Any) -> Record:
    """A published record that names others by DataCite's relations."""
    relations = [
        {"type": relation, "target": {"scheme": "tonle", "value": other.id}}
        for relation, other in above
    ]
    return make_record(kind=kind, titles={"en": title}, relations=relations, **fields)


def agreement(title: str, *areas: str, **fields: Any) -> Record:
    profile = {
        "schema": "tonle-agreement/1",
        "key_areas": [{"id": area, "name": {"en": area.title()}} for area in areas],
        **fields,
    }
    return make_record(kind="agreement", titles={"en": title}, profile=profile)


def counts(found: Any) -> dict[str, Count]:
    return {one.kind: one.count for one in found.counts}


def hide(record: Record) -> None:
    """As a decision elsewhere does: nobody may know of it."""
    Effect.objects.create(record=record, action="read_metadata", rule="nobody")


def follow() -> None:
    following.catch_up(LATER)


def test_a_chain_is_counted_from_output_to_agreement_and_key_area() -> None:
    memorandum = agreement("Memorandum", "water", "health", "energy")
    under = {"agreement": memorandum.id, "key_areas": ["water", "health"]}
    programme = agreement("Programme", type="programme", under=under)
    call = made("funding_opportunity", "Call", ("IsPartOf", programme))
    project = make_record(
        kind="project",
        profile={"schema": "tonle-project/1", "call": call.id, "grant_number": "G 12"},
        funding_references=[{"funder_name": "Ministry of Science"}],
    )
    # By relation, by the project's own word, and by the grant, however it is written.
    data = made("dataset", "Data", ("IsPartOf", project))
    text = made("publication", "Text")
    made("project", "Sister", ("IsPartOf", project), ("HasPart", text))
    grant = {"funder_name": "ministry of  science", "award_number": "g12"}
    make_record(kind="software", funding_references=[grant])
    # Of something that is no project: a data set derived from another came of nothing.
    made("dataset", "Derived", ("IsDerivedFrom", data))
    follow()

    found = selectors.came_of(memorandum.id, LATER)
    assert counts(found) == {
        "agreement": Count(1, Fraction(1)),
        "funding_opportunity": Count(1, Fraction(1)),
        "project": Count(2, Fraction(2)),
        "dataset": Count(1, Fraction(1)),
        "publication": Count(1, Fraction(1)),
        "software": Count(1, Fraction(1)),
    }
    assert found.breaks == ()
    assert {area.id: counts(area).get("dataset") for area in found.areas} == {
        "water": Count(1, Fraction(1, 2)),
        "health": Count(1, Fraction(1, 2)),
        "energy": None,
    }
    assert [area.id for area in found.areas if area.is_empty] == ["energy"]
    area = selectors.of_area(memorandum.id, "water", LATER)
    assert [thing.id for one, things in area.things for thing in things if one.kind == "dataset"]
    assert selectors.of_area(memorandum.id, "energy", LATER).things == ()
    with pytest.raises(NotFound):
        selectors.of_area(memorandum.id, "peace", LATER)
    with pytest.raises(NotFound):
        selectors.came_of(data.id, LATER)

    lines = selectors.everything("agreement", LATER)
    assert [(line.thing.id, line.depth, line.empty_areas) for line in lines] == [
        (memorandum.id, 0, 1),
        (programme.id, 1, 0),
    ]
    assert counts(lines[0]) == counts(found)
    way = selectors.way_up(data.id, "dataset", LATER)
    assert [way[0].thing.id, way[0].above[0].thing.id] == [project.id, call.id]
    assert [step.area for step in way[0].above[0].above[0].above] == [
        {"en": "Health"},
        {"en": "Water"},
    ]


def test_breaks_are_listed_and_parts_add_up() -> None:
    one, other = agreement("One", "water"), agreement("Other")
    shared = made("project", "Shared", ("IsPartOf", one), ("IsPartOf", other))
    made("dataset", "Half each", ("IsPartOf", shared))
    away = {
        "type": "IsPartOf",
        "target": {"scheme": "raid", "value": "10.83962/a1b2c3d4"},
        "resource_type_general": "Project",
    }
    lost = make_record(
        relations=[
            {"type": "IsPartOf", "target": {"scheme": "tonle", "value": shared.id}},
            away,
        ]
    )
    wrong = make_record(serves={"areas": [{"record": one.id, "area": "peace"}]})
    follow()

    found = selectors.came_of(one.id, LATER)
    assert counts(found)["dataset"] == Count(2, Fraction(3, 4))
    assert {(at.thing, at.reason): dict(at.named) for at in found.breaks} == {
        (lost.id, "absent"): away["target"],
        (wrong.id, "absent"): {"promise": one.id, "area": "peace"},
    }
    parts = [counts(line)["dataset"].fractional for line in selectors.everything("agreement", NOW)]
    broken = sum(at.lost.fractional for at in found.breaks)
    assert sum(parts) + broken == 3


def test_what_is_hidden_withdrawn_or_merged_is_counted_as_it_now_stands() -> None:
    memorandum = agreement("Memorandum", "water")
    project = made("project", "Project", ("IsPartOf", memorandum))
    kept, hidden, gone, twin = (
        made("dataset", title, ("IsPartOf", project)) for title in ("Kept", "Hid", "Gone", "Twin")
    )
    follow()
    assert counts(selectors.came_of(memorandum.id, LATER))["dataset"].whole == 4

    hide(hidden)
    services.withdraw(
        record_id=gone.id, category="other", reason={"en": "x"}, actor=CURATOR, now=LATER
    )
    # Not seen any more at once, before the links have followed; and the same afterwards.
    assert counts(selectors.came_of(memorandum.id, LATER))["dataset"].whole == 2
    merging.merge(record_id=twin.id, into=kept.id, reason={"en": "x"}, actor=CURATOR, now=LATER)
    follow()
    found = selectors.came_of(memorandum.id, LATER)
    assert counts(found)["dataset"] == Count(1, Fraction(1))
    assert found.breaks == ()

    # A project that is hidden takes what came of it along, and is named nowhere.
    hide(project)
    found = selectors.came_of(memorandum.id, LATER)
    assert found.counts == ()
    assert found.breaks == ()
    assert selectors.way_up(kept.id, "dataset", LATER) == ()
    hide(memorandum)
    with pytest.raises(NotFound):
        selectors.came_of(memorandum.id, LATER)


def test_what_names_a_duplicate_came_of_what_it_became_part_of() -> None:
    memorandum, twin = agreement("Memorandum"), agreement("Twin")
    made("dataset", "Data", ("IsPartOf", twin))
    merging.merge(
        record_id=twin.id, into=memorandum.id, reason={"en": "x"}, actor=CURATOR, now=LATER
    )
    follow()
    assert counts(selectors.came_of(memorandum.id, LATER))["dataset"].whole == 1


def rows() -> Iterator[tuple[Any, ...]]:
    yield from sorted(
        Link.objects.values_list("record", "relation", "scheme", "value", "area", "is_sure")
    )
    yield from sorted(Name.objects.values_list("said_by", "record", "scheme", "value"))


SHAPES = st.lists(
    st.tuples(st.sampled_from(["project", "dataset", "agreement"]), st.sets(st.integers(0, 5))),
    min_size=1,
    max_size=6,
)


@pytest.mark.one_database
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(SHAPES)
def test_counts_add_up_over_random_chains_and_links_are_made_again_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shapes: list[tuple[str, set[int]]]
) -> None:
    monkeypatch.setattr(following, "BATCH", 2)
    records: list[Record] = []
    for number, (kind, above) in enumerate(shapes):
        named = [("IsPartOf", records[at]) for at in sorted(above) if at < number]
        records.append(made(kind, f"Number {number}", *named))
    follow()
    before = list(rows())

    outputs = sum(record.kind == "dataset" for record in records)
    lines = selectors.everything("agreement", LATER)
    mine = {record.id for record in records}
    arrived = sum(
        (
            counts(line).get("dataset", Count()).fractional
            for line in lines
            if not line.depth and line.thing.id in mine
        ),
        Fraction(0),
    )
    assert 0 <= arrived <= outputs

    following.begin_again()
    assert not list(rows())
    follow()
    assert list(rows()) == before
    assert Stand.objects.get().position
