"""Who may put this node in front of others, and who may hide what came from there."""

from __future__ import annotations

from tonle.kernel.actors import NODE, Actor, Role
from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_, NotPermitted

TOKEN_SCOPE = "harvest"  # noqa: S105 # The name of a scope, no secret.


def _by_narrow_token(actor: Actor) -> bool:
    """Whether a token speaks that was not made for this; a session never is."""
    return actor.token_scopes is not None and TOKEN_SCOPE not in actor.token_scopes


def may_keep_sources(actor: Actor) -> Decision:
    """Add, change, harvest and remove sources, and read about them."""
    if Role("steward", NODE) in actor.roles and not _by_narrow_token(actor):
        return allow()
    return deny(N_("Only a steward of the node decides what it harvests."))


def may_hide(actor: Actor) -> Decision:
    """Hide a harvested record here, and show it again."""
    keeps = any(Role(name, NODE) in actor.roles for name in ("steward", "curator"))
    if keeps and not _by_narrow_token(actor):
        return allow()
    return deny(N_("Only a curator or a steward of the node hides records of others."))


def demand(decision: Decision) -> None:
    if not decision:
        raise NotPermitted(reason=decision)
