"""Inviting to a role: one link, hashed, once, and re-checked when it is accepted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from tests.constants import NOW
from tonle.kernel.actors import ANONYMOUS, NODE, SYSTEM, Actor, Role, Scope
from tonle.kernel.errors import Invalid, NotPermitted, Refused
from tonle.people import errors, selectors, services
from tonle.people.models import Community, Invitation, RoleGrant
from tonle.people.notices.models import Notice
from tonle.people.services.invitations import INVITATION_LIFE
from tonle.people.tests.factories import account, actor, holder

pytestmark = pytest.mark.django_db

ADDRESS = "vanna@example.org"


@pytest.fixture
def rivers() -> Community:
    return services.add_community(
        description={"slug": "rivers", "names": {"en": "Rivers"}}, actor=SYSTEM, now=NOW
    )


@pytest.fixture
def scope(rivers: Community) -> Scope:
    return Scope("community", rivers.id)


@pytest.fixture
def manager(scope: Scope) -> Actor:
    return actor(holder("chan", "manager", scope))


def invite(by: Actor, scope: Scope, role: str = "curator") -> str:
    return services.invite(email=ADDRESS, role=role, scope=scope, actor=by, now=NOW)[1]


def test_only_the_digest_of_the_link_is_kept(manager: Actor, scope: Scope) -> None:
    secret = invite(manager, scope)
    row = Invitation.objects.get()
    assert secret not in str(vars(row))
    assert services.open_invitation(secret, NOW) == row


def test_any_account_accepts_and_the_link_is_spent(manager: Actor, scope: Scope) -> None:
    secret = invite(manager, scope)
    nary, other = account("nary"), account("other")
    grant = services.accept_invitation(secret=secret, actor=actor(nary), now=NOW)
    again = services.accept_invitation(secret=secret, actor=actor(nary), now=NOW)

    assert grant == again
    assert grant.granted_by == manager.id
    assert Role("curator", scope) in actor(nary).roles
    with pytest.raises(errors.InvitationSpent):
        services.accept_invitation(secret=secret, actor=actor(other), now=NOW)
    assert {n.account_id for n in Notice.objects.all()} >= {manager.id}

    services.revoke_role(account_id=nary.pk, role="curator", scope=scope, actor=manager, now=NOW)
    # What was taken back does not come back by the old link.
    with pytest.raises(errors.InvitationSpent):
        services.accept_invitation(secret=secret, actor=actor(nary), now=NOW)


def test_it_lapses_is_withdrawn_and_never_was_alike(manager: Actor, scope: Scope) -> None:
    nary = actor(account("nary"))
    secret = invite(manager, scope)
    with pytest.raises(errors.InvitationSpent):
        services.accept_invitation(secret=secret, actor=nary, now=NOW + INVITATION_LIFE)
    with pytest.raises(errors.InvitationSpent):
        services.accept_invitation(secret="0" * 64, actor=nary, now=NOW)
    id = Invitation.objects.get().id
    with pytest.raises(errors.NoSuchInvitation):
        services.withdraw_invitation(id=id, actor=nary, now=NOW)
    for _ in range(2):
        services.withdraw_invitation(id=id, actor=manager, now=NOW)
    with pytest.raises(errors.InvitationSpent):
        services.accept_invitation(secret=secret, actor=nary, now=NOW)


def test_whoever_invited_must_still_be_allowed_to(manager: Actor, scope: Scope) -> None:
    secret = invite(manager, scope)
    services.revoke_role(account_id=manager.id, role="manager", scope=scope, actor=SYSTEM, now=NOW)
    with pytest.raises(errors.InvitationSpent):
        services.accept_invitation(secret=secret, actor=actor(account("nary")), now=NOW)
    assert not RoleGrant.objects.filter(role="curator").exists()


def test_nobody_invites_to_what_they_could_not_give(manager: Actor, scope: Scope) -> None:
    for who, role, where in (
        (manager, "steward", NODE),
        (manager, "curator", NODE),
        (manager, "curator", Scope("community", "another")),
        (actor(account("bopha")), "member", scope),
        (ANONYMOUS, "member", scope),
    ):
        with pytest.raises(NotPermitted):
            invite(who, where, role)
    with pytest.raises(Invalid):
        services.invite(email="no address", role="member", scope=scope, actor=manager, now=NOW)


def test_one_open_invitation_for_each_address_and_role(manager: Actor, scope: Scope) -> None:
    invite(manager, scope)
    with pytest.raises(Refused):
        invite(manager, scope)
    invite(manager, scope, "member")
    services.invite(
        email=ADDRESS,
        role="curator",
        scope=scope,
        actor=manager,
        now=NOW + INVITATION_LIFE + timedelta(seconds=1),
    )
    assert selectors.open_invitations(scope=scope, actor=manager, now=NOW).count() == 3


def test_a_program_and_a_stranger_accept_nothing(manager: Actor, scope: Scope) -> None:
    secret = invite(manager, scope)
    nary = account("nary")
    for who in (ANONYMOUS, SYSTEM, Actor(nary.pk, token_scopes=frozenset({"read"}))):
        with pytest.raises(NotPermitted):
            services.accept_invitation(secret=secret, actor=who, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_the_page_sends_a_letter_and_whoever_opens_the_link_says_who_they_are(
    mailoutbox: list[object],
) -> None:
    from datetime import UTC, datetime

    now = datetime.now(UTC) - timedelta(minutes=1)
    browser = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en")
    browser.force_login(holder("rith", "steward", now=now))
    page = browser.post(
        "/people/roles/node", {"action": "invite", "email": ADDRESS, "role": "curator"}
    )
    (letter,) = mailoutbox
    link = next(w for w in str(getattr(letter, "body", "")).split() if "/invitations/" in w)
    assert link in page.text
    assert link not in browser.get("/people/roles/node").text
    path = link[link.index("/invitations/") :]

    stranger = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en")
    shown = stranger.get(path)
    assert "Curator" in shown.text
    assert ADDRESS not in shown.text
    assert stranger.post(path).status_code == 200
    nary = account("nary", now=now)
    stranger.force_login(nary)
    assert "nary@example.org" in stranger.get(path).text
    assert stranger.post(path).headers["Location"] == "/me"
    assert actor(nary, datetime.now(UTC)).has("curator")
    assert Client(HTTP_HOST="localhost").get(path).status_code == 410
