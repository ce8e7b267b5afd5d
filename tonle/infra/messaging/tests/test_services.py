"""Each service, as it documents its answers, on a small server of ours."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.core import mail
from pytest_django import Settings

from config.options import BASE_DIR
from tests import mail_server, web_service
from tests.mail_server import MailServer
from tests.throwaway import free_port
from tests.web_service import WebService, reply
from tonle.infra import outbound
from tonle.infra.messaging import Channel, Delivered, Failed, Message, Reason, robots
from tonle.infra.messaging.line import Event, Line, events, signature
from tonle.infra.messaging.mail import Mail
from tonle.infra.messaging.sms import Sms, clean_number
from tonle.infra.messaging.telegram import Telegram, Written
from tonle.infra.tests.test_outbound import certificate
from tonle.kernel.errors import Invalid

KEY = "123e4567-e89b-42d3-a456-426614174000"
LINK = "https://commons.example/me/notices"
MESSAGE = Message(
    "2 things wait for you at Tonle.",
    LINK,
    "en",
    subject="2 things wait",
    lines=(("A curator asks <you> & waits.", f"{LINK}/a"), ("A question waits.", f"{LINK}/b")),
    stop_link="https://commons.example/messages/stop/token",
)
KHMER = Message("មានអ្វីមួយកំពុងរង់ចាំអ្នក។", LINK, "km")
SECRET = "SEC-of-the-robot"


@pytest.fixture
def service(settings: Settings) -> Iterator[WebService]:
    settings.TONLE_OUTBOUND_PRIVATE = ["127.0.0.1"]
    with WebService() as made:
        yield made


@pytest.fixture
def _impatient(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many bytes as ever, but no twenty seconds for a service that says nothing."""
    if request.getfixturevalue("fault") not in (web_service.silent, web_service.drip):
        return
    short = outbound.Limits(seconds=0.5, size_bytes=64 * 1024, redirects=0)
    for module in ("telegram", "line", "robots", "sms"):
        monkeypatch.setattr(f"tonle.infra.messaging.{module}.LIMITS", short)


def channels(url: str) -> dict[str, tuple[Channel, str]]:
    """Every channel over HTTP with the address that it sends to."""
    return {
        "telegram": (Telegram("123:SECRET", url), "42"),
        "line": (Line("SECRET", url), "U42"),
        "sms": (Sms(f"{url}/sms?key=SECRET", body="to={to}&text={text}"), "+85512345678"),
        "dingtalk": (robots.DingTalk(secret=SECRET), f"{url}/robot/send?access_token=SECRET"),
        "feishu": (robots.Feishu(secret=SECRET), f"{url}/hook/SECRET"),
        "wecom": (robots.WeCom(), f"{url}/send?key=SECRET"),
        "slack": (robots.Slack(), f"{url}/services/SECRET"),
        "plain": (robots.Plain(secret=SECRET), f"{url}/hook/SECRET"),
    }


NAMES = tuple(channels(""))


# --- what all of them have in common -----------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (reply(500, b"oops"), Reason.DOWN),
        (reply(502, b"<html>bad gateway"), Reason.DOWN),
        (reply(503, b"", Retry_After="120"), Reason.DOWN),
        (reply(301, b"", Location="http://elsewhere.example/"), Reason.UNREAD),
        (web_service.cut, Reason.UNREACHABLE),
        (web_service.half, Reason.UNREACHABLE),
        (web_service.silent, Reason.SLOW),
        (web_service.drip, Reason.SLOW),
        (reply(200, b"x" * 100_000), Reason.UNREAD),
    ],
    ids=["500", "502", "503", "301", "cut", "half", "silent", "drip", "large"],
)
@pytest.mark.usefixtures("_impatient")
def test_a_service_out_of_order_is_asked_again_later(
    service: WebService, name: str, fault: Any, reason: Reason, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    service.answers(fault)
    channel, address = channels(service.url)[name]
    outcome = channel.send(address, MESSAGE, key=KEY)

    assert isinstance(outcome, Failed)
    assert (outcome.reason, outcome.permanent) == (reason, False)
    if isinstance(fault, web_service.Reply) and fault.status == 503:
        assert outcome.retry_after == 120
    assert len(service.asked) == 1
    assert "SECRET" not in caplog.text


@pytest.mark.parametrize("name", [n for n in NAMES if n not in {"sms", "slack", "plain"}])
@pytest.mark.parametrize("body", [b"", b"<html>Sign in to the wireless network", b"[]", b'{"a":'])
def test_a_success_that_says_nothing_readable_is_none(
    service: WebService, name: str, body: bytes
) -> None:
    service.answer(200, body)
    channel, address = channels(service.url)[name]

    assert channel.send(address, MESSAGE, key=KEY) == Failed(Reason.UNREAD)


@pytest.mark.parametrize("name", NAMES)
def test_a_node_without_a_link_says_so_at_once(
    service: WebService, settings: Settings, name: str
) -> None:
    settings.TONLE_OUTBOUND = False
    channel, address = channels(service.url)[name]

    assert channel.send(address, MESSAGE, key=KEY) == Failed(Reason.CLOSED, permanent=True)
    assert service.asked == []


@pytest.mark.parametrize("name", NAMES)
def test_no_channel_leads_inside(service: WebService, settings: Settings, name: str) -> None:
    settings.TONLE_OUTBOUND_PRIVATE = []
    channel, address = channels(service.url)[name]

    assert channel.send(address, MESSAGE, key=KEY) == Failed(Reason.INSIDE, permanent=True)
    assert service.asked == []


@pytest.mark.parametrize("name", NAMES)
def test_no_channel_shows_its_key(name: str) -> None:
    assert "SEC" not in repr(channels("https://x.example")[name][0])


# --- Telegram ----------------------------------------------------------------------------


def told(code: int, description: str, **parameters: object) -> web_service.Reply:
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    if parameters:
        body["parameters"] = parameters
    return reply(code, body)


def test_telegram_takes_a_message(service: WebService) -> None:
    service.answer(200, {"ok": True, "result": {"message_id": 7}})
    outcome = Telegram("123:abc", service.url).send("42", MESSAGE, key=KEY)

    assert outcome == Delivered()
    (asked,) = service.asked
    assert (asked.method, asked.path) == ("POST", "/bot123:abc/sendMessage")
    body = asked.json()
    assert body["chat_id"] == "42"
    assert "A question waits." in body["text"]
    assert LINK in body["text"]
    assert body["link_preview_options"] == {"is_disabled": True}
    assert "parse_mode" not in body


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (
            told(429, "Too Many Requests: retry after 34", retry_after=34),
            Failed(Reason.OFTEN, retry_after=34),
        ),
        (told(429, "Too Many Requests"), Failed(Reason.OFTEN)),
        (told(429, "Too Many", retry_after="soon"), Failed(Reason.OFTEN)),
        (
            told(403, "Forbidden: bot was blocked by the user"),
            Failed(Reason.BLOCKED, permanent=True),
        ),
        (told(403, "Forbidden: user is deactivated"), Failed(Reason.BLOCKED, permanent=True)),
        (told(400, "Bad Request: chat not found"), Failed(Reason.ADDRESS, permanent=True)),
        (told(400, "Bad Request: message is too long"), Failed(Reason.REFUSED, permanent=True)),
        (told(401, "Unauthorized"), Failed(Reason.KEY, permanent=True)),
        (told(404, "Not Found"), Failed(Reason.KEY, permanent=True)),
        (told(500, "Internal Server Error"), Failed(Reason.DOWN)),
    ],
)
def test_telegram_says_why_not(
    service: WebService, answer: web_service.Reply, outcome: Failed
) -> None:
    service.answers(answer)
    assert Telegram("123:abc", service.url).send("42", MESSAGE, key=KEY) == outcome


def update(number: int, text: object, chat: int = 42, kind: str = "private") -> dict[str, Any]:
    message = {"message_id": 1, "chat": {"id": chat, "type": kind}, "text": text}
    return {"update_id": number, "message": message}


def test_telegram_is_read_from_where_it_was_left(service: WebService) -> None:
    rows = [
        update(11, "/start ABCD"),
        update(12, "hello", chat=-7, kind="group"),
        update(13, None),
        {"update_id": 14, "edited_message": {}},
        {"update_id": "what", "message": []},
    ]
    service.answer(200, {"ok": True, "result": rows})
    found = Telegram("123:abc", service.url).read(10)

    assert service.asked[0].json()["offset"] == 11
    assert found[0] == Written(11, "42", "/start ABCD")
    # A text in a group proves nobody's address.
    assert [w.text for w in found[1:]] == ["", "", "", ""]
    assert max(w.update for w in found) == 14


def test_telegram_read_twice_at_once_is_an_error(service: WebService) -> None:
    service.answers(told(409, "Conflict: terminated by other getUpdates request"))
    with pytest.raises(outbound.AnswerUnexpected):
        Telegram("123:abc", service.url).read(0)


def test_telegram_tells_the_bots_name(service: WebService) -> None:
    service.answer(200, {"ok": True, "result": {"id": 1, "username": "tonle_bot"}})
    assert Telegram("123:abc", service.url).username() == "tonle_bot"
    service.answers(told(401, "Unauthorized"))
    with pytest.raises(outbound.AnswerUnexpected):
        Telegram("123:abc", service.url).username()


# --- LINE --------------------------------------------------------------------------------


def test_line_takes_a_message_and_is_given_the_key_of_repetition(service: WebService) -> None:
    service.answer(200, {"sentMessages": [{"id": "1", "quoteToken": "q"}]})
    outcome = Line("token", service.url).send("U42", KHMER, key=KEY)

    assert outcome == Delivered()
    (asked,) = service.asked
    assert (asked.method, asked.path) == ("POST", "/v2/bot/message/push")
    assert asked.headers["authorization"] == "Bearer token"
    assert asked.headers["x-line-retry-key"] == KEY
    assert asked.json() == {
        "to": "U42",
        "messages": [{"type": "text", "text": f"{KHMER.text} {LINK}"}],
    }


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (
            reply(409, {"message": "The retry key is already accepted", "sentMessages": []}),
            Delivered(),
        ),
        (
            reply(429, {"message": "You have reached your monthly limit."}),
            Failed(Reason.QUOTA, permanent=True),
        ),
        (
            reply(429, {"message": "The API rate limit has been exceeded. Try again later."}),
            Failed(Reason.OFTEN),
        ),
        (
            reply(401, {"message": "Authentication failed. Confirm that the access token"}),
            Failed(Reason.KEY, permanent=True),
        ),
        (
            reply(400, {"message": "The property, 'to', in the request body is invalid"}),
            Failed(Reason.ADDRESS, permanent=True),
        ),
        (
            reply(400, {"message": "Failed to send messages"}),
            Failed(Reason.ADDRESS, permanent=True),
        ),
        (
            reply(400, {"message": "The request body has 1 error(s)"}),
            Failed(Reason.REFUSED, permanent=True),
        ),
        (reply(500, {"message": "Internal"}), Failed(Reason.DOWN)),
    ],
)
def test_line_says_why_not(
    service: WebService, answer: web_service.Reply, outcome: Delivered | Failed
) -> None:
    service.answers(answer)
    assert Line("token", service.url).send("U42", MESSAGE, key=KEY) == outcome


def test_line_tells_what_is_left_of_the_month(service: WebService) -> None:
    service.answers(reply(200, {"totalUsage": 120}), reply(200, {"type": "limited", "value": 200}))
    assert Line("token", service.url).quota() == (120, 200)
    service.answers(reply(200, {"totalUsage": 120}), reply(200, {"type": "none"}))
    assert Line("token", service.url).quota() == (120, None)
    service.answer(401, {"message": "Authentication failed"})
    with pytest.raises(outbound.AnswerUnexpected):
        Line("token", service.url).quota()


def test_a_call_of_lines_webhook_is_believed_by_its_signature() -> None:
    rows = [
        {
            "type": "message",
            "source": {"type": "user", "userId": "U1"},
            "message": {"type": "text", "text": "ABCD"},
        },
        {"type": "unfollow", "source": {"type": "user", "userId": "U2"}},
        {"type": "follow", "source": {"type": "user", "userId": "U3"}},
        {
            "type": "message",
            "source": {"type": "group", "groupId": "C1", "userId": "U4"},
            "message": {"type": "text", "text": "ABCD"},
        },
        {"type": "accountLink"},
        "nonsense",
    ]
    body = json.dumps({"destination": "x", "events": rows}).encode()
    expected = base64.b64encode(hmac.new(b"secret", body, hashlib.sha256).digest()).decode()

    assert signature("secret", body) == expected
    assert events("secret", body, expected) == [
        Event("message", "U1", "ABCD"),
        Event("unfollow", "U2"),
        Event("follow", "U3"),
        Event("message", "", "ABCD"),
        Event("other", ""),
    ]
    assert events("other", body, expected) is None
    assert events("secret", body + b" ", expected) is None
    assert events("", body, signature("", body)) is None
    assert events("secret", b"[", signature("secret", b"[")) is None
    assert events("secret", b"{}", signature("secret", b"{}")) == []


# --- robots of groups --------------------------------------------------------------------


def test_dingtalk_is_signed_as_it_asks(service: WebService) -> None:
    service.answer(200, {"errcode": 0, "errmsg": "ok"})
    robot = robots.DingTalk(secret=SECRET, clock=lambda: 1_700_000_000.25)
    outcome = robot.send(f"{service.url}/robot/send?access_token=abc", MESSAGE, key=KEY)

    assert outcome == Delivered()
    asked = parse_qs(urlsplit(service.asked[0].path).query)
    text = f"1700000000250\n{SECRET}".encode()
    digest = hmac.new(SECRET.encode(), text, hashlib.sha256).digest()
    assert asked == {
        "access_token": ["abc"],
        "timestamp": ["1700000000250"],
        "sign": [base64.b64encode(digest).decode()],
    }
    body = service.asked[0].json()
    assert body["msgtype"] == "text"
    assert MESSAGE.text in body["text"]["content"]


def test_feishu_is_signed_as_it_asks(service: WebService) -> None:
    service.answer(200, {"code": 0, "msg": "success", "data": {}})
    robot = robots.Feishu(secret=SECRET, clock=lambda: 1_700_000_000.25)

    assert robot.send(service.url, MESSAGE, key=KEY) == Delivered()
    digest = hmac.new(f"1700000000\n{SECRET}".encode(), b"", hashlib.sha256).digest()
    body = service.asked[0].json()
    assert body["timestamp"] == "1700000000"
    assert body["sign"] == base64.b64encode(digest).decode()
    assert body["msg_type"] == "text"


def test_wecom_gets_no_more_than_it_takes(service: WebService) -> None:
    service.answer(200, {"errcode": 0, "errmsg": "ok"})
    lines = tuple(("រង់ចាំ" * 10, LINK) for _ in range(30))
    message = Message(KHMER.text, LINK, "km", lines=lines)

    assert robots.WeCom().send(service.url, message, key=KEY) == Delivered()
    assert len(service.asked[0].json()["text"]["content"].encode()) <= 2048


def test_slack_is_written_to_without_markup(service: WebService) -> None:
    service.answer(200, b"ok", Content_Type="text/html")
    assert robots.Slack().send(service.url, MESSAGE, key=KEY) == Delivered()
    assert "A curator asks &lt;you&gt; &amp; waits." in service.asked[0].json()["text"]


def test_a_plain_robot_can_tell_the_node_and_a_repetition(service: WebService) -> None:
    robot = robots.Plain(secret=SECRET, clock=lambda: 1_700_000_000.25)
    assert robot.send(service.url, MESSAGE, key=KEY) == Delivered()
    (asked,) = service.asked
    text = b"1700000000." + asked.body
    digest = hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()
    assert asked.headers["x-tonle-signature"] == f"sha256={digest}"
    assert asked.headers["idempotency-key"] == KEY
    assert asked.json()["items"][1] == {"text": "A question waits.", "link": f"{LINK}/b"}


@pytest.mark.parametrize(
    ("name", "answer", "outcome"),
    [
        (
            "dingtalk",
            reply(200, {"errcode": 310000, "errmsg": "sign not match"}),
            Failed(Reason.KEY, permanent=True),
        ),
        (
            "dingtalk",
            reply(200, {"errcode": 130101, "errmsg": "send too fast"}),
            Failed(Reason.OFTEN, retry_after=600),
        ),
        (
            "dingtalk",
            reply(200, {"errcode": 300001, "errmsg": "token is not exist"}),
            Failed(Reason.ADDRESS, permanent=True),
        ),
        ("dingtalk", reply(200, {"errcode": -1, "errmsg": "busy"}), Failed(Reason.DOWN)),
        (
            "feishu",
            reply(200, {"code": 19021, "msg": "sign match fail or timestamp is not within"}),
            Failed(Reason.KEY, permanent=True),
        ),
        (
            "feishu",
            reply(200, {"code": 11232, "msg": "create message trigger frequency limited"}),
            Failed(Reason.OFTEN, retry_after=60),
        ),
        (
            "feishu",
            reply(200, {"code": 19001, "msg": "param invalid: incoming webhook access token"}),
            Failed(Reason.ADDRESS, permanent=True),
        ),
        (
            "wecom",
            reply(200, {"errcode": 93000, "errmsg": "invalid webhook url"}),
            Failed(Reason.ADDRESS, permanent=True),
        ),
        (
            "wecom",
            reply(200, {"errcode": 45009, "errmsg": "api freq out of limit"}),
            Failed(Reason.OFTEN, retry_after=60),
        ),
        (
            "wecom",
            reply(200, {"errcode": 40008, "errmsg": "invalid message type"}),
            Failed(Reason.REFUSED, permanent=True),
        ),
        ("slack", reply(429, b"", Retry_After="30"), Failed(Reason.OFTEN, retry_after=30)),
        ("slack", reply(404, b"no_service"), Failed(Reason.ADDRESS, permanent=True)),
        ("slack", reply(410, b"channel_is_archived"), Failed(Reason.ADDRESS, permanent=True)),
        ("slack", reply(403, b"invalid_token"), Failed(Reason.KEY, permanent=True)),
        ("slack", reply(400, b"invalid_payload"), Failed(Reason.REFUSED, permanent=True)),
        (
            "slack",
            reply(200, b"<html>Sign in to the network", Content_Type="text/html"),
            Failed(Reason.UNREAD),
        ),
        ("plain", reply(410, b""), Failed(Reason.ADDRESS, permanent=True)),
        ("plain", reply(204, b""), Delivered()),
    ],
)
def test_robots_say_why_not(
    service: WebService, name: str, answer: web_service.Reply, outcome: Delivered | Failed
) -> None:
    service.answers(answer)
    channel, address = channels(service.url)[name]
    assert channel.send(address, MESSAGE, key=KEY) == outcome


# --- SMS ---------------------------------------------------------------------------------


def test_a_gateway_is_asked_as_the_options_say(service: WebService) -> None:
    service.answer(200, b"OK 12345")
    form = Sms(f"{service.url}/send", body="to={to}&message={text}&id={key}", success="^OK")
    assert form.send("+85512345678", KHMER, key=KEY) == Delivered(segments=1)
    assert parse_qs(service.asked[0].body.decode()) == {
        "to": ["+85512345678"],
        "message": [f"{KHMER.text} {LINK}"],
        "id": [KEY],
    }

    nasty = Message('a "quoted" \\ {to} & text', LINK, "en")
    template = '{"messages": [{"to": "{to}", "text": "{text}"}], "ttl": 60}'
    body = Sms(service.url, body=template, headers='{"Authorization": "Bearer k"}')
    assert body.send("+855", nasty, key=KEY) == Delivered(segments=1)
    assert service.asked[1].json() == {
        "messages": [{"to": "+855", "text": f'a "quoted" \\ {{to}} & text {LINK}'}],
        "ttl": 60,
    }
    assert service.asked[1].headers["authorization"] == "Bearer k"

    address = Sms(f"{service.url}/http?to={{to}}&text={{text}}", method="GET")
    assert isinstance(address.send("+85512", nasty, key=KEY), Delivered)
    assert service.asked[2].method == "GET"
    assert parse_qs(urlsplit(service.asked[2].path).query)["to"] == ["+85512"]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (reply(200, b"ERR 7 no credit"), Failed(Reason.REFUSED, permanent=True)),
        (reply(402, b""), Failed(Reason.QUOTA, permanent=True)),
        (reply(401, b""), Failed(Reason.KEY, permanent=True)),
        (reply(404, b""), Failed(Reason.KEY, permanent=True)),
        (reply(422, b""), Failed(Reason.REFUSED, permanent=True)),
        (reply(429, b"", Retry_After="9"), Failed(Reason.OFTEN, retry_after=9)),
    ],
)
def test_a_gateway_says_why_not(
    service: WebService, answer: web_service.Reply, outcome: Failed
) -> None:
    service.answers(answer)
    gateway = Sms(service.url, body="to={to}", success="^OK")
    assert gateway.send("+85512345678", MESSAGE, key=KEY) == outcome


@pytest.mark.parametrize(
    "options", [{"body": "{not json"}, {"headers": "[1]"}, {"success": "(", "body": "x={to}"}]
)
def test_a_gateway_that_is_described_wrongly_is_not_asked(
    service: WebService, options: dict[str, str]
) -> None:
    gateway = Sms(service.url, **options)
    assert gateway.send("+855", MESSAGE, key=KEY) == Failed(Reason.ABSENT, permanent=True)
    assert service.asked == []


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+855 12 345 678", "+85512345678"),
        ("00855 12-345.678", "+85512345678"),
        ("+66 (2) 123 4567", "+6621234567"),
    ],
)
def test_a_number_is_understood(typed: str, number: str) -> None:
    assert clean_number(typed) == number


@pytest.mark.parametrize(
    "typed", ["", "012 345 678", "+0", "+855 12", "+85512345678901234", "+៨៥៥"]
)
def test_a_number_without_its_country_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        clean_number(typed)


# --- mail --------------------------------------------------------------------------------


def test_a_letter_can_be_ended_and_is_known_again() -> None:
    assert Mail().send("sokha@example.org", MESSAGE, key=KEY) == Delivered()
    assert Mail().send("sokha@example.org", KHMER, key=KEY) == Delivered()
    first, second = mail.outbox

    assert first.subject == "2 things wait"
    assert first.extra_headers["List-Unsubscribe"] == f"<{MESSAGE.stop_link}>"
    assert first.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert first.message()["Message-ID"].startswith(f"<{KEY}@")
    assert f"{LINK}/b" in str(first.body)
    assert MESSAGE.stop_link in str(first.body)
    assert "List-Unsubscribe" not in second.extra_headers


@pytest.fixture
def post(settings: Settings) -> Iterator[MailServer]:
    with MailServer() as made:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", made.port
        settings.EMAIL_TIMEOUT = 0.5
        yield made


def test_a_mail_server_takes_a_letter(post: MailServer) -> None:
    assert Mail().send("sokha@example.org", MESSAGE, key=KEY) == Delivered()
    assert Mail().send("sokha@example.org", KHMER, key=KEY) == Delivered()
    first, second = post.letters
    assert first.recipients == ["sokha@example.org"]
    assert f"Message-ID: <{KEY}@" in first.data
    assert f"{LINK}/b" in first.data
    assert "Content-Language: km" in second.data


@pytest.mark.parametrize(
    ("step", "answer", "outcome"),
    [
        ("CONNECT", "421 4.3.2 closing", Failed(Reason.OFTEN)),
        ("CONNECT", mail_server.CUT, Failed(Reason.UNREACHABLE)),
        ("CONNECT", mail_server.SILENT, Failed(Reason.SLOW)),
        ("MAIL", "451 4.3.0 not now", Failed(Reason.OFTEN)),
        ("MAIL", "553 5.1.8 not from you", Failed(Reason.REFUSED, permanent=True)),
        ("RCPT", "550 5.1.1 no such user", Failed(Reason.ADDRESS, permanent=True)),
        ("RCPT", "451 4.7.1 greylisted", Failed(Reason.OFTEN)),
        ("RCPT", mail_server.CUT, Failed(Reason.UNREACHABLE)),
        ("DATA", "421 4.7.0 too many", Failed(Reason.OFTEN)),
        ("DATA", "554 5.5.1 no", Failed(Reason.REFUSED, permanent=True)),
        ("END", "554 5.7.1 spam", Failed(Reason.REFUSED, permanent=True)),
        ("END", "452 4.2.2 full", Failed(Reason.OFTEN)),
        ("END", mail_server.CUT, Failed(Reason.UNREACHABLE)),
        ("END", mail_server.SILENT, Failed(Reason.SLOW)),
    ],
)
def test_a_mail_server_says_why_not(
    post: MailServer, step: str, answer: str, outcome: Failed
) -> None:
    post.fails(step, answer)
    assert Mail().send("sokha@example.org", MESSAGE, key=KEY) == outcome
    assert post.letters == []


def test_a_mail_server_that_is_not_there_cannot_be_reached(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    assert Mail().send("sokha@example.org", MESSAGE, key=KEY) == Failed(Reason.UNREACHABLE)


def test_a_password_that_cannot_be_sent_is_not_the_readers_fault(
    post: MailServer, settings: Settings
) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "node", "ទឹក"
    outcome = Mail().send("sokha@example.org", MESSAGE, key=KEY)
    assert outcome == Failed(Reason.KEY, permanent=True)


@pytest.mark.parametrize("scheme", ["smtp", pytest.param("smtps", marks=pytest.mark.deep)])
@pytest.mark.parametrize("password", ["s@c:r/t", pytest.param("other", marks=pytest.mark.deep)])
def test_a_password_goes_out_by_tls_alone(scheme: str, password: str, tmp_path: Path) -> None:
    """As TONLE_MAIL_URL says it, in a process of its own: settings are read once."""
    chain = certificate(tmp_path, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    with MailServer(context, at_once=scheme == "smtps", password="s@c:r/t") as post:
        url = f"{scheme}://node%40example.org:{quote(password, safe='')}@localhost:{post.port}"
        done = subprocess.run(
            [sys.executable, "-c", SEND],
            env={**os.environ, "TONLE_MAIL_URL": url, "SSL_CERT_FILE": str(chain),
                 "TONLE_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"},
            cwd=BASE_DIR, capture_output=True, text=True, check=True,
        )  # fmt: skip
    if password == "other":
        assert "key_refused" in done.stdout
        assert post.letters == []
    else:
        assert done.stdout.strip() == "Delivered(segments=0)"
        assert [(one.user, one.encrypted) for one in post.letters] == [("node@example.org", True)]


SEND = """
import django
django.setup()
from tonle.infra.messaging.mail import Mail
from tonle.infra.messaging.tests.test_services import KEY, MESSAGE
found = Mail().send("sokha@example.org", MESSAGE, key=KEY)
print(getattr(getattr(found, "reason", None), "code", found))
"""


def test_an_address_that_no_letter_can_carry_is_refused() -> None:
    outcome = Mail().send("a@b.example\nBcc: c@d.example", MESSAGE, key=KEY)
    assert outcome == Failed(Reason.ADDRESS, permanent=True)
