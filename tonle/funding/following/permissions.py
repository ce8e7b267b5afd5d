"""Who follows calls."""

from __future__ import annotations

from tonle.kernel.actors import Actor
from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_

SCOPE = "calls"


def may_follow(actor: Actor) -> Decision:
    """Whoever has an account, for themselves alone; by a token only if it says so."""
    if actor.kind != "person" or not actor.id:
        return deny(N_("Sign in to follow a call."))
    if actor.token_scopes is not None and SCOPE not in actor.token_scopes:
        return deny(N_("This token is not for following calls."))
    return allow()
