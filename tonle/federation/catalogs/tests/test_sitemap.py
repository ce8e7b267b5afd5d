"""The sitemap: every page shown, in files that are never too long, with its last change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from lxml import etree

from tests.constants import NOW
from tonle.catalogue import services
from tonle.catalogue.models import Effect
from tonle.catalogue.tests.factories import CURATOR, make_record
from tonle.federation.catalogs import sitemap
from tonle.people.models import Community

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("home")]
LATER = NOW + timedelta(days=1)


def _rows(client: Client, path: str) -> dict[str, str]:
    """Address to last change ("" where none is told)."""
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    data = b"".join(response) if response.streaming else response.content
    name = f"{{{sitemap.NAMESPACE}}}"
    return {
        str(row.findtext(f"{name}loc")): row.findtext(f"{name}lastmod") or ""
        for row in etree.fromstring(data)
    }


def _page(record_id: str) -> str:
    return f"{settings.TONLE_URL}/records/{record_id}"


def test_every_record_that_is_shown_has_its_address_and_last_change(client: Client) -> None:
    first, second, gone, hidden = (make_record() for _ in range(4))
    services.withdraw(
        record_id=gone.id, category="error", reason={"en": "Wrong."}, actor=CURATOR, now=LATER
    )
    Effect.objects.create(record=hidden, action="read_metadata", rule="nobody")

    assert _rows(client, "/sitemap-records-1.xml") == {
        _page(first.id): "2026-11-22T02:30:00Z",
        _page(second.id): "2026-11-22T02:30:00Z",
    }
    assert _rows(client, "/sitemap.xml") == {
        f"{settings.TONLE_URL}/sitemap-pages.xml": "",
        f"{settings.TONLE_URL}/sitemap-records-1.xml": "2026-11-23T02:30:00Z",
    }


def test_a_file_holds_a_stretch_of_the_log_and_empty_ones_are_not_named(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "MOST", 2)
    records = [make_record(now=NOW + timedelta(hours=hour)) for hour in range(5)]
    for record in records[2:4]:
        services.set_access(
            record_id=record.id, access={"level": "metadata_only"}, actor=CURATOR, now=LATER
        )

    named = [
        (address, at)
        for address, at in _rows(client, "/sitemap.xml").items()
        if "records" in address
    ]

    base = f"{settings.TONLE_URL}/sitemap-records-"
    # The second stretch has lost both of its records to the newest ones.
    assert [address for address, _ in named] == [f"{base}1.xml", f"{base}3.xml", f"{base}4.xml"]
    assert client.get("/sitemap-records-2.xml").status_code == 404
    told: dict[str, str] = {}
    for address, at in named:
        rows = _rows(client, address.removeprefix(settings.TONLE_URL))
        assert len(rows) <= 2
        assert all(at >= one for one in rows.values())
        told |= rows
    assert set(told) == {_page(record.id) for record in records}


def test_the_nodes_own_pages_and_communities(client: Client) -> None:
    Community.objects.create(
        id="0123456789bcdfg", slug="fish", names={"en": "Fish"}, created_at=NOW, updated_at=NOW
    )

    rows = _rows(client, "/sitemap-pages.xml")

    assert f"{settings.TONLE_URL}/communities/fish" in rows
    for address in rows:
        assert client.get(address.removeprefix(settings.TONLE_URL)).status_code == 200


def test_an_empty_node_has_a_sitemap_too(client: Client) -> None:
    assert list(_rows(client, "/sitemap.xml")) == [f"{settings.TONLE_URL}/sitemap-pages.xml"]


@pytest.mark.parametrize("number", ["0", "1", "99999999999999999999999"])
def test_a_file_that_there_is_not(client: Client, number: str) -> None:
    assert client.get(f"/sitemap-records-{number}.xml").status_code == 404


def test_a_crawler_need_not_fetch_what_has_not_changed(client: Client) -> None:
    make_record()
    etag = client.get("/sitemap-records-1.xml")["ETag"]

    asked = {"If-None-Match": etag}
    assert client.get("/sitemap-records-1.xml", headers=asked).status_code == 304
    make_record()
    assert client.get("/sitemap-records-1.xml", headers=asked).status_code == 200


def test_robots_are_told_of_it(client: Client) -> None:
    assert (
        f"Sitemap: {settings.TONLE_URL}/sitemap.xml" in client.get("/robots.txt").content.decode()
    )
