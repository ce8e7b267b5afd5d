"""The change log: no gaps, commit order, one chain, and nothing for a reader to miss."""

from __future__ import annotations

import random
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction

from tests.constants import NOW
from tonle.catalogue import log
from tonle.catalogue.log import Verifier, recording
from tonle.catalogue.models import Change, Document, LogHead, Record
from tonle.catalogue.tests.factories import make_record
from tonle.infra import triggers
from tonle.kernel import identifiers

WRITERS, EACH = 20, 15


def _record() -> tuple[Record, str]:
    record = Record.objects.create(
        id=identifiers.mint(), kind="dataset", origin=log.head().origin, created_at=NOW
    )
    Document.objects.create(record=record, sha256=log.sha256(b"{}"), body=b"{}")
    return record, log.sha256(b"{}")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("home")
def test_twenty_writers_leave_one_gapless_chain_and_a_tailing_reader_misses_nothing() -> None:
    _, digest = _record()
    failures: list[BaseException] = []
    seen: list[int] = []
    stop = threading.Event()

    def write(number: int) -> None:
        rng = random.Random(number)
        try:
            for n in range(EACH):
                with recording(NOW + timedelta(seconds=rng.random())) as entries:
                    # Work of unequal length before the append, and a rollback now and then.
                    Record.objects.filter(kind="nothing").exists()
                    entries.add(f"{number:05d}{n:010d}", "publish", digest)
                    if rng.random() < 0.1:
                        time.sleep(rng.random() / 100)
                try:
                    with recording(NOW) as entries:
                        entries.add("rolled-back-xyz", "publish", digest)
                        raise KeyError
                except KeyError:
                    pass
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    def tail() -> None:
        try:
            pos = 0
            while True:
                last = stop.is_set()
                for row in log.after(pos, 7):
                    seen.append(row.pos)
                    pos = row.pos
                if last and not log.after(pos, 1):
                    return
                time.sleep(0.002)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    reader = threading.Thread(target=tail)
    writers = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    reader.start()
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    reader.join()

    assert failures == []
    assert seen == list(range(1, WRITERS * EACH + 1))
    assert not Change.objects.filter(record="rolled-back-xyz").exists()
    assert list(Verifier().findings()) == []
    # Each writer's own entries stand in the order in which it committed them.
    for number in range(WRITERS):
        mine = Change.objects.filter(record__startswith=f"{number:05d}").order_by("pos")
        assert [int(row.record[5:]) for row in mine] == list(range(EACH))


@pytest.mark.django_db
@pytest.mark.usefixtures("home")
def test_a_clock_set_back_does_not_make_history_run_backwards() -> None:
    record, digest = _record()
    for instant in (NOW, NOW - timedelta(days=3), NOW + timedelta(days=1)):
        with recording(instant) as entries:
            entries.add(record.id, "publish", digest)

    instants = list(Change.objects.order_by("pos").values_list("at", flat=True))
    assert instants == [NOW, NOW, NOW + timedelta(days=1)]


@pytest.mark.django_db
@pytest.mark.usefixtures("home")
def test_the_database_refuses_to_change_or_delete_an_entry() -> None:
    make_record()

    for tamper in (
        lambda: Change.objects.update(action="withdraw"),
        lambda: Change.objects.all().delete(),
    ):
        with pytest.raises(Exception, match="rows are never"), transaction.atomic():
            tamper()
    assert Change.objects.get().action == "publish"


@pytest.mark.django_db
@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("tamper", "finding"),
    [
        (lambda: Change.objects.filter(pos=2).update(action="withdraw"), "hash does not match"),
        (lambda: Change.objects.filter(pos=2).delete(), "are missing"),
        (lambda: Change.objects.filter(pos=3).update(prev="0" * 64), "does not follow"),
        (lambda: Document.objects.update(body=b"{}"), "does not match its digest"),
        (lambda: Document.objects.filter(key__gt=0).update(sha256="0" * 64), "is missing"),
        (lambda: LogHead.objects.update(pos=9), "head says 9"),
    ],
)
def test_whoever_tampers_is_found_out(tamper: object, finding: str) -> None:
    for _ in range(3):
        make_record()
    assert list(Verifier().findings()) == []

    with triggers.lifted():
        assert callable(tamper)
        tamper()
        findings = [found.what for found in Verifier(batch=2).findings()]
    assert any(finding in what for what in findings), findings


@pytest.mark.django_db
@pytest.mark.usefixtures("home")
def test_a_new_epoch_names_the_last_entry_of_the_one_before() -> None:
    from tonle.catalogue import node

    make_record()
    node.open_next_epoch("restore", NOW)
    make_record()

    first, second = Change.objects.order_by("pos")
    assert [(row.epoch, row.seq) for row in (first, second)] == [(1, 1), (2, 1)]
    assert list(Verifier().findings()) == []
