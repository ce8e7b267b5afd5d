"""Messages as people meet them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tests.web_service import WebService
from tonle.infra import jobs
from tonle.infra.messaging.line import signature
from tonle.people.models import Account
from tonle.people.notices import services
from tonle.people.notices.models import ChannelAddress, Notice, Preference, Robot
from tonle.people.notices.telling import stop_token
from tonle.people.notices.tests.factories import WAITS, tell
from tonle.people.tests.factories import account, holder

pytestmark = pytest.mark.django_db


@pytest.fixture
def sokha() -> Account:
    return account("sokha")


@pytest.fixture
def browser(sokha: Account) -> Client:
    client = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(sokha)
    return client


@pytest.fixture
def service(settings: Settings) -> Iterator[WebService]:
    with WebService() as made:
        settings.TONLE_OUTBOUND_PRIVATE = ["127.0.0.1"]
        settings.TONLE_TELEGRAM_TOKEN, settings.TONLE_TELEGRAM_API = "123:abc", made.url
        settings.TONLE_LINE_TOKEN, settings.TONLE_LINE_SECRET = "token", "secret"
        settings.TONLE_LINE_API, settings.TONLE_LINE_ID = made.url, "@tonle"
        settings.TONLE_SMS_URL, settings.TONLE_SMS_BODY = made.url, '{"text": "{text}"}'
        made.answer(200, {"ok": True, "result": {"username": "tonle_bot"}})
        yield made


CHOICE = {
    "rhythm": "weekly",
    "urgent_at_once": "on",
    "mail": "on",
    "hour": "17",
    "weekday": "4",
    "zone": "Asia/Vientiane",
}


def test_what_waits_is_counted_in_the_header_and_opened_from_the_page(
    browser: Client, sokha: Account
) -> None:
    assert "No messages yet" in browser.get("/me/notices").text
    tell(sokha, count=4)
    about = browser.get("/about").text
    assert re.search(r'href="/me/notices">Messages <span class="badge badge--bad">1<', about)

    page = browser.get("/me/notices")
    assert "1 thing waits for you." in page.text
    assert "4 things of yours wait." in page.text
    (link,) = re.findall(r'href="(/me/notices/[0-9a-f]+)"', page.text)
    assert browser.get(link).headers["Location"] == "/deposit/abc"
    assert "Nothing new waits for you." in browser.get("/me/notices").text
    assert "/me/notices" not in browser.get("/about").text


def test_all_is_marked_read_by_a_press(browser: Client, sokha: Account) -> None:
    tell(sokha)
    tell(sokha)
    assert browser.get("/me/notices/read").status_code == 405
    assert browser.post("/me/notices/read").status_code == 302
    assert not Notice.objects.filter(read_at__isnull=True).exists()


def test_anothers_notice_is_as_one_that_never_was(browser: Client) -> None:
    notice = tell(account("bopha"))
    theirs, absent = browser.get(f"/me/notices/{notice}"), browser.get("/me/notices/none")
    assert theirs.status_code == absent.status_code == 404
    assert Notice.objects.get().read_at is None


@pytest.mark.parametrize("page", ["/me/notices", "/me/channels", "/steward/messages"])
def test_pages_of_messages_ask_for_sign_in(page: str) -> None:
    stranger = Client(HTTP_HOST="localhost")
    assert stranger.get(page).headers["Location"].startswith("/accounts/login/?next=")


def test_a_stranger_costs_no_question_about_messages() -> None:
    stranger = Client(HTTP_HOST="localhost")
    with CaptureQueriesContext(connection) as asked:
        stranger.get("/accounts/login/")
    assert not [q for q in asked.captured_queries if "notice" in q["sql"]]


def test_one_chooses_when_to_be_told(browser: Client) -> None:
    page = browser.get("/me/channels").text
    assert "Once a day, all together" in page
    assert "By what first?" not in page, "there is nothing to choose yet"
    assert browser.post("/me/channels", CHOICE).status_code == 302
    kept = Preference.objects.get()
    assert (kept.rhythm, kept.hour, kept.weekday, kept.zone) == ("weekly", 17, 4, "Asia/Vientiane")
    assert "Your choice is kept." in browser.get("/me/channels").text

    refused = browser.post("/me/channels", {**CHOICE, "hour": "25"})
    assert refused.status_code == 422
    assert Preference.objects.get().hour == 17


def test_sms_is_connected_from_the_page(browser: Client, service: WebService) -> None:
    wrong = browser.post("/me/channels/sms/connect", {"address": "012 345 678"})
    assert wrong.status_code == 422
    assert "Write the number with its country" in wrong.text
    assert (
        browser.post("/me/channels/sms/connect", {"address": "+855 12 345 678"}).status_code == 302
    )
    jobs.run_all_due(datetime.now(UTC))
    (code,) = re.findall(r"\b\d{6}\b", service.asked[-1].json()["text"])
    assert "A code is on its way." in browser.get("/me/channels").text

    refused = browser.post("/me/channels/sms/confirm", {"code": "12"})
    assert refused.status_code == 422
    assert "This is not the code" in refused.text
    browser.post("/me/channels/sms/confirm", {"code": code})
    page = browser.get("/me/channels").text
    assert "+85512345678" in page
    assert "By what first?" in page
    browser.post("/me/channels", {**CHOICE, "first": "sms"})
    assert Preference.objects.get().channels == ["sms"]
    browser.post("/me/channels/sms/remove")
    assert not ChannelAddress.objects.exists()


def test_telegram_is_connected_by_a_code_that_the_page_shows(
    browser: Client, service: WebService
) -> None:
    browser.post("/me/channels/telegram/connect")
    page = browser.get("/me/channels").text
    (code,) = re.findall(r"https://t\.me/tonle_bot\?start=([A-Z0-9]{8})", page)
    assert f"<code>{code}</code>" in page
    assert "data:image/svg+xml" in page
    stranger = Client(HTTP_HOST="localhost")
    stranger.force_login(account("bopha"))
    assert code not in stranger.get("/me/channels").text


def test_line_calls_with_what_people_did(browser: Client, service: WebService) -> None:
    browser.post("/me/channels/line/connect")
    page = browser.get("/me/channels").text
    assert "https://line.me/R/ti/p/%40tonle" in page
    (code,) = re.findall(r"<code>([A-Z0-9]{8})</code>", page)
    event = {
        "type": "message",
        "source": {"type": "user", "userId": "U42"},
        "message": {"type": "text", "text": code},
    }
    body = json.dumps({"events": [event]}).encode()
    line = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)

    def call(signed: str) -> int:
        return line.post(
            "/hooks/line",
            body,
            content_type="application/json",
            headers={"X-Line-Signature": signed},
        ).status_code

    assert call("") == call(signature("other", body)) == 403
    assert ChannelAddress.objects.get().verified_at is None
    assert call(signature("secret", body)) == call(signature("secret", body)) == 200
    assert ChannelAddress.objects.get().address == "U42"
    assert line.get("/hooks/line").status_code == 405


def test_what_nobody_can_do_with_a_channel_is_absent(browser: Client, service: WebService) -> None:
    for path in ("telegram/confirm", "mail/what", "sms/wake", "telegram/wake"):
        assert browser.post(f"/me/channels/{path}").status_code == 404
    assert browser.post("/me/channels/pigeon/connect").status_code == 302
    assert "does not send messages that way" in browser.get("/me/channels").text


def test_letters_end_by_one_request_from_a_mail_program(sokha: Account) -> None:
    program = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    address = f"/messages/stop/{stop_token(sokha.pk)}"
    assert program.get(address).status_code == 200
    assert services.preference_of(sokha.pk).mail, "a look at the link ends nothing"

    answer = program.post(address, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "You get no more letters" in answer.text
    assert not services.preference_of(sokha.pk).mail
    assert program.post("/messages/stop/forged:token").status_code == 404


def test_a_letter_carries_its_own_end(sokha: Account) -> None:
    tell(sokha, now=datetime(2026, 1, 1, tzinfo=UTC))
    jobs.run_all_due(datetime(2026, 1, 3, tzinfo=UTC))
    (letter,) = mail.outbox
    stop = letter.extra_headers["List-Unsubscribe"].strip("<>")
    program = Client(HTTP_HOST="localhost")
    assert program.post(stop.removeprefix("http://localhost:8000")).status_code == 200
    assert not services.preference_of(sokha.pk).mail


def test_the_steward_adds_a_group_and_tests_it(service: WebService, settings: Settings) -> None:
    steward = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en")
    steward.force_login(holder("rith", "steward"))
    page = steward.get("/steward/messages").text
    assert all(name in page for name in ("Mail", "Telegram", "LINE", "SMS"))
    group = {
        "label": "Curators’ desk",
        "kind": "plain",
        "url": f"{service.url}/hook/SECRET",
        "role": "curator",
        "language": "km",
    }
    assert steward.post("/steward/messages", {**group, "url": "what"}).status_code == 422
    assert steward.post("/steward/messages", group).status_code == 302
    robot = Robot.objects.get()
    page = steward.get("/steward/messages").text
    assert "Curators’ desk" in page
    assert "SECRET" not in page

    service.answer(500, b"")
    steward.post(f"/steward/messages/test/robot:{robot.pk}")
    jobs.run_all_due(datetime.now(UTC))
    page = steward.get("/steward/messages").text
    assert "The service is out of order." in page
    assert "1 time in a row" in page
    steward.post("/steward/messages/test/line")
    assert "Connect that channel with your account first." in steward.get("/steward/messages").text
    steward.post(f"/steward/messages/{robot.pk}/remove")
    assert not Robot.objects.exists()


def test_others_do_not_see_the_stewards_page(browser: Client) -> None:
    assert browser.get("/steward/messages").status_code == 403
    assert browser.post("/steward/messages/test/mail").status_code == 403
    assert browser.post("/steward/messages/none/remove").status_code == 403


@pytest.mark.parametrize("page", ["/me/notices", "/me/channels", "/steward/messages"])
def test_pages_of_messages_come_in_every_language(
    language: str, page: str, service: WebService
) -> None:
    rith = holder("rith", "steward")
    client = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE=language)
    client.force_login(rith)
    services.notify(
        account_id=rith.pk, topic=WAITS.name, link="/x", now=datetime.now(UTC), data={"count": 1}
    )
    answer = client.get(page)
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
