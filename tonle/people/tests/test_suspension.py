"""Suspending by a person for a reason, appealing, and opening again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from tests.constants import NOW
from tonle.infra import jobs
from tonle.infra.models import AuditEntry, Job
from tonle.kernel.actors import SYSTEM, Actor, Role, Scope
from tonle.kernel.errors import Invalid, NotPermitted, Refused
from tonle.people import errors, services
from tonle.people.actors import actor_for_token
from tonle.people.models import Account, Suspension
from tonle.people.notices.models import Notice
from tonle.people.services.suspension import LINK_LIFE_S
from tonle.people.tests.factories import PASSWORD, account, actor, holder

pytestmark = pytest.mark.django_db

REASON = "Forty records that advertise a casino."


@pytest.fixture
def dara() -> Actor:
    return actor(holder("dara", "curator"))


@pytest.fixture
def rith() -> Actor:
    return actor(holder("rith", "steward"))


def suspend(by: Actor, *who: Account, now: datetime = NOW) -> list[Suspension]:
    return services.suspend_accounts(
        accounts=[one.pk for one in who], reason=REASON, actor=by, now=now
    )


def test_a_curator_suspends_and_everything_ends_at_once(dara: Actor) -> None:
    sokha = account("sokha", password=PASSWORD)
    _row, token = services.create_token(
        account_id=sokha.pk, label="laptop", scopes=["read"], actor=SYSTEM, now=NOW
    )
    browser = Client(HTTP_HOST="localhost")
    browser.force_login(sokha)
    assert browser.get("/me").status_code == 200

    made = suspend(dara, sokha)
    assert suspend(dara, sokha) == made

    assert browser.get("/me").status_code == 302
    assert actor_for_token(token, NOW) is None
    assert AuditEntry.objects.filter(action="account_suspended").count() == 1
    assert Job.objects.filter(name="people.letter").count() == 1

    services.restore_account(account_id=sokha.pk, actor=dara, now=NOW)
    sokha.refresh_from_db()
    # Neither the old session nor the old token comes back to life.
    assert sokha.is_active
    assert actor_for_token(token, NOW) is None
    assert services.restore_account(account_id=sokha.pk, actor=dara, now=NOW) is None


def test_all_of_a_wave_or_none_of_it(dara: Actor) -> None:
    spam = [account(f"robot{number}") for number in range(5)]
    office = holder("chan", "manager", Scope("organisation", "one"))
    with pytest.raises(NotPermitted, match="steward"):
        suspend(dara, *spam, office)
    assert not Suspension.objects.exists()

    assert len(suspend(dara, *spam)) == 5
    assert not Account.objects.filter(pk__in=[s.pk for s in spam], is_active=True).exists()


@pytest.mark.parametrize(
    "who",
    [
        SYSTEM,
        Actor("x"),
        Actor("x", roles=frozenset({Role("manager", Scope("organisation", "one"))})),
        Actor("x", roles=frozenset({Role("curator", Scope("community", "one"))})),
        Actor("x", roles=frozenset({Role("curator")}), token_scopes=frozenset({"curate"})),
    ],
)
def test_neither_a_machine_nor_just_anybody_suspends(who: Actor) -> None:
    sokha = account("sokha")
    with pytest.raises(NotPermitted):
        suspend(who, sokha)
    with pytest.raises(NotPermitted):
        suspend(actor(sokha), sokha)


def test_the_last_steward_is_not_suspended_and_nobody_suspends_themselves(rith: Actor) -> None:
    with pytest.raises(NotPermitted, match="your own"):
        suspend(rith, Account.objects.get(pk=rith.id))
    other = holder("other", "steward")
    suspend(rith, other)
    with pytest.raises(Refused):
        services.set_account_active(account_id=other.pk, active=True, actor=SYSTEM, now=NOW)


def test_a_reason_is_needed(dara: Actor) -> None:
    for reason in ("", "  ", "x" * 4001):
        with pytest.raises(Invalid):
            services.suspend_accounts(
                accounts=[account(f"a{len(reason)}").pk], reason=reason, actor=dara, now=NOW
            )


def test_whoever_is_suspended_signs_in_as_far_as_the_reason(dara: Actor, rith: Actor) -> None:
    sokha = account("sokha", password=PASSWORD)
    suspend(dara, sokha)
    browser = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en")
    wrong = browser.post("/accounts/login/", {"login": sokha.email, "password": "wrong"})
    assert REASON not in wrong.text
    answer = browser.post("/accounts/login/", {"login": sokha.email, "password": PASSWORD})
    address = answer.headers["Location"]
    page = browser.get(address)
    assert REASON in page.text
    assert page.headers["Referrer-Policy"] == "strict-origin"

    assert browser.post(address, {"text": "  "}).status_code == 422
    assert browser.post(address, {"text": "That was my cousin."}).status_code == 302
    assert browser.post(address, {"text": "Once more."}).status_code == 422
    page = browser.get(address)
    assert "That was my cousin." in page.text
    assert [n.account_id for n in Notice.objects.all()] == [rith.id]
    assert browser.get("/me").status_code == 302


def test_the_link_is_signed_and_lapses(dara: Actor) -> None:
    sokha = account("sokha")
    suspend(dara, sokha)
    link = services.appeal_link(sokha)
    assert link is not None
    signed = link.rpartition("/")[2]
    with pytest.raises(errors.NoSuchSuspension):
        services.suspension_behind(signed + "x", NOW + timedelta(seconds=LINK_LIFE_S))
    with pytest.raises(errors.NoSuchSuspension):
        services.suspension_behind(Suspension.objects.get().id, NOW)
    assert services.appeal_link(account("bopha")) is None


def _appealed(by: Actor) -> tuple[Account, Suspension]:
    sokha = account("sokha")
    (made,) = suspend(by, sokha)
    link = services.appeal_link(sokha)
    assert link is not None
    services.appeal(signed=link.rpartition("/")[2], text="I am real.", now=NOW)
    return sokha, made


def test_another_steward_decides_than_the_one_who_suspended(rith: Actor, dara: Actor) -> None:
    sokha, made = _appealed(rith)
    other = actor(holder("other", "steward"))
    for who in (rith, dara, SYSTEM):
        with pytest.raises(NotPermitted):
            services.decide_appeal(
                suspension_id=made.id, lift=True, answer="Yes.", actor=who, now=NOW
            )
    services.decide_appeal(suspension_id=made.id, lift=True, answer="Yes.", actor=other, now=NOW)
    sokha.refresh_from_db()
    assert sokha.is_active
    with pytest.raises(Refused):
        services.decide_appeal(
            suspension_id=made.id, lift=False, answer="No.", actor=other, now=NOW
        )


def test_the_only_steward_decides_alone_and_may_let_it_stand(rith: Actor) -> None:
    sokha, made = _appealed(rith)
    with pytest.raises(Invalid):
        services.decide_appeal(suspension_id=made.id, lift=False, answer="", actor=rith, now=NOW)
    services.decide_appeal(
        suspension_id=made.id, lift=False, answer="The records say otherwise.", actor=rith, now=NOW
    )
    # What was answered waits for no steward any more.
    assert not Notice.objects.filter(topic="people.appeal", read_at__isnull=True).exists()
    sokha.refresh_from_db()
    assert not sokha.is_active
    found = Suspension.objects.get()
    assert (found.answer, found.lifted_at) == ("The records say otherwise.", None)
    with pytest.raises(errors.NoSuchSuspension):
        services.decide_appeal(
            suspension_id=made.id, lift=True, answer="x", actor=Actor("nobody"), now=NOW
        )


def test_the_letter_is_written_in_the_readers_language_and_says_no_reason(
    dara: Actor, mailoutbox: list[object]
) -> None:
    suspend(dara, account("sokha"), now=datetime.now(UTC) - timedelta(minutes=1))
    while jobs.run_once(datetime.now(UTC)):
        pass
    (letter,) = [m for m in mailoutbox if "suspended" in getattr(m, "subject", "")]
    assert REASON not in str(getattr(letter, "body", ""))
    assert "/accounts/login/" in str(getattr(letter, "body", ""))
