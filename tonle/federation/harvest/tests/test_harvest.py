"""Harvesting a repository: new, changed, deleted, joined, refused; and what a run says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import F
from django.test import Client

from tonle.catalogue.agreement import disagreements
from tonle.catalogue.public import Record, document_of, segments
from tonle.federation.harvest.describing import segments_of
from tonle.federation.harvest.engine import Order, Standing, harvest
from tonle.federation.harvest.errors import LeaseLost
from tonle.federation.harvest.models import Issue, Item, Run, Source
from tonle.federation.harvest.selectors import open_issues, report_lines
from tonle.federation.harvest.tests.factories import Clock, make_source, shown
from tonle.federation.harvest.tests.servers import oai, reply
from tonle.federation.harvest.tests.servers.ckan import CkanServer, packages
from tonle.federation.harvest.tests.servers.dcat import DcatServer
from tonle.federation.harvest.tests.servers.oai import OaiServer
from tonle.federation.harvest.tests.servers.texts import moment, text_of
from tonle.kernel import identifiers

Orders = Callable[..., Order]
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

DOI = "<dc:identifier>https://doi.org/10.5555/water.1</dc:identifier>"


def outcome(standing: Standing) -> tuple[str, dict[str, int]]:
    assert standing.state == "ended"
    run = Run.objects.get(key=standing.run.key)
    return run.outcome, run.counts


def test_everything_is_taken_in_and_shown(source: Source, order: Orders) -> None:
    standing = harvest(source.id, order())

    assert outcome(standing) == ("complete", {"added": 35})
    assert len(shown()) == 35
    assert f"{text_of(0).title} 0" in shown()
    assert Item.objects.filter(source=source, state="present").count() == 35
    source.refresh_from_db()
    assert (source.walk, source.held_until, source.failures) == (0, None, 0)
    assert source.watermark


def test_a_record_says_where_it_is_from(source: Source, order: Orders) -> None:
    harvest(source.id, order())

    record = Record.objects.get(id=shown()[f"{text_of(0).title} 0"])
    said = document_of(record)["source"]
    assert said["base_url"] == source.base_url
    assert said["identifier"] == "oai:repository.example.org:0"
    assert said["protocol"] == "oai"
    assert said["home_name"] == "Theses"
    assert said["datestamp"] == "2024-01-01T00:00:00Z"
    assert len(said["received_sha256"]) == 64
    assert said["harvested_at"]
    assert record.kept_in == segments_of(source.id)
    assert record.access_level == "metadata_only"


def test_the_second_time_only_changes_come(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    harvest(source.id, order())
    ids = shown()
    repository.put(3, 60_000_000, extra="<dc:subject>rice</dc:subject>")
    repository.put(4, 60_000_001, deleted=True)
    repository.put(100, 60_000_002)

    verdict, counts = outcome(harvest(source.id, order()))

    assert verdict == "complete"
    assert {name: counts[name] for name in ("added", "changed", "deleted")} == {
        "added": 1, "changed": 1, "deleted": 1,
    }  # fmt: skip
    assert shown()[f"{text_of(3).title} 3"] == ids[f"{text_of(3).title} 3"]
    gone = Record.objects.get(id=ids[f"{text_of(4).title} 4"])
    assert gone.state == "withdrawn"
    assert document_of(gone)["tombstone"]["category"] == "deleted_at_source"


def test_nothing_new_is_complete_too(source: Source, order: Orders) -> None:
    harvest(source.id, order())

    verdict, counts = outcome(harvest(source.id, order()))

    assert verdict == "complete"
    assert set(counts) <= {"unchanged"}


def test_what_comes_back_has_its_id_again(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    harvest(source.id, order())
    ids = shown()
    repository.put(4, 60_000_000, deleted=True)
    harvest(source.id, order())
    assert len(shown()) == 34

    repository.put(4, 60_000_100)
    harvest(source.id, order())

    assert shown() == ids


def test_what_cannot_be_read_makes_a_run_partial_and_says_why(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    repository.put(5, 5, extra="<dc:title>")  # No XML any more.

    verdict, counts = outcome(harvest(source.id, order()))

    assert verdict == "partial"
    assert counts["added"] == 34
    assert counts.get("refused", 0) + counts.get("failed", 0) == 1
    issue = Issue.objects.get(source=source)
    assert issue.reasons
    assert issue.resolved_at is None


def test_an_issue_is_resolved_once_the_item_is_mended(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    repository.put(5, 5, extra="<dc:title>")
    harvest(source.id, order())
    repository.put(5, 60_000_000)

    verdict, counts = outcome(harvest(source.id, order()))

    assert (verdict, counts["added"]) == ("complete", 1)
    assert not Issue.objects.filter(resolved_at__isnull=True).exists()


def test_a_source_that_answers_nothing_fails_and_keeps_what_is_there(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    harvest(source.id, order())
    repository.then(*[reply(403, "go away")] * 20)

    standing = harvest(source.id, order())

    assert outcome(standing) == ("failed", {})
    assert standing.run.reason["message"]
    assert len(shown()) == 35
    source.refresh_from_db()
    assert source.failures == 1


def test_a_busy_source_is_left_alone_as_long_as_it_asks(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    repository.before = lambda number: (
        repository.then(reply(503, "busy", Retry_After="77")) if number == 2 else None
    )

    standing = harvest(source.id, order())
    assert standing.state == "waiting"
    assert standing.seconds == 77
    # Where whoever waits is gone, the clock goes on.
    source.refresh_from_db()
    assert source.waits_until is not None
    assert source.next_at == source.waits_until + timedelta(minutes=2)

    repository.before = lambda _number: None
    assert outcome(harvest(source.id, order())) == ("complete", {"added": 35})
    assert Run.objects.count() == 1


def test_a_source_that_never_answers_is_given_up_for_now(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    repository.then(*[reply(500, "broken")] * 1000)

    standings = [harvest(source.id, order()) for _ in range(8)]

    assert [one.state for one in standings] == ["waiting"] * 7 + ["ended"]
    assert standings[-1].run.outcome == "failed"
    waits = [one.seconds for one in standings[:7]]
    assert waits[-1] > waits[0]


def test_a_run_that_gave_up_is_gone_on_with(
    source: Source, repository: OaiServer, order: Orders, clock: Clock
) -> None:
    """The next run begins where the last one stopped, and the walk is whole all the same."""
    harvest(source.id, order(limit=20))
    repository.then(*[reply(403, "no")] * 20)
    first = harvest(source.id, order())
    assert outcome(first) == ("partial", {"added": 20})

    repository.then()
    second = harvest(source.id, order())

    assert outcome(second) == ("complete", {"added": 15})
    assert second.run.number == first.run.number + 1


def test_a_forgotten_cursor_begins_again_and_counts_right(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    repository.token_life = 2

    standing = harvest(source.id, order(limit=20))
    assert standing.state == "stopped"
    repository._tokens.clear()
    repository.token_life = 0

    assert outcome(harvest(source.id, order())) == ("complete", {"added": 35})
    assert len(shown()) == 35


def test_a_mended_walk_is_followed_by_one_that_finds_what_is_gone(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    Source.objects.filter(key=source.key).update(deletes="no")
    harvest(source.id, order())
    del repository.items[1]
    assert harvest(source.id, order(limit=30, whole=True)).state == "stopped"
    repository._tokens.clear()

    _, mended = outcome(harvest(source.id, order()))
    assert (mended, len(shown())) == ({"unchanged": 34}, 35)
    assert outcome(harvest(source.id, order())) == ("complete", {"unchanged": 34, "deleted": 1})
    assert len(shown()) == 34


def test_what_slips_between_two_pages_is_asked_for_before_it_goes(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    """Tokens are positions: one goes from a page that was read, and the list moves up."""
    harvest(source.id, order())
    asked = len(repository.asked)

    def move(number: int) -> None:
        if number == asked + 3 and 2 in repository.items:
            del repository.items[2]
            repository.put(90, 90)

    repository.before = move
    moved = harvest(source.id, order(whole=True))

    assert outcome(moved)[1]["deleted"] == 1
    assert len(shown()) == 35


def test_a_wish_to_look_again_outlives_the_walk_that_is_in_work(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    assert harvest(source.id, order(limit=10)).state == "stopped"
    Source.objects.filter(key=source.key).update(whole_is_due=True)

    harvest(source.id, order())

    assert harvest(source.id, order()).run.sort == "whole"
    assert harvest(source.id, order()).run.sort == "changes"


def test_a_mended_walk_that_met_less_than_was_promised_is_partial(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    repository.by_number = True
    for number in range(25, 35):
        repository.put(number, number - 25)
    assert harvest(source.id, order(limit=20)).state == "stopped"
    repository._tokens.clear()

    mended = harvest(source.id, order())

    assert outcome(mended) == ("partial", {"added": 25})
    assert mended.run.reason["data"] == {"expected": 35, "seen": 25}
    assert outcome(harvest(source.id, order())) == ("complete", {"unchanged": 25, "added": 10})


def test_what_comes_without_a_name_is_counted_and_takes_nothing_away(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    harvest(source.id, order())
    whole = dict(repository.items)
    for number in (3, 4, 20):
        repository.items[number] = replace(whole[number], nameless=True)

    partial = outcome(harvest(source.id, order(whole=True)))

    assert partial == ("partial", {"unchanged": 32, "failed": 3})
    lines = list(report_lines(source, source.runs.latest("number")))
    assert [line["outcome"] for line in lines if not line["identifier"]] == ["failed"] * 3
    assert len(shown()) == 35
    repository.items = whole
    assert outcome(harvest(source.id, order())) == ("complete", {"unchanged": 35})
    assert not open_issues(source).exists()


def test_what_a_portal_fails_at_is_not_gone(home: Path, order: Orders) -> None:
    with CkanServer(packages(12)) as portal:
        source = make_source(portal)
        harvest(source.id, order())
        portal.faulty = {"dataset-7"}

        assert outcome(harvest(source.id, order(whole=True))) == (
            "partial",
            {"unchanged": 11, "failed": 1},
        )
    assert len(shown()) == 12


def test_what_was_joined_by_a_name_that_an_heir_lacks_is_shown_itself(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    handle = "<dc:identifier>https://hdl.handle.net/20.500.12345/7</dc:identifier>"
    repository.put(1, 1, extra=DOI + handle)
    harvest(source.id, order())
    with OaiServer(3) as second, OaiServer(3) as third:
        second.put(2, 2, extra=handle)
        third.put(2, 2, extra=DOI)
        heir, other = make_source(second), make_source(third)
        harvest(heir.id, order())
        assert outcome(harvest(other.id, order())) == ("complete", {"added": 2, "joined": 1})
        repository.put(1, 60_000_000, deleted=True)

        harvest(source.id, order())
        again = outcome(harvest(other.id, order()))

    assert again == ("complete", {"unchanged": 2, "added": 1})
    assert Record.objects.get(pids__value="10.5555/water.1").kept_in == segments_of(other.id)


def test_what_was_joined_by_a_wrong_name_is_shown_when_the_name_is_corrected(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    repository.put(1, 1, extra=DOI)
    harvest(source.id, order())
    with OaiServer(3) as elsewhere:
        elsewhere.put(2, 2, extra=DOI)
        other = make_source(elsewhere)
        harvest(other.id, order())

        repository.put(1, 60_000_000, extra=DOI.replace("water.1", "water.100"))
        harvest(source.id, order())
        again = outcome(harvest(other.id, order()))

    assert again == ("complete", {"unchanged": 2, "added": 1})
    assert Record.objects.get(pids__value="10.5555/water.100").kept_in == segments_of(source.id)
    assert Record.objects.get(pids__value="10.5555/water.1").kept_in == segments_of(other.id)


def test_a_node_that_is_read_in_two_ways_is_shown_once(
    source: Source, repository: OaiServer, order: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {number: identifiers.mint() for number in repository.items}
    told = property(lambda one: f"oai:node.example:{names[one.number]}")
    monkeypatch.setattr(oai.Item, "identifier", told)
    harvest(source.id, order())
    with DcatServer(35) as catalog:
        address = f"{catalog.url}/records"
        monkeypatch.setattr(catalog, "name", lambda number: f"{address}/{names[number]}#it")
        other = make_source(repository, protocol="dcat", base_url=f"{catalog.url}/catalog")

        assert outcome(harvest(other.id, order())) == ("complete", {"joined": 35})
    assert len(shown()) == 35

    # What either way does not list any more is still shown in the words of the other.
    for number in range(5):
        repository.put(number, 100, deleted=True)
    harvest(source.id, order())
    assert len(shown()) == 35


def test_a_record_that_gets_a_name_of_another_becomes_that_one(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    repository.put(1, 1, extra=DOI)
    harvest(source.id, order())
    holder = Record.objects.get(pids__value="10.5555/water.1")
    with OaiServer(3) as elsewhere:
        other = make_source(elsewhere)
        harvest(other.id, order())
        ours = Item.objects.get(source=other, identifier=elsewhere.items[2].identifier)
        elsewhere.put(2, 60_000_000, extra=DOI)

        assert outcome(harvest(other.id, order())) == ("complete", {"joined": 1})
        gone = Record.objects.get(id=ours.record)
        assert (gone.state, gone.merged_into) == ("withdrawn", holder.id)
        assert outcome(harvest(other.id, order(whole=True))) == ("complete", {"unchanged": 3})
        assert list(disagreements(paths=False)) == []

        # The name was wrong: both are shown again, each under its id.
        elsewhere.put(2, 60_000_100)
        assert outcome(harvest(other.id, order())) == ("complete", {"returned": 1})
    gone.refresh_from_db()
    assert (gone.state, gone.merged_into) == ("published", "")
    assert list(disagreements(paths=False)) == []


def test_two_of_one_home_with_one_name_stay_two(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    swapped = DOI.replace("water.1", "water.2")
    repository.put(1, 1, extra=DOI)
    repository.put(2, 1, extra=swapped)
    harvest(source.id, order())
    repository.put(1, 60_000_000, extra=swapped)
    repository.put(2, 60_000_000, extra=DOI)

    assert outcome(harvest(source.id, order())) == ("failed", {"refused": 2})
    assert len(shown()) == 35


def test_the_same_thing_elsewhere_is_one_record(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    repository.put(1, 1, extra=DOI)
    harvest(source.id, order())
    holder = Record.objects.get(pids__value="10.5555/water.1")
    with OaiServer(3) as elsewhere:
        elsewhere.put(2, 2, extra=DOI)
        other = make_source(elsewhere)

        verdict, counts = outcome(harvest(other.id, order()))
        again = outcome(harvest(other.id, order(whole=True)))

    assert (verdict, counts) == ("complete", {"added": 2, "joined": 1})
    assert again == ("complete", {"unchanged": 3})
    assert Item.objects.get(source=other, state="joined").record == holder.id


def test_a_record_stays_when_another_source_still_has_it(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    repository.put(1, 1, extra=DOI)
    harvest(source.id, order())
    holder = Record.objects.get(pids__value="10.5555/water.1")
    with OaiServer(3) as elsewhere:
        elsewhere.put(2, 2, extra=DOI)
        other = make_source(elsewhere)
        harvest(other.id, order())
        repository.put(1, 60_000_000, deleted=True)

        _, counts = outcome(harvest(source.id, order()))

        assert counts["deleted"] == 1
        holder.refresh_from_db()
        assert holder.state == "published"
        assert document_of(holder)["source"]["base_url"] == other.base_url
        assert Item.objects.get(record=holder.id, state="present").source == other
        elsewhere.put(2, 60_000_000, extra=DOI + "<dc:subject>rice</dc:subject>")

        _, counts = outcome(harvest(other.id, order()))

        assert counts["changed"] == 1
        elsewhere.put(2, 60_000_100, deleted=True)
        harvest(other.id, order())
    holder.refresh_from_db()
    assert holder.state == "withdrawn"


def test_a_lost_record_that_appears_elsewhere_keeps_its_id(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    repository.put(1, 1, extra=DOI)
    harvest(source.id, order())
    holder = Record.objects.get(pids__value="10.5555/water.1")
    repository.put(1, 60_000_000, deleted=True)
    harvest(source.id, order())
    with OaiServer(3) as elsewhere:
        elsewhere.put(2, 2, extra=DOI)

        _, counts = outcome(harvest(make_source(elsewhere).id, order()))

    assert counts == {"added": 2, "returned": 1}
    holder.refresh_from_db()
    assert holder.state == "published"


def test_what_was_received_is_kept_byte_for_byte(source: Source, order: Orders) -> None:
    harvest(source.id, order())

    entries = [entry for _, entry in segments.walk_entries(segments_of(source.id))]

    assert len(entries) == 35
    assert all(b"<metadata>" in entry.received or entry.received for entry in entries)


# --- sources that lie -----------------------------------------------------------------------


def test_a_thing_that_comes_back_under_another_name_in_one_page_is_not_lost(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    """Joined to a record that the same page takes back, it would be shown nowhere."""
    repository.put(1, 1, extra=DOI)
    harvest(source.id, order())
    holder = Record.objects.get(pids__value="10.5555/water.1")
    repository.put(1, 60_000_000, deleted=True)
    repository.put(70, 60_000_001, extra=DOI)

    harvest(source.id, order())

    holder.refresh_from_db()
    assert (holder.state, document_of(holder)["titles"]) == (
        "published", {text_of(70).language: f"{text_of(70).title} 70"},
    )  # fmt: skip
    assert Item.objects.get(record=holder.id).identifier.endswith(":70")


def test_a_page_says_who_else_holds_the_same_thing(
    source: Source, repository: OaiServer, order: Orders, client: Client
) -> None:
    repository.put(1, 1, extra=DOI)
    harvest(source.id, order(limit=10))
    holder = Record.objects.get(pids__value="10.5555/water.1")
    assert "Also held by" not in client.get(f"/records/{holder.id}").content.decode()
    with OaiServer(3) as elsewhere:
        elsewhere.put(2, 2, extra=DOI)
        harvest(make_source(elsewhere, names={"en": "Water of the delta"}).id, order())

    page = client.get(f"/records/{holder.id}").content.decode()

    assert '<a href="https://repository.example.org/handle/2">Water of the delta</a>' in page


def test_more_than_a_batch_in_one_page_is_taken_in_parts(
    source: Source, repository: OaiServer, order: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tonle.federation.harvest.taking.MOST", 4)
    repository.page_size = 100

    assert outcome(harvest(source.id, order())) == ("complete", {"added": 35})
    assert len(shown()) == 35


def test_who_lost_a_source_keeps_nothing_any_more(source: Source, order: Orders) -> None:
    """It may have waited for long, and what it read be older than what is there."""
    with pytest.raises(LeaseLost):
        harvest(source.id, order(tell=lambda _run: Source.objects.update(token=F("token") + 1)))

    assert Record.objects.count() == 10


def test_less_than_was_promised_is_partial_and_takes_nothing_away(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    harvest(source.id, order())
    for number in range(10, 14):
        del repository.items[number]
    repository.wrong_size = 99_999_999_999  # More than the column of a run holds.

    standing = harvest(source.id, order(whole=True))

    assert outcome(standing) == ("partial", {"unchanged": 31})
    assert standing.run.reason["data"] == {"expected": 2**31 - 1}
    assert len(shown()) == 35


def test_an_empty_list_takes_nothing_away_unasked(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    harvest(source.id, order())
    repository.items.clear()

    assert outcome(harvest(source.id, order(whole=True)))[0] == "partial"
    assert len(shown()) == 35
    source.refresh_from_db()
    assert source.doubted == 35


def test_a_repository_that_renames_everything_is_asked_about(
    source: Source,
    repository: OaiServer,
    order: Orders,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    harvest(source.id, order())
    monkeypatch.setattr(
        oai.Item, "identifier", property(lambda one: f"oai:moved.example.org:{one.number}")
    )

    assert outcome(harvest(source.id, order(whole=True))) == ("partial", {"added": 35})
    source.refresh_from_db()
    assert source.doubted == 35
    assert len(shown()) == 35


def test_a_place_that_is_refused_again_and_again_is_left_for_a_new_walk(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    harvest(source.id, order(limit=10))
    for _ in range(3):
        repository.then(*[reply(403, "no")] * 2)
        assert harvest(source.id, order()).state == "ended"
    repository.then()
    repository._tokens.clear()
    asked = len(repository.asked)

    assert outcome(harvest(source.id, order()))[0] == "complete"
    assert len(shown()) == 35
    assert not any("resumptionToken" in one.path for one in repository.asked[asked:][:1])


def test_a_reader_that_fails_costs_one_item_and_not_the_harvest(
    source: Source, order: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tonle.catalogue import public

    def parse(form: str, data: bytes, name: str) -> object:
        if name.endswith(":7"):
            raise AttributeError("'list' object has no attribute 'get'")
        return really(form, data, name)

    really = public.parse
    monkeypatch.setattr(public, "parse", parse)

    assert outcome(harvest(source.id, order())) == ("partial", {"added": 34, "refused": 1})
    assert "no attribute" in Issue.objects.get().reasons[0]["data"]["why"]


def test_since_a_day_passes_over_what_the_next_run_makes_up_for(
    source: Source, repository: OaiServer, order: Orders
) -> None:
    harvest(source.id, order())
    repository.put(3, 60_000_000, extra="<dc:subject>rice</dc:subject>")
    repository.put(80, 70_000_000)
    day = f"{moment(65_000_000):%Y-%m-%dT%H:%M:%S.000Z}"

    assert outcome(harvest(source.id, order(since=day))) == ("complete", {"added": 1})
    assert outcome(harvest(source.id, order())) == ("complete", {"changed": 1, "unchanged": 35})
