"""The steward's pages and the interface, as people and programs use them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tonle.federation.harvest.engine import Order, harvest
from tonle.federation.harvest.models import Source
from tonle.federation.harvest.tests.factories import shown
from tonle.federation.harvest.tests.servers.oai import OaiServer
from tonle.infra import clock, jobs
from tonle.kernel.actors import Actor
from tonle.people.models import Account
from tonle.people.services import create_token
from tonle.people.tests.factories import account, actor, holder

pytestmark = pytest.mark.django_db
Orders = Callable[..., Order]


@pytest.fixture
def rith(db: None) -> Actor:
    return actor(holder("rith", "steward"))


@pytest.fixture
def dara(db: None) -> Actor:
    return actor(holder("dara", "curator"))


@pytest.fixture
def bopha(db: None) -> Actor:
    return actor(account("bopha"))


def signed_in(who: Actor) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=who.id))
    return client


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_a_steward_looks_and_then_adds(rith: Actor, home: object, repository: OaiServer) -> None:
    steward, url = signed_in(rith), f"{repository.url}/oai"
    assert "There is none yet" in text_of(steward.get("/federation/sources"))

    page = text_of(
        steward.post("/federation/sources/add", {"url": url, "protocol": "oai", "look": "1"})
    )
    assert "គុណភាពទឹកបឹងទន្លេសាប 0" in page
    assert "35 records" in page
    assert not Source.objects.exists()

    sent = steward.post(
        "/federation/sources/add", {"url": url, "protocol": "oai", "add": "1"}, follow=True
    )
    assert "It is being harvested." in text_of(sent)
    Source.objects.update(questions_a_minute=0)
    jobs.run_all_due(clock.now())
    page = text_of(steward.get(f"/federation/sources/{Source.objects.get().id}"))
    assert "35 records are shown" in page
    assert "Complete" in page


def test_a_wrong_address_says_so(rith: Actor, home: object) -> None:
    steward = signed_in(rith)

    answer = steward.post("/federation/sources/add", {"url": "ftp://x y", "look": "1"})

    assert answer.status_code == 422
    assert "Give the address of a catalogue" in text_of(answer)


def test_what_could_not_be_taken_in_is_said_with_reasons(
    rith: Actor, source: Source, repository: OaiServer, order: Orders
) -> None:
    repository.put(5, 5, extra="<dc:title>")
    harvest(source.id, order())

    page = text_of(signed_in(rith).get(f"/federation/sources/{source.id}"))

    assert "Partial" in page
    assert "oai:repository.example.org:5" in page
    assert "not well-formed" in page
    assert "Try them again" in page


@pytest.mark.parametrize(
    ("do", "words"),
    [("harvest", "It begins in a moment"), ("whole", "It begins"), ("retry", "tried again"),
     ("pause", "It is paused"), ("remove", "withdrawn")],
)  # fmt: skip
def test_what_can_be_done(rith: Actor, source: Source, do: str, words: str) -> None:
    address = f"/federation/sources/{source.id}"

    for _ in range(2):
        answer = signed_in(rith).post(address, {"do": do}, follow=True)
        assert words in text_of(answer)


def test_a_source_is_changed(rith: Actor, source: Source) -> None:
    address = f"/federation/sources/{source.id}"
    said = {"do": "change", "name": "Theses of the university", "member": "KHM",
            "every_hours": "168", "whole_every_days": "7", "questions_a_minute": "30",
            "terms": "CC0"}  # fmt: skip

    assert signed_in(rith).post(address, said).status_code == 302

    source.refresh_from_db()
    assert source.names == {"km": "ឃ្លាំងនិក្ខេបបទ", "en": "Theses of the university"}
    assert (source.member, source.every_hours, source.terms) == ("KHM", 168, "CC0")
    assert signed_in(rith).post(address, {**said, "questions_a_minute": "-1"}).status_code == 422


@pytest.mark.parametrize("path", ["", "/add", "/{id}", "/{id}/remove", "/absent"])
def test_others_learn_nothing_of_sources(
    bopha: Actor, dara: Actor, source: Source, path: str
) -> None:
    address = f"/federation/sources{path.format(id=source.id)}"

    for who in (bopha, dara):
        assert signed_in(who).get(address).status_code == 404
        if path:
            assert signed_in(who).post(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_a_curator_hides_a_record_from_its_page(dara: Actor, source: Source, order: Orders) -> None:
    harvest(source.id, order())
    record_id = next(iter(shown().values()))
    curator, address = signed_in(dara), f"/federation/records/{record_id}/hide"
    assert address in text_of(curator.get(f"/records/{record_id}"))

    assert curator.post(address, {"reason": ""}).status_code == 422
    curator.post(address, {"reason": "It names a witness."})

    gone = Client().get(f"/records/{record_id}")
    assert gone.status_code == 410
    assert "It names a witness." in text_of(gone)
    assert "Show it again" in text_of(curator.get(address))
    curator.post(address)
    assert Client().get(f"/records/{record_id}").status_code == 200


def test_the_steward_sees_what_needs_him(rith: Actor, source: Source) -> None:
    Source.objects.update(failures=3)

    page = text_of(signed_in(rith).get("/steward"))

    assert "/federation/sources" in page


# --- the interface ------------------------------------------------------------------------


def headers(who: Actor, scope: str = "harvest") -> dict[str, str]:
    _row, secret = create_token(
        account_id=who.id,
        label=f"{scope} {clock.now()}",
        scopes=[scope],
        actor=who,
        now=clock.now(),
    )
    return {"Authorization": f"Bearer {secret}"}


def test_a_program_adds_harvests_and_reads_how_it_went(
    rith: Actor, home: object, repository: OaiServer
) -> None:
    repository.put(5, 5, extra="<dc:title>")
    client, token = Client(), headers(rith)
    place = {"url": f"{repository.url}/oai", "protocol": "oai"}

    looked = client.post(
        "/api/v1/sources/look", place, headers=token, content_type="application/json"
    ).json()
    assert looked["total"] == 35
    made = client.post(
        "/api/v1/sources", {**place, "every_hours": 6, "questions_a_minute": 0}, headers=token,
        content_type="application/json",
    )  # fmt: skip
    assert made.status_code == 201
    address = f"/api/v1/sources/{made.json()['id']}"
    jobs.run_all_due(clock.now())

    found = client.get(address, headers=token).json()
    assert found["state"] == "partial"
    assert found["shown"] == 34
    assert found["last_run"]["counts"]["added"] == 34
    issues = client.get(f"{address}/issues", headers=token).json()["items"]
    assert issues[0]["identifier"] == "oai:repository.example.org:5"
    assert issues[0]["reasons"]
    assert len(client.get(f"{address}/runs", headers=token).json()["items"]) == 1
    assert len(client.get("/api/v1/sources", headers=token).json()["items"]) == 1


def test_a_program_pauses_goes_on_and_removes(rith: Actor, source: Source) -> None:
    client, token = Client(), headers(rith)
    address = f"/api/v1/sources/{source.id}"

    assert client.post(f"{address}/pause", headers=token).json()["state"] == "paused"
    assert client.post(f"{address}/resume", headers=token).json()["state"] == "new"
    changed = client.patch(
        address, {"terms": "CC0"}, headers=token, content_type="application/json"
    )
    assert changed.json()["terms"] == "CC0"
    asked = client.post(f"{address}/runs", {}, headers=token, content_type="application/json")
    assert asked.status_code == 202
    assert client.delete(address, headers=token).json()["state"] == "stopped"
    assert client.delete(address, headers=token).json()["state"] == "stopped"


def test_a_token_of_another_scope_or_person_is_refused(
    rith: Actor, bopha: Actor, source: Source
) -> None:
    client = Client()

    assert client.get("/api/v1/sources").status_code == 401
    assert client.get("/api/v1/sources", headers=headers(rith, "read")).status_code == 403
    assert client.get("/api/v1/sources", headers=headers(bopha)).status_code == 403
    assert client.get(f"/api/v1/sources/{source.id}", headers=headers(bopha)).status_code == 404


def test_a_record_is_hidden_by_a_program(dara: Actor, source: Source, order: Orders) -> None:
    harvest(source.id, order())
    record_id = next(iter(shown().values()))
    client, token = Client(), headers(dara)
    address = f"/api/v1/sources/records/{record_id}/hidden"

    hidden = client.put(address, {"reason": "So."}, headers=token, content_type="application/json")
    assert hidden.status_code == 204
    assert record_id not in shown().values()
    assert client.delete(address, headers=token).status_code == 204
    assert record_id in shown().values()
