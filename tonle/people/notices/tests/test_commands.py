"""`tonle message …`: what a steward asks at the console."""

from __future__ import annotations

import argparse

import pytest
from django.core import mail
from pytest_django import Settings

from tests.web_service import WebService, reply
from tonle.kernel.errors import Refused
from tonle.people.notices import commands
from tonle.people.notices.models import Letter

pytestmark = pytest.mark.django_db


def send(channel: str, address: str) -> int:
    parser = argparse.ArgumentParser()
    commands._configure_test(parser)
    return commands._test(parser.parse_args([channel, address]))


def test_a_channel_is_tried_and_says_what_the_service_says(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert send("mail", "sokha@example.org") == 0
    assert "This is a test" in str(mail.outbox[0].body)
    with WebService() as service:
        settings.TONLE_OUTBOUND_PRIVATE = ["127.0.0.1"]
        settings.TONLE_TELEGRAM_TOKEN, settings.TONLE_TELEGRAM_API = "1:SECRET", service.url
        answer = {"ok": False, "description": "Too Many", "parameters": {"retry_after": 7}}
        service.answers(reply(429, answer))
        assert send("telegram", "42") == 1
    told = capsys.readouterr().out

    assert told == "taken\ntoo_often (7 s): The service asks the node to wait.\n"
    assert not Letter.objects.exists()


def test_a_channel_that_is_not_set_up_is_said_to_be_so() -> None:
    with pytest.raises(Refused, match="The channel sms is not set up"):
        send("sms", "+85512345678")


def test_all_channels_are_listed(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.TONLE_LINE_TOKEN = "token"
    assert commands._channels(argparse.Namespace()) == 0
    assert capsys.readouterr().out.splitlines() == [
        "mail\tMail\tnot used yet",
        "telegram\tTelegram\tnot set up",
        "line\tLINE\tnot used yet",
        "sms\tSMS\tnot set up",
    ]
