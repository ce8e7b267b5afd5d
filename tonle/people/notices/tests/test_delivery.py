"""A letter finds its way: by the channel chosen, else by the next, and never twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connections
from pytest_django import Settings

from tests import web_service
from tests.constants import NOW
from tests.throwaway import free_port
from tests.web_service import Asked, Made, Reply, WebService, reply
from tonle.infra import crash, jobs
from tonle.infra.messaging import Reason
from tonle.infra.models import Job
from tonle.infra.tests import child
from tonle.kernel.actors import NODE
from tonle.people.notices import delivery, selectors, services, stewarding
from tonle.people.notices.models import ChannelAddress, ChannelState, Letter, Notice
from tonle.people.notices.tests.factories import WAITS, reached, states, tell
from tonle.people.tests.factories import account, actor, holder

pytestmark = [pytest.mark.django_db]

SOON = NOW + timedelta(minutes=2)
OK = reply(200, {"ok": True, "result": {}})


@pytest.fixture
def service(settings: Settings) -> Iterator[WebService]:
    """Telegram, LINE and an SMS gateway, all set up and answered by one server of ours."""
    with WebService() as made:
        settings.TONLE_OUTBOUND_PRIVATE = ["127.0.0.1"]
        settings.TONLE_TELEGRAM_TOKEN, settings.TONLE_TELEGRAM_API = "123:abc", made.url
        settings.TONLE_LINE_TOKEN, settings.TONLE_LINE_API = "token", made.url
        settings.TONLE_SMS_URL = f"{made.url}/sms?to={{to}}"
        made.answers(OK)
        yield made


def wrong(status: int, text: str, **more: object) -> Reply:
    return reply(status, {"ok": False, "error_code": status, "description": text, **more})


def test_the_channel_chosen_is_used_and_mail_is_not(service: WebService) -> None:
    sokha = reached("sokha", "telegram")
    tell(sokha)
    jobs.run_all_due(SOON)
    jobs.run_all_due(SOON + timedelta(days=2))

    assert len(service.asked) == 1
    assert service.asked[0].json()["chat_id"] == "42"
    assert "2 things of yours wait." in service.asked[0].json()["text"]
    assert states() == [("delivered", "telegram")]
    assert mail.outbox == []
    assert Notice.objects.get().letter is not None


def test_an_address_that_will_never_work_rests_and_mail_takes_its_place(
    service: WebService,
) -> None:
    service.answers(wrong(403, "Forbidden: bot was blocked by the user"))
    sokha = reached("sokha", "telegram")
    tell(sokha)
    jobs.run_all_due(SOON)

    assert states() == [("delivered", "mail")]
    assert Letter.objects.get().failed == {"telegram": "blocked"}
    address = ChannelAddress.objects.get()
    assert (address.resting_since is not None, address.reason) == (True, "blocked")
    texts = [n.text for n in selectors.own_notices(actor=actor(sokha), now=NOW).notices]
    assert "One of your channels does not reach you any more. See which, and why." in texts
    # It is no fault of the channel's.
    assert ChannelState.objects.get(pk="telegram").failures == 0

    tell(sokha, now=SOON)
    jobs.run_all_due(SOON + timedelta(minutes=2))
    assert len(service.asked) == 1, "a channel that rests is not tried again"
    assert len(mail.outbox) == 2
    # That it fails stands on the page, and is not itself written by letter.
    assert all("One of your channels" not in str(m.body) for m in mail.outbox)


def test_a_service_out_of_order_is_tried_patiently_and_then_left(service: WebService) -> None:
    service.answer(503, b"")
    sokha = reached("sokha", "telegram")
    tell(sokha)
    at = SOON
    for _ in range(60):
        jobs.run_all_due(at)
        at += timedelta(minutes=1)

    assert len(service.asked) == delivery.MOST_TRIES
    assert states() == [("delivered", "mail")]
    state = ChannelState.objects.get(pk="telegram")
    assert (state.failures, state.reason) == (delivery.MOST_TRIES, Reason.DOWN.code)
    assert ChannelAddress.objects.get().works(), "an hour costs nobody their channel"

    service.answers(OK)
    tell(sokha, now=at)
    jobs.run_all_due(at + timedelta(minutes=2))
    assert states()[-1] == ("delivered", "telegram")
    assert ChannelState.objects.get(pk="telegram").failures == 0
    assert ChannelAddress.objects.get().failures == 0


def test_an_address_that_fails_again_and_again_rests(service: WebService) -> None:
    service.answer(400, {"ok": False, "error_code": 400, "description": "Bad Request: no"})
    sokha = reached("sokha", "telegram")
    for number in range(4):
        tell(sokha, now=NOW + number * timedelta(hours=1))
        jobs.run_all_due(NOW + number * timedelta(hours=1) + timedelta(minutes=2))

    assert len(service.asked) == delivery.FAILURES_BEFORE_REST
    assert len(mail.outbox) == 4


def test_a_fault_of_ours_costs_nobody_their_channel(service: WebService) -> None:
    service.answers(wrong(401, "Unauthorized"))
    sokha = reached("sokha", "telegram")
    for number in range(5):
        tell(sokha, now=NOW + number * timedelta(hours=1))
        jobs.run_all_due(NOW + number * timedelta(hours=1) + timedelta(minutes=2))

    assert ChannelAddress.objects.get().works()
    assert ChannelState.objects.get(pk="telegram").reason == Reason.KEY.code
    assert len(mail.outbox) == 5


def test_a_service_that_asks_to_wait_is_not_asked_before(service: WebService) -> None:
    service.answers(wrong(429, "Too Many Requests", parameters={"retry_after": 300}), OK)
    sokha = reached("sokha", "telegram")
    bopha = reached("bopha", "telegram", "43")
    tell(sokha)
    jobs.run_all_due(SOON)
    tell(bopha, now=SOON)
    jobs.run_all_due(SOON + timedelta(minutes=3))
    assert len(service.asked) == 1, "nobody's letter goes there meanwhile"

    jobs.run_all_due(SOON + timedelta(minutes=6))
    assert sorted(a.json()["chat_id"] for a in service.asked) == ["42", "42", "43"]
    assert states() == [("delivered", "telegram")] * 2


def test_many_letters_are_spaced_as_the_channel_asks(service: WebService) -> None:
    service.answer(200, b"")
    for number in range(5):
        tell(reached(f"sokha{number}", "sms", f"+8551234567{number}"))
    jobs.run_all_due(SOON)
    assert len(service.asked) == 1
    for seconds in range(1, 6):
        jobs.run_all_due(SOON + timedelta(seconds=seconds))
    assert len(service.asked) == 5
    assert states() == [("delivered", "sms")] * 5


def test_letters_that_no_channel_takes_end_and_are_counted(
    service: WebService, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    rith = holder("rith", "steward")
    Notice.objects.all().delete()
    tell(account("sokha"))
    at = NOW + timedelta(days=1)
    for _ in range(60):
        jobs.run_all_due(at)
        at += timedelta(minutes=1)

    assert states() == [("failed", "mail")]
    seen = stewarding.overview(actor=actor(rith), now=at)
    assert seen.failed_letters == 1
    assert {c.name: c.failures for c in seen.channels}["mail"] == delivery.MOST_TRIES


def test_a_node_without_a_link_falls_back_to_mail(service: WebService, settings: Settings) -> None:
    settings.TONLE_OUTBOUND = False
    tell(reached("sokha", "telegram"))
    jobs.run_all_due(SOON)

    assert service.asked == []
    assert states() == [("delivered", "mail")]


def test_an_address_not_proven_is_never_written_to(service: WebService) -> None:
    sokha = reached("sokha", "telegram")
    ChannelAddress.objects.update(verified_at=None)
    EmailAddress.objects.filter(user=sokha).update(verified=False)
    tell(sokha)
    jobs.run_all_due(SOON)

    assert service.asked == []
    assert mail.outbox == []


def test_the_months_budget_for_sms_is_kept(service: WebService, settings: Settings) -> None:
    settings.TONLE_SMS_MONTHLY = 2
    service.answer(200, b"")
    sokha = reached("sokha", "sms", "+85512345678")
    for number in range(3):
        tell(sokha, now=NOW + timedelta(hours=number))
        jobs.run_all_due(NOW + timedelta(hours=number, minutes=2))

    assert [channel for _, channel in states()] == ["sms", "sms", "mail"]
    assert ChannelState.objects.get(pk="sms").segments == 2
    later = NOW + timedelta(days=20)
    tell(sokha, now=later)
    jobs.run_all_due(later + timedelta(minutes=2))
    assert states()[-1] == ("delivered", "sms"), "a new month has a budget of its own"


def test_line_is_told_that_two_requests_are_one(service: WebService) -> None:
    service.answers(web_service.cut, reply(409, {"message": "The retry key is already accepted"}))
    tell(reached("sokha", "line", "U42"))
    jobs.run_all_due(SOON)
    jobs.run_all_due(SOON + timedelta(minutes=2))

    first, second = service.asked
    assert first.headers["x-line-retry-key"] == second.headers["x-line-retry-key"]
    assert states() == [("delivered", "line")]


# --- groups ------------------------------------------------------------------------------


def add_robot(service: WebService, **other: Any) -> Any:
    given = {
        "kind": "plain",
        "url": f"{service.url}/hook",
        "secret": "s",
        "label": "Curators’ desk",
        "language": "km",
        "role": "curator",
        **other,
    }
    return stewarding.add_robot(**given, actor=actor(account_of_rith()), now=NOW)


def account_of_rith() -> Any:
    from tonle.people.models import Account

    found = Account.objects.filter(email="rith@example.org").first()
    return found or holder("rith", "steward")


def test_a_group_hears_what_waits_for_its_desk(service: WebService) -> None:
    service.answer(204, b"")
    robot = add_robot(service)
    Notice.objects.all().delete()
    for count in (1, 2):
        services.notify_holders(
            role="curator",
            scope=NODE,
            topic=WAITS.name,
            link="/deposit/review",
            now=NOW + timedelta(seconds=count),
            data={"count": count},
        )
    jobs.run_all_due(SOON)

    (asked,) = service.asked
    body = asked.json()
    assert [i["text"] for i in body["items"]] == [
        "1 things of yours wait.",
        "2 things of yours wait.",
    ]
    assert body["language"] == "km"
    assert "stop" not in str(body), "nobody of a group ends its letters"
    assert states() == [("delivered", f"robot:{robot.pk}")]


def test_a_groups_fault_is_the_stewards_to_see(service: WebService) -> None:
    robot = add_robot(service)
    service.answer(404, b"")
    rith = actor(account_of_rith())
    stewarding.send_test(name=f"robot:{robot.pk}", actor=rith, now=NOW)
    jobs.run_all_due(SOON)

    (seen,) = stewarding.overview(actor=rith, now=SOON).robots
    assert (seen.channel.failures, seen.channel.reason) == (1, Reason.ADDRESS.text)
    stewarding.remove_robot(id=robot.pk, actor=rith, now=SOON)
    stewarding.remove_robot(id=robot.pk, actor=rith, now=SOON)
    assert stewarding.overview(actor=rith, now=SOON).robots == ()
    assert not Letter.objects.exists()


# --- exactly once, within our power ------------------------------------------------------


def at_once(count: int, work: Callable[[int], Any]) -> None:
    """Run work in so many threads that begin together."""
    gate = threading.Barrier(count)

    def one(number: int) -> None:
        gate.wait()
        try:
            work(number)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def work_at(at: datetime, number: int) -> None:
    jobs.run_all_due(at, f"worker {number}")


@pytest.mark.django_db(transaction=True)
def test_many_workers_send_each_letter_once(service: WebService) -> None:
    for number in range(6):
        tell(reached(f"sokha{number}", "telegram", str(number)))

    for seconds in range(8):
        at_once(3, partial(work_at, SOON + timedelta(seconds=seconds)))

    assert sorted(a.json()["chat_id"] for a in service.asked) == list("012345")
    assert states() == [("delivered", "telegram")] * 6


@pytest.mark.django_db(transaction=True)
def test_two_that_gather_for_one_person_write_one_letter(service: WebService) -> None:
    sokha = reached("sokha", "telegram")
    tell(sokha)
    # As when one job runs while the next was asked for already.
    jobs.enqueue(services.TELL_JOB, {"account": sokha.pk}, run_at=NOW)
    at_once(2, partial(work_at, SOON))
    jobs.run_all_due(SOON + timedelta(seconds=5))

    assert Letter.objects.count() == 1
    assert len(service.asked) == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_key_from_two_at_once_is_one_notice() -> None:
    sokha = account("sokha")
    at_once(4, lambda _: tell(sokha, key="one"))
    assert Notice.objects.filter(topic=WAITS.name).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", [p for p in crash.POINTS if p.startswith("messages.")])
def test_a_worker_killed_after_handing_over_repeats_itself_with_the_same_key(
    service: WebService, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted: set[str] = set()

    def as_line_does(asked: Asked) -> Reply:
        key = asked.headers["x-line-retry-key"]
        if key in accepted:
            return reply(409, {"message": "The retry key is already accepted"})
        accepted.add(key)
        return reply(200, {"sentMessages": [{"id": "1"}]})

    service.answers(Made(as_line_does))
    tell(reached("sokha", "line", "U42"))
    assert jobs.run_once(SOON) == Job.DONE, "the letter is written"
    for name, value in {
        "TONLE_OUTBOUND_PRIVATE": "127.0.0.1",
        "TONLE_LINE_TOKEN": "token",
        "TONLE_LINE_API": service.url,
    }.items():
        monkeypatch.setenv(name, value)
    process = child.start("run_due_job", SOON.isoformat(), crash_at=point)
    process.communicate()

    assert process.returncode == -9
    assert len(accepted) == 1
    assert Letter.objects.get().state == Letter.WAITING
    jobs.run_all_due(SOON + timedelta(minutes=5))
    assert len(service.asked) == 2
    assert len(accepted) == 1, "to LINE both requests are one"
    assert states() == [("delivered", "line")]


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_lost_its_lease_notes_nothing(service: WebService) -> None:
    """It was asked to wait for so long that another took over and was done."""

    def meanwhile(_asked: Asked) -> Reply:
        if len(service.asked) == 1:
            try:
                jobs.run_all_due(SOON + timedelta(minutes=5), "the other")
            finally:
                connections.close_all()
        return OK

    service.answers(Made(meanwhile))
    tell(reached("sokha", "telegram"))
    assert jobs.run_once(SOON) == Job.DONE
    assert jobs.run_once(SOON) == "lost"

    assert states() == [("delivered", "telegram")]
    assert Letter.objects.get().tries == {"telegram": 2}


# --- tidying -----------------------------------------------------------------------------


def test_what_is_long_done_is_forgotten_and_what_waits_is_not(service: WebService) -> None:
    sokha = account("sokha")
    tell(sokha)
    jobs.run_all_due(NOW + timedelta(days=1))
    services.mark_all_read(actor=actor(sokha), now=NOW)
    tell(sokha)
    later = NOW + timedelta(days=400)
    jobs.enqueue("people.tidy_notices", {}, run_at=later)
    Job.objects.exclude(name="people.tidy_notices").delete()
    jobs.run_all_due(later)

    assert not Letter.objects.exists()
    assert Notice.objects.get().read_at is None


def test_a_letter_that_lost_its_job_ends_and_is_counted() -> None:
    tell(account("sokha"))
    jobs.run_once(NOW + timedelta(days=1))
    Job.objects.all().delete()
    later = NOW + timedelta(days=6)
    jobs.enqueue("people.tidy_notices", {}, run_at=later)
    jobs.run_all_due(later)
    assert states() == [("failed", "")]


def test_a_channel_on_which_workers_die_is_left_for_the_next(service: WebService) -> None:
    tell(reached("sokha", "telegram"))
    jobs.run_once(SOON)
    Letter.objects.update(tries={"telegram": delivery.MOST_TRIES})
    jobs.run_all_due(SOON)
    assert service.asked == []
    assert states() == [("delivered", "mail")]
