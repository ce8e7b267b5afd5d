"""The OAI-PMH client against a repository of ours, well-behaved and not."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest

from tests import web_service
from tests.shared import shared
from tonle.catalogue.public import parse
from tonle.federation.harvest.clients import (
    CursorLost,
    HarvestError,
    NotSpoken,
    TryAgain,
    Unfit,
    oai_pages,
    open_client,
)
from tonle.federation.harvest.clients.walking import landmark
from tonle.federation.harvest.tests.clients import names, received, walk
from tonle.federation.harvest.tests.servers import parameters, reply
from tonle.federation.harvest.tests.servers.oai import Item, OaiServer
from tonle.infra import clock


@pytest.fixture
def repository() -> Iterator[OaiServer]:
    with OaiServer(47) as service:
        yield service


def wanted(repository: OaiServer) -> list[str]:
    return sorted(one.identifier for one in repository.items.values())


def url(repository: OaiServer) -> str:
    return f"{repository.url}/oai"


@pytest.mark.parametrize("anew", [False, True])
@pytest.mark.parametrize("page_size", [1, 7, 47, 100])
def test_everything_comes_once(repository: OaiServer, page_size: int, anew: bool) -> None:
    repository.page_size = page_size
    pages = walk("oai", url(repository), anew=anew)

    assert sorted(names(pages)) == wanted(repository)
    assert pages[-1].cursor is None
    assert not pages[-1].expected_more


def test_a_repository_says_who_it_is(repository: OaiServer) -> None:
    repository.deletes, repository.granularity = "transient", "day"
    with open_client("oai", f"{url(repository)}?verb=Identify") as client:
        found = client.identify()
    assert found.name == "ឃ្លាំងនិក្ខេបបទ"
    assert (found.base_url, found.deletes, found.granularity) == (
        url(repository), "transient", "day",
    )  # fmt: skip
    assert (found.formats, found.sets) == (("oai_dc",), ("even", "odd"))


def test_a_record_is_read_by_its_reader_and_knows_its_home(repository: OaiServer) -> None:
    first = received(walk("oai", url(repository)))[0]
    assert first.home_url == "https://repository.example.org/handle/0"
    assert first.datestamp == "2024-01-01T00:00:00Z"

    (record,) = parse(first.format, first.data, first.identifier).documents
    assert record.key == first.identifier
    assert record.document is not None
    assert record.document["titles"] == {"km": "គុណភាពទឹកបឹងទន្លេសាប 0"}


@pytest.mark.parametrize(
    ("offered", "prefix"),
    [
        (("oai_dc", "datacite", "oai_datacite"), "oai_datacite"),
        (("marc21", "oai_dc", "datacite4"), "datacite4"),
        (("oai_dc", "mets"), "oai_dc"),
    ],
)
def test_the_richest_format_that_is_read_is_asked_for(
    repository: OaiServer, offered: tuple[str, ...], prefix: str
) -> None:
    repository.formats = offered
    walk("oai", url(repository))
    asked = [parameters(one) for one in repository.asked]
    assert [one["metadataPrefix"] for one in asked if "metadataPrefix" in one] == [prefix]


def test_a_steward_may_choose_format_and_set(repository: OaiServer) -> None:
    repository.formats = ("oai_dc", "oai_datacite")
    found = names(walk("oai", url(repository), prefix="oai_dc", set_name="odd"))
    assert sorted(found) == sorted(Item(n, n).identifier for n in range(1, 47, 2))


def test_no_format_that_is_read_is_said(repository: OaiServer) -> None:
    repository.formats = ("marc21", "mets")
    with pytest.raises(Unfit, match="marc21, mets"):
        walk("oai", url(repository))


def test_deletions_come_without_data(repository: OaiServer) -> None:
    repository.put(5, 100, deleted=True)
    gone = [item for item in received(walk("oai", url(repository))) if item.deleted]
    assert [(one.identifier, one.data) for one in gone] == [(Item(5, 5).identifier, b"")]


# --- changes -------------------------------------------------------------------------------


@pytest.mark.parametrize("granularity", ["day", "second"])
def test_only_what_changed_since_is_asked_for(repository: OaiServer, granularity: str) -> None:
    repository.granularity = granularity
    with open_client("oai", url(repository)) as client:
        list(client.pages())
        mark = client.watermark
    # The repository's own clock said 2026-11-22T08:00:00Z; the margin is 26 hours.
    assert mark == "2026-11-21T06:00:00Z"
    repository.put(3, 1_520_000)
    repository.put(60, 1_520_001)

    assert sorted(names(walk("oai", url(repository), mark))) == sorted(
        [Item(3, 0).identifier, Item(60, 0).identifier]
    )
    last = parameters(repository.asked[-1])
    assert last["from"] == (mark if granularity == "second" else mark[:10])


def test_nothing_that_matches_is_an_empty_walk(repository: OaiServer) -> None:
    (page,) = walk("oai", url(repository), "2030-01-01T00:00:00Z")
    assert (page.items, page.cursor, page.expected_more) == ((), None, False)


def test_a_repository_that_minds_seconds_is_asked_by_day(repository: OaiServer) -> None:
    repository.no_seconds = True
    assert names(walk("oai", url(repository), "2024-01-01T00:10:00Z"))


def test_a_repository_that_does_not_mind_from_gives_all(repository: OaiServer) -> None:
    repository.ignores_from = True
    found = names(walk("oai", url(repository), "2026-01-01T00:00:00Z"))
    assert sorted(found) == wanted(repository)


def test_the_watermark_outlives_a_kill(repository: OaiServer) -> None:
    with open_client("oai", url(repository)) as client:
        page = next(client.pages())
        mark = client.watermark
    with open_client("oai", url(repository)) as again:
        next(again.pages(cursor=page.cursor))
        assert again.watermark == mark


# --- tokens ----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 400, 404, 422])
def test_a_token_that_expired_is_told_apart(repository: OaiServer, status: int) -> None:
    repository.token_life, repository.error_status = 2, status
    repository.unordered = True
    with open_client("oai", url(repository)) as client:
        with pytest.raises(CursorLost) as raised:
            list(client.pages())
        assert raised.value.retriable
        assert client.watermark is not None


@pytest.mark.parametrize("anew", [False, True])
@pytest.mark.parametrize("granularity", ["day", "second"])
def test_tokens_that_die_young_do_not_begin_a_list_in_order_again(
    repository: OaiServer, granularity: str, anew: bool
) -> None:
    repository.granularity, repository.token_life = granularity, 3
    if granularity == "day":
        repository.items = {n: Item(n, n * 700) for n in range(47)}
    pages = walk("oai", url(repository), anew=anew)

    assert sorted(set(names(pages))) == wanted(repository)
    assert len(names(pages)) < 70
    assert not pages[-1].expected_more


def test_a_walk_that_was_mended_proves_of_nothing_that_it_is_gone(repository: OaiServer) -> None:
    repository.token_life = 3
    with open_client("oai", url(repository)) as client:
        assert client.full
        list(client.pages())
        assert not client.full


def test_a_list_is_not_mended_from_a_datestamp_that_lies_ahead(repository: OaiServer) -> None:
    """From there on a list may be empty, and all that is left would be passed over."""
    repository.token_life = 3
    repository.items |= {number: Item(number, 90_000_000 + number) for number in range(27, 47)}
    with pytest.raises(CursorLost):
        walk("oai", url(repository))


@pytest.mark.parametrize("date", ["2099-01-01T00:00:00Z", "0001-01-01T00:00:00Z"])
def test_a_repository_whose_clock_is_wrong_hides_nothing_from_the_next_walk(
    repository: OaiServer, date: str
) -> None:
    repository.response_date = date
    with open_client("oai", url(repository)) as client:
        next(client.pages())
        assert client.watermark is not None
        assert "2026" <= client.watermark < f"{clock.now():%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.parametrize("length", [1, 2, 3, 41, 100, 1000])
@pytest.mark.parametrize("lead", [0, 1, 7])
def test_a_circle_of_any_length_is_known_by_one_landmark(lead: int, length: int) -> None:
    mark, number = "", 0
    while True:
        digest = str(number if number < lead else lead + (number - lead) % length)
        if digest == mark:
            break
        number += 1
        mark = landmark(number, digest, mark)
    assert number <= 3 * (lead + length) + 1


def test_more_of_one_day_than_a_token_lives_begins_again(repository: OaiServer) -> None:
    repository.granularity, repository.token_life = "day", 3
    with pytest.raises(CursorLost):
        walk("oai", url(repository))


def test_a_cursor_of_another_protocol_is_lost(repository: OaiServer) -> None:
    with open_client("oai", url(repository)) as client, pytest.raises(CursorLost):
        next(client.pages(cursor='{"protocol":"ckan"}'))


def test_a_token_that_stays_the_same_while_its_place_moves_is_fine(repository: OaiServer) -> None:
    repository.same_token = True
    assert sorted(names(walk("oai", url(repository)))) == wanted(repository)


def test_a_list_that_goes_in_circles_is_left(repository: OaiServer) -> None:
    repository.circles = True
    with pytest.raises(Unfit, match="same page again"):
        walk("oai", url(repository))
    assert len(repository.asked) < 10


def test_a_list_whose_last_page_comes_again_for_ever_has_ended(repository: OaiServer) -> None:
    repository.no_end = True
    pages = walk("oai", url(repository))
    assert sorted(names(pages)) == wanted(repository)
    assert not pages[-1].expected_more


@pytest.mark.parametrize(
    ("size", "open_end", "expected_more"),
    [
        (47, False, False),
        (12, False, False),
        (50, False, False),
        (900, False, True),
        (50, True, False),
    ],
)
def test_a_wrong_size_ends_nothing_and_is_weighed(
    repository: OaiServer, size: int, open_end: bool, expected_more: bool
) -> None:
    repository.wrong_size, repository.open_end = size, open_end
    pages = walk("oai", url(repository))
    assert sorted(names(pages)) == wanted(repository)
    assert pages[-1].expected_more is (expected_more or (open_end and size > 47))


def test_empty_pages_are_stepped_over_but_not_for_ever(repository: OaiServer) -> None:
    repository.page_size = 0
    with pytest.raises(Unfit, match="without end"):
        walk("oai", url(repository))


# --- broken pages ----------------------------------------------------------------------------


def test_a_record_that_is_no_xml_costs_itself_alone(repository: OaiServer) -> None:
    repository.put(13, 13, extra="<dc:subject>never closed")
    pages = walk("oai", url(repository))
    broken = [item for item in received(pages) if item.faults]

    assert sorted(names(pages)) == wanted(repository)
    assert [(one.identifier, one.data) for one in broken] == [(Item(13, 13).identifier, b"")]
    assert "well-formed" in str(broken[0].faults[0])


@pytest.mark.parametrize(
    "extra",
    ["<dc:subject>Rice & fish</dc:subject>", "<dc:subject>a\x0bb</dc:subject>",
     "<dc:subject>a&nbsp;b&#x1;</dc:subject>"],
)  # fmt: skip
def test_a_stray_letter_is_mended_and_told(repository: OaiServer, extra: str) -> None:
    repository.put(13, 13, extra=extra)
    (mended,) = (item for item in received(walk("oai", url(repository))) if item.faults)
    assert "mended" in str(mended.faults[0])
    (record,) = parse(mended.format, mended.data, "x").documents
    assert record.document is not None
    assert record.document["subjects"]


def test_letters_that_are_no_utf_8_are_mended(repository: OaiServer) -> None:
    repository.items = {1: Item(1, 1), 2: Item(2, 2, extra="<dc:subject>SPOILT</dc:subject>")}
    whole = repository.route(web_service.Asked(
        "GET", "/oai?verb=ListRecords&metadataPrefix=oai_dc", {}, b""))  # fmt: skip
    page = oai_pages.read(whole.body.replace(b"SPOILT", b"caf\xe9"))
    assert [bool(one.faults) for one in page.items] == [False, True]
    assert "caf\ufffd".encode() in page.items[1].data


def test_a_record_without_a_name_is_told(repository: OaiServer) -> None:
    repository.items[7] = Item(7, 7, nameless=True)
    nameless = [one for one in received(walk("oai", url(repository))) if not one.identifier]
    assert len(nameless) == 1
    assert nameless[0].faults
    assert not nameless[0].data


def test_marc_inside_a_broken_page_is_not_cut_at_its_own_records() -> None:
    inner = '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>1</leader></record>'
    records = "".join(
        f"<record><header><identifier>oai:x:{n}</identifier><datestamp>2024-01-01</datestamp>"
        f"</header><metadata>{inner}{bad}</metadata></record>"
        for n, bad in enumerate(["", "&", ""])
    )
    body = (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>'
        f"{records}<resumptionToken completeListSize='9'>a&amp;b</resumptionToken>"
        "</ListRecords></OAI-PMH>"
    )
    page = oai_pages.read(body.encode())
    assert [(one.identifier, bool(one.data)) for one in page.items] == [
        ("oai:x:0", True), ("oai:x:1", True), ("oai:x:2", True),
    ]  # fmt: skip
    assert (page.token, page.total, page.ended) == ("a&b", 9, True)


def test_a_page_that_breaks_off_is_asked_for_again(repository: OaiServer) -> None:
    whole = repository.route(web_service.Asked(
        "GET", "/oai?verb=ListRecords&metadataPrefix=oai_dc", {}, b""))  # fmt: skip
    with open_client("oai", url(repository), prefix="oai_dc") as client:
        repository.then(reply(200, whole.body[: len(whole.body) // 2], Content_Type="text/xml"))
        with pytest.raises(TryAgain, match="breaks off"):
            next(client.pages())
        assert len(next(client.pages()).items) == 10


def test_an_entity_bomb_is_refused(repository: OaiServer) -> None:
    repository.doctype = True
    with pytest.raises(NotSpoken, match="document type"):
        walk("oai", url(repository), prefix="oai_dc")
    with open_client("oai", url(repository)) as client, pytest.raises(NotSpoken):
        client.identify()


@pytest.mark.parametrize(
    ("answer", "kind", "seconds"),
    [
        (reply(503, "busy", Retry_After="33"), TryAgain, 33.0),
        (reply(429, "", Retry_After="2"), TryAgain, 2.0),
        (reply(500, "oops"), TryAgain, None),
        (web_service.half, TryAgain, None),
        (reply(200, b"not gzip", Content_Encoding="gzip"), TryAgain, None),
        (reply(404, "no"), NotSpoken, None),
        (reply(422, "no"), NotSpoken, None),
        (reply(401, "who?"), Unfit, None),
        (reply(200, "<html><body>A page</body></html>"), NotSpoken, None),
        (reply(200, "plain words"), NotSpoken, None),
        (reply(302, Location="http://10.0.0.1/"), Unfit, None),
    ],
)
def test_what_goes_wrong_says_whether_to_ask_again(
    repository: OaiServer,
    answer: web_service.Reply | web_service.Raw,
    kind: type[HarvestError],
    seconds: float | None,
) -> None:
    repository.then(answer, answer)
    with open_client("oai", url(repository), prefix="oai_dc") as client:
        with pytest.raises(kind) as raised:
            next(client.pages())
        assert raised.value.retriable == issubclass(kind, TryAgain)
        assert raised.value.retry_after == seconds
        assert str(raised.value)


def test_a_gzip_bomb_is_left(repository: OaiServer) -> None:
    bomb = gzip.compress(b" " * 30_000_000)
    repository.then(reply(200, bomb, Content_Encoding="gzip"))
    with open_client("oai", url(repository), prefix="oai_dc") as client, pytest.raises(Unfit):
        next(client.pages())


def test_errors_of_the_protocol_are_said(repository: OaiServer) -> None:
    with pytest.raises(Unfit, match="cannotDisseminateFormat"):
        walk("oai", url(repository), prefix="mets")


# --- recorded answers ------------------------------------------------------------------------


def test_every_recorded_list_is_read() -> None:
    read = 0
    for path in sorted(shared("data/records/metadata/oai-pmh").glob("*ListRecords*.xml")):
        page = oai_pages.read(path.read_bytes())
        assert page.items or page.errors
        for item in page.items:
            read += 1
            assert item.identifier
            assert not item.faults
            if item.deleted:
                continue
            (record,) = parse(item.format, item.data, item.identifier).documents
            assert record.key in (item.identifier, f"oai:{item.identifier}")
    assert read > 50
