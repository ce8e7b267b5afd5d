"""Who may make, change and curate communities."""

from __future__ import annotations

from django.db.models import Q

from tonle.kernel.actors import Actor, Scope
from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_
from tonle.people.models import Community
from tonle.people.permissions.common import NOBODY, STEWARDS, bar, curates_node
from tonle.people.rules.scopes import DIRECTORY

_KEEPERS = N_("Only the community’s managers and curators and the node’s stewards may do this.")
_KEEPING_ROLES = ("manager", "curator")


def may_add_community(actor: Actor) -> Decision:
    """Make a community, name it in addresses, close it and open it again: the stewards."""
    if reason := bar(actor, DIRECTORY):
        return deny(reason)
    return allow() if actor.has("steward") else deny(STEWARDS)


def may_edit_community(actor: Actor, community: Community) -> Decision:
    """Change what a community says of itself: its managers and curators, and the stewards."""
    if reason := bar(actor, DIRECTORY):
        return deny(reason)
    scope = Scope("community", community.id)
    keeps = any(actor.has(role, scope) for role in _KEEPING_ROLES)
    return allow() if keeps or curates_node(actor) else deny(_KEEPERS)


def communities_editable_by(actor: Actor) -> Q:
    """Twin of may_edit_community."""
    if bar(actor, DIRECTORY):
        return NOBODY
    if curates_node(actor) or any(actor.has(role) for role in _KEEPING_ROLES):
        return Q()
    return Q(
        id__in=[
            role.scope.id
            for role in actor.roles
            if role.name in _KEEPING_ROLES and role.scope.kind == "community"
        ]
    )


def curates(actor: Actor, community_id: str) -> bool:
    """Whether somebody works as a curator of a community: its own, and the node's.

    Asks no database. A token may curate where its scopes say so; that is the caller's to ask.
    """
    return actor.has("steward") or actor.has("curator", Scope("community", community_id))
