"""Who may see and decide requests: for one, and as a filter for lists.

Both are asked of the catalogue: whoever may let people in to a record's files.
"""

from __future__ import annotations

from django.db.models import Q

from tonle.catalogue import public as catalogue
from tonle.deposit.access.machine import BY_ASKER
from tonle.deposit.access.models import AccessRequest
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_

NOBODY = Q(pk__in=())
# Not `Q()`: joined with another condition by "or", an empty one is dropped.
EVERYBODY = ~NOBODY


def asks(actor: Actor, request: AccessRequest) -> bool:
    return actor.kind == "person" and actor.id != "" and actor.id == request.asked_by


def may_decide(actor: Actor, request: AccessRequest) -> Decision:
    """The record's owner, curators of its communities, and keepers of the node."""
    record = request.record
    return catalogue.may_grant(
        actor, owner=record.created_by, communities=catalogue.communities_of(record)
    )


def decidable(actor: Actor) -> Q:
    """Twin of `may_decide`."""
    if catalogue.keeps(actor):
        return EVERYBODY
    found = NOBODY
    if actor.kind == "person" and actor.id:
        found = found | Q(record__created_by=actor.id)
    if communities := catalogue.curated(actor):
        of_theirs = AccessRequest.objects.filter(record__communities__community__in=communities)
        found = found | Q(pk__in=of_theirs.values("pk"))
    return found


def may_read(actor: Actor, request: AccessRequest) -> Decision:
    """Who asked, and who decides."""
    return allow() if asks(actor, request) else may_decide(actor, request)


def visible_to(actor: Actor) -> Q:
    """Twin of `may_read`."""
    if actor.kind == "person" and actor.id:
        return decidable(actor) | Q(asked_by=actor.id)
    return decidable(actor)


def may_move(event: str, actor: Actor, request: AccessRequest) -> Decision:
    """The permission of the machine."""
    if event in BY_ASKER:
        return allow() if asks(actor, request) else deny(N_("Only who asked may do this."))
    if event == "close":
        return allow() if actor == SYSTEM else deny(N_("The node does this by itself."))
    if asks(actor, request) and not catalogue.keeps(actor):
        return deny(N_("Nobody decides about their own request."))
    return may_decide(actor, request)
