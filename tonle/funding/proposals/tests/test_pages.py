"""Proposals on pages, as the lead, a partner abroad, an officer and strangers meet them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tonle.agreements.tests.test_pages import PNG, act, hidden, signed_in, verified
from tonle.catalogue.tests.conftest import home as home
from tonle.funding.calls import services as calls
from tonle.funding.calls.tests.test_calls import DARA, document, settle, sign
from tonle.funding.models import Call, Proposal
from tonle.funding.proposals import reminding, telling
from tonle.funding.rules.proposals import SUMMARY, THEME, TITLE
from tonle.infra import clock, jobs
from tonle.kernel.actors import NODE, Scope
from tonle.kernel.dates import format_instant
from tonle.people.models import Account, Organisation
from tonle.people.notices.models import Notice
from tonle.people.tests.factories import account, holder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

JSON = {"Accept": "application/json"}


def opened(organisation: str = "0000000000kh", **changed: Any) -> Call:
    """A call that has been open since yesterday, by the real clock."""
    now = clock.now().replace(microsecond=0)
    said = document(**{"endorsement": "waived", **changed})
    said["opens_at"] = format_instant(now - timedelta(days=1))
    said["closes_at"] = format_instant(now + timedelta(days=5))
    said["parties"][0]["organisation"] = organisation
    text = calls.create_call(title=said["title"], parties=said["parties"], actor=DARA, now=now)
    text = calls.write_text(text_id=text.id, document=said, edit=0, actor=DARA, now=now)
    if organisation == "0000000000kh":
        sign(text, "kh", now)
    else:
        officer = holder("officer", "officer", Scope("organisation", organisation))
        assert act(
            signed_in(officer), f"/agreements/steps/call/{text.id}", "kh", "sign"
        ).status_code == 302  # fmt: skip
    sign(text, "cn", now)
    calls.publish_call(call_id=text.call.id, actor=DARA, now=now)
    settle(now)
    return Call.objects.get(pk=text.call_id)


def carried(page: str, *names: str) -> dict[str, str]:
    """What hidden fields of a page hold, as far as they are there."""
    found = ((name, re.search(rf'name="{name}" value="([^"]*)"', page)) for name in names)
    return {name: match[1] for name, match in found if match}


def send(client: Client, path: str, **fields: Any) -> Any:
    """The form of a page, sent with what it carries."""
    page = client.get(path)
    assert page.status_code == 200, path
    names = ("seal", "key", "seq", "session", "in", "sha256", "edit")
    return client.post(path, carried(page.content.decode(), *names) | fields)


def begun(client: Client, call: Call, language: str = "km") -> str:
    answer = send(client, f"/funding/calls/{call.id}/apply", language=language)
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def filled(chan: Client, lin: Client, call: Call) -> str:
    """Everything answered by two people at their pages. The address of the proposal."""
    path = begun(chan, call)
    answer = send(chan, f"{path}/write/_proposal", **{TITLE: "ពន្លឺ", SUMMARY: "ខ្លី", THEME: "energy"})
    assert answer.headers["Location"].startswith(f"{path}/write/project")
    assert send(chan, f"{path}/write/project", aim="គោល").headers["Location"] == path
    for name, country, party in (("RUPP (invented)", "KHM", "kh"), ("YNU (invented)", "CHN", "cn")):
        made = send(
            chan, f"{path}/partners/new", do="partner", name=name, country=country, party=party
        )
        assert made.status_code == 302
        costs = {"costs-1-year": "២០២៧", "costs-1-category": "staff", "costs-1-amount": "1,250.50"}
        to = made.headers["Location"].split("#")[0]
        assert send(chan, to, do="costs", **costs).status_code == 302
    page = send(chan, f"{path}/people", do="link", role="investigator", partner="p2").content
    link = re.search(r"/funding/join/[0-9a-f]+", page.decode())
    assert link
    assert "ពន្លឺ" in lin.get(link[0]).content.decode()
    assert lin.post(link[0]).headers["Location"] == path
    assert lin.get(link[0]).status_code == 404
    return path


@pytest.fixture
def chan() -> Client:
    return signed_in(account("chan"))


@pytest.fixture
def lin() -> Client:
    return signed_in(account("lin"))


def test_two_people_write_sign_and_submit_at_their_pages(chan: Client, lin: Client) -> None:
    call = opened()
    record = Client().get(f"/records/{call.id}").content.decode()
    assert f"/funding/calls/{call.id}/apply" in record
    path = filled(chan, lin, call)
    row = Proposal.objects.get()
    assert [one.amount_minor for one in row.costs.all()] == [125_050, 125_050]

    page = chan.get(path).content.decode()
    assert "Sign what it says now" in page
    assert 'value="submit"' not in page
    for client in (chan, lin):
        assert send(client, path, do="sign").status_code == 302
    assert send(lin, path, do="submit").status_code == 403
    assert send(chan, path, do="submit").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.number) == ("submitted", 1)
    told = Notice.objects.values_list("topic", flat=True)
    assert {
        "funding.proposal_joined",
        "funding.proposal_sign",
        "funding.proposal_submitted",
    } <= set(told)

    for client in (chan, lin):
        version = client.get(f"{path}/v1").content.decode()
        assert "គោល" in version
        assert "1,250.50" in version
    send(chan, f"{path}/write/project", aim="ថ្មី", go="stay")
    assert "What you wrote since is not submitted" in chan.get(path).content.decode()
    assert send(chan, path, do="withdraw", reason="ល").status_code == 302
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert chan.get("/funding/proposals").content.decode().count("<li>") >= 1


def test_what_is_typed_is_kept_by_script_and_a_clash_shows_both(chan: Client, lin: Client) -> None:
    path = filled(chan, lin, opened())
    place = f"{path}/write/project"
    page = chan.get(place).content.decode()
    held = carried(page, "seal", "seq", "in")
    one = chan.post(place, held | {"aim": "មួយ"}, headers=JSON).json()
    assert one["problems"] == {}
    assert one["seq"] != held["seq"]
    two = chan.post(place, held | {"aim": "ពីរ", "seq": one["seq"]}, headers=JSON)
    assert two.status_code == 200

    theirs = send(lin, place, aim="បី", go="stay")
    assert theirs.status_code == 302
    clash = chan.post(place, held | {"aim": "បួន", "seq": two.json()["seq"]}, headers=JSON)
    assert (clash.status_code, clash.json()["code"]) == (409, "edit_conflict")
    shown = chan.post(place, held | {"aim": "បួន", "seq": two.json()["seq"]})
    text = shown.content.decode()
    assert shown.status_code == 409
    assert "បី" in text
    assert "បួន" in text
    settled = held | carried(text, "seq") | {"aim": "បី និង បួន"}
    joined = chan.post(place, settled)
    assert joined.status_code == 302
    assert "បី និង បួន" in lin.get(place).content.decode()


def test_a_translation_stands_beside_its_source_and_is_called_old(
    chan: Client, lin: Client
) -> None:
    path = filled(chan, lin, opened())
    place = f"{path}/write/project"
    beside = lin.get(f"{place}?in=zh-Hans").content.decode()
    assert "គោល" in beside
    assert send(lin, f"{place}?in=zh-Hans", aim="目标", go="stay").status_code == 302
    send(chan, place, aim="គោលថ្មី", go="stay")
    assert "older than the text it translates" in chan.get(path).content.decode()
    assert "has changed since this translation" in lin.get(f"{place}?in=zh-Hans").content.decode()
    send(lin, f"{place}?in=zh-Hans", aim="目标", **{"aim-holds": "yes"}, go="stay")
    assert "older than the text it translates" not in chan.get(path).content.decode()


def test_nothing_typed_is_lost_by_a_form_that_cannot_be_saved(chan: Client) -> None:
    path = begun(chan, opened())
    wrong = send(chan, f"{path}/write/_proposal", **{TITLE: "ខ" * 5, THEME: "astrology"})
    assert wrong.status_code == 422
    assert "ខខខខខ" in wrong.content.decode()
    assert "ខខខខខ" in chan.get(path).content.decode()
    out = Client().post(f"{path}/write/project", {"aim": "typed by nobody"})
    assert out.status_code == 401
    assert "typed by nobody" in out.content.decode()
    forged = chan.post(f"{path}/write/project", {"aim": "forged"})
    assert forged.status_code == 403
    empty = send(chan, f"{path}/partners/new", do="partner", name="  ", country="KHM")
    assert empty.status_code == 422


def test_costs_that_cannot_be_read_are_told_at_their_field(chan: Client, lin: Client) -> None:
    path = filled(chan, lin, opened())
    page = f"{path}/partners/p1"
    for wrong, field in (
        ({"costs-2-amount": "12.345", "costs-2-year": "2027"}, "costs-2-amount"),
        ({"costs-2-amount": "12", "costs-2-year": "soon"}, "costs-2-year"),
        ({"costs-2-amount": "12", "costs-2-year": "1066"}, "costs-2-year"),
        (
            {"costs-2-amount": "12", "costs-2-year": "2027", "costs-2-category": "gold"},
            "costs-2-category",
        ),
    ):
        sent = {"costs-2-category": "staff", **wrong}
        answer = send(chan, page, do="costs", **sent)
        assert answer.status_code == 422
        assert f'href="#{field}"' in answer.content.decode()


def test_whoever_is_not_of_it_meets_the_same_as_for_none(chan: Client, lin: Client) -> None:
    call = opened()
    path = filled(chan, lin, call)
    none = path.rsplit("/", 1)[0] + "/0000000000000b0"
    stranger = signed_in(account("stranger"))
    steward = signed_in(holder("boss", "steward", NODE))
    for client in (stranger, steward):
        for rest in ("", "/v1", "/write/project", "/people", "/partners/p1", "/partners/new"):
            hidden_, absent = client.get(path + rest), client.get(none + rest)
            assert hidden_.status_code == absent.status_code == 404
            strip = [
                one.content.replace(p.encode(), b"") for one, p in ((hidden_, path), (absent, none))
            ]
            assert strip[0] == strip[1]
    for rest in ("", "/write/project", "/people"):
        assert Client().get(path + rest).status_code == 302
    assert stranger.get(f"/funding/calls/{call.id}/proposals").status_code == 404


def test_an_office_counts_and_then_reads(chan: Client, lin: Client) -> None:
    ministry = verified("KH")
    call = opened(ministry.id)
    path = filled(chan, lin, call)
    for client in (chan, lin):
        send(client, path, do="sign")
    send(chan, path, do="submit")
    officer = signed_in(Account.objects.get(email__startswith="officer"))
    place, one = (
        f"/funding/calls/{call.id}/proposals",
        f"/funding/received/{path.rsplit('/', 1)[1]}",
    )
    before = officer.get(place).content.decode()
    assert "ពន្លឺ" not in before
    assert "once the call has closed" in before
    assert officer.get(one).status_code == 404

    now = clock.now()
    Call.objects.update(closes_at=now - timedelta(minutes=1))
    after = officer.get(place).content.decode()
    assert "ពន្លឺ" in after
    assert "គោល" in officer.get(one).content.decode()
    assert officer.get(path).status_code == 404
    stranger = signed_in(account("stranger"))
    assert stranger.get(one).status_code == 404


def test_an_institution_endorses_on_screen_or_by_letter(chan: Client, lin: Client) -> None:
    university: Organisation = verified("KH")
    call = opened(endorsement="required")
    path = filled(chan, lin, call)
    row = Proposal.objects.get()
    first, second = row.partners.order_by("key")
    said = {"name": first.name, "country": "KHM", "party": "kh", "organisation": university.id}
    send(chan, f"{path}/partners/p1", do="partner", **said)
    for client in (chan, lin):
        send(client, path, do="sign")
    assert send(chan, path, do="submit").status_code == 422

    rector = signed_in(holder("rector", "officer", Scope("organisation", university.id)))
    of_first, of_second = f"/funding/endorsements/{first.id}", f"/funding/endorsements/{second.id}"
    assert "ពន្លឺ" in rector.get(of_first).content.decode()
    assert rector.get(path).status_code == 404
    assert rector.get(of_second).status_code == 404
    assert act(
        rector, f"/agreements/steps/endorsement/{first.id}", "institution", "endorse"
    ).status_code == 302  # fmt: skip
    paper = f"/agreements/papers/new/endorsement/{second.id}/institution/endorse"
    sent = {
        "sha256": hidden(lin.get(paper), "sha256"), "signatory": "An invented rector",
        "office": "Rector", "done_on": clock.now().date().isoformat(),
        "scan": SimpleUploadedFile("s.png", PNG),
    }  # fmt: skip
    assert lin.post(paper, sent).status_code == 302
    assert send(chan, path, do="submit").status_code == 302

    # A word of an answer changes nothing of it; another title does.
    send(chan, f"{path}/write/project", aim="ពាក្យ", go="stay")
    assert "Not endorsed yet" not in chan.get(path).content.decode()
    send(
        chan,
        f"{path}/write/_proposal",
        **{TITLE: "ផ្សេង", SUMMARY: "ខ្លី", THEME: "energy"},
        go="stay",
    )
    assert "Not endorsed yet" in chan.get(path).content.decode()


def test_a_lead_hears_in_time_that_nothing_is_submitted(chan: Client) -> None:
    begun(chan, opened())
    now = clock.now()
    for instant in (now, now + timedelta(hours=1), now + timedelta(days=4, hours=12)):
        jobs.enqueue(reminding.JOB, {}, run_at=instant)
        jobs.run_all_due(instant)
    told = Notice.objects.filter(topic="funding.proposal_soon")
    assert told.count() == 2  # Within a week, and on the last day.
    assert told[0].about == telling.about(Proposal.objects.get())
