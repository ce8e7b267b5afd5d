"""Who may give roles, and see who holds them."""

from __future__ import annotations

from django.db.models import Q

from tonle.kernel.actors import Actor, Scope
from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_
from tonle.people.models import Organisation, RoleGrant
from tonle.people.permissions.common import GIVERS, NOBODY, bar
from tonle.people.rules.roles import gives, role_kind, roles
from tonle.people.rules.scopes import ROLES

_UNVERIFIED = N_(
    "This organisation is not verified, so nobody can be vouched for in its name. "
    "Its manager may ask the node’s stewards to verify it."
)


def may_give_role(actor: Actor, role: str, scope: Scope) -> Decision:
    """Give a role in a scope, or take it back. One query for a role that needs verification.

    A steward can do everything here, so no token makes one or ends one.
    """
    if reason := bar(actor, "" if role == "steward" else ROLES):
        return deny(reason)
    if not gives(actor, role, scope):
        return deny(GIVERS)
    kind = role_kind(role)
    if kind is not None and kind.needs_verified and scope.kind == "organisation":
        known = Organisation.objects.filter(pk=scope.id, verified_at__isnull=False)
        return allow() if known.exists() else deny(_UNVERIFIED)
    return allow()


def may_read_grant(actor: Actor, grant: RoleGrant) -> Decision:
    """See who holds or held a role: its holder, and those who may give it there."""
    if reason := bar(actor, ROLES):
        return deny(reason)
    scope = Scope(grant.scope_kind, grant.scope_id)
    if grant.account_id == actor.id or gives(actor, grant.role, scope):
        return allow()
    return deny(GIVERS)


def grants_visible_to(actor: Actor) -> Q:
    """Twin of may_read_grant."""
    if bar(actor, ROLES):
        return NOBODY
    return Q(account_id=actor.id) | givable_by(actor)


def givable_by(actor: Actor) -> Q:
    """Twin of `rules.roles.gives`, over rows with role, scope_kind and scope_id."""
    if actor.has("steward"):
        return ~NOBODY
    found = NOBODY
    for kind in roles():
        for held in actor.roles:
            if held.scope.kind == "node" and held.name in kind.given_node_wide_by:
                found |= Q(role=kind.name, scope_kind="node")
            if held.name not in kind.given_by:
                continue
            if held.scope.kind == "node":
                # Held for the whole node, a role reaches every smaller scope, not the node's own.
                found |= Q(role=kind.name) & ~Q(scope_kind="node")
            else:
                found |= Q(role=kind.name, scope_kind=held.scope.kind, scope_id=held.scope.id)
    return found
