"""Who may add, change and verify organisations."""

from __future__ import annotations

from django.db.models import Q

from tonle.kernel.actors import Actor, Scope
from tonle.kernel.decisions import Decision, allow, deny
from tonle.people.models import Organisation
from tonle.people.permissions.common import EDITORS, NOBODY, STEWARDS, bar, curates_node
from tonle.people.rules.scopes import DIRECTORY, ROLES


def may_add_organisation(actor: Actor) -> Decision:
    if reason := bar(actor, DIRECTORY):
        return deny(reason)
    return allow() if curates_node(actor) else deny(EDITORS)


def may_edit_organisation(actor: Actor, organisation: Organisation) -> Decision:
    """Change an organisation's description: its managers, node curators, stewards."""
    if reason := bar(actor, DIRECTORY):
        return deny(reason)
    manages = actor.has("manager", Scope("organisation", organisation.id))
    return allow() if manages or curates_node(actor) else deny(EDITORS)


def organisations_editable_by(actor: Actor) -> Q:
    """Twin of may_edit_organisation."""
    if bar(actor, DIRECTORY):
        return NOBODY
    if curates_node(actor) or actor.has("manager"):
        return Q()
    managed = [
        role.scope.id
        for role in actor.roles
        if role.name == "manager" and role.scope.kind == "organisation"
    ]
    return Q(id__in=managed)


def may_verify_organisation(actor: Actor) -> Decision:
    """Say that an organisation is what it says, or take that back: the stewards.

    Its managers may then vouch for people, so a token needs the scope for roles.
    """
    if reason := bar(actor, ROLES):
        return deny(reason)
    return allow() if actor.has("steward") else deny(STEWARDS)
