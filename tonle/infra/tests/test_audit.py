"""The audit chain: every change of a sealed past is found, and erasing is no change."""

from __future__ import annotations

import os
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.constants import NOW
from tonle.infra import audit, triggers
from tonle.infra.models import AuditEntry, AuditSeal, AuditSealHead, SideValue
from tonle.infra.tests.test_jobs import in_threads
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.errors import Invalid

SOKHA = Actor("sokha")
DAY = timedelta(days=1)


def write(count: int, **given: Any) -> None:
    with transaction.atomic():
        for number in range(count):
            audit.record("test.did", "thing", f"t{number}", SOKHA, NOW, {"n": number}, **given)


def broken() -> list[str]:
    return [f"{f.place}: {f.what}" for f in audit.verify() if f.kind == "broken"]


@pytest.mark.django_db
def test_entries_form_one_chain_per_thread() -> None:
    write(3)
    write(2)

    entries = list(AuditEntry.objects.order_by("seq"))
    assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry.prev for entry in entries] == [audit.START, *(e.hash for e in entries[:-1])]
    report = audit.Report()
    assert list(audit.verify(report)) == []
    assert (report.entries, report.streams, report.ok) == (5, 1, True)


@pytest.mark.django_db(transaction=True)
def test_an_entry_stands_or_falls_with_its_transaction() -> None:
    with pytest.raises(RuntimeError):
        audit.record("test.did", "thing", "t", SOKHA, NOW)
    with transaction.atomic():
        audit.record("test.did", "thing", "kept", SOKHA, NOW)
        inner = transaction.savepoint()
        audit.record("test.did", "thing", "undone", SOKHA, NOW)
        transaction.savepoint_rollback(inner)
        audit.record("test.did", "thing", "kept too", SOKHA, NOW)
    with transaction.atomic():
        audit.record("test.did", "thing", "undone", SOKHA, NOW)
        transaction.set_rollback(True)
    write(1)

    assert AuditEntry.objects.filter(object_id="undone").count() == 0
    assert AuditEntry.objects.count() == 3
    assert broken() == []


@pytest.mark.django_db(transaction=True)
def test_threads_write_side_by_side_and_all_chains_hold() -> None:
    def five_times(_: int) -> None:
        for _ in range(5):
            write(3)

    assert in_threads(6, five_times) == [None] * 6

    assert AuditEntry.objects.count() == 90
    assert broken() == []


def test_a_thread_that_ends_hands_its_stream_on() -> None:
    mine = audit._stream()
    names: list[str] = []
    for _ in range(5):
        thread = threading.Thread(target=lambda: names.append(audit._stream()))
        thread.start()
        thread.join()
        # A joined thread may still be clearing what was its own.
        while names[-1] not in audit._idle:
            time.sleep(0.001)

    assert len(set(names)) == 1
    assert audit._stream() == mine
    assert mine not in names


def test_a_forked_process_starts_streams_of_its_own() -> None:
    mine = audit._stream()
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(writer, audit._stream().encode())
        os._exit(0)
    os.waitpid(pid, 0)
    os.close(writer)

    assert os.read(reader, 100).decode() != mine
    os.close(reader)
    assert audit._stream() == mine


@pytest.mark.parametrize(
    "change",
    [
        {"at": NOW + DAY},
        {"action": "test.other"},
        {"object_kind": "other"},
        {"object_id": "other"},
        {"actor": "other"},
        {"data": '{"n":9}'},
        {"prev": "f" * 64},
        {"hash": "f" * 64},
        {"stream": "another"},
        {"seq": 50},
    ],
)
@pytest.mark.django_db
def test_any_change_of_an_entry_is_found(change: dict[str, Any]) -> None:
    write(5)
    with triggers.lifted():
        AuditEntry.objects.filter(seq=3).update(**change)

    assert broken()


@pytest.mark.django_db
def test_an_entry_that_was_taken_out_is_found() -> None:
    write(5)
    with triggers.lifted():
        AuditEntry.objects.filter(seq=3).delete()

    assert any("entries 3 to 3 are missing" in what for what in broken())


@pytest.mark.django_db
def test_an_end_that_was_cut_off_is_found_once_it_was_sealed() -> None:
    write(5)
    audit.seal(NOW)
    with triggers.lifted():
        AuditEntry.objects.filter(seq__gte=4).delete()

    assert any("/5: is missing" in what for what in broken())


@pytest.mark.django_db
def test_a_past_that_was_written_anew_is_found_by_its_seal() -> None:
    write(2)
    audit.seal(NOW)
    with triggers.lifted():
        AuditEntry.objects.all().delete()
        write(2, personal={"note": "other"})

    assert any("is another" in what for what in broken())


@pytest.mark.django_db
def test_seals_name_what_moved_and_follow_each_other() -> None:
    write(2)
    first = audit.seal(NOW)
    second = audit.seal(NOW + DAY)
    write(1)
    third = audit.seal(NOW + 2 * DAY)

    heads = {seal.seq: [h.seq for h in seal.heads.all()] for seal in AuditSeal.objects.all()}
    assert heads == {1: [2], 2: [], 3: [3]}
    assert [second.prev, third.prev] == [first.hash, second.hash]
    report = audit.Report()
    assert list(audit.verify(report)) == []
    assert report.seals == 3


@pytest.mark.parametrize("how", ["at", "hash", "head", "gone"])
@pytest.mark.django_db
def test_any_change_of_a_seal_is_found(how: str) -> None:
    write(1)
    for number in range(3):
        audit.seal(NOW + number * DAY)
    with triggers.lifted():
        if how == "at":
            AuditSeal.objects.filter(seq=2).update(at=NOW)
        elif how == "hash":
            AuditSeal.objects.filter(seq=2).update(hash="f" * 64)
        elif how == "head":
            AuditSealHead.objects.update(hash="f" * 64)
        else:
            AuditSeal.objects.filter(seq=2).delete()

    assert broken()


@pytest.mark.django_db
def test_erasing_a_person_leaves_the_chain_provable() -> None:
    write(2, personal={"note": "Mrs Chan called", "phone": "012 345"}, subject="p1")
    write(1, personal={"note": "about somebody else"}, subject="p2")
    assert broken() == []

    assert audit.erase("p1", actor=SYSTEM, now=NOW) == 4

    assert SideValue.objects.get().subject == "p2"
    findings = list(audit.verify())
    assert {finding.kind for finding in findings} == {"erased"}
    assert len(findings) == 4
    assert not AuditEntry.objects.filter(data__contains="Chan").exists()


@pytest.mark.django_db
def test_a_personal_value_that_was_changed_is_found() -> None:
    write(1, personal={"note": "as it was"})
    with triggers.lifted():
        SideValue.objects.update(value="as it was not")

    assert any("note was changed" in what for what in broken())


@pytest.mark.django_db
def test_what_canonical_json_does_not_know_is_refused() -> None:
    with pytest.raises(Invalid), transaction.atomic():
        audit.record("test.did", "thing", "t", SOKHA, NOW, {"half": 0.5})


@given(
    st.dictionaries(
        st.sampled_from(["a", "b", "note"]), st.text(st.characters(exclude_categories=["Cs", "Cc"]))
    )
)
@pytest.mark.django_db
def test_any_text_in_any_script_verifies(values: dict[str, str]) -> None:
    with transaction.atomic():
        audit.record("test.did", "thing", "t", SOKHA, NOW, values, personal=values)
        assert broken() == []
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_use_is_recorded_once_an_hour_for_each_reader_and_thing() -> None:
    def use(actor: Actor, thing: str, minutes: int) -> bool:
        at = NOW + timedelta(minutes=minutes)
        return audit.record_hourly("file.read", "file", thing, actor, at) is not None

    # The tests' morning begins at half past.
    assert use(SOKHA, "f1", 0)
    assert not use(SOKHA, "f1", 29)
    assert use(SOKHA, "f2", 29)
    assert use(SYSTEM, "f1", 29)
    assert use(SOKHA, "f1", 30)
    assert broken() == []


@pytest.mark.django_db
def test_memory_and_queries_of_a_batch_do_not_grow_with_it() -> None:
    happenings = [audit.Happening("test.did", "thing", str(n)) for n in range(500)]
    with transaction.atomic():
        entries = audit.record_many(happenings, SOKHA, NOW)

    assert [entry.object_id for entry in entries] == [str(n) for n in range(500)]
    assert all(entry.pk for entry in entries)
    assert broken() == []
    assert connection.in_atomic_block
