"""Agreements on pages and over REST, as officers, the secretariat and strangers meet them."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.constants import NOW
from tonle.agreements.models import PartyStep, Version
from tonle.infra import clock, jobs
from tonle.kernel.actors import NODE, SYSTEM, Scope
from tonle.people.models import Account, Organisation
from tonle.people.notices.models import Notice
from tonle.people.services import add_organisation, create_token
from tonle.people.tests.factories import PASSWORD, account, holder

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

PNG = b"\x89PNG\r\n\x1a\n a scan"


def verified(country: str) -> Organisation:
    names = {"en": f"Ministry of {country} (invented)", "km": "ក្រសួង"}
    made = add_organisation(description={"names": names, "country": country}, actor=SYSTEM, now=NOW)
    Organisation.objects.filter(pk=made.id).update(verified_at=NOW)
    return made


@pytest.fixture
def ministry() -> Organisation:
    return verified("KH")


@pytest.fixture
def sokha(ministry: Organisation) -> Account:
    return holder("sokha", "officer", Scope("organisation", ministry.id))


@pytest.fixture
def dara() -> Account:
    return holder("dara", "secretariat", NODE)


def signed_in(who: Account, *, proved: bool = True) -> Client:
    client = Client()
    client.force_login(who)
    if proved:
        session = client.session
        session["account_authentication_methods"] = [
            {"method": "password", "at": time.time(), "reauthenticated": True}
        ]
        session["account_authentication_methods_user"] = who.pk
        session.save()
    return client


def hidden(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    assert found is not None, page.content.decode()[:2_000]
    return found[1]


def begun(client: Client, ministry: Organisation) -> str:
    """The path of the first version of a new agreement."""
    made = client.post(
        "/agreements/new",
        {
            "type": "memorandum", "public_from": "in_force", "count": "3",
            "title-0-lang": "en", "title-0-text": "Clean water",
            "party-0-organisation": ministry.id,
            "party-1-name-0-lang": "en", "party-1-name-0-text": "Ministry of Laos (invented)",
            "party-1-country": "LAO",
        },
    )  # fmt: skip
    assert made.status_code == 302, made.content.decode()
    return str(made.headers["Location"])


def written(client: Client, path: str) -> None:
    for language, words in (("en", "The parties cooperate."), ("km", "ភាគីសហការ។")):
        where = f"{path}/edit/text/{language}"
        base = hidden(client.get(where), "base")
        sent = {"base": base, "authentic": "yes", "text-0": words, "do": "save"}
        assert client.post(where, sent).status_code == 302


def act(client: Client, path: str, party: str, deed: str, **more: str) -> Any:
    page = client.get(path + f"/{party}/{deed}")
    sent = {"sha256": hidden(page, "sha256"), "key": hidden(page, "key"), **more}
    return client.post(path + f"/{party}/{deed}", sent)


def test_one_party_signs_on_screen_and_one_on_paper(
    ministry: Organisation, sokha: Account, dara: Account
) -> None:
    rith = holder("rith", "secretariat", NODE)
    rith.set_password("something that is only here")
    rith.save()
    officer, keeper, second = signed_in(sokha), signed_in(dara), signed_in(rith)
    path = begun(keeper, ministry)
    written(officer, path)
    keeper.post(path, {"do": "ask"})
    assert Notice.objects.filter(account_id=sokha.pk, topic="agreements.agree").count() == 1

    version = Version.objects.get()
    text = officer.get(path + "/text.json").content
    assert hashlib.sha256(text).hexdigest() in officer.get(path).content.decode()
    screen = f"/agreements/steps/agreement/{version.id}"
    papers = f"/agreements/papers/new/agreement/{version.id}"
    for deed in ("agree", "sign"):
        assert act(officer, screen, "khm", deed).status_code == 302
        page = keeper.get(f"{papers}/lao/{deed}")
        sent = {
            "sha256": hidden(page, "sha256"), "signatory": "H.E. Invented", "office": "Minister",
            "done_on": clock.now().date().isoformat(), "scan": SimpleUploadedFile("s.png", PNG),
        }  # fmt: skip
        assert keeper.post(f"{papers}/lao/{deed}", sent).status_code == 302
        step = PartyStep.objects.get(deed=deed, way="paper")
        where = f"/agreements/papers/{step.id}"
        assert Notice.objects.filter(account_id=rith.pk, about=f"paper/{step.id}").exists()
        assert "It counts" not in keeper.get(where).content.decode()
        assert keeper.post(where, {"do": "confirm"}).status_code == 422
        assert second.get(f"{where}/scan").content == PNG
        asked = signed_in(rith, proved=False).post(where, {"do": "confirm"})
        assert asked.headers["Location"].startswith("/accounts/reauthenticate/?next=")
        assert second.post(where, {"do": "confirm"}).status_code == 302
        assert Notice.objects.get(about=f"paper/{step.id}").read_at is not None
    jobs.tick(clock.now())
    jobs.run_all_due(clock.now())
    version.refresh_from_db()
    assert version.state == "in_force"
    said = officer.get(path).content.decode()
    assert "on paper" in said
    assert "on screen" in said
    assert "H.E. Invented" in said
    over = path.rpartition("/")[0]
    assert "Version 1" in officer.get(f"{over}?on=2999-01-01").content.decode()

    # A programme opens under it; the next version differs by a word.
    above = version.agreement.id
    assert (
        f'value="{above}" selected' in keeper.get(f"/agreements/new?under={above}").content.decode()
    )
    assert officer.post(over, {"key": ""}).headers["Location"].endswith("/v2")
    where = f"{over}/v2/edit/text/en"
    sent = {"base": hidden(officer.get(where), "base"), "authentic": "yes", "text-0": "They part."}
    officer.post(where, sent)
    assert "<ins>" in officer.get(f"{over}/v2/compare").content.decode()
    sheet = officer.get(f"{over}/v1/print/km").content.decode()
    assert 'lang="km"' in sheet
    assert "<svg" in sheet
    assert version.sha256 in sheet


def test_who_acts_proves_again_who_they_are(
    ministry: Organisation, sokha: Account, dara: Account
) -> None:
    path = begun(signed_in(dara), ministry)
    written(signed_in(dara), path)
    sokha.set_password(PASSWORD)
    sokha.save()
    client = signed_in(sokha, proved=False)
    where = f"/agreements/steps/agreement/{Version.objects.get().id}/khm/agree"

    asked = client.get(where)
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/?next=")
    back = client.post(asked.headers["Location"], {"password": PASSWORD})
    assert back.headers["Location"] == where
    assert client.get(where).status_code == 200


def test_two_who_write_the_same_are_told_and_nothing_is_lost(
    ministry: Organisation, sokha: Account, dara: Account
) -> None:
    one, other = signed_in(sokha), signed_in(dara)
    path = begun(other, ministry)
    written(one, path)
    where, terms = f"{path}/edit/text/en", f"{path}/edit/terms"
    mine, theirs = hidden(one.get(where), "base"), hidden(other.get(where), "base")
    apart = hidden(other.get(terms), "base")
    assert (
        one.post(where, {"base": mine, "authentic": "yes", "text-0": "First."}).status_code == 302
    )

    told = other.post(where, {"base": theirs, "authentic": "yes", "text-0": "Second."})
    assert told.status_code == 422
    assert "Second." in told.content.decode()
    assert "First." in told.content.decode()
    assert Version.objects.get().document["texts"]["en"]["articles"] == [{"text": "First."}]
    # Seen and wanted nevertheless; and another part was never in the way.
    again = {"base": hidden(told, "base"), "authentic": "yes", "text-0": "Second."}
    assert other.post(where, again).status_code == 302
    sent = {"base": apart, "consent": "signature", "needed": "2", "calendar": "UTC", "months": "x"}
    assert other.post(terms, sent).status_code == 422
    assert other.post(terms, sent | {"months": "36", "survivals": "1 (24)"}).status_code == 302
    document = Version.objects.get().document
    assert document["terms"]["survivals"] == [{"article": 1, "months": 24}]
    assert document["texts"]["en"]["articles"] == [{"text": "Second."}]


def test_who_is_no_party_finds_nothing(ministry: Organisation, dara: Account) -> None:
    path = begun(signed_in(dara), ministry)
    version = Version.objects.get()
    stranger, steward = Client(), signed_in(holder("bopha", "steward", NODE))
    other = signed_in(holder("mei", "officer", Scope("organisation", verified("CN").id)))
    step = f"agreement/{version.id}/khm/sign"
    over = path.rpartition("/")[0]
    pages = (
        over, path, f"{path}/compare", f"{path}/print/en", f"{path}/text.json",
        f"{path}/annexes/x", f"{path}/edit", f"{path}/edit/text/en", f"{path}/edit/terms",
        f"{path}/edit/annexes", f"/agreements/steps/{step}", f"/agreements/papers/new/{step}",
        "/agreements/papers/absent", "/agreements/papers/absent/scan", "/agreements/absent",
    )  # fmt: skip
    for page in pages:
        for reader in (steward, other):
            assert reader.get(page).status_code == 404, page
        assert stranger.get(page).status_code in {302, 404}, page
    assert steward.get("/agreements").status_code == 404
    assert steward.get("/agreements/new").status_code == 404
    assert other.get("/agreements").status_code == 200


def test_a_program_drafts_and_writes_down_papers(
    ministry: Organisation, sokha: Account, dara: Account
) -> None:
    def program(who: Account, *scopes: str) -> Any:
        _row, token = create_token(
            account_id=who.pk, label=" ".join(scopes), scopes=list(scopes), actor=SYSTEM, now=NOW
        )

        def call(method: str, path: str, body: Any = None, **headers: str) -> Any:
            return Client().generic(
                method,
                f"/api/v1/agreements{path}",
                json.dumps(body) if body is not None else b"",
                content_type="application/json",
                headers={"Authorization": f"Bearer {token}", **headers},
            )

        return call

    officer, keeper = program(sokha, "agreements"), program(dara, "agreements")
    parties = [
        {"id": "kh", "name": {"en": "Cambodia"}, "organisation": ministry.id},
        {"id": "la", "name": {"en": "Laos"}},
    ]
    body = {"type": "memorandum", "title": {"en": "Clean water"}, "parties": parties}
    made = keeper("POST", "", body, **{"Idempotency-Key": "k1"})
    assert made.status_code == 201, made.content
    assert keeper("POST", "", body, **{"Idempotency-Key": "k1"}).json() == made.json()
    found = made.json()
    assert found["problems"]
    here = f"/{found['agreement']}/versions/1"

    document = found["document"] | {
        "texts": {"en": {"authentic": True, "articles": [{"text": "We cooperate."}]}}
    }
    written = officer("PUT", here, {"document": document, "edit": found["edit"]})
    assert (written.status_code, written.json()["problems"]) == (200, [])
    assert officer("PUT", here, {"document": document, "edit": 0}).status_code == 409
    bad = {"document": {**document, "terms": {}}, "edit": written.json()["edit"]}
    assert officer("PUT", here, bad).status_code == 422
    paper = {
        "party": "la", "deed": "agree", "sha256": written.json()["sha256"],
        "done_on": "2026-11-01", "signatory": "Invented", "office": "Minister",
        "scan": base64.b64encode(PNG).decode(),
    }  # fmt: skip
    assert officer("POST", f"{here}/papers", paper).status_code == 403
    assert keeper("POST", f"{here}/papers", paper).json()["state"] == "waiting"
    assert keeper("POST", f"{here}/papers", paper | {"scan": "?"}).status_code == 422
    assert keeper("POST", f"{here}/ask").status_code == 200
    listed = officer("GET", "").json()["items"]
    assert [one["id"] for one in listed] == [found["agreement"]]
    bound = officer("GET", f"/{found['agreement']}/bound?on=2027-01-01").json()
    assert [(one["party"], one["version"]) for one in bound] == [("kh", None), ("la", None)]

    stranger = program(account("bopha"), "agreements")
    assert stranger("GET", f"/{found['agreement']}").status_code == 404
    assert stranger("GET", "").json()["items"] == []
    assert program(sokha, "read")("GET", "").status_code == 403
    assert officer("POST", f"{here}/abandon", {"reason": "No."}).json()["state"] == "abandoned"
