"""Joint calls on pages, as officers, the secretariat and strangers meet them."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.constants import NOW
from tonle.agreements.models import PartyStep
from tonle.agreements.tests.test_pages import PNG, act, hidden, signed_in, verified
from tonle.catalogue.tests.conftest import home as home
from tonle.funding.calls import services
from tonle.funding.calls.tests.test_calls import DARA, document
from tonle.funding.models import Call, CallText
from tonle.infra import clock
from tonle.kernel.actors import NODE, Scope
from tonle.kernel.dates import format_instant
from tonle.people.tests.factories import account, holder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def drafted(organisation: str) -> CallText:
    """A whole text whose Chinese side acts on paper; it opens in the years to come."""
    said = document(chinese="")
    said["parties"][0]["organisation"] = organisation
    said["opens_at"] = format_instant(clock.now().replace(year=2100, day=1, microsecond=0))
    said["closes_at"] = "2101-03-15T10:00:00Z"
    text = services.create_call(title=said["title"], parties=said["parties"], actor=DARA, now=NOW)
    return services.write_text(text_id=text.id, document=said, edit=0, actor=DARA, now=NOW)


def test_a_call_is_signed_on_screen_and_on_paper_and_published() -> None:
    ministry = verified("KH")
    sokha = holder("sokha", "officer", Scope("organisation", ministry.id))
    dara, rith = (holder(name, "secretariat", NODE) for name in ("dara", "rith"))
    officer, keeper, second = signed_in(sokha), signed_in(dara), signed_in(rith)
    text = drafted(ministry.id)
    path = f"/funding/calls/{text.call.id}/v1"

    assert text.document["title"]["en"] in officer.get("/funding/calls").content.decode()
    assert officer.get(f"/funding/calls/{text.call.id}").headers["Location"] == path
    canonical = officer.get(f"{path}/text.json").content
    page = officer.get(path).content.decode()
    assert hashlib.sha256(canonical).hexdigest() in page
    assert "USD\xa01,000,000" in page
    assert "qr" in officer.get(f"{path}/print/km").content.decode()
    assert officer.get(f"{path}/print/th").status_code == 404
    assert keeper.post(path, {"do": "publish"}).status_code == 422

    assert act(officer, f"/agreements/steps/call/{text.id}", "kh", "sign").status_code == 302
    paper = f"/agreements/papers/new/call/{text.id}/cn/sign"
    sent = {
        "sha256": hidden(keeper.get(paper), "sha256"), "signatory": "An invented person",
        "office": "Minister", "done_on": clock.now().date().isoformat(),
        "scan": SimpleUploadedFile("s.png", PNG),
    }  # fmt: skip
    assert keeper.post(paper, sent).status_code == 302
    step = PartyStep.objects.get(way="paper")
    assert second.post(f"/agreements/papers/{step.id}", {"do": "confirm"}).status_code == 302
    assert Call.objects.get().state == "agreed"
    assert officer.post(path, {"do": "publish"}).status_code == 422
    assert Call.objects.get().state == "agreed"
    assert keeper.post(path, {"do": "publish"}).status_code == 302
    assert Call.objects.get().state == "published"
    begun = officer.post(path, {"do": "correct"})
    assert begun.headers["Location"].endswith("/v2")
    given = officer.post(begun.headers["Location"], {"do": "abandon", "reason": "A mistake."})
    assert given.status_code == 302


def test_who_is_no_party_finds_nothing() -> None:
    text = drafted("0000000000kh")
    stranger = signed_in(account("bopha"))
    paths = [f"/funding/calls/{{}}{rest}" for rest in ("", "/v1", "/v1/text.json", "/v1/print/km")]
    for path in paths:
        there, absent = (stranger.get(path.format(id_)) for id_ in (text.call.id, "0" * 15))
        assert there.status_code == absent.status_code == 404
        assert there.content.replace(text.call.id.encode(), b"") == absent.content.replace(
            b"0" * 15, b""
        )
    assert stranger.get("/funding/calls").status_code == 404
    assert (
        "/accounts/login" in Client().get(f"/funding/calls/{text.call.id}/v1").headers["Location"]
    )
