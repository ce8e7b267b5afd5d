"""Who decides about messages: each person about their own, stewards about the node's channels.

Rows of notices and addresses are only ever read by their owner, so the filter that goes with
the first rule is `account_id=actor.id` wherever it is used.
"""

from __future__ import annotations

from tonle.kernel.actors import Actor
from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_
from tonle.people.permissions.common import bar

_OWN_ONLY = N_("Only somebody with an account can choose how they are told.")
_STEWARDS = N_("Only the node’s stewards may do this.")


def may_choose_messages(actor: Actor) -> Decision:
    """Read one's notices, choose channels, prove addresses."""
    if reason := bar(actor):
        return deny(reason)
    return allow() if actor.kind == "person" else deny(_OWN_ONLY)


def may_tend_channels(actor: Actor) -> Decision:
    """See how the node's channels fare, test them, set robots for groups."""
    if reason := bar(actor):
        return deny(reason)
    return allow() if actor.has("steward") else deny(_STEWARDS)
