"""Erasing what is personal; what others rely on stays."""

from __future__ import annotations

from datetime import datetime

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from tests.constants import NOW
from tonle.infra import audit
from tonle.infra.models import SideValue
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.errors import NotPermitted, Refused
from tonle.kernel.names import PersonName
from tonle.people import errors, services
from tonle.people.models import Account, ApiToken, Person, RoleGrant
from tonle.people.notices.models import Notice, Preference
from tonle.people.notices.services import notify
from tonle.people.services import erasure
from tonle.people.tests.factories import PASSWORD, account, actor, holder
from tonle.people.topics import ROLE_GIVEN

pytestmark = pytest.mark.django_db


def everything_stored(account_id: str) -> str:
    """All rows of this context that name the account, as text."""
    rows: list[object] = [
        *Account.objects.filter(pk=account_id).values(),
        *Person.objects.values(),
        *RoleGrant.objects.filter(account_id=account_id).values(),
        *ApiToken.objects.filter(account_id=account_id).values(),
        *EmailAddress.objects.values(),
        *SideValue.objects.values(),
    ]
    return str(rows)


def test_nothing_personal_is_left_and_the_audit_is_whole() -> None:
    sokha = holder("sokha", "curator")
    services.add_person(
        name=PersonName.of("Sokha Lim"), actor=actor(sokha), now=NOW, account_id=sokha.pk
    )
    services.create_token(
        account_id=sokha.pk, label="Sokha’s laptop", scopes=["read"], actor=SYSTEM, now=NOW
    )
    notify(account_id=sokha.pk, topic=ROLE_GIVEN.name, link="/me", now=NOW)
    Preference.objects.create(account=sokha)
    assert "sokha" in everything_stored(sokha.pk)

    services.erase_account(account_id=sokha.pk, actor=actor(sokha), now=NOW)
    services.erase_account(account_id=sokha.pk, actor=SYSTEM, now=NOW)

    left = everything_stored(sokha.pk).lower()
    assert "sokha" not in left
    assert "lim" not in left
    assert not Notice.objects.exists()
    assert not Preference.objects.exists()
    report = audit.Report()
    kinds = {finding.kind for finding in audit.verify(report)}
    assert kinds == {"erased"}
    assert report.ok
    assert not RoleGrant.objects.filter(account_id=sokha.pk, ended_at__isnull=True).exists()
    with pytest.raises(errors.NoSuchAccount):
        services.set_account_active(account_id=sokha.pk, active=True, actor=SYSTEM, now=NOW)


def test_the_address_may_open_a_new_account() -> None:
    sokha = account("sokha")
    services.erase_account(account_id=sokha.pk, actor=actor(sokha), now=NOW)
    assert account("sokha").pk != sokha.pk


def test_nobody_erases_another_but_a_steward() -> None:
    sokha = account("sokha")
    for who in (account("bopha"), holder("dara", "curator")):
        with pytest.raises(NotPermitted):
            services.erase_account(account_id=sokha.pk, actor=actor(who), now=NOW)
    rith = actor(holder("rith", "steward"))
    services.erase_account(account_id=sokha.pk, actor=rith, now=NOW)
    with pytest.raises(Refused):
        services.erase_account(account_id=rith.id, actor=rith, now=NOW)


def test_contexts_above_erase_with_it_or_nothing_is_erased(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sokha = account("sokha")

    def fails(_account_id: str, _actor: Actor, _now: datetime) -> None:
        raise RuntimeError

    monkeypatch.setitem(erasure._ERASERS, "test", fails)
    with pytest.raises(RuntimeError):
        services.erase_account(account_id=sokha.pk, actor=actor(sokha), now=NOW)
    sokha.refresh_from_db()
    assert sokha.erased_at is None
    assert sokha.email == "sokha@example.org"


def test_the_page_asks_for_the_password_and_a_word() -> None:
    sokha = account("sokha", password=PASSWORD)
    browser = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en")
    browser.post("/accounts/login/", {"login": sokha.email, "password": PASSWORD})
    again = browser.post("/me/erase", {"word": "yes"}).headers["Location"]
    assert again.startswith("/accounts/reauthenticate/")
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert browser.post("/me/erase", {"word": "yes"}).status_code == 422
    assert browser.post("/me/erase", {"word": "erase"}).headers["Location"] == "/"
    assert browser.get("/me").status_code == 302
    assert not EmailAddress.objects.exists()
