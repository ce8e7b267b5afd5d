"""A channel is used once it is proven, through that very channel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from tests.constants import NOW
from tests.web_service import WebService, reply
from tonle.infra import jobs
from tonle.infra.messaging.line import Event
from tonle.infra.models import AuditEntry, SideValue
from tonle.kernel.actors import ANONYMOUS, SYSTEM, Actor
from tonle.kernel.errors import Invalid, NotPermitted, Refused
from tonle.people.models import Account
from tonle.people.notices import addresses, selectors, stewarding
from tonle.people.notices.models import ChannelAddress, ChannelState, Letter, Preference
from tonle.people.notices.tests.factories import reached
from tonle.people.services import grant_role
from tonle.people.tests.factories import account, actor, holder

pytestmark = pytest.mark.django_db

NUMBER = "+855 12 345 678"
SECOND = timedelta(seconds=1)


@pytest.fixture
def service(settings: Settings) -> Iterator[WebService]:
    with WebService() as made:
        settings.TONLE_OUTBOUND_PRIVATE = ["127.0.0.1"]
        settings.TONLE_TELEGRAM_TOKEN, settings.TONLE_TELEGRAM_API = "123:abc", made.url
        settings.TONLE_LINE_TOKEN, settings.TONLE_LINE_API = "token", made.url
        settings.TONLE_SMS_URL, settings.TONLE_SMS_BODY = made.url, '{"text": "{text}"}'
        made.answer(200, {"ok": True, "result": []})
        yield made


@pytest.fixture
def sokha() -> Account:
    return account("sokha")


def works(who: Account, now: datetime = NOW) -> list[str]:
    return [c.name for c in selectors.own_channels(actor=actor(who), now=now) if c.works]


def code_of(service: WebService) -> str:
    """The code in the last SMS."""
    (code,) = re.findall(r"\b\d{6}\b", service.asked[-1].json()["text"])
    return str(code)


def everything_kept() -> str:
    """All text of the audit trail and of jobs."""
    from tonle.infra.models import Job

    rows = [*AuditEntry.objects.values_list("data", flat=True)]
    rows += [str(v) for v in SideValue.objects.values_list("value", flat=True)]
    rows += [f"{j.payload} {j.error}" for j in Job.objects.all()]
    return "\n".join(rows)


# --- SMS ---------------------------------------------------------------------------------


def test_a_number_is_proven_by_what_came_there(service: WebService, sokha: Account) -> None:
    addresses.ask_sms_code(number=NUMBER, actor=actor(sokha), now=NOW)
    assert works(sokha) == ["mail"]
    jobs.run_all_due(NOW)
    code = code_of(service)
    assert code not in everything_kept()
    assert code not in str(ChannelAddress.objects.values())
    addresses.confirm_sms_code(code=f" {code} ", actor=actor(sokha), now=NOW + SECOND)

    assert works(sokha) == ["mail", "sms"]
    assert Preference.objects.get().channels == ["sms"]
    assert AuditEntry.objects.filter(action="channel_proven").count() == 1
    assert "12345678" not in everything_kept()


def test_a_wrong_code_counts_and_five_end_the_right_one(
    service: WebService, sokha: Account
) -> None:
    addresses.ask_sms_code(number=NUMBER, actor=actor(sokha), now=NOW)
    jobs.run_all_due(NOW)
    code = code_of(service)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(addresses.MOST_TRIES):
        with pytest.raises(Invalid):
            addresses.confirm_sms_code(code=wrong, actor=actor(sokha), now=NOW)
    with pytest.raises(Invalid):
        addresses.confirm_sms_code(code=code, actor=actor(sokha), now=NOW)
    assert works(sokha) == ["mail"]


def test_a_code_lapses_and_is_nobody_elses(service: WebService, sokha: Account) -> None:
    addresses.ask_sms_code(number=NUMBER, actor=actor(sokha), now=NOW)
    jobs.run_all_due(NOW)
    code = code_of(service)
    for who, at in ((account("bopha"), NOW), (sokha, NOW + addresses.CODE_LIFE)):
        with pytest.raises(Invalid):
            addresses.confirm_sms_code(code=code, actor=actor(who), now=at)
    assert works(sokha) == ["mail"]


def test_codes_cost_money_so_a_day_has_few(service: WebService, sokha: Account) -> None:
    for _ in range(addresses.CODES_A_DAY):
        addresses.ask_sms_code(number=NUMBER, actor=actor(sokha), now=NOW)
    with pytest.raises(Refused):
        addresses.ask_sms_code(number=NUMBER, actor=actor(sokha), now=NOW)
    tomorrow = NOW + timedelta(days=1, seconds=1)
    addresses.ask_sms_code(number=NUMBER, actor=actor(sokha), now=tomorrow)


def test_a_code_that_cannot_be_sent_says_why(service: WebService, sokha: Account) -> None:
    service.answer(402, b"")
    addresses.ask_sms_code(number=NUMBER, actor=actor(sokha), now=NOW)
    jobs.run_all_due(NOW)

    (mail, _telegram, _line, sms) = selectors.own_channels(actor=actor(sokha), now=NOW)
    assert mail.works
    assert (sms.works, sms.reason) == (False, "What may be sent is used up.")
    assert Letter.objects.get().state == Letter.FAILED
    assert selectors.unread_count(actor(sokha)) == 0, "who waits for a code looks at the page"


@pytest.mark.parametrize("number", ["", "012 345 678", "+855 1", "ring me"])
def test_what_is_no_number_is_refused(service: WebService, sokha: Account, number: str) -> None:
    with pytest.raises(Invalid):
        addresses.ask_sms_code(number=number, actor=actor(sokha), now=NOW)
    assert not Letter.objects.exists()


def test_a_channel_that_is_not_set_up_cannot_be_connected(sokha: Account) -> None:
    with pytest.raises(Refused):
        addresses.ask_sms_code(number=NUMBER, actor=actor(sokha), now=NOW)
    for name in ("telegram", "line", "pigeon"):
        with pytest.raises(Refused):
            addresses.show_code(name=name, actor=actor(sokha), now=NOW)


def test_nobody_and_no_token_connects_a_channel(service: WebService, sokha: Account) -> None:
    for who in (ANONYMOUS, Actor(sokha.pk, token_scopes=frozenset({"read"}))):
        with pytest.raises(NotPermitted):
            addresses.show_code(name="telegram", actor=who, now=NOW)
        with pytest.raises(NotPermitted):
            addresses.ask_sms_code(number=NUMBER, actor=who, now=NOW)


# --- Telegram ----------------------------------------------------------------------------


def written(update: int, text: str, chat: int = 42) -> dict[str, object]:
    chat_of = {"id": chat, "type": "private"}
    return {"update_id": update, "message": {"chat": chat_of, "text": text}}


def test_a_code_sent_to_the_bot_proves_the_chat(service: WebService, sokha: Account) -> None:
    code = addresses.show_code(name="telegram", actor=actor(sokha), now=NOW)
    found = [written(7, "hello", 1), written(8, f"/start {code.lower()}"), written(9, "bye")]
    service.answers(
        reply(200, {"ok": True, "result": []}), reply(200, {"ok": True, "result": found})
    )
    for seconds in (5, 6, 11, 12):
        jobs.run_all_due(NOW + seconds * SECOND)

    assert works(sokha) == ["mail", "telegram"]
    assert ChannelAddress.objects.get().address == "42"
    assert ChannelState.objects.get(pk="telegram").memory["after"] == 9
    (welcome,) = [a for a in service.asked if a.path.endswith("/sendMessage")]
    assert welcome.json()["chat_id"] == "42"
    assert "http://localhost:8000/me/channels" in welcome.json()["text"]
    before = len(service.asked)
    jobs.run_all_due(NOW + timedelta(hours=1))
    assert len(service.asked) == before, "nobody's code waits, so nothing is read"


def test_reading_ends_when_the_code_lapses(service: WebService, sokha: Account) -> None:
    addresses.show_code(name="telegram", actor=actor(sokha), now=NOW)
    jobs.run_all_due(NOW + addresses.CODE_LIFE)
    assert service.asked == []


def test_a_bot_that_cannot_be_read_is_shown_to_the_steward(
    service: WebService, sokha: Account
) -> None:
    service.answer(409, {"ok": False, "description": "Conflict"})
    addresses.show_code(name="telegram", actor=actor(sokha), now=NOW)
    jobs.run_all_due(NOW + 5 * SECOND)
    seen = stewarding.overview(actor=actor(holder("rith", "steward")), now=NOW)
    assert {c.name: c.fails for c in seen.channels}["telegram"]


@pytest.mark.parametrize("text", ["", "WRONGCOD", "/start", "a b c", "x" * 5000])
def test_what_is_no_code_proves_nothing(service: WebService, sokha: Account, text: str) -> None:
    addresses.show_code(name="telegram", actor=actor(sokha), now=NOW)
    assert not addresses.take_code(name="telegram", text=text, address="42", now=NOW)
    assert works(sokha) == ["mail"]


def test_a_code_works_once_in_its_own_channel_and_time(service: WebService, sokha: Account) -> None:
    old = addresses.show_code(name="telegram", actor=actor(sokha), now=NOW)
    code = addresses.show_code(name="telegram", actor=actor(sokha), now=NOW)

    def take(text: str, name: str = "telegram", at: datetime = NOW) -> bool:
        return addresses.take_code(name=name, text=text, address="42", now=at)

    assert not take(old)
    assert not take(code, name="line")
    assert not take(code, at=NOW + addresses.CODE_LIFE)
    assert take(code)
    assert not take(code)
    assert Letter.objects.filter(kind="welcome").count() == 1


# --- LINE --------------------------------------------------------------------------------


def test_line_tells_who_sent_the_code_who_left_and_who_came_back(
    service: WebService, sokha: Account
) -> None:
    code = addresses.show_code(name="line", actor=actor(sokha), now=NOW)
    addresses.take_line_events([Event("message", "U42", code), Event("message", "", code)], NOW)
    assert works(sokha) == ["mail", "line"]

    addresses.take_line_events([Event("unfollow", "U42"), Event("unfollow", "")], NOW)
    assert works(sokha) == ["mail"]
    addresses.take_line_events([Event("follow", "U42"), Event("other", "U42")], NOW)
    assert works(sokha) == ["mail", "line"]


def test_the_steward_sees_what_line_has_left(service: WebService) -> None:
    service.answers(reply(200, {"totalUsage": 190}), reply(200, {"type": "limited", "value": 200}))
    jobs.enqueue(addresses.QUOTA_JOB, {}, run_at=NOW)
    jobs.run_all_due(NOW)
    seen = stewarding.overview(actor=actor(holder("rith", "steward")), now=NOW)
    (line,) = [c for c in seen.channels if c.name == "line"]
    assert (line.used, line.most) == (190, 200)


# --- all ---------------------------------------------------------------------------------


def test_a_channel_is_disconnected_and_tried_again(service: WebService) -> None:
    sokha = reached("sokha", "telegram")
    ChannelAddress.objects.update(resting_since=NOW, reason="blocked", failures=3)
    assert works(sokha) == ["mail"]
    addresses.wake_address(name="telegram", actor=actor(sokha), now=NOW)
    assert works(sokha) == ["mail", "telegram"]
    with pytest.raises(addresses.NoSuchAddress):
        addresses.wake_address(name="telegram", actor=actor(sokha), now=NOW)
    with pytest.raises(addresses.NoSuchAddress):
        addresses.wake_address(name="telegram", actor=actor(account("bopha")), now=NOW)

    addresses.remove_address(name="telegram", actor=actor(sokha), now=NOW)
    addresses.remove_address(name="telegram", actor=actor(sokha), now=NOW)
    assert works(sokha) == ["mail"]
    assert Preference.objects.get().channels == []
    assert AuditEntry.objects.filter(action="channel_removed").count() == 1


# --- stewards ----------------------------------------------------------------------------


def test_only_a_steward_sees_and_sets_channels(service: WebService, sokha: Account) -> None:
    robot: dict[str, Any] = {
        "kind": "plain",
        "url": "https://example.org/hook",
        "secret": "",
        "label": "Desk",
        "language": "en",
        "role": "curator",
    }
    for who in (actor(sokha), actor(holder("dara", "curator")), ANONYMOUS):
        with pytest.raises(NotPermitted):
            stewarding.overview(actor=who, now=NOW)
        with pytest.raises(NotPermitted):
            stewarding.send_test(name="mail", actor=who, now=NOW)
        with pytest.raises(NotPermitted):
            stewarding.add_robot(**robot, actor=who, now=NOW)
        with pytest.raises(NotPermitted):
            stewarding.remove_robot(id="x", actor=who, now=NOW)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "pigeon"),
        ("url", "http://127.0.0.1:8000/"),
        ("url", "http://example.org/in-the-clear"),
        ("url", "https://user:key@example.org/"),
        ("url", "what"),
        ("label", "  "),
        ("role", "emperor"),
        ("language", "tlh"),
    ],
)
def test_a_group_that_cannot_be_told_is_refused(field: str, value: str) -> None:
    rith = actor(holder("rith", "steward"))
    given: dict[str, Any] = {
        "kind": "dingtalk",
        "url": "https://oapi.dingtalk.com/robot/send?access_token=SECRET",
        "secret": "SEC",
        "label": "Desk",
        "language": "km",
        "role": "curator",
    }
    with pytest.raises(Invalid) as raised:
        stewarding.add_robot(**{**given, field: value}, actor=rith, now=NOW)
    assert [where for where, _ in raised.value.problems] == [field]

    stewarding.add_robot(**given, actor=rith, now=NOW)
    assert "SEC" not in everything_kept()
    assert "SEC" not in repr(stewarding.overview(actor=rith, now=NOW))


def test_a_test_goes_to_the_stewards_own_address(service: WebService) -> None:
    rith = holder("rith", "steward")
    with pytest.raises(Refused):
        stewarding.send_test(name="telegram", actor=actor(rith), now=NOW)
    ChannelAddress.objects.create(
        account=rith, channel="telegram", address="7", verified_at=NOW, created_at=NOW
    )
    service.answers(reply(200, {"ok": True, "result": {}}))
    stewarding.send_test(name="telegram", actor=actor(rith), now=NOW)
    jobs.run_all_due(NOW)

    assert service.asked[0].json()["chat_id"] == "7"
    seen = stewarding.overview(actor=actor(rith), now=NOW)
    assert {c.name: c.ok_at is not None for c in seen.channels}["telegram"]
    with pytest.raises(stewarding.NoSuchRobot):
        stewarding.send_test(name="robot:none", actor=actor(rith), now=NOW)


def test_a_test_that_fails_does_not_go_elsewhere(service: WebService) -> None:
    rith = reached("rith", "telegram")
    grant_role(account_id=rith.pk, role="steward", actor=SYSTEM, now=NOW)
    service.answer(401, {"ok": False, "description": "Unauthorized"})
    letter = stewarding.send_test(name="telegram", actor=actor(rith), now=NOW)
    jobs.run_all_due(NOW)
    letter.refresh_from_db()
    assert (letter.state, letter.failed) == (Letter.FAILED, {"telegram": "key_refused"})
