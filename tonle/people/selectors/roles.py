"""Questions about who holds which role where, and who may give it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from tonle.kernel.actors import NODE, Actor, Scope
from tonle.kernel.text import LanguageMap
from tonle.people.models import Account, Community, Invitation, Organisation, RoleGrant
from tonle.people.permissions import (
    grants_visible_to,
    invitations_visible_to,
    may_give_role,
    running,
)
from tonle.people.rules.roles import RoleKind, role_kind, roles
from tonle.people.selectors.accounts import own_grants
from tonle.people.selectors.persons import names_of

# In which order the lists are read, page by page.
BY_ROLE = ("role", "valid_from", "pk")
LAST_GIVEN = ("-valid_from", "-pk")
LAST_SENT = ("-invited_at", "id")


@dataclass(frozen=True)
class RoleRow:
    """A role somebody holds or held. label: gettext message; scope_names: {} for the node."""

    account_id: str
    email: str
    person: str
    name: str
    label: str
    scope: Scope
    scope_names: LanguageMap
    since: datetime
    until: datetime | None
    ended_at: datetime | None
    note: str


def scope_names(scopes: Iterable[Scope]) -> dict[Scope, LanguageMap]:
    """What the things are called in whose scope roles hold. At most two queries.

    A scope of a context above is left out; pages show its id.
    """
    ids: dict[str, set[str]] = {}
    for scope in scopes:
        ids.setdefault(scope.kind, set()).add(scope.id)
    found: dict[Scope, LanguageMap] = {}
    if "organisation" in ids:
        known = Organisation.objects.filter(pk__in=ids["organisation"])
        for id, names in known.values_list("id", "names"):
            found[Scope("organisation", id)] = names
    if "community" in ids:
        told = Community.objects.filter(pk__in=ids["community"])
        for id, names in told.values_list("id", "names"):
            found[Scope("community", id)] = names
    return found


def role_rows(grants: Iterable[RoleGrant]) -> list[RoleRow]:
    """Grants that the actor may see, with what their people and scopes are called."""
    held = list(grants)
    ids = {grant.account_id for grant in held}
    emails = dict(Account.objects.filter(pk__in=ids).values_list("actor_id", "email"))
    people = names_of(ids)
    names = scope_names(Scope(g.scope_kind, g.scope_id) for g in held)
    rows = []
    for grant in held:
        kind, scope = role_kind(grant.role), Scope(grant.scope_kind, grant.scope_id)
        rows.append(
            RoleRow(
                account_id=grant.account_id,
                email=emails.get(grant.account_id, ""),
                person=people.get(grant.account_id, ""),
                name=grant.role,
                label=kind.label if kind else grant.role,
                scope=scope,
                scope_names=names.get(scope, {}),
                since=grant.valid_from,
                until=grant.valid_until,
                ended_at=grant.ended_at,
                note=grant.note,
            )
        )
    return rows


def own_roles(*, actor: Actor, now: datetime) -> list[RoleRow]:
    """The roles the actor holds now, by name; also those that sleep. At most five queries."""
    return role_rows(own_grants(actor=actor, now=now))


def roles_of(*, account_id: str, actor: Actor, now: datetime) -> list[RoleRow]:
    """Roles that an account holds now, as far as the actor may see, by role."""
    rows = RoleGrant.objects.filter(grants_visible_to(actor), account_id=account_id)
    return role_rows(rows.filter(running(now)).order_by("role", "scope_kind", "scope_id"))


def ended_grants_of(*, account_id: str, actor: Actor, now: datetime) -> QuerySet[RoleGrant]:
    """Roles that an account held, as far as the actor may see; `LAST_GIVEN`."""
    rows = RoleGrant.objects.filter(grants_visible_to(actor), account_id=account_id)
    return rows.exclude(running(now))


def roles_of_many(
    *, account_ids: Iterable[str], actor: Actor, now: datetime
) -> dict[str, list[RoleRow]]:
    """Roles held now by several accounts, as far as the actor may see; by account id."""
    rows = RoleGrant.objects.filter(
        running(now), grants_visible_to(actor), account_id__in=list(account_ids)
    )
    found: dict[str, list[RoleRow]] = {}
    for row in role_rows(rows.order_by("role", "scope_kind", "scope_id")):
        found.setdefault(row.account_id, []).append(row)
    return found


def grants_in(*, scope: Scope, actor: Actor, now: datetime) -> QuerySet[RoleGrant]:
    """Who holds which role in exactly this scope, as far as the actor may see; `BY_ROLE`."""
    return RoleGrant.objects.filter(
        running(now), grants_visible_to(actor), scope_kind=scope.kind, scope_id=scope.id
    )


def ended_grants_in(*, scope: Scope, actor: Actor, now: datetime) -> QuerySet[RoleGrant]:
    """Roles in this scope that ended or lapsed; `LAST_GIVEN`."""
    return RoleGrant.objects.filter(
        grants_visible_to(actor), scope_kind=scope.kind, scope_id=scope.id
    ).filter(Q(ended_at__isnull=False) | Q(valid_until__lte=now))


def givable_roles(*, actor: Actor, scope: Scope) -> list[RoleKind]:
    """The roles the actor may give in this scope now."""
    return [
        kind
        for kind in roles()
        if scope.kind in kind.scope_kinds and may_give_role(actor, kind.name, scope)
    ]


def scopes_to_give_in(actor: Actor) -> list[Scope]:
    """The scopes the actor's own roles let them give some role in: the node first. No query."""
    found = []
    for kind in roles():
        if actor.has("steward") or any(actor.has(name) for name in kind.given_node_wide_by):
            found.append(NODE)
        for held in actor.roles:
            if held.name in kind.given_by and held.scope != NODE:
                found.append(held.scope)
    return sorted(set(found), key=lambda scope: (scope != NODE, scope))


def scope_of(text: str) -> Scope | None:
    """`node`, or `organisation:<id>` or `community:<id>` of one that exists; None otherwise."""
    kind, _colon, id = text.partition(":")
    scope = Scope(kind, id)
    if scope == NODE:
        return NODE
    return scope if scope_names([scope]) else None


def open_invitations(*, scope: Scope, actor: Actor, now: datetime) -> QuerySet[Invitation]:
    """Invitations into this scope that still work and the actor may see; `LAST_SENT`."""
    return Invitation.objects.filter(
        invitations_visible_to(actor),
        scope_kind=scope.kind,
        scope_id=scope.id,
        accepted_at__isnull=True,
        withdrawn_at__isnull=True,
        expires_at__gt=now,
    )
