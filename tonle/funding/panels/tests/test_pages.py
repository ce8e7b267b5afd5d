"""Panels on pages, as who runs one, an officer, a reviewer and strangers meet them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client

from tonle.agreements.tests.test_pages import act, signed_in, verified
from tonle.catalogue.tests.conftest import home as home
from tonle.funding.models import Call, Conflict, Proposal, Review, Reviewer
from tonle.funding.proposals.tests.test_pages import filled, opened, send
from tonle.funding.rules.machines import CALL
from tonle.infra import clock
from tonle.infra.lifecycle import perform
from tonle.kernel.actors import NODE, SYSTEM
from tonle.people.models import Account
from tonle.people.notices.models import Notice
from tonle.people.tests.factories import account, holder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@dataclass
class Case:
    """A closed call with one submitted proposal, and who has to do with it."""

    call: Call
    row: Proposal
    officer: Client
    keeper: Client
    lead: Client

    @property
    def panel(self) -> str:
        return f"/funding/calls/{self.call.id}/panels/_joint"


@pytest.fixture
def case() -> Case:
    call = opened(verified("KH").id)
    chan, lin = signed_in(account("chan")), signed_in(account("lin"))
    path = filled(chan, lin, call)
    for client in (chan, lin):
        send(client, path, do="sign")
    assert send(chan, path, do="submit").status_code == 302
    Call.objects.update(closes_at=clock.now() - timedelta(minutes=1))
    call.refresh_from_db()
    perform(CALL, call, "close", SYSTEM, clock.now())
    officer = signed_in(Account.objects.get(email__startswith="officer"))
    keeper = signed_in(holder("secretary", "secretariat", NODE))
    return Case(call, Proposal.objects.get(), officer, keeper, chan)


def admitted(case: Case) -> Case:
    """Cambodia says so on its page; what China thinks is left out of the question."""
    case.row.parties.filter(party__slug="cn").update(pays=False)
    place = f"/agreements/steps/eligibility/{case.row.id}"
    assert act(case.officer, place, "kh", "admit").status_code == 302
    case.row.refresh_from_db()
    assert case.row.state == "eligible"
    return case


def reviewer(case: Case, name: str, side: str = "", **more: str) -> Client:
    """Somebody who follows the link that was made for them."""
    page = send(case.keeper, f"{case.panel}/reviewers", do="link", side=side, label=name)
    link = re.search(r"/funding/review-for/[0-9a-f]+", page.content.decode())
    assert link, page.content.decode()
    client = signed_in(account(name))
    assert client.get(link[0]).status_code == 200
    said = {"name": name, "country": "KHM", "institution": f"House of {name}",
            "knows": "ពន្លឺ, solar", "most": "៥", "themes": "energy"}  # fmt: skip
    assert client.post(link[0], said | more).headers["Location"] == "/funding/reviews"
    assert client.get(link[0]).status_code == 404
    return client


def staffed(case: Case) -> dict[str, Client]:
    return {name: reviewer(case, name, side) for name, side in (("vanna", "kh"), ("wang", "cn"))}


def test_an_officer_says_on_the_page_that_it_is_not_eligible(case: Case) -> None:
    place = f"/agreements/steps/eligibility/{case.row.id}/kh/rule_out"
    page = case.officer.get(f"/funding/received/{case.row.id}").content.decode()
    assert place in page
    assert "Nothing said yet" in page
    form = case.officer.get(place).content.decode()
    sent = {name: re.search(rf'name="{name}" value="([^"]*)"', form)[1] for name in  # type: ignore[index]  # Both are on the page.
            ("sha256", "key")}  # fmt: skip
    assert case.officer.post(place, sent).status_code == 422
    sent["reason"] = "The institute is on no list."
    assert case.officer.post(place, sent).status_code == 302
    page = case.officer.get(f"/funding/received/{case.row.id}").content.decode()
    assert "on no list" in page
    assert "not eligible" in page
    lead = case.lead.get(f"/funding/proposals/{case.row.id}").content.decode()
    assert "eligible" not in lead
    assert "on no list" not in lead


def test_from_the_first_link_to_the_last_word(case: Case) -> None:
    admitted(case)
    people = staffed(case)
    assert send(case.keeper, case.panel, do="propose", per_proposal="២").status_code == 302
    page = case.keeper.get(case.panel).content.decode()
    assert "House of vanna" in page
    run = re.search(r'name="run" value="([^"]*)"', page)
    assert run
    assert not Review.objects.exists()
    assert case.keeper.post(case.panel, {"do": "adopt", "run": run[1]}).status_code == 302
    assert Notice.objects.filter(topic="funding.review_asked").count() == 2

    vanna = people["vanna"]
    row = Review.objects.get(reviewer__name="vanna")
    place = f"/funding/reviews/{row.id}"
    assert place in vanna.get("/funding/reviews").content.decode()
    before = vanna.get(place).content.decode()
    assert "ពន្លឺ" in before
    assert "RUPP (invented)" in before
    assert "គោល" not in before
    assert send(vanna, place, do="accept").status_code == 422
    assert send(vanna, place, do="accept", declares="yes").status_code == 302
    assert "គោល" in vanna.get(place).content.decode()

    assert send(vanna, place, do="save", **{"score-quality": "9"}).status_code == 422
    assert send(vanna, place, do="submit", **{"score-quality": "4"}).status_code == 422
    whole = {"score-quality": "4", "score-benefit": "5", "words-quality": "Sound <b>work</b>.",
             "words-benefit": "Clear.", "aside": "Between us."}  # fmt: skip
    assert send(vanna, place, do="submit", **whole).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.scores) == ("submitted", {"quality": 4, "benefit": 5})

    of_panel = f"{case.panel}/{case.row.id}"
    for reader in (case.keeper, case.officer):
        page = reader.get(of_panel).content.decode()
        assert "88.0" in page
        assert "Between us." in page
        assert "Sound &lt;b&gt;work" in page
    assert send(case.keeper, of_panel, do="reopen", review=row.id).status_code == 302
    assert Notice.objects.filter(topic="funding.review_given_back").count() == 1
    assert case.officer.post(of_panel, {"do": "release", "review": row.id}).status_code == 403

    wang = people["wang"]
    other = f"/funding/reviews/{Review.objects.get(reviewer__name='wang').id}"
    assert send(wang, other, do="declare", kind="advisor").status_code == 302
    assert "You need do nothing" in wang.get(other).content.decode()


def test_what_is_possible_is_settled_with_a_reason(case: Case) -> None:
    admitted(case)
    reviewer(case, "near", "kh", institution="rupp (INVENTED)")
    row = Conflict.objects.get()
    assert row.status == "possible"
    place = f"{case.panel}/conflicts"
    assert "rupp (INVENTED)" in case.officer.get(place).content.decode()
    sent = {"conflict": str(row.pk), "do": "waived"}
    assert case.officer.post(place, sent | {"reason": "Two houses."}).status_code == 403
    assert case.keeper.post(place, sent).status_code == 422
    assert case.keeper.post(place, sent | {"reason": "Two houses."}).status_code == 302
    row.refresh_from_db()
    assert row.status == "waived"
    assert "Two houses." in case.keeper.get(f"{place}?status=waived").content.decode()


def test_somebody_is_asked_by_hand_and_wishes_are_kept(case: Case) -> None:
    admitted(case)
    people = staffed(case)
    place = f"{case.panel}/{case.row.id}"
    vanna, wang = (Reviewer.objects.get(name=name) for name in ("vanna", "wang"))
    assert send(case.keeper, place, do="ask", reviewer=vanna.id).status_code == 422
    asked = send(case.keeper, place, do="ask", reviewer=vanna.id, reason="Knows it.")
    assert asked.status_code == 302
    assert Review.objects.get().reviewer == vanna
    send(case.keeper, place, do="never", reviewer=wang.id, reason="Too near.")
    assert "Too near." in case.keeper.get(place).content.decode()
    other = send(case.keeper, place, do="conflict", reviewer=vanna.id, kind="personal", reason="x")
    assert other.status_code == 302
    assert "You need do nothing" in people["vanna"].get(
        f"/funding/reviews/{Review.objects.get().id}"
    ).content.decode()  # fmt: skip


def test_whoever_has_no_part_meets_the_same_as_for_none(case: Case) -> None:
    admitted(case)
    staffed(case)
    send(case.keeper, case.panel, do="propose", per_proposal="2")
    case.lead.get("/funding/proposals")  # What it has still to say.
    none = case.panel.replace(case.call.id, "0000000000000b0")
    strangers = [
        signed_in(account("stranger")), signed_in(holder("boss", "steward", NODE)), case.lead,
    ]  # fmt: skip
    for client in strangers:
        for rest in ("", "/reviewers", "/conflicts", f"/{case.row.id}"):
            hidden, absent = client.get(case.panel + rest), client.get(none + rest)
            assert hidden.status_code == absent.status_code == 404
            assert hidden.content.replace(case.call.id.encode(), b"") == absent.content.replace(
                b"0000000000000b0", b""
            )
    assert Client().get(case.panel).status_code == 302
    assert case.keeper.get(case.panel.rsplit("/", 1)[0]).headers["Location"] == case.panel


def test_a_form_that_outlived_its_login_is_not_lost(case: Case) -> None:
    admitted(case)
    people = staffed(case)
    send(case.keeper, f"{case.panel}/{case.row.id}", do="ask", reason="x",
         reviewer=Reviewer.objects.get(name="vanna").id)  # fmt: skip
    place = f"/funding/reviews/{Review.objects.get().id}"
    send(people["vanna"], place, do="accept", declares="yes")
    page = people["vanna"].get(place).content.decode()
    seal = re.search(r'name="seal" value="([^"]*)"', page)
    assert seal
    answer = Client().post(place, {"seal": seal[1], "do": "save", "words-quality": "Kept words"})
    assert "Kept words" in answer.content.decode()
    assert people["vanna"].post(place, {"do": "save", "words-quality": "x"}).status_code in {
        403, 409, 422,
    }  # fmt: skip
