"""Who may see and move agreements that are concluded here: for one, and as a filter for lists.

A text that is not public yet is read by the officers of its parties and by the secretariat,
which keeps the papers. A steward keeps the node running and has no part in what states negotiate.
"""

from __future__ import annotations

from django.db.models import Q

from tonle.agreements.models import Agreement, Version
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_

NOBODY = Q(pk__in=())
# Not `Q()`: joined with another condition by "or", an empty one is dropped.
EVERYBODY = ~NOBODY


def is_secretariat(actor: Actor) -> bool:
    return actor.has("secretariat")


def organisations_of(actor: Actor) -> frozenset[str]:
    """For which organisations the actor is an officer."""
    return frozenset(
        role.scope.id
        for role in actor.roles
        if role.name == "officer" and role.scope.kind == "organisation"
    )


def drafts(actor: Actor) -> bool:
    """Whether the actor has anything to do here. Pure, for the navigation."""
    return actor.kind == "person" and bool(may_draft(actor))


def may_draft(actor: Actor) -> Decision:
    if is_secretariat(actor) or organisations_of(actor):
        return allow()
    return deny(N_("Officers of the parties and the secretariat draft agreements."))


def may_read(actor: Actor, agreement: Agreement) -> Decision:
    if actor == SYSTEM or is_secretariat(actor):
        return allow()
    own = organisations_of(actor)
    if own and agreement.parties.filter(organisation__in=own).exists():
        return allow()
    return deny(N_("Only the parties and the secretariat read this."))


def visible_to(actor: Actor) -> Q:
    """Twin of `may_read`."""
    if actor == SYSTEM or is_secretariat(actor):
        return EVERYBODY
    own = organisations_of(actor)
    if not own:
        return NOBODY
    of_theirs = Agreement.objects.filter(parties__organisation__in=own)
    return Q(pk__in=of_theirs.values("pk"))


def may_move(event: str, actor: Actor, version: Version) -> Decision:
    """The permission of the machine: all but giving up follows from steps of the parties."""
    if actor == SYSTEM:
        return allow()
    if event != "abandon":
        return deny(N_("The node does this by itself, once the parties have acted."))
    return may_read(actor, version.agreement)
