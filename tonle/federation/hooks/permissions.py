"""Who may have messages sent.

Stewards alone: a hook makes this node write to any address, also to one within a network
that its steward has opened for harvesting, and shows what is answered there.
"""

from __future__ import annotations

from typing import Any

from tonle.kernel.actors import NODE, SYSTEM, Actor, Role
from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_, NotPermitted

TOKEN_SCOPE = "hooks"  # noqa: S105 # The name of a scope, no secret.


def may_keep_hooks(actor: Actor) -> Decision:
    """Add, change, try and remove hooks, and read about them."""
    by_narrow_token = actor.token_scopes is not None and TOKEN_SCOPE not in actor.token_scopes
    if Role("steward", NODE) in actor.roles and not by_narrow_token:
        return allow()
    return deny(N_("Only a steward of the node decides whom it tells of changes."))


def may_move(event: str, actor: Actor, _hook: Any) -> Decision:
    """Pausing and going on is a steward's; stopping the node's own."""
    if actor == SYSTEM:
        return allow()
    if event == "stop":
        return deny(N_("The node itself does this, when a receiver takes nothing for days."))
    return may_keep_hooks(actor)


def demand(decision: Decision) -> None:
    if not decision:
        raise NotPermitted(reason=decision)
