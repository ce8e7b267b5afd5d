"""Which records have a DOI, and how it stands: by table, and for any record there may be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.federation.dois.rules.wishes import (
    Facts,
    Policy,
    comes_by_itself,
    event,
    may_have,
    wanted,
)

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
POLICY = Policy("10.82433", frozenset({"dataset", "software"}), NOW)
RECORD = Facts(
    id="0123456789bcdfg", kind="dataset", dois=(), is_own=True, is_shown=True, is_gone=False,
    home_url="", is_imported=False, first_public_at=NOW,
)  # fmt: skip
OWN = POLICY.name_for(RECORD)
OTHER = replace(RECORD, id="bcdfghjkmnpqrst")

facts = st.builds(
    Facts,
    id=st.sampled_from([RECORD.id, OTHER.id]),
    kind=st.sampled_from(["dataset", "project"]),
    dois=st.lists(st.sampled_from([OWN, "10.5555/x", POLICY.name_for(OTHER)]), unique=True),
    is_own=st.booleans(),
    is_shown=st.booleans(),
    is_gone=st.booleans(),
    home_url=st.sampled_from(["", "https://home.example/1"]),
    is_imported=st.booleans(),
    first_public_at=st.sampled_from([NOW - timedelta(seconds=1), NOW, NOW + timedelta(1)]),
)


def test_a_name_is_the_prefix_and_the_record() -> None:
    assert OWN == "10.82433/0123456789bcdfg"
    # A prefix that the node had before stays: the name is for ever.
    before = replace(RECORD, dois=("10.5555/x", f"10.999/{RECORD.id}"))
    assert POLICY.name_for(before) == f"10.999/{RECORD.id}"
    assert may_have(before, POLICY)


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (replace(RECORD, is_own=False), "at home elsewhere"),
        (replace(RECORD, home_url="https://home.example/1"), "at home elsewhere"),
        (replace(RECORD, is_shown=False, is_gone=True), "not public"),
        (replace(RECORD, is_shown=False), "not public"),
        (replace(RECORD, kind="project"), "Records of this kind"),
        (replace(RECORD, dois=("10.5555/other",)), "a DOI already: 10.5555/other"),
    ],
)
def test_what_gets_none_says_why(record: Facts, why: str) -> None:
    decision = may_have(record, POLICY)

    assert not decision
    assert why in str(decision)


def test_what_was_here_before_or_was_imported_waits_for_a_word() -> None:
    assert comes_by_itself(RECORD, POLICY)
    for record in (
        replace(RECORD, first_public_at=NOW - timedelta(days=1)),
        replace(RECORD, is_imported=True),
    ):
        assert may_have(record, POLICY)
        assert not comes_by_itself(record, POLICY)


@given(facts)
def test_no_record_gets_a_second_doi(record: Facts) -> None:
    own = POLICY.name_for(record)
    if may_have(record, POLICY):
        assert not record.dois or own in record.dois
        assert own.endswith(f"/{record.id}")
        assert record.is_shown
        assert record.is_own
    if comes_by_itself(record, POLICY):
        assert may_have(record, POLICY)


@given(facts, facts)
def test_a_doi_is_findable_only_where_it_leads_to_what_is_shown(own: Facts, heir: Facts) -> None:
    found = wanted(OWN, own, heir)

    assert found.leads_to in {own.id, heir.id}
    if found.standing == "findable":
        assert heir.is_shown
        assert found.leads_to == heir.id
        assert found.describes in {"own", "heir"}
    if not own.is_shown and not own.is_gone:
        # Hidden by a decision: nothing of its own words goes out.
        assert found.describes != "own" or (own.id == heir.id and heir.is_shown)
    assert event(found.standing) in {"publish", "hide"}


def test_a_merged_record_leads_on() -> None:
    gone = replace(RECORD, is_shown=False, is_gone=True)
    plain = wanted(OWN, gone, OTHER)
    heiress = wanted(OWN, gone, replace(OTHER, dois=(OWN,)))
    second = wanted(OWN, gone, replace(OTHER, dois=("10.5555/first", OWN)))
    lost = wanted(OWN, gone, replace(OTHER, is_shown=False, is_gone=True))

    assert (plain.standing, plain.describes, plain.leads_to) == ("registered", "own", OTHER.id)
    assert (heiress.standing, heiress.describes, heiress.leads_to) == ("findable", "heir", OTHER.id)
    assert (second.standing, second.describes) == ("registered", "own")
    assert (lost.standing, lost.leads_to) == ("registered", RECORD.id)
