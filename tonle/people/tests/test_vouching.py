"""Vouching for people, and verifying the organisations that may."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.constants import NOW
from tonle.infra.models import AuditEntry
from tonle.kernel.actors import NODE, SYSTEM, Actor, Role, Scope
from tonle.kernel.errors import Invalid, NotPermitted
from tonle.people import selectors, services
from tonle.people.models import Account, Organisation, RoleGrant
from tonle.people.notices.models import Notice
from tonle.people.rules.roles import is_vouched
from tonle.people.tests.factories import account, actor, holder

pytestmark = pytest.mark.django_db

LETTER = "Letter no. 214 of the rector, seen in original"


@pytest.fixture
def institute() -> Organisation:
    return services.add_organisation(
        description={"names": {"en": "Institute of Rivers"}}, actor=SYSTEM, now=NOW
    )


@pytest.fixture
def sokha() -> Account:
    return account("sokha")


@pytest.fixture
def manager(institute: Organisation) -> Account:
    return holder("chan", "manager", Scope("organisation", institute.id))


def verify(institute: Organisation, by: Actor = SYSTEM) -> None:
    services.verify_organisation(
        id=institute.id, evidence=LETTER, checked_on=NOW.date(), actor=by, now=NOW
    )


@pytest.mark.parametrize("role", ["curator", "steward"])
def test_the_nodes_curators_and_stewards_vouch_for_the_whole_node(
    sokha: Account, role: str
) -> None:
    dara = actor(holder("dara", role))
    grant = services.vouch(account_id=sokha.pk, actor=dara, now=NOW, note="We met at the workshop.")
    again = services.vouch(account_id=sokha.pk, actor=dara, now=NOW)

    assert grant == again
    assert is_vouched(actor(sokha))
    assert Notice.objects.get().account_id == sokha.pk
    assert AuditEntry.objects.filter(action="role_granted", actor=dara.id).count() == 1

    services.unvouch(account_id=sokha.pk, actor=dara, now=NOW)
    assert services.unvouch(account_id=sokha.pk, actor=dara, now=NOW) is None
    assert not is_vouched(actor(sokha))


def test_nobody_vouches_for_themselves_or_as_a_communitys_curator(sokha: Account) -> None:
    for someone in (sokha, holder("vanna", "curator", Scope("community", "rivers"))):
        with pytest.raises(NotPermitted):
            services.vouch(account_id=sokha.pk, actor=actor(someone), now=NOW)


def test_a_manager_vouches_only_where_the_organisation_is_verified(
    institute: Organisation, manager: Account, sokha: Account
) -> None:
    scope = Scope("organisation", institute.id)
    with pytest.raises(NotPermitted, match="not verified"):
        services.vouch(account_id=sokha.pk, actor=actor(manager), now=NOW, scope=scope)
    verify(institute)
    services.vouch(account_id=sokha.pk, actor=actor(manager), now=NOW, scope=scope)

    assert actor(sokha).roles == {Role("contributor", scope)}
    with pytest.raises(NotPermitted):
        services.vouch(account_id=sokha.pk, actor=actor(manager), now=NOW, scope=NODE)


def test_what_a_manager_vouched_for_ends_with_the_verification(
    institute: Organisation, manager: Account, sokha: Account
) -> None:
    verify(institute)
    scope = Scope("organisation", institute.id)
    services.vouch(account_id=sokha.pk, actor=actor(manager), now=NOW, scope=scope)
    later = NOW + timedelta(days=1)
    for _ in range(2):
        services.unverify_organisation(
            id=institute.id, reason="The letter was forged.", actor=SYSTEM, now=later
        )

    assert not is_vouched(actor(sokha, later))
    assert RoleGrant.objects.filter(role="contributor", ended_at=later).count() == 1
    found = selectors.organisation(institute.id)
    assert found is not None
    assert found.verified_at is None
    assert [v.reason for v in found.verifications.all()] == ["The letter was forged."]


@pytest.mark.parametrize("role", ["curator", "manager"])
def test_only_a_steward_verifies(institute: Organisation, role: str) -> None:
    scope = NODE if role == "curator" else Scope("organisation", institute.id)
    with pytest.raises(NotPermitted):
        verify(institute, actor(holder("dara", role, scope)))
    verify(institute, actor(holder("rith", "steward")))
    verify(institute, actor(holder("other", "steward")))

    assert institute.verifications.count() == 1


@pytest.mark.parametrize(("evidence", "days"), [("  ", 0), (LETTER, 1), ("x" * 2001, 0)])
def test_a_verification_needs_evidence_that_was_seen(
    institute: Organisation, evidence: str, days: int
) -> None:
    with pytest.raises(Invalid):
        services.verify_organisation(
            id=institute.id,
            evidence=evidence,
            checked_on=NOW.date() + timedelta(days=days),
            actor=SYSTEM,
            now=NOW,
        )


def test_a_verified_address_is_told_from_one_that_is_not(sokha: Account) -> None:
    assert selectors.has_verified_email(sokha.pk)
    sokha.emailaddress_set.update(verified=False)  # type: ignore[attr-defined]  # allauth's own row
    assert not selectors.has_verified_email(sokha.pk)
    assert not selectors.has_verified_email("nobody")


def test_curators_and_stewards_are_known_by_their_office() -> None:
    assert is_vouched(Actor("a", roles=frozenset({Role("curator")})))
    assert not is_vouched(Actor("a", roles=frozenset({Role("curator", Scope("community", "x"))})))
    assert not is_vouched(Actor("a"))
