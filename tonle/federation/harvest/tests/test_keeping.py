"""What stewards and curators decide: doubts, hiding, retrying, pausing, removing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from tests.constants import NOW
from tonle.catalogue.public import Record, document_of
from tonle.federation.harvest import aside, hiding, lease, sources
from tonle.federation.harvest.engine import Order, harvest, is_whole_due
from tonle.federation.harvest.errors import BeingHarvested, LeaseLost, SourceStopped
from tonle.federation.harvest.models import Issue, Item, Run, Source
from tonle.federation.harvest.tests.factories import (
    CURATOR,
    OUTSIDER,
    STEWARD,
    Clock,
    make_source,
    shown,
)
from tonle.federation.harvest.tests.servers import oai, reply
from tonle.federation.harvest.tests.servers.oai import OaiServer
from tonle.federation.harvest.tests.servers.texts import text_of
from tonle.infra import jobs
from tonle.kernel.errors import Invalid, NotFound, NotPermitted
from tonle.people.notices.models import Notice
from tonle.people.tests.factories import holder

Orders = Callable[..., Order]
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def first_title() -> str:
    return f"{text_of(0).title} 0"


# --- what a walk does not show --------------------------------------------------------------


def test_what_a_whole_walk_does_not_show_is_deleted(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    harvest(source.id, order())
    del repository.items[7]

    changes = harvest(source.id, order())
    assert "deleted" not in changes.run.counts
    whole = harvest(source.id, order(whole=True))

    assert whole.run.counts == {"unchanged": 34, "deleted": 1}
    assert len(shown()) == 34


def test_where_deletions_are_not_told_a_small_source_is_looked_at_whole_each_time(
    source: Source, repository: OaiServer, order: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    Source.objects.update(deletes="transient")
    harvest(source.id, order())
    del repository.items[7]
    monkeypatch.setattr("tonle.federation.harvest.engine.FEW", 34)
    assert "deleted" not in harvest(source.id, order()).run.counts

    monkeypatch.setattr("tonle.federation.harvest.engine.FEW", 35)
    assert harvest(source.id, order()).run.counts == {"unchanged": 34, "deleted": 1}
    # Who wants no look at the whole has none.
    Source.objects.update(whole_every_days=0)
    source.refresh_from_db()
    assert not is_whole_due(source, NOW)


def test_a_walk_that_broke_off_deletes_nothing(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    harvest(source.id, order())
    for number in range(5):
        del repository.items[number]
    harvest(source.id, order(whole=True, limit=10))
    repository.then(*[reply(403, "no")] * 20)

    standing = harvest(source.id, order())

    assert standing.run.outcome == "partial"
    assert len(shown()) == 35


@pytest.fixture
def emptied(order: Orders, db: None, home: object) -> Source:
    """A source that had 120 items and now lists 40."""
    with OaiServer(120) as service:
        service.page_size = 60
        source = make_source(service)
        harvest(source.id, order())
        for number in range(80):
            del service.items[number]
        standing = harvest(source.id, order(whole=True))
    assert standing.run.outcome == "partial"
    assert standing.run.reason["code"] == "doubted"
    source.refresh_from_db()
    return source


def test_too_many_deletions_wait_for_a_steward(
    order: Orders, db: None, home: object, emptied: Source
) -> None:
    assert emptied.doubted == 80
    assert len(shown()) == 120

    sources.answer_doubt(source_id=emptied.id, believe=True, actor=STEWARD, now=NOW)
    sources.answer_doubt(source_id=emptied.id, believe=True, actor=STEWARD, now=NOW)
    jobs.run_all_due(NOW)

    assert len(shown()) == 40
    assert Run.objects.latest("key").sort == "sweep"


def test_a_steward_may_not_believe_it(emptied: Source) -> None:
    sources.answer_doubt(source_id=emptied.id, believe=False, actor=STEWARD, now=NOW)
    jobs.run_all_due(NOW)

    assert len(shown()) == 120
    assert Source.objects.get().doubted == 0


def test_stewards_are_told_of_doubts_and_of_failures(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    holder("rith", "steward")
    repository.then(*[reply(403, "no")] * 50)

    for _ in range(3):
        harvest(source.id, order())

    assert Notice.objects.get().topic == "federation.source_failing"


def test_the_calendar_asks_for_a_whole_walk_whatever_the_source_promises(source: Source) -> None:
    source.whole_is_due, source.watermark, source.whole_at = False, "w", NOW

    assert source.deletes == "persistent"
    assert not is_whole_due(source, NOW + timedelta(days=29))
    assert is_whole_due(source, NOW + timedelta(days=30))
    source.whole_every_days = 0
    assert not is_whole_due(source, NOW + timedelta(days=300))


# --- hiding -------------------------------------------------------------------------------


def test_a_hidden_record_is_not_brought_back(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    harvest(source.id, order())
    record_id = shown()[first_title()]

    for _ in range(2):
        hiding.suppress(record_id=record_id, reason="Names a witness.", actor=CURATOR, now=NOW)
    repository.put(0, 60_000_000, extra="<dc:subject>rice</dc:subject>")
    harvest(source.id, order())
    harvest(source.id, order(whole=True))

    record = Record.objects.get(id=record_id)
    assert record.state == "withdrawn"
    assert document_of(record)["tombstone"]["reason"] == {"en": "Names a witness."}
    assert "Go to it at" in Client().get(f"/records/{record_id}").content.decode()
    # What it described is no one's to read, in no format.
    for address in (f"/api/v1/records/{record_id}", f"/records/{record_id}?format=datacite-json"):
        said = Client().get(address).json()
        assert said["tombstone"]["category"] == "hidden_here"
        assert "descriptions" in document_of(record)
        assert not {"descriptions", "subjects", "dates"} & set(said)
    for _ in range(2):
        hiding.unsuppress(record_id=record_id, actor=CURATOR, now=NOW)
    record.refresh_from_db()
    assert record.state == "published"
    assert "tombstone" not in document_of(record)
    # What changed meanwhile comes with the whole walk that showing it has asked for.
    counts = harvest(source.id, order()).run.counts
    assert counts == {"unchanged": 34, "changed": 1}


def test_a_hidden_record_does_not_come_back_under_another_name(
    source: Source, repository: OaiServer, order: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    harvest(source.id, order())
    hiding.suppress(
        record_id=shown()[first_title()], reason="Names a witness.", actor=CURATOR, now=NOW
    )
    moved = property(lambda one: f"oai:new.example.org:{one.number}")
    monkeypatch.setattr(oai.Item, "identifier", moved)

    counts = harvest(source.id, order(whole=True)).run.counts

    assert counts["refused"] == 1
    assert first_title() not in shown()


def test_a_hidden_record_that_is_deleted_at_home_stays_gone(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    harvest(source.id, order())
    record_id = shown()[first_title()]
    hiding.suppress(record_id=record_id, reason="So.", actor=CURATOR, now=NOW, by_law=True)
    page = Client().get(f"/records/{record_id}")
    home = document_of(Record.objects.get(id=record_id))["source"]["home_url"]
    assert home not in page.content.decode() + page.headers.get("Link", "")
    assert home not in Client().get(f"/api/v1/records/{record_id}").content.decode()
    repository.put(0, 60_000_000, deleted=True)
    harvest(source.id, order())

    hiding.unsuppress(record_id=record_id, actor=CURATOR, now=NOW)

    record = Record.objects.get(id=record_id)
    assert record.state == "withdrawn"
    assert document_of(record)["tombstone"]["category"] == "deleted_at_source"


def test_hiding_needs_leave_a_reason_and_a_harvested_record(source: Source, order: Orders) -> None:
    harvest(source.id, order())
    record_id = shown()[first_title()]

    with pytest.raises(NotPermitted):
        hiding.suppress(record_id=record_id, reason="So.", actor=OUTSIDER, now=NOW)
    with pytest.raises(Invalid):
        hiding.suppress(record_id=record_id, reason="  ", actor=CURATOR, now=NOW)
    with pytest.raises(NotFound):
        hiding.suppress(record_id="0" * 15, reason="So.", actor=CURATOR, now=NOW)


# --- trying again ---------------------------------------------------------------------------


def test_what_is_tried_again_and_fails_again_is_one_issue(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    repository.put(5, 5, extra="<dc:title>")
    harvest(source.id, order())

    aside.retry(source.id, order())
    aside.retry(source.id, order())

    assert Issue.objects.filter(resolved_at__isnull=True).count() == 1
    assert Item.objects.filter(state="present").count() == 34


def test_refused_for_a_reason_that_is_gone_it_comes_in(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    """A reader that could not read it then can now: nobody is asked for it again."""
    harvest(source.id, order())
    from tonle.catalogue.public import segments
    from tonle.federation.harvest.describing import pack, segments_of

    where = segments.Locator(1, 1, 1)
    entry = segments.read(segments_of(source.id), where)
    Issue.objects.create(
        source=source, run=0, identifier="oai:repository.example.org:new",
        reasons=[{"where": "", "message": "Faulty.", "data": {}}],
        received=pack(entry.received), format=entry.received_format, found_at=NOW,
    )  # fmt: skip
    asked = len(repository.asked)

    run = aside.retry(source.id, order())

    assert (run.outcome, run.counts) == ("complete", {"added": 1})
    assert len(repository.asked) == asked
    assert not Issue.objects.filter(resolved_at__isnull=True).exists()


def test_reading_again_changes_nothing_that_reads_as_before(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    harvest(source.id, order())
    asked = len(repository.asked)
    record = Record.objects.get(id=shown()[first_title()])
    Source.objects.update(member="KHM")

    changed = aside.reread(source.id, order())
    same = aside.reread(source.id, order())

    # Whose records these are was said later: now the records say it.
    assert (changed.outcome, changed.counts) == ("complete", {"changed": 35})
    assert (same.outcome, same.counts) == ("complete", {"unchanged": 35})
    assert len(repository.asked) == asked
    record.refresh_from_db()
    assert document_of(record)["members"] == ["KHM"]
    assert record.revision == 1


# --- two at once --------------------------------------------------------------------------


def test_two_runs_of_a_source_at_once_are_refused(source: Source, order: Orders) -> None:
    with lease.held(source.id, lambda: NOW), pytest.raises(BeingHarvested):
        harvest(source.id, order())

    assert harvest(source.id, order()).state == "ended"


def test_a_run_whose_process_is_gone_is_taken_over_at_once(source: Source, order: Orders) -> None:
    import socket

    Source.objects.update(
        holder=f"{socket.gethostname()}:999999999:1", held_until=NOW + timedelta(minutes=4)
    )

    assert harvest(source.id, order()).state == "ended"


def test_who_lost_the_lease_writes_nothing_more(source: Source, clock: Clock) -> None:
    with lease.held(source.id, clock) as mine:
        clock.advance(minutes=6)
        with lease.held(source.id, clock):
            pass
        with pytest.raises(LeaseLost):
            lease.keep(mine, clock(), watermark="mine")


# --- adding, pausing, removing ------------------------------------------------------------


def test_a_source_is_added_once_and_harvested(
    db: None, home: object, repository: OaiServer
) -> None:
    url = f"{repository.url}/oai"

    made = sources.begin_with(url=url, protocol="oai", actor=STEWARD, now=NOW)
    with pytest.raises(sources.SourceKnown):
        sources.begin_with(url=url, protocol="oai", actor=STEWARD, now=NOW)
    Source.objects.update(questions_a_minute=0)
    jobs.run_all_due(NOW)

    assert made.names == {"und": "ឃ្លាំងនិក្ខេបបទ"}
    assert made.deletes == "persistent"
    assert len(shown()) == 35


def test_looking_changes_nothing(db: None, home: object, repository: OaiServer) -> None:
    repository.put(5, 5, extra="<dc:title>")

    looked = sources.look(
        url=f"{repository.url}/oai", protocol="oai", actor=STEWARD, now=NOW, limit=8
    )

    assert looked.total == 35
    assert [one.outcome for one in looked.previews].count("added") == 7
    assert looked.previews[5].reasons
    assert not Source.objects.exists()
    assert not Record.objects.exists()


def test_only_a_steward_adds_changes_and_removes(source: Source) -> None:
    for actor in (CURATOR, OUTSIDER):
        with pytest.raises(NotPermitted):
            sources.look(url="https://data.example", actor=actor, now=NOW)
        with pytest.raises(NotFound):
            sources.pause_source(source_id=source.id, actor=actor, now=NOW)
        with pytest.raises(NotFound):
            sources.remove_source(source_id=source.id, actor=actor, now=NOW)


def test_the_clock_goes_to_sources_that_are_due_and_not_paused(
    source: Source, repository: OaiServer
) -> None:
    from tonle.federation.harvest.tasks import DUE_JOB

    Source.objects.update(next_at=NOW)
    sources.pause_source(source_id=source.id, actor=STEWARD, now=NOW)
    jobs.enqueue(DUE_JOB, {}, run_at=NOW)
    jobs.run_all_due(NOW)
    assert not Run.objects.exists()

    sources.resume_source(source_id=source.id, actor=STEWARD, now=NOW)
    jobs.enqueue(DUE_JOB, {}, run_at=NOW)
    jobs.run_all_due(NOW)

    assert Run.objects.get().outcome == "complete"
    source.refresh_from_db()
    assert source.next_at is not None
    assert source.next_at >= NOW + timedelta(hours=24)


def test_a_busy_source_leaves_the_worker_free(source: Source, repository: OaiServer) -> None:
    repository.then(reply(503, "busy", Retry_After="77"))
    sources.ask_for_run(source.id, "dara", NOW)

    jobs.run_all_due(NOW)
    assert Run.objects.get().ended_at is None
    jobs.run_all_due(NOW + timedelta(seconds=100))

    assert Run.objects.get().outcome == "complete"


def test_a_removed_source_takes_its_records_along_and_brings_them_back(
    source: Source, order: Orders
) -> None:
    harvest(source.id, order())
    ids = shown()

    sources.remove_source(source_id=source.id, actor=STEWARD, now=NOW)
    sources.remove_source(source_id=source.id, actor=STEWARD, now=NOW)
    jobs.run_all_due(NOW)

    assert shown() == {}
    with pytest.raises(SourceStopped):
        harvest(source.id, order())
    again = sources.begin_with(url=source.base_url, protocol="oai", actor=STEWARD, now=NOW)
    Source.objects.update(questions_a_minute=0)
    jobs.run_all_due(NOW)

    assert again.id == source.id
    assert shown() == ids


def test_parts_of_one_place_have_their_ids_again_after_a_rebuild(
    db: None, home: object, repository: OaiServer, order: Orders
) -> None:
    ids = {part: make_source(repository, set_name=part).id for part in ("even", "odd")}
    for source_id in ids.values():
        harvest(source_id, order())
    before = shown()
    # What a rebuild from files leaves: records, and no row of whose they were.
    Source.objects.all().delete()

    found = {
        part: sources.begin_with(
            url=f"{repository.url}/oai", protocol="oai", set_name=part, actor=STEWARD, now=NOW
        ).id
        for part in ids
    }  # fmt: skip

    assert found == ids
    assert harvest(ids["odd"], order()).run.counts == {"unchanged": 17}
    assert shown() == before
