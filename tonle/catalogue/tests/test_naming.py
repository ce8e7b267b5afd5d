"""A name that the world has given comes into the document, by the door of every change."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.constants import NOW
from tonle.catalogue import services
from tonle.catalogue.errors import PidTaken, WrongState
from tonle.catalogue.log import Verifier
from tonle.catalogue.models import Change, Pid, Record, Revision
from tonle.catalogue.naming import add_pid
from tonle.catalogue.publication import storage
from tonle.catalogue.selectors import document_of
from tonle.catalogue.tests.factories import BOPHA, CURATOR, make_record
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.errors import Invalid, NotFound, NotPermitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
LATER = NOW + timedelta(days=1)
HANDLE = {"scheme": "handle", "value": "20.500/x"}


def name(record: str, value: str = "10.5555/New", actor: Actor = SYSTEM) -> Record:
    return add_pid(record_id=record, scheme="doi", value=value, actor=actor, now=LATER)


def test_a_name_is_a_revision_with_the_same_files_and_comes_first(home: object) -> None:
    record = make_record(pids=[HANDLE])

    for _time in range(2):
        named = name(record.id)

    document = document_of(named)
    assert document["pids"] == [{"scheme": "doi", "value": "10.5555/new"}, HANDLE]
    assert (named.version, named.revision) == (1, 1)
    assert Revision.objects.count() == 2
    assert list(Change.objects.values_list("action", flat=True)) == ["publish", "revise"]
    assert Pid.objects.get(scheme="doi").record_id == record.key
    assert list(Verifier().findings()) == []
    kept = storage().read(f"tonle:{record.id}", 2, "record.json")
    assert b"10.5555/new" in kept.read_bytes()


def test_what_stands_against_it(home: object) -> None:
    record, other = make_record(), make_record(pids=[{"scheme": "doi", "value": "10.5555/theirs"}])

    with pytest.raises(NotPermitted):
        name(record.id, actor=BOPHA)
    with pytest.raises(NotFound):
        name("0" * 15)
    with pytest.raises(Invalid):
        name(record.id, "eleven")
    with pytest.raises(PidTaken):
        name(record.id, "10.5555/theirs")
    services.withdraw(
        record_id=other.id, category="by_author", reason={"en": "Wrong."}, actor=CURATOR, now=LATER
    )
    with pytest.raises(WrongState):
        name(other.id)
    assert Revision.objects.count() == 2
