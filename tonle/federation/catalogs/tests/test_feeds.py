"""Feeds: the newest first, page by page, with what was taken back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from lxml import etree

from tests.constants import NOW
from tonle.catalogue import services
from tonle.catalogue.models import Effect, Record
from tonle.catalogue.tests.factories import CURATOR, make_record
from tonle.federation.catalogs import feeds
from tonle.federation.catalogs.atom import ATOM, TOMBSTONES
from tonle.people.models import Community
from tonle.search.public import catch_up

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("home")]
NS = {"a": ATOM, "at": TOMBSTONES, "xml": "http://www.w3.org/XML/1998/namespace"}


def at(hours: int) -> Any:
    return NOW + timedelta(hours=hours)


def _feed(client: Client, address: str) -> Any:
    response = client.get(address.removeprefix(settings.TONLE_URL))
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/atom+xml")
    root = etree.fromstring(response.content)
    # RFC 4287, section 4.1.1: these there must be, once.
    for name in ("id", "title", "updated"):
        assert len(root.findall(f"a:{name}", NS)) == 1
    for entry in root.findall("a:entry", NS):
        for name in ("id", "title", "updated"):
            assert len(entry.findall(f"a:{name}", NS)) == 1
    return root


def _link(root: Any, relation: str) -> str | None:
    found = root.find(f"a:link[@rel='{relation}']", NS)
    return None if found is None else found.get("href")


def _names(root: Any) -> list[str]:
    """Ids of records in their order; those that went with a minus before them."""
    names = []
    for entry in root:
        if entry.tag == f"{{{ATOM}}}entry":
            names.append(entry.findtext("a:id", None, NS).rpartition("/")[2])
        elif entry.tag == f"{{{TOMBSTONES}}}deleted-entry":
            names.append("-" + entry.get("ref").rpartition("/")[2])
    return names


def _withdraw(record: Record, hours: int) -> None:
    services.withdraw(
        record_id=record.id, category="error", reason={"en": "Wrong."}, actor=CURATOR, now=at(hours)
    )


def test_an_entry_says_what_it_is_who_made_it_and_in_which_language(client: Client) -> None:
    record = make_record(
        titles={"km": "ស្រូវ & <ទឹក>\x0b", "en": "Rice"},
        languages=["km"],
        descriptions=[{"type": "Abstract", "text": {"en": "Of Takeo."}}],
        subjects=[{"text": {"en": "Rice"}}],
    )

    root = _feed(client, "/feeds/records.atom")
    (entry,) = root.findall("a:entry", NS)

    title = entry.find("a:title", NS)
    assert title.text == "ស្រូវ & <ទឹក>"
    assert title.get(f"{{{NS['xml']}}}lang") == "km"
    assert entry.findtext("a:id", None, NS) == f"{settings.TONLE_URL}/records/{record.id}"
    assert entry.findtext("a:updated", None, NS) == "2026-11-22T02:30:00Z"
    assert entry.findtext("a:author/a:name", None, NS) == "Sokha"
    assert entry.findtext("a:summary", None, NS) == "Of Takeo."
    assert entry.find("a:category", NS).get("term") == "dataset"
    assert root.findtext("a:updated", None, NS) == "2026-11-22T02:30:00Z"


def test_newest_first_in_pages_that_miss_and_repeat_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "PER_PAGE", 2)
    # Two at one instant lie on either side of a page's end.
    records = [make_record(now=at(hour)) for hour in (0, 1, 1, 1, 2)]

    root = _feed(client, "/feeds/records.atom")
    pages = [_names(root)]
    while following := _link(root, "next"):
        assert _link(root, "first") == f"{settings.TONLE_URL}/feeds/records.atom"
        root = _feed(client, following)
        assert _link(root, "self") == following
        pages.append(_names(root))

    assert [len(page) for page in pages] == [2, 2, 1]
    told = [name for page in pages for name in page]
    assert told[0] == records[4].id
    assert told[-1] == records[0].id
    assert sorted(told) == sorted(record.id for record in records)


def test_what_was_taken_back_or_hidden_is_told_of_where_its_change_stands(client: Client) -> None:
    kept, gone, hidden = (make_record(now=at(hour)) for hour in (0, 1, 2))
    _withdraw(gone, 3)
    Effect.objects.create(record=hidden, action="read_metadata", rule="nobody")

    root = _feed(client, "/feeds/records.atom")

    assert _names(root) == [f"-{gone.id}", f"-{hidden.id}", kept.id]
    assert root.find("at:deleted-entry", NS).get("when") == "2026-11-22T05:30:00Z"
    assert b"Takeo" not in etree.tostring(root.find("at:deleted-entry", NS))


def test_a_feed_of_a_kind_a_member_a_community(client: Client) -> None:
    Community.objects.create(
        id="0123456789bcdfg", slug="fish", names={"en": "Fish"}, created_at=NOW, updated_at=NOW
    )
    rice = make_record(members=["KHM"], communities=["0123456789bcdfg"])
    tool = make_record(kind="software", members=["KHM", "LAO"], now=at(1))

    for query, expected in (
        ("kind=software", [tool.id]),
        ("member=KHM", [tool.id, rice.id]),
        ("member=LAO&kind=dataset", []),
        ("community=0123456789bcdfg", [rice.id]),
        ("community=unknown", []),
    ):
        assert _names(_feed(client, f"/feeds/records.atom?{query}")) == expected, query
    root = _feed(client, "/feeds/records.atom?community=0123456789bcdfg")
    assert "Fish" in root.findtext("a:title", None, NS)
    _withdraw(rice, 2)
    root = _feed(client, "/feeds/records.atom?community=0123456789bcdfg")
    assert _names(root) == [f"-{rice.id}"]


@pytest.mark.parametrize(
    "before",
    [
        "x", "2026-01-01,y", "2026-01-01T00:00:00+00:00", ",",
        "0001-01-01T00:00:00+14:00,x", "9999-12-31T23:59:59-14:00,x",
    ],
)  # fmt: skip
def test_an_address_that_was_cut_leads_to_the_first_page(client: Client, before: str) -> None:
    record = make_record()

    response = client.get("/feeds/records.atom", {"before": before})

    assert _names(etree.fromstring(response.content)) == [record.id]


def test_a_newsreader_need_not_fetch_what_has_not_changed(client: Client) -> None:
    make_record()
    etag = client.get("/feeds/records.atom")["ETag"]

    assert client.get("/feeds/records.atom")["ETag"] == etag
    make_record(now=at(1))
    assert client.get("/feeds/records.atom")["ETag"] != etag


def test_no_file_of_a_restricted_record_is_named(client: Client) -> None:
    make_record(access={"level": "restricted"})

    assert b"/files/" not in client.get("/feeds/records.atom").content


def test_a_feed_of_an_empty_node(client: Client) -> None:
    assert _names(_feed(client, "/feeds/records.atom")) == []


@pytest.mark.parametrize("path", ["/", "/communities/fish"])
def test_pages_say_where_their_feed_is(client: Client, path: str) -> None:
    Community.objects.create(
        id="0123456789bcdfg", slug="fish", names={"en": "Fish"}, created_at=NOW, updated_at=NOW
    )

    page = client.get(path).content.decode()

    assert 'type="application/atom+xml"' in page
    if "fish" in path:
        assert "/feeds/records.atom?community=0123456789bcdfg" in page


def test_a_search_can_be_followed_with_the_filters_of_its_page(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.TONLE_INDEX = tmp_path / "index"
    old = make_record(titles={"en": "Rice of Takeo"}, members=["KHM"])
    new = make_record(titles={"en": "Rice of Kandal"}, members=["KHM", "LAO"], now=at(1))
    make_record(titles={"en": "Water"}, members=["LAO"], now=at(2))
    catch_up()

    assert _names(_feed(client, "/feeds/search.atom?q=rice")) == [new.id, old.id]
    root = _feed(client, "/feeds/search.atom?q=rice&member=LAO")
    assert _names(root) == [new.id]
    assert "rice" in root.findtext("a:title", None, NS)
    assert _link(root, "first") == f"{settings.TONLE_URL}/feeds/search.atom?q=rice&member=LAO"
    assert _names(_feed(client, "/feeds/search.atom?q=rice&cursor=cut")) == [new.id, old.id]
    _withdraw(old, 3)
    assert _names(_feed(client, "/feeds/search.atom?q=rice")) == [new.id]
    # One that finds nothing has the date of the newest change, not of the year 2000.
    empty, all_of_it = (
        _feed(client, path) for path in ("/feeds/search.atom?q=nowhere", "/feeds/records.atom")
    )
    assert _names(empty) == []
    stamps = {root.findtext("a:updated", None, NS) for root in (empty, all_of_it)}
    assert len(stamps) == 1


def test_a_search_goes_on_to_its_older_pages(
    client: Client, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "PER_PAGE", 2)
    settings.TONLE_INDEX = tmp_path / "index"
    records = [make_record(now=at(hour)) for hour in range(3)]
    catch_up()

    first = _feed(client, "/feeds/search.atom")
    following = _link(first, "next")
    assert following is not None
    second = _feed(client, following)

    assert [*_names(first), *_names(second)] == [record.id for record in reversed(records)]
    assert _link(second, "next") is None
