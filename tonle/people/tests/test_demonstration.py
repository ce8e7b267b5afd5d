"""Invented people: at the machine of the node, with a mark, and never before the public."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from tests.constants import NOW
from tonle.infra.server import gates
from tonle.kernel.actors import SYSTEM
from tonle.kernel.errors import NotPermitted, Refused
from tonle.people import commands, selectors, services
from tonle.people.models import Account, RoleGrant
from tonle.people.rules.roles import roles
from tonle.people.services.demonstration import characters
from tonle.people.tests.factories import account, actor, holder

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def invented() -> dict[str, Account]:
    return services.add_demonstration(actor=SYSTEM, now=datetime.now(UTC))


@pytest.fixture
def browser() -> Client:
    return Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en")


def test_there_is_one_for_each_role_and_making_them_twice_makes_them_once(
    invented: dict[str, Account],
) -> None:
    again = services.add_demonstration(actor=SYSTEM, now=NOW)
    assert {a.pk for a in again.values()} == {a.pk for a in invented.values()}
    assert set(invented) == {one.key for one in characters()}
    names = selectors.names_of(a.pk for a in invented.values())
    assert all("Invented" in name for name in names.values())
    now = datetime.now(UTC)
    held = {key: {r.name for r in actor(a, now).roles} for key, a in invented.items()}
    assert held["steward"] == {"steward"}
    assert held["curator"] == held["community-curator"] == {"curator"}
    assert held["newcomer"] == held["outsider"] == set()
    # Of a member one sees no more than of anybody; every other role has somebody to be.
    assert set[str]().union(*held.values()) == {kind.name for kind in roles()} - {"member"}
    community = selectors.community("demonstration")
    assert community is not None
    assert community.is_demonstration


def test_one_press_and_a_mark_on_every_page(browser: Client, invented: dict[str, Account]) -> None:
    assert "Rith the Invented" in browser.get("/demo").text
    assert browser.post("/demo", {"who": "steward"}).headers["Location"] == "/me"
    for page in ("/me", "/", "/steward", "/accounts/email/"):
        text = browser.get(page).text
        assert 'class="krama"' in text
        assert "Rith the Invented" in text
    assert browser.post("/demo", {"who": "nobody"}).status_code == 404


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_HOST": "commons.example.org"},
    ],
)
def test_from_anywhere_else_there_is_nothing(
    browser: Client, invented: dict[str, Account], elsewhere: dict[str, Any], settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert browser.get("/demo", **elsewhere).status_code == 404
    assert browser.post("/demo", {"who": "steward"}, **elsewhere).status_code == 404
    browser.post("/demo", {"who": "steward"})
    assert browser.get("/steward").status_code == 200
    # The cookie carried elsewhere is nobody's.
    assert browser.get("/steward", **elsewhere).status_code == 404


def test_they_have_no_password_and_no_token(browser: Client, invented: dict[str, Account]) -> None:
    with pytest.raises(Refused):
        services.create_token(
            account_id=invented["curator"].pk, label="x", scopes=["read"], actor=SYSTEM, now=NOW
        )
    made = invented["curator"]
    made.set_password("a boat on the lake")
    made.save()
    answer = browser.post(
        "/accounts/login/", {"login": made.email, "password": "a boat on the lake"}
    )
    assert answer.headers["Location"] == "/accounts/inactive/"


def test_a_node_with_them_is_not_shown_to_the_public(
    invented: dict[str, Account], settings: Any
) -> None:
    def codes(public: bool) -> set[str]:
        return {refusal.code for refusal in gates.refusals(public=public)}

    assert "demonstration_in_public" not in codes(public=False)
    assert "demonstration_in_public" in codes(public=True)
    settings.TONLE_PROXIES = 1
    assert "demonstration_in_public" in codes(public=False)
    settings.TONLE_PROXIES, settings.TONLE_URL = 0, "https://commons.example.org"
    assert "demonstration_in_public" in codes(public=False)

    assert services.remove_demonstration(actor=SYSTEM, now=NOW) == len(characters())
    assert services.remove_demonstration(actor=SYSTEM, now=NOW) == 0
    assert "demonstration_in_public" not in codes(public=True)
    community = selectors.community("demonstration")
    assert community is not None
    assert not community.is_open


def test_an_invented_steward_does_not_keep_a_node(invented: dict[str, Account]) -> None:
    rith = actor(holder("rith", "steward"))
    with pytest.raises(Refused):
        services.revoke_role(account_id=rith.id, role="steward", actor=rith, now=NOW)
    with pytest.raises(NotPermitted):
        services.add_demonstration(actor=actor(account("bopha")), now=NOW)


def test_an_invented_steward_changes_nothing_for_real_people(invented: dict[str, Account]) -> None:
    now = datetime.now(UTC)
    chan, bopha = actor(invented["steward"], now), account("bopha")
    attempts = (
        lambda: services.grant_role(account_id=bopha.pk, role="steward", actor=chan, now=now),
        lambda: services.revoke_role(account_id=bopha.pk, role="curator", actor=chan, now=now),
        lambda: services.invite(email="a@example.org", role="steward", actor=chan, now=now),
        lambda: services.suspend_accounts(
            accounts=[bopha.pk], reason="For fun.", actor=chan, now=now
        ),
    )
    for attempt in attempts:
        with pytest.raises(Refused) as refused:
            attempt()
        assert [refusal.code for refusal in refused.value.refusals] == ["invented"]
    # Among themselves they play on.
    assert services.grant_role(
        account_id=invented["outsider"].pk, role="curator", actor=chan, now=now
    )


def test_what_they_gave_in_an_earlier_release_goes_with_them(invented: dict[str, Account]) -> None:
    now = datetime.now(UTC)
    bopha = account("bopha")
    grant = services.grant_role(account_id=bopha.pk, role="steward", actor=SYSTEM, now=now)
    RoleGrant.objects.filter(pk=grant.pk).update(granted_by=invented["steward"].actor_id)

    services.remove_demonstration(actor=SYSTEM, now=now)

    assert not actor(bopha, now).roles


def test_the_command_makes_nobody_up_on_a_node_that_others_reach(
    settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.TONLE_URL = "https://commons.example.org"

    assert commands._demo(argparse.Namespace(remove=False)) == 1
    assert "others reach" in capsys.readouterr().err
    assert not Account.objects.filter(is_demonstration=True).exists()
