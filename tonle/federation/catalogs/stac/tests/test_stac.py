"""Records with a place as a STAC API: valid, complete, and chosen by place and time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pystac
import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from pystac import StacIO
from pystac.link import HREF

from tests.constants import NOW
from tests.shared import shared
from tonle.catalogue.crosswalks.tests.documents import documents
from tonle.catalogue.models import Record
from tonle.catalogue.public import place_of, stac
from tonle.catalogue.services import withdraw
from tonle.catalogue.tests.conftest import home, no_gates_from_above  # noqa: F401 # Fixtures.
from tonle.catalogue.tests.factories import CURATOR, make_record

PHNOM_PENH = {"point": {"longitude": "104.92", "latitude": "11.56"}}
LAOS = {"box": {"west": "100", "east": "107.7", "south": "13.9", "north": "22.5"}}


Schemas = dict[str, jsonschema_rs.Draft7Validator]


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    """Those of STAC 1.1.0 by what they are of, with those they name, from the published files."""
    places = {
        "https://schemas.stacspec.org/v1.1.0/": shared("schemas/stac/v1.1.0"),
        "https://geojson.org/schema/": shared("schemas/geojson"),
    }

    def retrieve(address: str) -> Any:
        for prefix, folder in places.items():
            if address.startswith(prefix):
                # One of them has another as its own name.
                found = json.loads((folder / address.removeprefix(prefix)).read_text())
                return {**found, "$id": address}
        raise LookupError(address)

    def validator(name: str) -> jsonschema_rs.Draft7Validator:
        address = f"https://schemas.stacspec.org/v1.1.0/{name}-spec/json-schema/{name}.json"
        return jsonschema_rs.Draft7Validator(retrieve(address), retriever=retrieve)

    names = {"Feature": "item", "Collection": "collection", "Catalog": "catalog"}
    return {kind: validator(name) for kind, name in names.items()}


def _faults(schemas: Schemas, one: dict[str, Any]) -> list[str]:
    errors = schemas[one["type"]].iter_errors(one)
    return [f"{error.instance_path}: {error.message[:300]}" for error in errors]


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(document=documents())
def test_every_record_with_coordinates_is_a_valid_item(
    schemas: Schemas, document: dict[str, Any]
) -> None:
    here = place_of(document, "https://node.example", files_open=True)
    places = document.get("geo_locations") or [PHNOM_PENH, LAOS]
    item = stac.item({**document, "geo_locations": places}, here)

    if item is not None:
        # The view adds where it stands in the catalogue.
        item["links"].append({"rel": "collection", "href": "https://node.example/stac/collections"})
        assert _faults(schemas, item) == []


def test_a_record_without_coordinates_is_no_item() -> None:
    document = {"id": "x", "kind": "dataset", "geo_locations": [{"place": {"en": "Mekong"}}]}
    assert stac.item(document, None) is None  # type: ignore[arg-type] # It is not looked at.


@pytest.fixture
def records(db: None, home: Path, tmp_path: Path) -> list[Record]:  # noqa: F811 # Fixtures.
    city = make_record(
        {"a.csv": b"a,b\n"},
        folder=tmp_path,
        geo_locations=[PHNOM_PENH],
        publication_year=2019,
        pids=[{"scheme": "doi", "value": "10.5555/x"}],
    )
    country = make_record(kind="software", geo_locations=[LAOS], publication_year=2022)
    make_record(titles={"en": "Nowhere"})
    return [city, country]


def _get(client: Client, path: str) -> dict[str, Any]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def _ids(client: Client, query: str) -> set[str]:
    return {item["id"] for item in _get(client, f"/stac/search?{query}")["features"]}


@pytest.mark.django_db(transaction=True)
def test_every_link_leads_somewhere_and_says_what_it_is(
    client: Client, records: list[Record], schemas: Schemas
) -> None:
    seen: set[str] = set()
    kinds: set[str] = set()
    waiting = ["http://testserver/stac/"]
    while waiting:
        url = waiting.pop()
        if url in seen or "/stac/" not in url:
            continue
        seen.add(url)
        answer = client.get(url.removeprefix("http://testserver"))
        assert answer.status_code == 200, url
        found = answer.json()
        for one in _all(found):
            # What else there is are lists of these, the contract and what the API conforms to.
            if one.get("type") in schemas:
                kinds.add(one["type"])
                assert _faults(schemas, one) == [], url
            waiting += [link["href"] for link in one.get("links", ())]
    ids = {record.id for record in records}
    assert {url.rsplit("/", 1)[-1] for url in seen} >= ids
    assert kinds == set(schemas)


class _Asked(StacIO):
    """What pystac reads, asked of the node."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self.client = client

    def read_text(self, source: HREF, *_args: Any, **_kwargs: Any) -> str:
        answer = self.client.get(str(source).removeprefix("http://testserver"))
        assert answer.status_code == 200, source
        return answer.content.decode()

    def write_text(self, dest: HREF, *_args: Any, **_kwargs: Any) -> None:
        raise AssertionError(dest)


@pytest.mark.django_db(transaction=True)
def test_a_client_that_others_wrote_walks_it(
    client: Client, records: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = _Asked(client)
    monkeypatch.setattr(StacIO, "default", lambda: asked)
    catalog = pystac.Catalog.from_file("http://testserver/stac/", stac_io=asked)
    collections = {one.id: one for one in catalog.get_collections()}
    assert set(collections) == {"dataset", "software"}
    # By the schemas that pystac carries; `schemas` are those that are published.
    catalog.validate()
    for record, kind in zip(records, ("dataset", "software"), strict=True):
        collections[kind].validate()
        [link] = collections[kind].get_links("items")
        [item] = pystac.ItemCollection.from_file(link.href, stac_io=asked)
        assert (item.id, item.collection_id) == (record.id, kind)
        assert item.bbox == collections[kind].extent.spatial.bboxes[0]


def _all(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield found
    yield from found.get("features", ())
    yield from found.get("collections", ())


@pytest.mark.django_db(transaction=True)
def test_place_and_time_choose(client: Client, records: list[Record]) -> None:
    city, country = (record.id for record in records)

    assert _ids(client, "") == {city, country}
    assert _ids(client, "bbox=104,11,105,12") == {city}
    assert _ids(client, "bbox=104,11,-170,15") == {city, country}
    assert _ids(client, "bbox=-170,11,100,15") == {country}
    assert _ids(client, "datetime=2019-06-01T00:00:00Z") == {city}
    assert _ids(client, "datetime=2020-01-01T00:00:00Z/..") == {country}
    assert _ids(client, "datetime=../2019-12-01T00:00:00Z") == {city}
    assert _ids(client, "collections=software") == {country}
    assert _ids(client, f"ids={city},unknown") == {city}


@pytest.mark.django_db(transaction=True)
def test_a_drawn_area_chooses_exactly(client: Client, records: list[Record]) -> None:
    # Its box holds Phnom Penh, the triangle itself does not.
    area = {"type": "Polygon", "coordinates": [[[100, 8], [106, 8], [106, 11], [100, 8]]]}
    assert _ids(client, f"intersects={json.dumps(area)}") == set()
    wider = {"type": "Polygon", "coordinates": [[[100, 8], [108, 8], [106, 13], [100, 8]]]}
    answer = client.post(
        "/stac/search", json.dumps({"intersects": wider}), content_type="application/json"
    )
    assert {item["id"] for item in answer.json()["features"]} == {records[0].id}


@pytest.mark.django_db(transaction=True)
def test_pages_follow_each_other_by_address_and_by_body(
    client: Client, records: list[Record]
) -> None:
    first = _get(client, "/stac/search?limit=1&bbox=90,0,110,30")
    assert (first["numberReturned"], first["numberMatched"]) == (1, 2)
    [following] = [link for link in first["links"] if link["rel"] == "next"]
    second = _get(client, following["href"].removeprefix("http://testserver"))
    assert {first["features"][0]["id"], second["features"][0]["id"]} == {r.id for r in records}
    assert not [link for link in second["links"] if link["rel"] == "next"]

    body = {"limit": 1}
    posted = client.post("/stac/search", json.dumps(body), content_type="application/json").json()
    [following] = [link for link in posted["links"] if link["rel"] == "next"]
    assert following["body"] == {"limit": 1, "token": posted["features"][0]["id"]}


@pytest.mark.django_db(transaction=True)
def test_closed_files_and_withdrawn_records_do_not_leave(
    client: Client, records: list[Record], tmp_path: Path
) -> None:
    closed = make_record(
        {"b.csv": b"b"}, folder=tmp_path, geo_locations=[LAOS], access={"level": "restricted"}
    )
    withdraw(record_id=records[0].id, category="error", reason={"en": "x"}, actor=CURATOR, now=NOW)

    found = {item["id"]: item for item in _get(client, "/stac/search")["features"]}
    assert records[0].id not in found
    assert found[closed.id]["assets"] == {}
    assert client.get(f"/stac/collections/dataset/items/{records[0].id}").status_code == 404


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("records")
@pytest.mark.parametrize(
    "query",
    [
        "bbox=1,2,3",
        "bbox=a,b,c,d",
        "bbox=0,10,1,5",
        "bbox=nan,0,1,1",
        "bbox=-1000,0,1,1",
        "limit=0",
        "limit=x",
        "limit=-1",
        "datetime=yesterday",
        "datetime=2020-01-01T00:00:00Z/2019-01-01T00:00:00Z",
        "datetime=../..",
        "intersects={}",
        "intersects=%5B1%5D",
        'intersects={"type":"Point","coordinates":[1000,0]}',
        'bbox=0,0,1,1&intersects={"type":"Point","coordinates":[0,0]}',
        "token=" + "x" * 30,
        "ids=" + "x" * 100,
    ],
)
def test_what_cannot_be_understood_is_refused_with_words(client: Client, query: str) -> None:
    answer = client.get(f"/stac/search?{query}", headers={"accept": "application/json"})
    assert answer.status_code in {400, 422}, answer.content


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("records")
@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 5000, b"x" * 300_000])
def test_a_body_that_is_no_search_is_refused(client: Client, body: bytes) -> None:
    answer = client.post("/stac/search", body, content_type="application/json")
    assert answer.status_code in {400, 413, 422}
