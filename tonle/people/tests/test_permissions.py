"""Object check and query filter of every permission agree, for every role and scope."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Model, Q

from tests.constants import NOW
from tests.everyone import everyone
from tonle.kernel import identifiers
from tonle.kernel.actors import ANONYMOUS, NODE, SYSTEM, Actor, Role, Scope
from tonle.kernel.decisions import Decision
from tonle.people import permissions
from tonle.people.models import (
    Account,
    ApiToken,
    Community,
    Invitation,
    Organisation,
    Person,
    RoleGrant,
    Suspension,
)
from tonle.people.rules.roles import RoleKind, gives, register_role, roles
from tonle.people.services import add_organisation, create_token
from tonle.people.tests.factories import account, holder

SCOPES = (
    NODE,
    Scope("organisation", "one"),
    Scope("organisation", "two"),
    Scope("community", "one"),
    Scope("board", "one"),
)

SEVERAL = frozenset({Role("manager", SCOPES[1]), Role("curator", SCOPES[3])})

PAIRS: tuple[tuple[type[Model], Callable[..., Decision], Callable[..., Q]], ...] = (
    (Account, permissions.may_read_account, permissions.accounts_visible_to),
    (RoleGrant, permissions.may_read_grant, permissions.grants_visible_to),
    (ApiToken, permissions.may_manage_token, permissions.tokens_visible_to),
    (Person, permissions.may_read_person, permissions.persons_visible_to),
    (Organisation, permissions.may_edit_organisation, permissions.organisations_editable_by),
    (Community, permissions.may_edit_community, permissions.communities_editable_by),
    (Invitation, permissions.may_manage_invitation, permissions.invitations_visible_to),
    (Suspension, permissions.may_read_suspension, permissions.suspensions_visible_to),
)


@pytest.fixture
def peopled(db: None) -> tuple[list[str], list[str]]:
    made = [account("sokha"), holder("rith", "steward"), holder("dara", "curator")]
    made += [
        holder("bopha", "member", SCOPES[1]),
        holder("chan", "manager", SCOPES[2]),
        holder("vanna", "curator", SCOPES[3]),
        holder("nary", "member", SCOPES[3]),
    ]
    for number, one in enumerate(made):
        create_token(account_id=one.pk, label="laptop", scopes=["read"], actor=SYSTEM, now=NOW)
        Person.objects.create(
            id=identifiers.mint(),
            account=one if number % 2 else None,
            name=f"Person {number}",
            created_at=NOW,
            updated_at=NOW,
        )
    for id in ("one", "two"):
        Community.objects.create(
            id=id, slug=f"{id}-river", names={"en": id}, created_at=NOW, updated_at=NOW
        )
    invited = [("curator", NODE), ("contributor", NODE), ("member", SCOPES[1])]
    for number, (role, scope) in enumerate([*invited, ("curator", SCOPES[3])]):
        Invitation.objects.create(
            id=identifiers.mint(),
            secret_sha256=str(number),
            role=role,
            scope_kind=scope.kind,
            scope_id=scope.id,
            invited_by=made[number % 2].pk,
            invited_at=NOW,
            expires_at=NOW,
        )
    for one in made[:2]:
        Suspension.objects.create(
            id=identifiers.mint(), account=one, reason="x", suspended_by="y", suspended_at=NOW
        )
    organisations = [
        add_organisation(description={"names": {"en": name}}, actor=SYSTEM, now=NOW).id
        for name in ("Institute of Rivers", "Institute of Rice")
    ]
    return [one.pk for one in made], organisations


@pytest.mark.parametrize(
    ("model", "may", "visible"), PAIRS, ids=lambda v: getattr(v, "__name__", "")
)
def test_check_and_filter_agree(
    peopled: tuple[list[str], list[str]],
    model: Any,
    may: Callable[..., Decision],
    visible: Callable[..., Q],
) -> None:
    rows = list(model.objects.all())
    assert rows
    answers = set()
    ids, organisations = peopled
    scopes = (*SCOPES, *(Scope("organisation", id) for id in organisations))
    for actor in (*everyone(ids, scopes), *(Actor(id, "person", SEVERAL) for id in ids)):
        if model is not Person and (actor.kind == "anonymous" or actor.token_scopes is not None):
            # Nobody in particular and no token ever touches accounts, whatever roles they hold.
            assert not any(may(actor, row) for row in rows)
        listed = set(model.objects.filter(visible(actor)).values_list("pk", flat=True))
        allowed = {row.pk for row in rows if may(actor, row)}
        assert listed == allowed, actor
        answers.add(len(listed))
    # Some see nothing and some see all, or the test proves nothing.
    assert {0, len(rows)} <= answers


def test_a_refusal_says_why() -> None:
    decision = permissions.may_create_account(ANONYMOUS)

    assert not decision
    assert "Sign in" in str(decision)


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("role", ["steward", "curator", "manager", "member"])
def test_only_stewards_give_roles_of_the_whole_node(role: str, scope: Scope) -> None:
    for kind in roles():
        actor = Actor("a", "person", frozenset({Role(kind.name)}))
        if scope == NODE:
            assert gives(actor, role, scope) == (kind.name == "steward")


def test_a_role_is_registered_once() -> None:
    with pytest.raises(RuntimeError):
        register_role(RoleKind("steward", "Another", ("node",)))
    with pytest.raises(RuntimeError):
        register_role(RoleKind("gardener", "Gardener", ("garden",)))
