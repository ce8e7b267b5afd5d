"""Who may see and move joint calls: for one, and as a filter for lists.

A call that is not public is read by officers of its parties and by the secretariat, which
keeps the papers. A steward keeps the node running and reads no call.
"""

from __future__ import annotations

from django.db.models import Q

from tonle.agreements.public import is_secretariat, organisations_of
from tonle.funding.models import Call, CallText
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_

NOBODY = Q(pk__in=())
# Not `Q()`: joined with another condition by "or", an empty one is dropped.
EVERYBODY = ~NOBODY


def takes_part(actor: Actor) -> bool:
    """Whether the actor has anything to do with joint calls. Pure, for the navigation."""
    return actor.kind == "person" and (is_secretariat(actor) or bool(organisations_of(actor)))


def may_begin(actor: Actor) -> Decision:
    if is_secretariat(actor):
        return allow()
    return deny(N_("The secretariat begins a joint call."))


def may_read(actor: Actor, call: Call) -> Decision:
    if actor == SYSTEM or is_secretariat(actor):
        return allow()
    own = organisations_of(actor)
    if own and call.parties.filter(organisation__in=own).exists():
        return allow()
    return deny(N_("Only the parties and the secretariat read this."))


def visible_to(actor: Actor) -> Q:
    """Twin of `may_read`."""
    if actor == SYSTEM or is_secretariat(actor):
        return EVERYBODY
    own = organisations_of(actor)
    if not own:
        return NOBODY
    theirs = Call.objects.filter(parties__organisation__in=own)
    return Q(pk__in=theirs.values("pk"))


def may_move_call(event: str, actor: Actor, call: Call) -> Decision:
    """The permission of the call's machine."""
    if actor == SYSTEM:
        return allow()
    if event == "publish":
        if is_secretariat(actor):
            return allow()
        return deny(N_("The secretariat publishes the call."))
    if event == "abandon":
        return may_read(actor, call)
    return deny(N_("The node does this by itself."))


def may_move_text(event: str, actor: Actor, text: CallText) -> Decision:
    """The permission of the machine of a text: all but giving up follows from signatures."""
    if actor == SYSTEM:
        return allow()
    if event == "abandon":
        return may_read(actor, text.call)
    return deny(N_("The node does this by itself."))
