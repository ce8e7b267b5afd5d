"""Killed at every page and every point, and gone on with: nothing is lost, nothing doubled."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tonle.catalogue.public import Record
from tonle.federation.harvest.engine import Order, harvest
from tonle.federation.harvest.models import Item, Run, Source
from tonle.federation.harvest.tests.factories import shown
from tonle.federation.harvest.tests.servers.ckan import CkanServer, packages
from tonle.federation.harvest.tests.servers.oai import OaiServer
from tonle.infra import crash

Orders = Callable[..., Order]
Repository = OaiServer | CkanServer
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]


@pytest.fixture(params=["OAI-PMH", "CKAN"])
def repository(request: pytest.FixtureRequest) -> Iterator[Repository]:
    """Thirty-five items, ten a page: one that tells of deletions, and one that does not."""
    if request.param == "OAI-PMH":
        with OaiServer(35) as told:
            yield told
    else:
        with CkanServer(packages(35)) as silent:
            silent.most_rows = 10
            yield silent


def take_out(repository: Repository, number: int) -> None:
    """As if it had never been there."""
    if isinstance(repository, OaiServer):
        del repository.items[number]
    else:
        repository.remove(number)


class Killed(BaseException):
    """As SIGKILL, for a test that goes on: what was not committed is gone."""


def killing(monkeypatch: pytest.MonkeyPatch, name: str, times: int) -> None:
    """Die at the n-th passing of a point, once."""
    left = [times]

    def point(passed: str) -> None:
        if passed == name:
            left[0] -= 1
            if left[0] == 0:
                raise Killed

    monkeypatch.setattr(crash, "point", point)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        *(("harvest.page", number) for number in (1, 2, 3, 4)),
        ("segment.appended", 1),
        ("segment.applied", 2),
        ("harvest.shown", 3),
        ("harvest.noted", 1),
        ("harvest.noted", 4),
    ],
)
def test_a_harvest_killed_anywhere_goes_on(
    name: str,
    number: int,
    source: Source,
    order: Orders,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    killing(monkeypatch, name, number)
    with pytest.raises(Killed):
        harvest(source.id, order())
    monkeypatch.setattr(crash, "point", lambda _name: None)

    ended = harvest(source.id, order())

    assert (ended.run.outcome, ended.run.counts) == ("complete", {"added": 35})
    assert Run.objects.count() == 1
    assert len(shown()) == Record.objects.count() == 35
    assert Item.objects.filter(state="present").count() == 35


@pytest.mark.parametrize("name", ["segment.appended", "harvest.shown", "harvest.noted"])
def test_changes_and_deletions_are_counted_once_after_a_kill(
    name: str,
    source: Source,
    repository: Repository,
    order: Orders,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    harvest(source.id, order())
    if isinstance(repository, OaiServer):
        repository.put(3, 60_000_000, extra="<dc:subject>rice</dc:subject>")
        repository.put(4, 60_000_001, deleted=True)
    else:
        repository.put(3, 60_000_000, notes="Rice.")
        repository.remove(4)
    repository.put(50, 60_000_002)
    killing(monkeypatch, name, 1)
    with pytest.raises(Killed):
        harvest(source.id, order())
    monkeypatch.setattr(crash, "point", lambda _name: None)

    ended = harvest(source.id, order())

    counts = {name: number for name, number in ended.run.counts.items() if name != "unchanged"}
    assert (ended.run.outcome, counts) == ("complete", {"added": 1, "changed": 1, "deleted": 1})
    assert len(shown()) == 35


def test_a_sweep_killed_in_the_middle_does_the_rest(
    source: Source, repository: Repository, order: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    harvest(source.id, order())
    for number in range(10, 20):
        take_out(repository, number)
    monkeypatch.setattr("tonle.federation.harvest.engine.ASKED_FOR", 4)
    killing(monkeypatch, "harvest.swept", 1)
    with pytest.raises(Killed):
        harvest(source.id, order(whole=True))
    monkeypatch.setattr(crash, "point", lambda _name: None)

    ended = harvest(source.id, order())

    assert (ended.run.outcome, ended.run.counts) == ("complete", {"unchanged": 25, "deleted": 10})
    assert len(shown()) == 25


def test_every_page_can_be_the_last_of_a_call(source: Source, order: Orders) -> None:
    calls = 0
    while harvest(source.id, order(limit=1)).state != "ended":
        calls += 1

    assert calls == 3
    assert Run.objects.get().counts == {"added": 35}


def test_items_come_back_from_the_files_alone(source: Source, order: Orders) -> None:
    harvest(source.id, order())
    before = set(Item.objects.values_list("identifier", "record", "received_sha256", "locator"))
    Item.objects.all().delete()
    Run.objects.all().delete()
    Source.objects.update(followed=[])

    ended = harvest(source.id, order(whole=True))

    assert ended.run.counts == {"unchanged": 35}
    after = set(Item.objects.values_list("identifier", "record", "received_sha256", "locator"))
    assert after == before
