"""The steward's pages, the interface and the command, as people and programs use them."""

from __future__ import annotations

import argparse
import re
from typing import Any

import pytest
from django.test import Client
from standardwebhooks.webhooks import Webhook

from tests.web_service import WebService, reply
from tonle.catalogue.tests.factories import make_record
from tonle.cli import main, registry
from tonle.federation.hooks.models import Delivery, Hook
from tonle.federation.hooks.tasks import ask_for_all
from tonle.federation.hooks.telling import tell
from tonle.infra import clock, jobs
from tonle.kernel.actors import Actor
from tonle.people.models import Account
from tonle.people.services import create_token
from tonle.people.tests.factories import account, actor, holder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.fixture
def rith(db: None) -> Actor:
    return actor(holder("rith", "steward"))


def signed_in(who: Actor) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=who.id))
    return client


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_a_steward_adds_tries_changes_and_removes_a_webhook(
    rith: Actor, receiver: WebService
) -> None:
    steward = signed_in(rith)
    assert "There is none yet" in text_of(steward.get("/federation/hooks"))
    form = text_of(steward.get("/federation/hooks/add"))
    key = re.search(r'name="key" value="([^"]+)"', form)
    assert key is not None
    said = {"url": f"{receiver.url}/hook", "label": "Portal", "key": key[1],
            "events": ["record.published"], "kind": "dataset"}  # fmt: skip
    refused = steward.post("/federation/hooks/add", {**said, "url": "ftp://example.org"})
    assert refused.status_code == 422
    assert "public network" in text_of(refused)
    assert not Hook.objects.exists()

    page = text_of(steward.post("/federation/hooks/add", said))
    secret = re.search(r"whsec_[\w+/=]+", page)
    assert secret is not None
    # The button pressed twice: the same webhook, and no secret.
    twice = steward.post("/federation/hooks/add", said)
    hook = Hook.objects.get()
    address = f"/federation/hooks/{hook.id}"
    assert twice.status_code == 302
    assert secret[0] not in text_of(steward.get(address))

    assert "Datasets" in page
    jobs.run_all_due(clock.now())
    (asked,) = receiver.asked
    Webhook(secret[0]).verify(asked.body, asked.headers)
    record = make_record(now=clock.now())
    assert ask_for_all(clock.now()) == 1
    receiver.answers(reply(500, "No room."), reply(200))
    jobs.run_all_due(clock.now())
    page = text_of(steward.get(address))
    assert "A record is published" in page
    assert record.id in page
    assert "It answers with status 500." in page
    assert "No room." in page
    assert "Try again now" in page
    assert "Give up this message" in page

    waiting = Delivery.objects.get(state="waiting")
    for do, words in (
        ({"do": "again", "delivery": waiting.id}, "on its way again"),
        ({"do": "test"}, "A test is on its way"),
        ({"do": "pause"}, "It is paused"),
        ({"do": "pause"}, "It is paused"),
        ({"do": "resume"}, "It goes on"),
        ({"do": "pass", "delivery": waiting.id}, "That message is given up"),
        ({"do": "skip"}, "It is told from now on"),
        ({"do": "change", **said, "label": "The portal"}, "Kept."),
    ):
        assert words in text_of(steward.post(address, do, follow=True)), do
    assert steward.post(address, {"do": "change", "url": "ftp://x"}).status_code == 422
    assert steward.post(address, {"do": "burn"}).status_code == 404
    new = re.search(r"whsec_[\w+/=]+", text_of(steward.post(address, {"do": "rotate"})))
    assert new is not None
    assert new[0] != secret[0]
    assert "The portal" in text_of(steward.get("/federation/hooks"))

    steward.post(f"{address}/remove")
    assert steward.get(address).status_code == 404
    assert not Delivery.objects.exists()


def test_others_learn_nothing_of_webhooks(rith: Actor, receiver: WebService) -> None:
    signed_in(rith).post("/federation/hooks/add", {"url": receiver.url, "key": "1"})
    name = Hook.objects.get().id
    for who in (actor(account("bopha")), actor(holder("dara", "curator"))):
        for path in ("", "/add", f"/{name}", f"/{name}/remove", "/absent"):
            assert signed_in(who).get(f"/federation/hooks{path}").status_code == 404
            if path:
                assert signed_in(who).post(f"/federation/hooks{path}").status_code == 404
    assert Client().get(f"/federation/hooks/{name}").status_code == 302
    assert Hook.objects.exists()


def headers(who: Actor, scope: str) -> dict[str, str]:
    _row, secret = create_token(
        account_id=who.id, label=scope, scopes=[scope], actor=who, now=clock.now()
    )
    return {"Authorization": f"Bearer {secret}"}


def test_a_program_keeps_its_webhook_over_rest(rith: Actor, receiver: WebService) -> None:
    client, token = Client(), headers(rith, "hooks")

    def call(method: str, path: str = "", body: object = None, **more: Any) -> Any:
        return getattr(client, method)(
            f"/api/v1/hooks{path}", body if body is not None else None,
            headers={**token, **more}, content_type="application/json",
        )  # fmt: skip

    wrong = call("post", body={"url": "http://10.0.0.1/x", "events": ["a"], "kind": "b"})
    assert wrong.status_code == 422
    assert {"url", "events", "kind"} <= set(re.findall(r"\w+", text_of(wrong)))
    made = call("post", body={"url": receiver.url, "member": "KHM"}, **{"Idempotency-Key": "a"})
    again = call("post", body={"url": receiver.url, "member": "KHM"}, **{"Idempotency-Key": "a"})
    assert made.status_code == again.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    assert (again.json()["id"], again.json()["secret"]) == (made.json()["id"], "")
    path = f"/{made.json()['id']}"
    assert "secret" not in client.get(f"/api/v1/hooks{path}", headers=token).json()
    jobs.run_all_due(clock.now())

    listed = client.get("/api/v1/hooks", headers=token).json()["items"]
    assert [one["state"] for one in listed] == ["level"]
    sent = client.get(f"/api/v1/hooks{path}/deliveries", headers=token).json()["items"]
    assert [(one["type"], one["state"], one["status"]) for one in sent] == [
        ("ping", "delivered", 200)
    ]
    assert call("post", f"{path}/deliveries/{sent[0]['id']}/again").status_code == 202
    assert call("post", f"{path}/test").status_code == 202
    assert call("patch", path, {"events": ["record.withdrawn"]}).json()["member"] == "KHM"
    assert call("post", f"{path}/pause").json()["state"] == "paused"
    assert call("post", f"{path}/resume").json()["state"] == "level"
    assert call("post", f"{path}/deliveries/{sent[0]['id']}/skip").status_code == 404
    assert call("post", f"{path}/skip").status_code == 200
    assert call("post", f"{path}/secret").json()["secret"] not in ("", made.json()["secret"])
    assert call("delete", path).status_code == call("delete", path).status_code == 204

    assert client.get("/api/v1/hooks", headers=headers(rith, "harvest")).status_code == 403
    bopha = headers(actor(account("bopha")), "hooks")
    assert client.get("/api/v1/hooks", headers=bopha).status_code == 403
    assert client.get(f"/api/v1/hooks{path}", headers=bopha).status_code == 404


def test_the_command_line_keeps_webhooks_too(
    receiver: WebService, capsys: pytest.CaptureFixture[str]
) -> None:
    def tonle(name: str, *words: str) -> tuple[int, str]:
        main.discover()
        command = {one.name: one for one in registry.commands()}[f"hook {name}"]
        parser = argparse.ArgumentParser()
        command.configure(parser)
        code = command.run(parser.parse_args([*words]))
        said = capsys.readouterr()
        return code, said.out + said.err

    assert "There is no webhook yet" in tonle("list")[1]
    code, said = tonle("add", receiver.url, "--event", "record.published", "--kind", "dataset")
    assert (code, "whsec_" in said) == (0, True)
    hook = Hook.objects.get()
    assert (hook.events, hook.kind) == (["record.published"], "dataset")
    assert hook.id in tonle("list")[1]
    assert tonle("test", hook.id)[1].startswith("Taken, with status 200")
    receiver.answer(403, "Who are you?")
    code, said = tonle("test", hook.id)
    assert (code, "status 403" in said, "Who are you?" in said) == (1, True, True)
    assert tonle("pause", hook.id)[0] == 0
    assert "paused" in tonle("list")[1]
    assert tonle("resume", hook.id)[0] == 0
    assert tonle("skip", hook.id) == (1, "No message waits for another try.\n")
    Hook.objects.update(events=[], kind="")
    first, _second = make_record(now=clock.now()), make_record(now=clock.now())
    tell(hook.id, clock.now)
    code, said = tonle("skip", hook.id)
    assert (code, f"Given up: record.published {first.id}" in said) == (0, True)
    assert tonle("skip", hook.id, "--all")[0] == 0
    assert "whsec_" in tonle("rotate", hook.id)[1]
    assert tonle("remove", hook.id) == (0, "Removed.\n")
    assert not Hook.objects.exists()
