"""The DCAT-AP catalogue: whole over its pages, conformant, and nothing that is not shown."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import rdflib
from django.conf import settings
from django.test import Client

from tests.constants import NOW
from tonle.catalogue import services
from tonle.catalogue.crosswalks.tests.shapes import judged
from tonle.catalogue.models import Effect
from tonle.catalogue.tests.factories import CURATOR, make_draft, make_record

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("home")]
LATER = NOW + timedelta(days=1)
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
HYDRA = rdflib.Namespace("http://www.w3.org/ns/hydra/core#")


def read(client: Client, path: str = "/catalog", form: str = "turtle") -> str:
    accept = {"turtle": "text/turtle", "json-ld": "application/ld+json"}[form]
    response = client.get(path, HTTP_ACCEPT=accept)
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == f"{accept}; charset=utf-8"
    assert response.streaming
    return response.getvalue().decode()


def graph(client: Client, path: str = "/catalog", form: str = "turtle") -> rdflib.Graph:
    return rdflib.Graph().parse(data=read(client, path, form), format=form)


def members(found: rdflib.Graph) -> set[str]:
    """The records that the catalogue names as its own."""
    names = ("dataset", "resource", "service")
    things = [str(thing) for name in names for thing in found.objects(None, DCAT[name])]
    return {thing.removesuffix("#it").rsplit("/", 1)[-1] for thing in things}


def following(found: rdflib.Graph) -> str:
    names = {str(o) for o in found.objects(None, HYDRA.next)}
    assert names == {str(o) for o in found.objects(None, HYDRA.nextPage)}
    assert len(names) <= 1
    return next(iter(names), "").removeprefix(settings.TONLE_URL)


def test_what_is_shown_is_in_it_and_nothing_else(client: Client) -> None:
    shown, other, gone, hidden = (make_record() for _ in range(4))
    services.withdraw(
        record_id=gone.id, category="error", reason={"en": "Wrong."}, actor=CURATOR, now=LATER
    )
    Effect.objects.create(record=hidden, action="read_metadata", rule="nobody")
    draft = make_draft(titles={"en": "Not yet"})

    text = read(client)

    assert members(graph(client)) == {shown.id, other.id}
    for absent in (gone.id, hidden.id, draft.id, "Not yet"):
        assert absent not in text


def test_a_page_and_its_members_conform(client: Client, tmp_path: Path) -> None:
    make_record({"a.csv": b"a,b\n1,2\n"}, folder=tmp_path, subjects=[{"text": {"km": "ស្រូវ"}}])
    make_record(kind="facility", titles={"lo": "ຫ້ອງທົດລອງ"})
    make_record(kind="software", descriptions=[{"type": "Abstract", "text": {"en": "A model."}}])

    assert judged(read(client)) == ([], set())


def test_a_walk_over_the_pages_misses_nothing_and_ends(client: Client) -> None:
    records = {make_record().id for _ in range(7)}
    seen: list[str] = []
    path, pages = "/catalog?limit=3&format=turtle", 0
    while path:
        found = graph(client, path)
        seen += members(found)
        assert {str(o) for o in found.objects(None, HYDRA.totalItems)} == {"7"}
        path, pages = following(found), pages + 1
    assert (sorted(seen), pages) == (sorted(records), 3)


def test_what_changes_during_a_walk_comes_again(client: Client) -> None:
    first, *_ = [make_record() for _ in range(3)]
    begun = graph(client, "/catalog?limit=2")
    services.set_access(
        record_id=first.id, access={"level": "metadata_only"}, actor=CURATOR, now=LATER
    )
    rest = graph(client, following(begun))
    assert first.id in members(begun) & members(rest)


def test_both_forms_say_the_same(client: Client) -> None:
    make_record()
    turtle, linked = graph(client, "/catalog"), graph(client, "/catalog", "json-ld")
    assert len(turtle) == len(linked)
    assert members(turtle) == members(linked)


def test_files_that_are_not_open_are_not_named(client: Client, tmp_path: Path) -> None:
    make_record({"open.csv": b"1"}, folder=tmp_path)
    folder = tmp_path / "more"
    folder.mkdir()
    make_record({"closed.csv": b"2"}, folder=folder, access={"level": "restricted"})
    text = read(client)
    assert "/files/open.csv" in text
    assert "closed.csv" not in text


def test_a_part_of_it(client: Client) -> None:
    dataset, lab = make_record(), make_record(kind="facility", members=["KHM"])
    assert members(graph(client, "/catalog?kind=dataset")) == {dataset.id}
    assert members(graph(client, "/catalog?member=KHM")) == {lab.id}


def test_it_is_sent_again_only_when_something_changed(client: Client) -> None:
    make_record()
    first = client.get("/catalog", HTTP_ACCEPT="text/turtle")
    assert first["Last-Modified"] == "Sun, 22 Nov 2026 02:30:00 GMT"
    again = {"Accept": "text/turtle", "If-None-Match": first["ETag"]}
    assert client.get("/catalog", headers=again).status_code == 304
    other = client.get("/catalog", HTTP_ACCEPT="application/ld+json")
    assert other["ETag"] != first["ETag"]
    make_record(now=LATER)
    assert client.get("/catalog", headers=again).status_code == 200


def test_a_browser_is_told_what_this_is(client: Client) -> None:
    make_record()
    response = client.get("/catalog", HTTP_ACCEPT="text/html,*/*;q=0.8")
    assert response["Content-Type"].startswith("text/html")
    assert "Accept" in response["Vary"]
    text = response.content.decode()
    assert "format=turtle" in text
    # What the addresses of types and roles name is there to be read.
    assert 'id="kind-dataset"' in text
    assert 'id="role-DataCurator"' in text


@pytest.mark.parametrize(
    "query", ["after=x", "after=-1", f"after={2**63}", "limit=0", "limit=1001", "format=rdf"]
)
def test_a_question_that_makes_no_sense_is_refused(client: Client, query: str) -> None:
    assert client.get(f"/catalog?{query}", HTTP_ACCEPT="text/turtle").status_code == 422


def test_an_empty_node_has_an_empty_catalogue(client: Client) -> None:
    found = graph(client)
    assert members(found) == set()
    assert list(found.subjects(rdflib.RDF.type, DCAT.Catalog))
    assert following(found) == ""


def test_little_is_asked_of_the_database(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        make_record()
    with django_assert_max_num_queries(30):
        read(client)
