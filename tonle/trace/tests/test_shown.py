"""The pages, REST and CSV of what came of a promise; and what a landing page says of the chain."""

from __future__ import annotations

from fractions import Fraction

import pytest
from django.test import Client

from tests.constants import NOW
from tonle.catalogue.models import Effect
from tonle.catalogue.public import kinds
from tonle.catalogue.tests.conftest import home as home
from tonle.catalogue.tests.conftest import no_gates_from_above as no_gates_from_above
from tonle.trace import following
from tonle.trace.rules import chain
from tonle.trace.tests.test_chains import agreement, made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_an_agreement_shows_its_areas_its_breaks_and_exact_numbers(client: Client) -> None:
    one, other = agreement("Memorandum", "water", "energy"), agreement("Other")
    serves = {"areas": [{"record": one.id, "area": area} for area in ("water", "peace")]}
    project = made("project", "Living rivers", ("IsPartOf", other), serves=serves)
    data = made("dataset", "Discharge", ("IsPartOf", project), serves={"groups": ["women"]})
    following.catch_up(NOW)

    page = client.get(f"/records/{one.id}/came-of").content.decode()
    assert "Nothing has come of it yet." in page
    assert "It names the key area “peace”, which the agreement does not have." in page
    found = client.get(f"/api/v1/trace/{one.id}").json()
    assert [(at["kind"], at["fractional"]) for at in found["counts"]] == [
        ("project", "1/3"),
        ("dataset", "1/3"),
    ]
    table = client.get(f"/records/{one.id}/came-of.csv").content.decode().splitlines()
    assert f"{one.id},water,dataset,1,1/3,0.3333" in table
    assert f"{one.id},energy,,0,0,0.0000" in table
    everything = client.get("/api/v1/trace").json()["items"]
    leafed, address = [], "/api/v1/trace?limit=1"
    while address:
        answer = client.get(address)
        leafed += answer.json()["items"]
        address = answer.headers.get("Link", "").partition(">")[0].partition("testserver")[2]
    assert leafed == everything
    assert len(leafed) == 2
    parts = [Fraction(at["fractional"]) for line in everything for at in line["counts"]]
    assert sum(parts) == 2 - 2 * Fraction(1, 3)
    assert "Memorandum" in client.get("/trace").content.decode()
    assert f"{one.id},agreement,0,dataset,1,1/3" in client.get("/trace.csv").content.decode()

    area = client.get(f"/records/{one.id}/came-of/water").content.decode()
    assert "Discharge" in area
    empty = client.get(f"/records/{one.id}/came-of/energy").content.decode()
    assert "Nothing has come of it yet." in empty
    landing = client.get(f"/records/{data.id}").content.decode()
    assert "What it came of" in landing
    assert "Living rivers" in landing
    assert "Women and girls" in landing
    assert f"/records/{one.id}/came-of" in client.get(f"/records/{one.id}").content.decode()

    # Hidden and absent answer alike.
    Effect.objects.create(record=one, action="read_metadata", rule="nobody")
    for tail in ("/came-of", "/came-of.csv", "/came-of/water"):
        hidden = client.get(f"/records/{one.id}{tail}")
        absent = client.get(f"/records/{'0' * 15}{tail}")
        assert (hidden.status_code, absent.status_code) == (404, 404)
        assert hidden.content.replace(one.id.encode(), b"0" * 15) == absent.content
    assert "Memorandum" not in client.get(f"/records/{data.id}").content.decode()


def test_every_kind_on_the_chain_is_one_that_there_is() -> None:
    assert set(chain.STAGES) <= {kind.name for kind in kinds()}
