"""Two records of one thing become one, by every address, in the log and in the files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.test import Client

from tests.constants import NOW
from tonle.catalogue import drafts, merging, rebuild, services
from tonle.catalogue.digest import digest
from tonle.catalogue.errors import DraftInWork, TwoDois, WrongState
from tonle.catalogue.log import Verifier
from tonle.catalogue.models import Change, Intent, Pid, Record
from tonle.catalogue.publication import protocol, recover, storage
from tonle.catalogue.selectors import document_of
from tonle.catalogue.tests.factories import (
    BOPHA,
    CURATOR,
    DEPOSITOR,
    STEWARD,
    VOUCHED_DEPOSITOR,
    curator_of,
    make_record,
)
from tonle.catalogue.tests.test_races import at_once
from tonle.catalogue.tests.test_rebuild import empty_database
from tonle.kernel.actors import Actor
from tonle.kernel.errors import Invalid, NotFound, NotPermitted, Refusal, Refused

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("home")]

LATER = NOW + timedelta(days=1)
DOI = {"scheme": "doi", "value": "10.5555/twice"}
HANDLE = {"scheme": "handle", "value": "20.500/twice"}


def merge(one: Record, into: Record, actor: Actor = CURATOR, **options: Any) -> Record:
    return merging.merge(
        record_id=one.id,
        into=into.id,
        reason={"en": "The same survey, deposited twice."},
        actor=actor,
        now=LATER,
        **options,
    )


def newest(record: Record) -> dict[str, Any]:
    return document_of(Record.objects.select_related("document").get(key=record.key))


@pytest.fixture
def twice(tmp_path: Path) -> tuple[Record, Record]:
    """The same survey, deposited twice; one file is the same in both."""
    one = make_record(
        {"same.csv": b"1,2\n", "older.csv": b"3"}, folder=tmp_path, pids=[DOI, HANDLE]
    )
    other = make_record({"renamed table.csv": b"1,2\n", "new.csv": b"4"}, folder=tmp_path)
    return one, other


def test_every_address_of_the_duplicate_leads_to_the_record_that_remains(
    twice: tuple[Record, Record], client: Client
) -> None:
    one, other = twice
    merge(one, other)

    expected = {
        f"/records/{one.id}": f"/records/{other.id}",
        f"/records/{one.id}?format=json": f"/records/{other.id}?format=json",
        f"/records/{one.id}/v1": f"/records/{other.id}",
        f"/records/{one.id}/files/same.csv": f"/records/{other.id}/files/renamed%20table.csv",
        f"/records/{one.id}/v1/files/same.csv": f"/records/{other.id}/files/renamed%20table.csv",
        f"/records/{one.id}/files/older.csv": f"/records/{other.id}",
        f"/records/{one.id}/files/never.csv": f"/records/{other.id}",
        f"/api/v1/records/{one.id}": f"/api/v1/records/{other.id}",
        f"/api/v1/records/{one.id}/files": f"/api/v1/records/{other.id}/files",
        f"/api/v1/records/{one.id}/versions": f"/api/v1/records/{other.id}/versions",
        f"/ark:99999/{one.id}?info": f"/ark:99999/{other.id}?info",
    }
    for address, target in expected.items():
        for ask in (client.get, client.head):
            answer = ask(address)
            assert (answer.status_code, answer["Location"]) == (301, target), address
            assert answer["Cache-Control"] == "max-age=3600"
    followed = client.get(f"/ark:99999/{one.id}", follow=True)
    assert followed.redirect_chain[-1] == (f"/records/{other.id}", 301)
    assert followed.status_code == 200


def test_names_move_and_both_histories_tell(twice: tuple[Record, Record]) -> None:
    one, other = twice

    remaining = merge(one, other)

    assert remaining.id == other.id
    assert {pid.record.id for pid in Pid.objects.select_related("record")} == {other.id}
    assert newest(other)["pids"] == [DOI, HANDLE]
    tombstone = newest(one)["tombstone"]
    assert (tombstone["category"], tombstone["merged_into"]) == ("merged", other.id)
    assert newest(one)["pids"] == []
    assert list(Change.objects.order_by("pos").values_list("action", flat=True))[2:] == [
        "merge",
        "revise",
    ]
    assert (other.version, newest(other)["revision"]) == (1, 1)
    assert list(Verifier().findings()) == []
    for record in twice:
        assert storage().fixity(f"tonle:{record.id}").findings == ()


def test_merging_twice_is_merging_once(twice: tuple[Record, Record]) -> None:
    one, other = twice
    merge(one, other)
    count = Change.objects.count()

    assert merge(one, other).id == other.id
    assert Change.objects.count() == count


def test_a_chain_leads_to_its_end_and_never_back(client: Client) -> None:
    first, second, third = (make_record() for _ in range(3))
    merge(first, second)
    merge(second, third)

    assert client.get(f"/records/{first.id}")["Location"] == f"/records/{third.id}"
    assert merge(first, third).id == third.id
    for into in (first, second, third):
        with pytest.raises(Invalid):
            merge(third, into)
    fourth = make_record()
    merge(fourth, first)
    assert client.get(f"/records/{fourth.id}")["Location"] == f"/records/{third.id}"


def test_two_dois_become_one_records_only_where_somebody_says_so() -> None:
    one = make_record(pids=[DOI])
    other = make_record(pids=[{"scheme": "doi", "value": "10.5555/once"}])

    with pytest.raises(TwoDois):
        merge(one, other)
    assert not Change.objects.filter(action="merge").exists()
    merge(one, other, both_dois=True)
    assert len(newest(other)["pids"]) == 2


def test_what_cannot_be_one_is_refused() -> None:
    one, other, software = make_record(), make_record(), make_record(kind="software")
    withdrawn = make_record()
    services.withdraw(
        record_id=withdrawn.id, category="x", reason={"en": "x"}, actor=CURATOR, now=NOW
    )

    with pytest.raises(Invalid):
        merge(one, software)
    with pytest.raises(WrongState):
        merge(one, withdrawn)
    with pytest.raises(WrongState):
        merge(withdrawn, one)
    drafts.create_successor(record_id=one.id, actor=CURATOR, now=NOW, replaces_files=False)
    with pytest.raises(DraftInWork):
        merge(one, other)
    with pytest.raises(NotFound):
        merging.merge(record_id=other.id, into="0" * 15, reason={"en": "x"}, actor=CURATOR, now=NOW)


@pytest.mark.parametrize("actor", [BOPHA, DEPOSITOR, VOUCHED_DEPOSITOR, curator_of("fish")])
def test_only_who_looks_after_both_merges_them(actor: Actor) -> None:
    one, other = make_record(communities=["rice"]), make_record(communities=["fish"])

    with pytest.raises(NotPermitted):
        merge(one, other, actor)


def test_where_one_half_is_refused_nothing_happens(
    twice: tuple[Record, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tonle.catalogue import gates

    one, other = twice
    gates.register_gate("test.no", lambda *_: [Refusal("no", "No.")])
    before = digest()

    with pytest.raises(Refused):
        merge(one, other)

    assert digest() == before
    assert not Intent.objects.exists()
    assert list((storage().staging / "staged").glob("*")) == []


def test_a_merge_cut_short_is_finished_whole(
    twice: tuple[Record, Record], monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    one, other = twice

    def cut(*_: object) -> None:
        raise RuntimeError("the power fails here")

    with monkeypatch.context() as patch:
        patch.setattr(protocol, "_complete", cut)
        with pytest.raises(RuntimeError):
            merge(one, other)

    assert {pid.record.id for pid in Pid.objects.select_related("record")} == {other.id}
    assert recover() == 2
    assert client.get(f"/records/{one.id}").status_code == 301
    assert newest(other)["pids"] == [DOI, HANDLE]


@pytest.mark.parametrize("batch", [1, 200])
def test_a_merge_survives_the_loss_of_the_database(
    twice: tuple[Record, Record], batch: int, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    """In whatever order the two are met, each name is where it was."""
    one, other = twice
    merge(one, other)
    before, names = digest(), sorted(Pid.objects.values_list("scheme", "record__id"))
    monkeypatch.setattr("tonle.catalogue.adoption.BATCH", batch)
    empty_database()

    report = rebuild.rebuild(LATER)

    assert (report.records, report.damaged) == (2, [])
    assert digest() == before
    assert sorted(Pid.objects.values_list("scheme", "record__id")) == names
    assert client.get(f"/records/{one.id}")["Location"] == f"/records/{other.id}"


def test_a_merge_in_error_is_undone_and_a_takedown_leads_on(
    twice: tuple[Record, Record], client: Client
) -> None:
    one, other = twice
    merge(one, other)
    services.purge(record_id=one.id, category="legal", reason={"en": "x"}, actor=STEWARD, now=LATER)
    assert client.get(f"/records/{one.id}").status_code == 301

    mistaken = make_record()
    merge(mistaken, other)
    services.reinstate(record_id=mistaken.id, actor=CURATOR, now=LATER)
    assert client.get(f"/records/{mistaken.id}").status_code == 200
    assert Record.objects.get(key=mistaken.key).merged_into == ""


def test_a_remaining_record_that_is_withdrawn_later_is_told_as_gone(
    twice: tuple[Record, Record], client: Client
) -> None:
    one, other = twice
    merge(one, other)
    services.withdraw(
        record_id=other.id, category="x", reason={"en": "x"}, actor=CURATOR, now=LATER
    )

    assert client.get(f"/records/{one.id}", follow=True).status_code == 410


def in_between(
    monkeypatch: pytest.MonkeyPatch, act: Callable[[], Any], times: int | None = 1
) -> None:
    """Have something happen after a merge has looked, and before it is authorised."""
    looked, left = merging._suit, [times]

    def look(*records: Record) -> None:
        looked(*records)
        if left[0] != 0:
            left[0] = None if left[0] is None else left[0] - 1
            act()

    monkeypatch.setattr(merging, "_suit", look)


def test_of_two_merges_that_would_close_a_circle_one_is_done(
    monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    one, other = make_record(), make_record()
    both_looked = Barrier(2, timeout=20)
    in_between(monkeypatch, both_looked.wait, None)

    came_of_it = at_once(lambda: merge(one, other), lambda: merge(other, one))

    records = Record.objects.filter(key__in=[one.key, other.key])
    assert sorted(records.values_list("state", flat=True)) == ["published", "withdrawn"]
    assert sorted(type(came).__name__ for came in came_of_it) == ["Record", "WrongState"]
    for record in (one, other):
        answer = client.get(f"/records/{record.id}", follow=True)
        assert answer.status_code == 200


def test_what_was_withdrawn_meanwhile_takes_no_duplicate(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = make_record(), make_record()
    in_between(
        monkeypatch,
        lambda: services.withdraw(
            record_id=other.id, category="x", reason={"en": "x"}, actor=CURATOR, now=LATER
        ),
    )

    with pytest.raises(WrongState):
        merge(one, other)

    one.refresh_from_db()
    assert (one.state, one.merged_into) == ("published", "")


def test_a_draft_that_was_begun_meanwhile_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = make_record(), make_record()
    in_between(
        monkeypatch,
        lambda: drafts.create_successor(
            record_id=one.id, actor=CURATOR, now=LATER, replaces_files=False
        ),
    )

    with pytest.raises(DraftInWork):
        merge(one, other)


def test_a_circle_in_files_from_elsewhere_sends_nobody_around(
    twice: tuple[Record, Record], client: Client
) -> None:
    one, other = twice
    third = make_record()
    merge(one, other)
    merge(other, third)
    services.withdraw(
        record_id=third.id, category="x", reason={"en": "x"}, actor=CURATOR, now=LATER
    )
    # As the rows of a node are that once merged two ways at once.
    Record.objects.filter(key=third.key).update(merged_into=other.id)

    for record in (one, other, third):
        assert client.get(f"/records/{record.id}").status_code == 410
        assert client.get(f"/api/v1/records/{record.id}").status_code != 301
