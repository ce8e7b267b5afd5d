"""Who decides about messages: each person about their own, stewards about the node's channels.

Rows of notices and addresses are only ever read by their owner, so the filter that goes with
the first rule is `account_id=actor.id` wherever it is used.
"""

from __future__ import annotations

from tonle.kernel.actors import Actor
from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_
from tonle.people.permissions.common import bar
from tonle.people.rules.scopes import PROFILE

_OWN_ONLY = N_("Only somebody with an account can choose how they are told.")
_STEWARDS = N_("Only the node’s stewards may do this.")


def may_choose_messages(actor: Actor) -> Decision:
    """Read one's notices, choose when and by which channels one is told."""
    if reason := bar(actor, PROFILE):
        return deny(reason)
    return allow() if actor.kind == "person" else deny(_OWN_ONLY)


def may_prove_addresses(actor: Actor) -> Decision:
    """Connect, prove and forget addresses: never by a token, which could lead messages away."""
    if reason := bar(actor):
        return deny(reason)
    return may_choose_messages(actor)


def may_tend_channels(actor: Actor) -> Decision:
    """See how the node's channels fare, test them, set robots for groups."""
    if reason := bar(actor):
        return deny(reason)
    return allow() if actor.has("steward") else deny(_STEWARDS)
