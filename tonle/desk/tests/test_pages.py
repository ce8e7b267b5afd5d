"""The desk's pages and its interface, as people and programs use them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from tests.constants import NOW
from tonle.catalogue.models import Record
from tonle.desk import calendars, keeping, letters, services
from tonle.desk.models import CalendarDay, Office, Question
from tonle.infra import clock, jobs
from tonle.kernel.actors import ANONYMOUS, Actor
from tonle.kernel.errors import NotPermitted
from tonle.people.models import Account
from tonle.people.services import create_token

pytestmark = pytest.mark.django_db


def signed_in(who: Actor) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=who.id))
    return client


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_a_stranger_asks_confirms_and_asks_on(record: Record, sokha: Actor) -> None:
    stranger = Client()
    page = stranger.get(f"/records/{record.id}/ask")
    assert page.status_code == 200

    sent = stranger.post(
        f"/records/{record.id}/ask",
        {"text": "ទឹកជ្រៅប៉ុន្មាន?", "address": "t@example.org", "may_be_public": "on"},
        follow=True,
    )
    assert "Look into your mail" in text_of(sent)
    jobs.run_all_due(clock.now())
    question = Question.objects.get()
    link = f"/questions/confirm/{letters.secret_of(question)}"
    assert link in mail.outbox[0].body


def test_confirming_takes_a_press_since_programs_open_links(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The link lives three days.
    monkeypatch.setattr(clock, "now", lambda: NOW)
    question = services.ask(
        record_id=record.id, text="How deep?", language="en", actor=ANONYMOUS,
        now=NOW, asker=services.Asker("t@example.org"),
    )  # fmt: skip
    secret, stranger = letters.secret_of(question), Client()

    assert stranger.get(f"/questions/confirm/{secret}").status_code == 200
    question.refresh_from_db()
    assert question.state == "asked"

    shown = stranger.post(f"/questions/confirm/{secret}", follow=True)
    assert "How deep?" in text_of(shown)
    assert shown["Referrer-Policy"] == "no-referrer"
    assert "no-store" in shown["Cache-Control"]
    question.refresh_from_db()
    assert question.state == "with_contact"


def test_a_mistake_keeps_what_was_typed(record: Record) -> None:
    page = Client().post(f"/records/{record.id}/ask", {"text": "How deep?", "address": "nobody"})

    assert page.status_code == 422
    assert "How deep?" in text_of(page)
    assert not Question.objects.exists()


def test_a_machine_that_asks_on_and_on_is_told_to_wait(record: Record) -> None:
    stranger = Client()
    for number in range(11):
        last = stranger.post(
            f"/records/{record.id}/ask",
            {"text": f"Q{number}?", "address": f"t{number}@example.org"},
        )

    assert last.status_code == 422
    assert Question.objects.count() == 10


def test_nobody_is_sent_letters_by_strangers_without_end() -> None:
    for number in range(8):
        last = Client(REMOTE_ADDR=f"192.0.2.{number}").post(
            "/help/ask", {"text": f"Q{number}?", "address": "Victim@example.org"}
        )

    assert last.status_code == 422
    assert Question.objects.count() == 5


def test_the_contact_answers_on_the_page_and_everybody_reads_it(
    record: Record, sokha: Actor, bopha: Actor
) -> None:
    question = services.ask(
        record_id=record.id, text="How deep?", language="en", actor=bopha, now=NOW,
        may_be_public=True,
    )  # fmt: skip
    contact = signed_in(sokha)
    here = f"/questions/{question.id}"
    assert "How deep?" in text_of(contact.get("/desk"))

    contact.post(here, {"do": "write", "text": "Four metres."})
    shown = contact.post(
        here, {"do": "publish", "question": "How deep?", "answer": "Four metres."}, follow=True
    )
    assert shown.status_code == 200

    public = text_of(Client().get(f"/records/{record.id}/questions"))
    assert "Four metres." in public
    mine = text_of(signed_in(bopha).get(here))
    assert "Four metres." in mine
    assert "It is not mine to answer" not in mine


def test_who_has_nothing_to_do_with_it_finds_nothing(
    record: Record, sokha: Actor, bopha: Actor
) -> None:
    question = services.ask(
        record_id=record.id, text="How deep?", language="en", actor=sokha, now=NOW
    )
    outsider = signed_in(bopha)

    hidden = outsider.get(f"/questions/{question.id}")
    absent = outsider.get("/questions/000000000000000")
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.content == absent.content
    assert outsider.get("/desk").status_code == 404
    assert outsider.get("/desk/calendar").status_code == 404
    assert Client().get(f"/questions/{question.id}").status_code == 302


def test_a_draft_cannot_be_asked_about(home: None) -> None:
    assert Client().get("/records/000000000000000/ask").status_code == 404
    assert Client().get("/records/000000000000000/questions").status_code == 404


def test_the_help_page_says_by_when_and_where(home: None, rith: Actor, sokha: Actor) -> None:
    steward = signed_in(rith)
    steward.post(
        "/desk/offices",
        {
            "name": "Data desk", "hours": "8:00 to 16:30", "telephone": "+855 23 (0) 123",
            "languages": ["km", "en"],
        },
    )  # fmt: skip
    page = text_of(Client().get("/help"))
    assert "Data desk" in page
    assert 'href="tel:+855230123"' in page
    assert "Khmer" in page

    office = Office.objects.get()
    steward.post(f"/desk/offices/{office.id}", {"remove": "1"})
    assert not Office.objects.exists()
    with pytest.raises(NotPermitted):
        keeping.remove_office(office_id=office.id, actor=sokha, now=NOW)


def test_a_corrected_day_moves_the_next_promise(home: None, rith: Actor, bopha: Actor) -> None:
    before = services.ask(record_id="", text="Open?", language="en", actor=bopha, now=NOW)
    steward = signed_in(rith)
    assert before.promised_on == date(2026, 11, 30)

    page = steward.post(
        "/desk/calendar?member=KHM&year=2026",
        {"day": "2026-11-27", "works": "0", "name": "Flood", "source": "Sub-decree 1"},
        follow=True,
    )
    assert "Sub-decree 1" in text_of(page)
    after = services.ask(record_id="", text="Open?", language="en", actor=bopha, now=NOW)
    assert after.promised_on == date(2026, 12, 1)

    steward.post("/desk/calendar?member=KHM&year=2026", {"forget": "2026-11-27"})
    assert not CalendarDay.objects.exists()


@pytest.mark.parametrize("member", ["KHM", "LAO", "THA", "VNM", "MMR", "CHN-YN"])
def test_every_member_has_a_calendar_in_its_own_words(member: str) -> None:
    days = calendars.days_of(member, 2026, "km")

    assert len(days) > 5
    assert [day.day for day in days] == sorted(day.day for day in days)


def test_programs_ask_read_and_answer(record: Record, sokha: Actor, bopha: Actor) -> None:
    def bearer(who: Actor, *scopes: str) -> dict[str, str]:
        _row, secret = create_token(
            account_id=who.id, label="-".join(scopes), scopes=list(scopes), actor=who, now=NOW
        )
        return {"Authorization": f"Bearer {secret}"}

    client, asker, contact = Client(), bearer(bopha, "ask"), bearer(sokha, "ask")
    body = json.dumps({"record": record.id, "text": "How deep?", "may_be_public": True})
    same = {**asker, "Idempotency-Key": "k" * 22}
    first = client.post("/api/v1/questions", body, "application/json", headers=same)
    again = client.post("/api/v1/questions", body, "application/json", headers=same)
    assert first.status_code == 201, first.content
    assert first.json()["id"] == again.json()["id"]

    here = f"/api/v1/questions/{first.json()['id']}"
    answered = client.post(
        f"{here}/remarks", json.dumps({"text": "Four."}), "application/json", headers=contact
    )
    assert answered.json()["state"] == "answered"
    listed = client.get("/api/v1/questions", headers=asker).json()["items"]
    assert [(item["state"], item["asked_by_me"]) for item in listed] == [("answered", True)]
    narrow = client.get(here, headers=bearer(bopha, "read"))
    assert narrow.status_code == 403
    assert client.get("/api/v1/questions").status_code == 401

    services.publish_answer(
        question_id=first.json()["id"], question="How deep?", answer="Four.", language="en",
        actor=sokha, now=NOW,
    )  # fmt: skip
    public = client.get(f"/api/v1/questions/public?record={record.id}").json()["items"]
    assert [item["answer"] for item in public] == ["Four."]
