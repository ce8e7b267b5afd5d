"""The CKAN client against a portal of ours."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

import pytest

from tests import web_service
from tonle.federation.harvest.clients import (
    CursorLost,
    HarvestError,
    NotSpoken,
    TryAgain,
    Unfit,
    open_client,
)
from tonle.federation.harvest.tests.clients import names, received, walk
from tonle.federation.harvest.tests.servers import reply
from tonle.federation.harvest.tests.servers.ckan import CkanServer, package, packages


@pytest.fixture
def portal() -> Iterator[CkanServer]:
    with CkanServer(packages(57)) as service:
        yield service


def wanted(portal: CkanServer) -> list[str]:
    return sorted(portal.packages)


@pytest.mark.parametrize("anew", [False, True])
@pytest.mark.parametrize("page_size", [2, 7, 10, 57, 100])
def test_everything_comes_once(portal: CkanServer, page_size: int, anew: bool) -> None:
    pages = walk("ckan", portal.url, page_size=page_size, anew=anew)

    assert sorted(names(pages)) == wanted(portal)
    assert pages[-1].cursor is None
    assert not pages[-1].expected_more
    assert {page.total for page in pages} == {57}


def test_a_record_is_the_package_and_knows_its_home(portal: CkanServer) -> None:
    first = received(walk("ckan", portal.url))[0]

    assert json.loads(first.data) == package(0)
    assert "គុណភាពទឹក".encode() in first.data
    assert (first.identifier, first.format) == (package(0)["id"], "ckan-json")
    assert first.home_url == f"{portal.url}/dataset/dataset-0"
    assert first.datestamp == package(0)["metadata_modified"]
    assert not first.deleted
    assert first.faults == ()


def test_a_portal_says_who_it_is(portal: CkanServer) -> None:
    with open_client("ckan", f"{portal.url}/dataset/some-page") as client:
        found = client.identify()
    assert (found.name, found.base_url, found.deletes) == ("ទិន្នន័យបើក", portal.url, "no")
    assert found.sets == ("water", "forestry")


def test_many_changed_in_one_instant_all_come(portal: CkanServer) -> None:
    for number in range(40):
        portal.put(number, 500)
    for page_size in (3, 10, 16):
        assert sorted(set(names(walk("ckan", portal.url, page_size=page_size)))) == wanted(portal)


@pytest.mark.parametrize("most", [1, 2, 5])
def test_a_portal_that_gives_less_than_asked_for_is_read_to_its_end(
    portal: CkanServer, most: int
) -> None:
    portal.most_rows = most
    for number in range(7):
        portal.put(number, 500)
    assert sorted(set(names(walk("ckan", portal.url)))) == wanted(portal)


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_missed_while_records_change_come_and_go(portal: CkanServer, seed: int) -> None:
    rng = random.Random(seed)
    kept = set(range(57))

    def change(number: int) -> None:
        for _ in range(3):
            what = rng.randrange(57)
            if what in kept:
                portal.put(what, 1000 + number)
        if rng.random() < 0.4 and len(kept) > 30:
            gone = rng.choice(sorted(kept))
            kept.discard(gone)
            portal.remove(gone)
        if number < 20:
            portal.put(100 + number, 1000 + number)

    portal.before = change
    found = set(names(walk("ckan", portal.url, page_size=8)))
    assert set(wanted(portal)) - found == set()


@pytest.mark.parametrize("fault", ["ignores_filter", "ignores_order"])
def test_a_portal_that_minds_no_filter_or_order_is_read_by_position(
    portal: CkanServer, fault: str
) -> None:
    setattr(portal, fault, True)
    shuffled = list(portal.packages.values())
    random.Random(4).shuffle(shuffled)
    portal.packages = {one["id"]: one for one in shuffled}
    assert sorted(set(names(walk("ckan", portal.url, page_size=8)))) == wanted(portal)


def test_a_list_that_moves_up_under_a_walk_by_position_is_noticed(portal: CkanServer) -> None:
    portal.ignores_order = portal.ignores_filter = True
    order = list(portal.packages)
    random.Random(1).shuffle(order)
    portal.packages = {one: portal.packages[one] for one in order}

    def remove(number: int) -> None:
        if number in (3, 5):
            # More than the pages overlap, from before the place where the walk is.
            for one in list(portal.packages)[:6]:
                del portal.packages[one]

    portal.before = remove
    found = set(names(walk("ckan", portal.url, page_size=10)))
    assert set(wanted(portal)) - found == set()


def test_a_list_that_moves_up_by_as_much_as_pages_overlap_is_not_endless(
    portal: CkanServer,
) -> None:
    """The walk steps back to the page that it had marked to know a circle by."""
    for one in portal.packages.values():
        one["metadata_modified"] = "2026-01-01T00:00:00"

    def remove(number: int) -> None:
        if number == 4:
            for one in list(portal.packages)[2:4]:
                del portal.packages[one]

    portal.before = remove
    found = names(walk("ckan", portal.url, page_size=20))
    assert set(wanted(portal)) - set(found) == set()


def test_only_what_changed_since_is_asked_for(portal: CkanServer) -> None:
    with open_client("ckan", portal.url, overlap_hours=0) as client:
        list(client.pages())
        mark = client.watermark
    assert mark is not None
    portal.put(3, 10_000_000)
    portal.put(200, 10_000_001)

    changed = walk("ckan", portal.url, mark)
    assert sorted(names(changed)) == sorted([package(3)["id"], package(200)["id"]])


def test_the_watermark_reaches_back_and_outlives_a_kill(portal: CkanServer) -> None:
    with open_client("ckan", portal.url, page_size=10) as client:
        assert client.watermark is None
        page = next(client.pages())
        mark = client.watermark
    with open_client("ckan", portal.url, page_size=10) as again:
        next(again.pages(cursor=page.cursor))
        assert again.watermark == mark
    with open_client("ckan", portal.url, overlap_hours=0) as sharp:
        list(sharp.pages())
        assert mark is not None
        assert sharp.watermark is not None
        assert mark < sharp.watermark


def test_what_is_not_for_strangers_or_no_data_is_left_out(portal: CkanServer) -> None:
    portal.packages = {
        one["id"]: one
        for one in (package(1), package(2, state="draft"), package(3, type="harvest"))
    }
    # A portal that shows them all the same.
    assert names(walk("ckan", portal.url)) == [package(1)["id"]]


def test_one_organisation_alone_can_be_asked_for(portal: CkanServer) -> None:
    portal.put(5, 5, organization={"name": "forestry"})
    assert names(walk("ckan", portal.url, set_name="forestry")) == [package(5)["id"]]


@pytest.mark.parametrize("faulty", [{"dataset-0"}, {"dataset-20"}, {"dataset-20", "dataset-56"}])
def test_a_record_at_which_the_portal_fails_costs_itself_alone(
    portal: CkanServer, faulty: set[str]
) -> None:
    portal.faulty = faulty
    pages = walk("ckan", portal.url, page_size=20)
    broken = {package(int(name.removeprefix("dataset-")))["id"] for name in faulty}

    assert set(wanted(portal)) - set(names(pages)) == broken
    assert any(item.faults and not item.data for item in received(pages))


@pytest.mark.parametrize("count", [0, -1, True])
def test_a_count_below_what_comes_ends_nothing(portal: CkanServer, count: object) -> None:
    portal.count = count
    assert sorted(names(walk("ckan", portal.url, page_size=20))) == sorted(wanted(portal))


def test_a_portal_that_fails_at_everything_is_left_soon(portal: CkanServer) -> None:
    portal.faulty = {one["name"] for one in portal.packages.values()}
    with pytest.raises(TryAgain):
        walk("ckan", portal.url, page_size=50)
    assert len(portal.asked) < 25


def test_a_record_of_enormous_depth_costs_itself_alone(portal: CkanServer) -> None:
    deep: list[object] = []
    for _ in range(300):
        deep = [deep]
    portal.put(30, 30, extras=deep)
    pages = walk("ckan", portal.url, page_size=20)
    assert set(wanted(portal)) - set(names(pages)) == {package(30)["id"]}


def test_something_else_than_a_record_in_the_list_is_told(portal: CkanServer) -> None:
    result = {"count": 2, "results": ["dataset-1", package(2)]}
    portal.answer(200, {"success": True, "result": result})
    items = received(walk("ckan", portal.url))
    assert [bool(item.faults) for item in items] == [True, False]


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (reply(503, "busy", Retry_After="7"), 7.0),
        (reply(429, "slow down", Retry_After="120"), 120.0),
        (reply(503, "busy", Retry_After="a while"), None),
        (reply(503, "busy", Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"), 0.0),
        (reply(503, "busy", Retry_After="9" * 30), 86400.0),
        (reply(502, "bad gateway"), None),
        (web_service.half, None),
        (web_service.cut, None),
    ],
)
def test_a_busy_portal_is_asked_again_later(
    portal: CkanServer, answer: web_service.Reply | web_service.Raw, seconds: float | None
) -> None:
    # Twice, since a question is repeated once when a kept connection turns out to be closed.
    portal.then(answer, answer)
    with open_client("ckan", portal.url) as client, pytest.raises(TryAgain) as raised:
        list(client.pages())
    assert raised.value.retriable
    assert raised.value.after_seconds == seconds
    assert str(raised.value)


def test_a_failure_between_pages_loses_and_doubles_nothing(portal: CkanServer) -> None:
    found: list[str] = []
    cursor: str | None = None
    with open_client("ckan", portal.url, page_size=10) as client:
        for number in range(200):
            if number % 2:
                portal.then(reply(503, "busy", Retry_After="1"))
            try:
                page = next(client.pages(cursor=cursor))
            except TryAgain:
                continue
            found += [item.identifier for item in page.items]
            cursor = page.cursor
            if cursor is None:
                break
    assert sorted(found) == wanted(portal)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (reply(404, "no"), NotSpoken),
        (reply(200, "<html>", Content_Type="text/html"), NotSpoken),
        (reply(200, {"hello": "world"}), NotSpoken),
        (reply(403, "no"), Unfit),
        (reply(200, {"success": False, "error": {"message": "Action closed"}}), Unfit),
        (reply(409, {"success": False, "error": {"__type": "Search Error"}}), TryAgain),
        (reply(302, Location="http://127.0.0.2:9/"), Unfit),
        (reply(302, Location="http://169.254.169.254/latest"), Unfit),
    ],
)
def test_what_cannot_be_harvested_says_why(
    portal: CkanServer, answer: web_service.Reply, kind: type[HarvestError]
) -> None:
    portal.answers(answer)
    with pytest.raises(kind) as raised:
        walk("ckan", portal.url)
    assert raised.value.retriable == issubclass(kind, TryAgain)
    assert str(raised.value)


@pytest.mark.parametrize(
    "cursor", ["", "nonsense", "[]", '{"protocol":"oai"}', '{"protocol":"ckan"}']
)
def test_a_cursor_that_is_none_is_lost(portal: CkanServer, cursor: str) -> None:
    with open_client("ckan", portal.url) as client, pytest.raises(CursorLost):
        next(client.pages(cursor=cursor))
    assert portal.asked == []


def test_a_compressed_portal_is_read(portal: CkanServer) -> None:
    portal.compress = True
    assert sorted(names(walk("ckan", portal.url))) == wanted(portal)


def test_the_pace_is_kept_by_who_runs_the_harvest(portal: CkanServer) -> None:
    waits: list[float] = []
    walk("ckan", portal.url, page_size=10, rate=0.5, wait=waits.append)
    assert len(waits) == len(portal.asked) - 1
    assert all(0 < one <= 2 for one in waits)


def test_a_portal_that_ends_before_its_own_count_had_promised_more(portal: CkanServer) -> None:
    portal.answer(200, {"success": True, "result": {"count": 99, "results": []}})
    assert walk("ckan", portal.url)[-1].expected_more
