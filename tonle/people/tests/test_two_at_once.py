"""Two people doing the same thing at once: it happens once, and no error of ours is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.constants import NOW
from tonle.infra.tests.test_jobs import in_threads
from tonle.kernel.actors import SYSTEM, Scope
from tonle.kernel.errors import TonleError
from tonle.people import errors, services
from tonle.people.models import (
    Account,
    Community,
    OrganisationVerification,
    RoleGrant,
    Suspension,
)
from tonle.people.tests.factories import account, actor, holder

pytestmark = pytest.mark.django_db(transaction=True)


def outcomes(work: Callable[[], Any], times: int = 2) -> list[Any]:
    """What each of the threads got: a value, or the class of a refusal it was told."""

    def told(_number: int) -> Any:
        try:
            return work()
        except TonleError as refusal:
            return type(refusal)

    return in_threads(times, told)


def test_one_link_makes_one_grant() -> None:
    rith = actor(holder("rith", "steward"))
    secret = services.invite(email="a@example.org", role="curator", actor=rith, now=NOW)[1]
    people = [actor(account(name)) for name in ("one", "two")]

    def accept() -> Any:
        return services.accept_invitation(secret=secret, actor=people.pop(), now=NOW).role

    assert sorted(map(str, outcomes(accept))) == sorted(["curator", str(errors.InvitationSpent)])
    assert RoleGrant.objects.filter(role="curator").count() == 1


def test_two_curators_suspend_once() -> None:
    dara = actor(holder("dara", "curator"))
    wave = [account(f"robot{number}").pk for number in range(3)]

    def suspend() -> int:
        made = services.suspend_accounts(accounts=wave, reason="Spam.", actor=dara, now=NOW)
        return len(made)

    assert outcomes(suspend) == [3, 3]
    assert Suspension.objects.count() == 3


def test_two_stewards_who_suspend_each_other_leave_one() -> None:
    pair = [holder("rith", "steward"), holder("chan", "steward")]
    actors = [actor(one) for one in pair]
    turns = [(actors[0], pair[1].pk), (actors[1], pair[0].pk)]

    def suspend() -> int:
        who, whom = turns.pop()
        return len(
            services.suspend_accounts(accounts=[whom], reason="You first.", actor=who, now=NOW)
        )

    outcomes(suspend)
    assert Account.objects.filter(is_active=True).count() == 1


def test_two_stewards_verify_once() -> None:
    found = services.add_organisation(description={"names": {"en": "I"}}, actor=SYSTEM, now=NOW)

    def verify() -> bool:
        done = services.verify_organisation(
            id=found.id, evidence="Letter 1", checked_on=NOW.date(), actor=SYSTEM, now=NOW
        )
        return done.verified_at is not None

    assert outcomes(verify) == [True, True]
    assert OrganisationVerification.objects.count() == 1


def test_one_short_name_is_given_once() -> None:
    def add() -> str:
        made = services.add_community(
            description={"slug": "rivers", "names": {"en": "Rivers"}}, actor=SYSTEM, now=NOW
        )
        return made.slug

    assert sorted(map(str, outcomes(add))) == sorted(["rivers", str(errors.SlugTaken)])
    assert Community.objects.count() == 1


def test_vouching_twice_at_once_is_one_grant() -> None:
    sokha = account("sokha")
    found = services.add_organisation(description={"names": {"en": "I"}}, actor=SYSTEM, now=NOW)
    services.verify_organisation(
        id=found.id, evidence="Letter 1", checked_on=NOW.date(), actor=SYSTEM, now=NOW
    )
    scope = Scope("organisation", found.id)
    chan = actor(holder("chan", "manager", scope))

    def vouch() -> str:
        return services.vouch(account_id=sokha.pk, actor=chan, now=NOW, scope=scope).role

    assert outcomes(vouch) == ["contributor", "contributor"]
    assert RoleGrant.objects.filter(role="contributor").count() == 1
