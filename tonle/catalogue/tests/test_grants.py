"""Restricted files, and the people who are let in to them for a while."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.constants import NOW
from tonle.catalogue import grants, services
from tonle.catalogue.errors import FilesNotReadable, WrongState
from tonle.catalogue.models import AccessGrant, Change, Record
from tonle.catalogue.tests.factories import (
    BOPHA,
    CURATOR,
    DEPOSITOR,
    STEWARD,
    VOUCHED,
    curator_of,
    make_record,
)
from tonle.infra.models import AuditEntry
from tonle.kernel.actors import ANONYMOUS, Actor
from tonle.kernel.errors import Invalid, NotFound, NotPermitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

DAY = timedelta(days=1)
MONTH = NOW + 30 * DAY


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return make_record(
        {"interviews.txt": b"what people said"},
        folder=tmp_path,
        access={"level": "restricted"},
        communities=["rice"],
    )


def grant(record: Record, actor: Actor = CURATOR, **options: Any) -> AccessGrant:
    given = {"valid_until": MONTH, "now": NOW, "grantee": BOPHA.id, **options}
    return grants.grant_access(record_id=record.id, actor=actor, **given)


def read(record: Record, actor: Actor, at: Any = NOW) -> bytes:
    _, path = services.read_file(record_id=record.id, name="interviews.txt", actor=actor, now=at)
    return path.read_bytes()


def refused(record: Record, actor: Actor, at: Any = NOW) -> bool:
    with pytest.raises(FilesNotReadable):
        read(record, actor, at)
    return True


def test_a_grant_lets_one_person_in_from_one_instant_to_another(record: Record) -> None:
    assert refused(record, BOPHA)
    grant(record, valid_from=NOW + DAY)

    assert refused(record, BOPHA, NOW)
    assert read(record, BOPHA, NOW + DAY) == b"what people said"
    assert refused(record, BOPHA, MONTH)
    assert refused(record, VOUCHED, NOW + DAY)
    assert refused(record, ANONYMOUS, NOW + DAY)


def test_what_is_read_under_a_grant_leaves_one_row_an_hour(record: Record) -> None:
    grant(record)
    for minute in (0, 1, 70):
        read(record, BOPHA, NOW + timedelta(minutes=minute))

    rows = AuditEntry.objects.filter(action="record.file_read", actor=BOPHA.id)
    assert rows.count() == 2


def test_a_grant_ends_when_it_is_withdrawn_and_twice_is_once(record: Record) -> None:
    given = grant(record)
    grants.withdraw_access(grant_id=given.id, actor=DEPOSITOR, now=NOW + DAY)
    again = grants.withdraw_access(grant_id=given.id, actor=CURATOR, now=NOW + 2 * DAY)

    assert refused(record, BOPHA, NOW + DAY)
    assert (again.withdrawn_at, again.withdrawn_by) == (NOW + DAY, DEPOSITOR.id)
    rows = AuditEntry.objects.filter(action="record.access_withdraw")
    assert rows.count() == 1


def test_of_several_grants_any_lets_in(record: Record) -> None:
    first = grant(record)
    grant(record, valid_until=NOW + 2 * DAY, request="second")
    grants.withdraw_access(grant_id=first.id, actor=BOPHA, now=NOW)

    assert read(record, BOPHA, NOW + DAY)
    assert refused(record, BOPHA, NOW + 2 * DAY)


@pytest.mark.parametrize("name", ["deny", "ask", "a rule of tomorrow"])
def test_no_grant_outweighs_what_a_decision_demands(record: Record, name: str) -> None:
    grant(record)
    services.set_effects(
        record_id=record.id,
        effects=[{"action": "read_files", "rule": name}],
        actor=STEWARD,
        now=NOW,
    )

    assert refused(record, BOPHA)


def test_a_grant_opens_nothing_but_restricted_files(record: Record) -> None:
    grant(record)
    for level in (
        {"level": "metadata_only"},
        {"level": "embargoed", "embargo_until": "2030-01-01"},
    ):
        services.set_access(record_id=record.id, access=level, actor=CURATOR, now=NOW)
        assert refused(record, BOPHA)
    with pytest.raises(WrongState):
        grant(record, request="another")


@pytest.mark.parametrize(
    ("actor", "may"),
    [
        (ANONYMOUS, False),
        (BOPHA, False),
        (VOUCHED, False),
        (curator_of("fish"), False),
        (curator_of("rice"), True),
        (DEPOSITOR, True),
        (CURATOR, True),
        (STEWARD, True),
    ],
)
def test_owner_and_curators_give_and_see_grants(record: Record, actor: Actor, may: bool) -> None:
    given = grant(record)
    if may:
        assert grant(record, actor, request="x").granted_by == actor.id
        assert len(grants.grants_of_record(record_id=record.id, actor=actor, now=NOW)) == 2
        return
    with pytest.raises(NotPermitted):
        grant(record, actor, request="x")
    with pytest.raises(NotPermitted):
        grants.grants_of_record(record_id=record.id, actor=actor, now=NOW)
    if actor != BOPHA:
        with pytest.raises(NotFound):
            grants.withdraw_access(grant_id=given.id, actor=actor, now=NOW)


def test_one_request_leads_to_one_grant_and_to_no_other(record: Record) -> None:
    assert grant(record, request="asked").id == grant(record, request="asked").id
    with pytest.raises(Invalid):
        grant(record, request="asked", grantee=VOUCHED.id)
    with pytest.raises(Invalid):
        grant(record, valid_until=NOW)


def test_grants_are_nobody_elses_to_know(record: Record) -> None:
    before = Change.objects.count()
    grant(record)

    record.refresh_from_db()
    assert Change.objects.count() == before
    assert BOPHA.id.encode() not in bytes(record.document.body)  # type: ignore[union-attr] # It is published.
    assert record.changes_at is None
    assert [g.record.id for g in grants.grants_of_person(actor=BOPHA, now=NOW)] == [record.id]
    assert not grants.grants_of_person(actor=BOPHA, now=MONTH)
    assert not grants.grants_of_person(actor=ANONYMOUS, now=NOW)
