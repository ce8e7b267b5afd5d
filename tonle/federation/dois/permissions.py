"""Who may have DOIs registered: they are paid for, and they are for ever."""

from __future__ import annotations

from tonle.kernel.actors import NODE, Actor, Role
from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_, NotPermitted

TOKEN_SCOPE = "dois"  # noqa: S105 # The name of a scope, no secret.


def may_keep_dois(actor: Actor) -> Decision:
    """Have DOIs registered, try again, and read how they stand."""
    # A token speaks only for what it was made for; a session for all its holder may do.
    narrow = actor.token_scopes is not None and TOKEN_SCOPE not in actor.token_scopes
    if Role("steward", NODE) in actor.roles and not narrow:
        return allow()
    return deny(N_("Only a steward of the node decides about its DOIs."))


def demand_keeper(actor: Actor) -> None:
    """Raises NotPermitted."""
    decision = may_keep_dois(actor)
    if not decision:
        raise NotPermitted(reason=decision)
