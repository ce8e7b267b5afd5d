"""Era and digits of somebody with an account: on every device, and in letters."""

from __future__ import annotations

import pytest
from django.http import HttpRequest
from django.test import Client

from tests.constants import NOW
from tonle.people import reading
from tonle.people.models import Account
from tonle.people.notices.models import Letter
from tonle.people.notices.telling import message_of
from tonle.people.notices.tests.factories import WAITS
from tonle.people.tests.factories import account
from tonle.web.public import local_day

pytestmark = pytest.mark.django_db

CHOSEN = "und-u-ca-buddhist-nu-native"


def browser(of: Account | None = None) -> Client:
    made = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="th")
    if of:
        made.force_login(of)
    return made


def test_what_is_chosen_on_one_device_holds_on_the_next_while_signed_in() -> None:
    sokha = account("sokha")
    browser(sokha).post("/language", {"era": "buddhist", "digits": "native"})
    sokha.refresh_from_db()
    other = browser(sokha)

    assert sokha.writing == CHOSEN
    assert 'value="buddhist" checked' in other.get("/languages").content.decode()
    assert 'value="buddhist" checked' not in browser().get("/languages").content.decode()

    # Another language is no other era; and who goes back to the common one is believed.
    other.post("/language", {"language": "lo"})
    sokha.refresh_from_db()
    assert sokha.writing == CHOSEN
    other.cookies["lang"] = "th-u-ca-buddhist"
    other.post("/language", {"era": "", "digits": ""})
    other.cookies["lang"] = "th-u-ca-buddhist"
    assert 'value="buddhist" checked' not in other.get("/languages").content.decode()


def test_who_sent_no_session_is_not_looked_up() -> None:
    assert reading.held(HttpRequest()) == ""


def test_letters_are_written_as_their_reader_writes() -> None:
    letter = Letter(
        kind="digest",
        items=[{"topic": WAITS.name, "data": {"count": 12}, "link": "/deposit"}],
    )

    assert message_of(letter, "th", CHOSEN).text.startswith("๑๒ ")
    assert message_of(letter, "th").text.startswith("12 ")
    with reading.as_reader("th", CHOSEN) as language:
        assert language == "th"
        assert "๒๕๖๙" in local_day(NOW.date(), "th")
