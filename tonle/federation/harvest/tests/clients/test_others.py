"""The clients of Dataverse, InvenioRDM, DSpace and DCAT against servers of ours."""

from __future__ import annotations

import gzip
import json
import random
import time
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests import web_service
from tonle.catalogue.public import parse
from tonle.federation.harvest.clients import (
    PROTOCOLS,
    CursorLost,
    HarvestError,
    NotSpoken,
    TryAgain,
    Unfit,
    asking,
    detect,
    open_client,
)
from tonle.federation.harvest.tests.clients import names, received, walk
from tonle.federation.harvest.tests.servers import Foreign, reply
from tonle.federation.harvest.tests.servers.ckan import CkanServer, packages
from tonle.federation.harvest.tests.servers.dataverse import DataverseServer
from tonle.federation.harvest.tests.servers.dcat import DcatServer
from tonle.federation.harvest.tests.servers.dspace import DspaceServer
from tonle.federation.harvest.tests.servers.invenio import InvenioServer
from tonle.federation.harvest.tests.servers.oai import OaiServer
from tonle.infra import outbound
from tonle.infra.i18n import say


@pytest.fixture
def dataverse() -> Iterator[DataverseServer]:
    with DataverseServer(37) as service:
        yield service


@pytest.fixture
def invenio() -> Iterator[InvenioServer]:
    with InvenioServer(37) as service:
        yield service


@pytest.fixture
def dspace() -> Iterator[DspaceServer]:
    with DspaceServer(37) as service:
        yield service


@pytest.fixture
def dcat() -> Iterator[DcatServer]:
    with DcatServer(37) as service:
        yield service


# --- Dataverse -------------------------------------------------------------------------------


@pytest.mark.parametrize("anew", [False, True])
def test_every_dataset_of_a_dataverse_comes_once(dataverse: DataverseServer, anew: bool) -> None:
    pages = walk("dataverse", dataverse.url, page_size=10, anew=anew)
    assert sorted(names(pages)) == sorted(dataverse.name(n) for n in range(37))
    assert pages[-1].total == 37


def test_a_dataset_is_read_with_its_files(dataverse: DataverseServer) -> None:
    first = received(walk("dataverse", f"{dataverse.url}/dataverse/root"))[0]
    (record,) = parse(first.format, first.data, first.identifier).documents
    assert record.document is not None
    assert record.document["titles"] == {"km": "គុណភាពទឹកបឹងទន្លេសាប 0"}
    (file,) = record.document["distributions"]
    assert file["download_url"] == f"{dataverse.url}/api/access/datafile/1000"
    assert first.home_url == "https://doi.org/10.5072/FK2/0"


def test_only_datasets_that_changed_are_exported(dataverse: DataverseServer) -> None:
    with open_client("dataverse", dataverse.url, overlap_hours=0) as client:
        list(client.pages())
        mark = client.watermark
    # A correction does not move a dataset in the list.
    dataverse.changed[5] = 10_000_000
    dataverse.asked.clear()
    assert names(walk("dataverse", dataverse.url, mark)) == [dataverse.name(5)]
    assert sum("export" in one.path for one in dataverse.asked) == 1


def test_a_dataset_that_cannot_be_exported_costs_itself_alone(
    dataverse: DataverseServer,
) -> None:
    dataverse.unexported = {7}
    items = received(walk("dataverse", dataverse.url))
    assert len(items) == 37
    assert [one.identifier for one in items if one.faults] == [dataverse.name(7)]


def test_drafts_are_left_out_and_deaccessioned_ones_are_gone(dataverse: DataverseServer) -> None:
    dataverse.drafts, dataverse.deaccessioned = {3}, {4}
    items = received(walk("dataverse", dataverse.url))
    assert dataverse.name(3) not in [one.identifier for one in items]
    assert [one.identifier for one in items if one.deleted] == [dataverse.name(4)]


@pytest.mark.parametrize("seed", range(3))
def test_no_dataset_is_missed_while_others_are_published_anew(
    dataverse: DataverseServer, seed: int
) -> None:
    rng = random.Random(seed)

    def change(number: int) -> None:
        if number % 3 == 0:
            what = rng.randrange(37)
            dataverse.published[what] = dataverse.changed[what] = 1000 + number

    dataverse.before = change
    found = set(names(walk("dataverse", dataverse.url, page_size=6)))
    assert found == {dataverse.name(n) for n in range(37)}


def test_a_dataverse_whose_index_is_down_is_asked_again(dataverse: DataverseServer) -> None:
    dataverse.answer(400, {"status": "ERROR", "message": "Error communicating with Solr"})
    with pytest.raises(TryAgain):
        walk("dataverse", dataverse.url)


# --- InvenioRDM --------------------------------------------------------------------------------


@pytest.mark.parametrize("anew", [False, True])
@pytest.mark.parametrize("page_size", [3, 10, 50])
def test_every_record_of_an_invenio_comes_once(
    invenio: InvenioServer, page_size: int, anew: bool
) -> None:
    pages = walk("invenio", invenio.url, page_size=page_size, anew=anew)
    assert sorted(names(pages)) == sorted(invenio.name(n) for n in range(37))


def test_the_window_of_its_search_is_never_left(invenio: InvenioServer) -> None:
    invenio.window = 12
    assert len(set(names(walk("invenio", invenio.url, page_size=6)))) == 37


def test_many_records_of_one_instant_are_read_by_position(invenio: InvenioServer) -> None:
    invenio.records = dict.fromkeys(range(37), 5)
    assert len(set(names(walk("invenio", invenio.url, page_size=10)))) == 37


def test_a_record_of_invenio_does_not_change_by_being_read(invenio: InvenioServer) -> None:
    first, again = (received(walk("invenio", f"{invenio.url}/records/x"))[3] for _ in range(2))
    assert first.data == again.data
    (record,) = parse(first.format, first.data, first.identifier).documents
    assert record.document is not None
    assert record.document["source"]["home_url"] == first.home_url
    assert list(record.document["titles"]) == ["my"]


def test_one_community_alone_can_be_asked_for(invenio: InvenioServer) -> None:
    with open_client("invenio", f"{invenio.url}/communities/water/records") as client:
        assert client.identify().name == "กลุ่มน้ำ"
    found = names(walk("invenio", invenio.url, set_name="water"))
    assert sorted(found) == [invenio.name(n) for n in range(1, 37, 2)]


def test_restricted_records_are_left_out_and_broken_ones_told(invenio: InvenioServer) -> None:
    invenio.restricted, invenio.faulty = {3}, {20}
    items = received(walk("invenio", invenio.url, page_size=10))
    gone = {invenio.name(n) for n in range(37)} - {one.identifier for one in items}
    assert gone == {invenio.name(3), invenio.name(20)}
    assert any(one.faults for one in items)


@pytest.mark.parametrize("seed", range(4))
def test_no_record_of_invenio_is_missed_while_others_change(
    invenio: InvenioServer, seed: int
) -> None:
    rng = random.Random(seed)

    def change(number: int) -> None:
        invenio.records[rng.randrange(37)] = 1000 + number

    invenio.before = change
    assert {invenio.name(n) for n in range(37)} <= set(
        names(walk("invenio", invenio.url, page_size=8))
    )


def test_what_its_search_refuses_is_said(invenio: InvenioServer) -> None:
    with pytest.raises(Unfit, match="Page size"):
        walk("invenio", invenio.url, page_size=500)


# --- DSpace ------------------------------------------------------------------------------------


@pytest.mark.parametrize("anew", [False, True])
@pytest.mark.parametrize("page_size", [5, 10, 100])
def test_every_item_of_a_dspace_comes_once(
    dspace: DspaceServer, page_size: int, anew: bool
) -> None:
    pages = walk("dspace", dspace.url, page_size=page_size, anew=anew)
    assert sorted(names(pages)) == sorted(dspace.name(n) for n in range(37))


@pytest.mark.parametrize("knows", [True, False])
def test_only_items_that_changed_come(dspace: DspaceServer, knows: bool) -> None:
    dspace.knows_changes = knows
    with open_client("dspace", f"{dspace.url}/home", overlap_hours=0) as client:
        list(client.pages())
        mark = client.watermark
    dspace.items[9] = 10_000_000
    assert names(walk("dspace", dspace.url, mark, page_size=10)) == [dspace.name(9)]


def test_an_item_is_read_and_knows_its_home(dspace: DspaceServer) -> None:
    first = received(walk("dspace", dspace.url))[1]
    (record,) = parse(first.format, first.data, first.identifier).documents
    assert record.document is not None
    assert record.document["titles"] == {"lo": "ປະລິມານນ້ຳຝົນແຂວງຈຳປາສັກ 1"}
    assert first.home_url == f"{dspace.url}/handle/123456789/1"


def test_what_is_no_work_or_hidden_is_left_out(dspace: DspaceServer) -> None:
    dspace.changes = {
        1: {"entityType": "Person"}, 2: {"discoverable": False}, 3: {"withdrawn": True},
    }  # fmt: skip
    items = received(walk("dspace", dspace.url))
    assert len(items) == 35
    assert [one.identifier for one in items if one.deleted] == [dspace.name(3)]


@pytest.mark.parametrize("seed", range(4))
def test_no_item_is_missed_while_others_go(dspace: DspaceServer, seed: int) -> None:
    rng = random.Random(seed)

    def remove(number: int) -> None:
        if number > 1 and rng.random() < 0.6:
            for one in rng.sample(sorted(dspace.items)[:10], 3):
                dspace.items.pop(one, None)

    dspace.before = remove
    found = set(names(walk("dspace", dspace.url, page_size=8)))
    assert {dspace.name(n) for n in dspace.items} <= found


# --- DCAT ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("syntax", ["turtle", "xml", "json"])
def test_every_dataset_of_a_document_comes_once(dcat: DcatServer, syntax: str) -> None:
    dcat.syntax = syntax
    pages = walk("dcat", f"{dcat.url}/catalog")
    assert sorted(names(pages)) == sorted(dcat.name(n) for n in range(37))
    for item in received(pages):
        (record,) = parse(item.format, item.data, item.identifier).documents
        assert record.document is not None


@pytest.mark.parametrize("anew", [False, True])
@pytest.mark.parametrize(("old", "inside"), [(False, False), (True, False), (False, True)])
def test_every_page_of_a_catalogue_is_followed(
    dcat: DcatServer, old: bool, inside: bool, anew: bool
) -> None:
    dcat.page_size, dcat.old, dcat.inside = 10, old, inside
    pages = walk("dcat", f"{dcat.url}/catalog", anew=anew)
    assert len(pages) == 4
    assert sorted(names(pages)) == sorted(dcat.name(n) for n in range(37))
    assert not pages[-1].expected_more


def test_a_dataset_is_cut_out_the_same_each_time(dcat: DcatServer) -> None:
    first = {one.identifier: one.data for one in received(walk("dcat", f"{dcat.url}/catalog"))}
    dcat.page_size = 5
    dcat.numbers.reverse()
    again = {one.identifier: one.data for one in received(walk("dcat", f"{dcat.url}/catalog"))}
    assert first == again
    (record,) = parse("dcat", first[dcat.name(0)], "x").documents
    assert record.document is not None
    assert record.document["publisher"]["name"] == "ក្រសួងធនធានទឹក"
    assert record.document["distributions"] == [{"download_url": "https://data.example.org/0.csv"}]


def test_a_catalogue_in_circles_is_left(dcat: DcatServer) -> None:
    dcat.page_size, dcat.circles = 10, True
    with pytest.raises(Unfit, match="same page again"):
        walk("dcat", f"{dcat.url}/catalog")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('{"@context": "https://data.example.org/context.jsonld", "@id": "x"}', "not fetched"),
        ('<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha">]><r/>', "document type"),
        ("<html><body>A page</body></html>", ""),
        ("@prefix broken", "not valid RDF"),
        ("[" * 500 + "]" * 500, "nested too deeply"),
    ],
)
def test_what_is_no_catalogue_says_why(dcat: DcatServer, body: str, reason: str) -> None:
    dcat.answer(200, body)
    with pytest.raises(NotSpoken, match=reason):
        walk("dcat", f"{dcat.url}/catalog")
    assert len(dcat.asked) == 1


# --- all of them -----------------------------------------------------------------------------


def each() -> list[tuple[str, Foreign, str]]:
    return [
        ("oai", OaiServer(3), "/oai"),
        ("ckan", CkanServer(packages(3)), ""),
        ("dataverse", DataverseServer(3), ""),
        ("invenio", InvenioServer(3), ""),
        ("dspace", DspaceServer(3), ""),
        ("dcat", DcatServer(3), "/catalog"),
    ]


EACH = pytest.mark.parametrize(
    ("protocol", "server", "path"), each(), ids=lambda one: one if isinstance(one, str) else ""
)


def test_every_protocol_has_a_server_here() -> None:
    assert {protocol for protocol, _, _ in each()} == set(PROTOCOLS)


@EACH
def test_what_answers_is_found_out(protocol: str, server: Foreign, path: str) -> None:
    with server:
        assert detect(server.url + path) == protocol
        assert len(server.asked) <= 16


def test_a_repository_is_found_from_its_front_page() -> None:
    class Front(OaiServer):
        def route(self, asked: web_service.Asked) -> web_service.Reply:
            if not asked.path.startswith("/oai/request"):
                return reply(200, "<html>Welcome</html>", Content_Type="text/html")
            return super().route(asked)

    with Front(3) as service:
        assert detect(service.url) == "oai"
        with open_client("oai", service.url) as client:
            assert client.identify().base_url == f"{service.url}/oai/request"
            assert len([one for page in client.pages() for one in page.items]) == 3


def test_nothing_that_is_spoken_is_said() -> None:
    with Foreign() as service:
        service.answer(200, "<html>A page</html>", Content_Type="text/html")
        with pytest.raises(NotSpoken, match="Neither"):
            detect(service.url)


def test_what_this_node_may_not_ask_is_not_said_to_answer_wrongly(settings: Settings) -> None:
    with Foreign() as service:
        settings.TONLE_OUTBOUND_PRIVATE = []
        with pytest.raises(Unfit) as refused:
            detect(service.url)
        assert "TONLE_OUTBOUND_PRIVATE" in say(refused.value)
        settings.TONLE_OUTBOUND = False
        with pytest.raises(TryAgain) as closed:
            detect(service.url)
        assert "TONLE_OUTBOUND." in say(closed.value)
        assert not service.asked


def test_nobody_there_is_asked_again_later() -> None:
    with Foreign() as gone:
        pass
    with pytest.raises(TryAgain):
        detect(gone.url)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (reply(503, "busy", Retry_After="5"), TryAgain),
        (reply(429, "slow", Retry_After="5"), TryAgain),
        (reply(502, ""), TryAgain),
        (reply(200, '{"half": ', Content_Type="application/json"), HarvestError),
        (reply(404, "none"), NotSpoken),
        (reply(403, "no"), Unfit),
        (reply(200, b"\x1f\x8b", Content_Encoding="gzip"), TryAgain),
        (web_service.half, TryAgain),
        (reply(302, Location="http://169.254.169.254/"), Unfit),
        (reply(302, Location="http://127.0.0.2/"), Unfit),
    ],
)
@EACH
def test_what_goes_wrong_says_whether_to_ask_again(
    protocol: str,
    server: Foreign,
    path: str,
    answer: web_service.Reply | web_service.Raw,
    kind: type[HarvestError],
) -> None:
    with Foreign() as service:
        service.answers(answer)
        with open_client(protocol, service.url + path) as client:
            with pytest.raises(kind) as raised:
                list(client.pages())
            assert raised.value.retriable == isinstance(raised.value, TryAgain)
            assert str(raised.value)
            with pytest.raises(HarvestError):
                client.identify()


@EACH
def test_a_cursor_that_is_none_is_lost(protocol: str, server: Foreign, path: str) -> None:
    with open_client(protocol, f"http://127.0.0.1:9{path}") as client:
        for cursor in ("", "{}", json.dumps({"protocol": protocol, "more": 1})):
            with pytest.raises(CursorLost):
                next(client.pages(cursor=cursor))


@pytest.mark.parametrize("fault", [web_service.silent, web_service.drip, web_service.drip_headers])
@EACH
def test_who_answers_too_slowly_is_asked_again_later(
    protocol: str,
    server: Foreign,
    path: str,
    fault: web_service.Raw,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asking, "LIMITS", outbound.Limits(seconds=0.2))
    with Foreign() as service:
        service.answers(fault)
        with open_client(protocol, service.url + path) as client, pytest.raises(TryAgain):
            list(client.pages())


def test_a_look_waits_for_all_answers_together() -> None:
    with Foreign() as service:
        service.answers(web_service.silent)
        until = time.monotonic() + 0.5
        with pytest.raises(TryAgain, match="in time"):
            detect(service.url, until=until)
        assert len(service.asked) == 1


@EACH
def test_an_answer_beyond_all_bounds_is_left(
    protocol: str, server: Foreign, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "LIMITS", outbound.Limits(size_bytes=100_000))
    bomb = gzip.compress(b" " * 30_000_000)
    with Foreign() as service:
        for answer in (
            reply(200, b" " * 200_000),
            reply(200, bomb, Content_Encoding="gzip"),
        ):
            service.answers(answer)
            with open_client(protocol, service.url + path) as client, pytest.raises(Unfit):
                list(client.pages())
