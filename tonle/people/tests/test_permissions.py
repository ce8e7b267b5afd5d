"""Object check and query filter of every permission agree, for every role and scope."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
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
from tonle.people.notices import permissions as notices
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

# With the scope that a token needs; None is none at all, "" that no token will do.
PAIRS: tuple[tuple[type[Model], Callable[..., Decision], Callable[..., Q], str | None], ...] = (
    (Account, permissions.may_read_account, permissions.accounts_visible_to, "accounts"),
    (RoleGrant, permissions.may_read_grant, permissions.grants_visible_to, "roles"),
    (ApiToken, permissions.may_manage_token, permissions.tokens_visible_to, ""),
    (Person, permissions.may_read_person, permissions.persons_visible_to, None),
    (
        Organisation,
        permissions.may_edit_organisation,
        permissions.organisations_editable_by,
        "directory",
    ),
    (Community, permissions.may_edit_community, permissions.communities_editable_by, "directory"),
    (Invitation, permissions.may_manage_invitation, permissions.invitations_visible_to, "roles"),
    (Suspension, permissions.may_read_suspension, permissions.suspensions_visible_to, "accounts"),
)
SEVERAL = frozenset({Role("manager", SCOPES[1]), Role("curator", SCOPES[3])})
OWN_SCOPES = ("profile", "roles", "directory", "accounts")


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


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("model", "may", "visible", "scope"), PAIRS, ids=lambda v: getattr(v, "__name__", "")
)
def test_check_and_filter_agree(
    peopled: tuple[list[str], list[str]],
    model: Any,
    may: Callable[..., Decision],
    visible: Callable[..., Q],
    scope: str | None,
) -> None:
    rows = list(model.objects.all())
    assert rows
    answers = set()
    ids, organisations = peopled
    scopes = (*SCOPES, *(Scope("organisation", id) for id in organisations))
    for actor in (
        *everyone(ids, scopes),
        *everyone(ids[1:2], scopes, OWN_SCOPES),
        *(Actor(id, "person", SEVERAL) for id in ids),
    ):
        by_token = actor.token_scopes
        narrow = by_token is not None and scope is not None and scope not in by_token
        if actor.kind == "anonymous" or narrow:
            # Nobody in particular and no token of another scope, whatever roles they hold.
            assert not any(may(actor, row) for row in rows)
        if by_token is not None:
            owner = replace(actor, token_scopes=None)
            assert all(may(owner, row) for row in rows if may(actor, row))
        listed = set(model.objects.filter(visible(actor)).values_list("pk", flat=True))
        allowed = {row.pk for row in rows if may(actor, row)}
        assert listed == allowed, actor
        answers.add(len(listed))
    # Some see nothing and some see all, or the test proves nothing.
    assert {0, len(rows)} <= answers


def test_a_token_does_what_its_scope_says_and_never_more_than_its_owner(
    peopled: tuple[list[str], list[str]],
) -> None:
    """Every question of this context that is no list: a scope opens it, or nothing does."""
    accounts, communities = list(Account.objects.all()), list(Community.objects.all())
    some = accounts[0]
    suspension = Suspension.objects.all()[0]
    asked: list[tuple[str, Callable[[Actor], Decision]]] = [
        ("profile", lambda actor: permissions.may_edit_profile(actor, some)),
        ("profile", notices.may_choose_messages),
        ("directory", permissions.may_add_community),
        ("directory", permissions.may_add_organisation),
        ("roles", permissions.may_verify_organisation),
        ("accounts", lambda actor: permissions.may_suspend(actor, accounts[1], NOW)),
        ("accounts", lambda actor: permissions.may_restore(actor, suspension)),
        ("accounts", lambda actor: permissions.may_decide_appeal(actor, suspension, 2)),
        ("", permissions.may_create_account),
        ("", permissions.may_add_person),
        ("", notices.may_prove_addresses),
        ("", notices.may_tend_channels),
        ("", lambda actor: permissions.may_create_token(actor, some)),
        ("", lambda actor: permissions.may_erase_account(actor, some)),
        ("", lambda actor: permissions.may_link_orcid(actor, some)),
    ]
    for kind in roles():
        for held in (NODE, Scope("community", communities[0].id)):
            needs = "" if kind.name == "steward" else "roles"
            asked.append(
                (needs, lambda actor, n=kind.name, s=held: permissions.may_give_role(actor, n, s))  # type: ignore[misc]  # The loop's own values.
            )
    for scope, may in asked:
        opened = False
        for id in (some.pk, accounts[2].pk):
            for role in ("steward", "curator", "manager", "member"):
                owner = Actor(id, "person", frozenset({Role(role)}))
                for name in (*OWN_SCOPES, "read", "curate", "deposit"):
                    allowed = bool(may(replace(owner, token_scopes=frozenset({name}))))
                    # With the right scope as much as its owner, with any other nothing.
                    assert allowed == (name == scope and bool(may(owner))), (scope, name, role)
                    opened |= allowed
                assert not may(replace(owner, token_scopes=frozenset()))
        assert opened == (scope != ""), scope


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
