"""Who may suspend accounts and decide appeals."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from tonle.kernel.actors import Actor
from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_
from tonle.people.models import Account, RoleGrant, Suspension
from tonle.people.permissions.common import NOBODY, bar, curates_node, running
from tonle.people.rules.scopes import ACCOUNTS

_BY_PERSON = N_("Only a person suspends an account. Sign in as a steward or curator.")
_DESK = N_("Only the node’s curators and stewards may do this.")
_OWN = N_("This is your own account. Another steward may suspend it.")
_HOLDS_ROLES = N_(
    "This account holds roles here. A steward decides whether it is suspended, not a curator."
)
_OTHERS = N_(
    "You suspended this account yourself, so another steward decides what becomes of the appeal."
)
# What a newcomer may hold and still be the curators' to suspend.
_LIGHT = ("contributor", "member")


def may_suspend(actor: Actor, account: Account, now: datetime) -> Decision:
    """Suspend an account: stewards any but their own; node curators those without an office.

    One query for a curator.
    """
    if reason := _not_at_the_desk(actor):
        return deny(reason)
    if account.pk == actor.id:
        return deny(_OWN)
    if actor.has("steward"):
        return allow()
    held = RoleGrant.objects.filter(running(now), account=account).exclude(role__in=_LIGHT)
    return deny(_HOLDS_ROLES) if held.exists() else allow()


def may_restore(actor: Actor, _suspension: Suspension) -> Decision:
    """Open a suspended account again: the node's curators and stewards."""
    reason = _not_at_the_desk(actor)
    return deny(reason) if reason else allow()


def may_decide_appeal(actor: Actor, suspension: Suspension, stewards: int) -> Decision:
    """Answer an appeal: a steward, and not the one who suspended while there is another.

    stewards: how many the node has now.
    """
    if (reason := bar(actor, ACCOUNTS)) or actor.kind != "person":
        return deny(reason or _BY_PERSON)
    if not actor.has("steward"):
        return deny(N_("Only the node’s stewards may do this."))
    if suspension.suspended_by == actor.id and stewards > 1:
        return deny(_OTHERS)
    return allow()


def may_read_suspension(actor: Actor, suspension: Suspension) -> Decision:
    """See why an account is suspended: its owner, and the node's curators and stewards."""
    if reason := bar(actor, ACCOUNTS):
        return deny(reason)
    own = suspension.account_id == actor.id
    return allow() if own or curates_node(actor) else deny(_DESK)


def suspensions_visible_to(actor: Actor) -> Q:
    """Twin of may_read_suspension."""
    if bar(actor, ACCOUNTS):
        return NOBODY
    return Q() if curates_node(actor) else Q(account_id=actor.id)


def _not_at_the_desk(actor: Actor) -> str:
    """Why somebody never suspends or restores; "" for curators and stewards in person."""
    if reason := bar(actor, ACCOUNTS):
        return reason
    if actor.kind != "person":
        return _BY_PERSON
    return "" if curates_node(actor) else _DESK
