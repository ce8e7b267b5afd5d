"""Who may propose, see and decide a wording."""

from __future__ import annotations

from django.db.models import Q

from tonle.desk.wording.models import Wording
from tonle.kernel.actors import NODE, Actor, Role
from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_


def decides(actor: Actor) -> bool:
    """Whether the actor may decide what the node's pages say."""
    return Role("steward", NODE) in actor.roles and actor.token_scopes is None


def proposes(actor: Actor, wording: Wording) -> bool:
    return actor.kind == "person" and actor.id != "" and actor.id == wording.proposed_by


def may_read(actor: Actor, wording: Wording) -> bool:
    """What is in use stands on every page; the rest is between proposer and steward."""
    return wording.state == "accepted" or decides(actor) or proposes(actor, wording)


def visible_to(actor: Actor) -> Q:
    """The rule of `may_read` as a filter."""
    if decides(actor):
        return Q()
    own = Q(proposed_by=actor.id) if actor.kind == "person" and actor.id else Q(pk__in=())
    return Q(state="accepted") | own


def may_decide(actor: Actor) -> Decision:
    return allow() if decides(actor) else deny(N_("Only a steward decides what pages say."))


def may_move(event: str, actor: Actor, wording: Wording) -> Decision:
    """The permission of the machine."""
    if event == "take_back":
        if proposes(actor, wording):
            return allow()
        return deny(N_("Only who proposed it takes it back."))
    return may_decide(actor)
