"""Who may do what in the catalogue. Reading is ruled by `rules.access`."""

from __future__ import annotations

from tonle.catalogue.models import Draft
from tonle.catalogue.rules.access import keeps, owns
from tonle.kernel.actors import Actor
from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_, NotPermitted


def may_draft(actor: Actor) -> Decision:
    """Anybody who is signed in may begin a draft."""
    if actor.kind == "anonymous":
        return deny(N_("Sign in first."))
    return allow()


def may_edit(actor: Actor, draft: Draft) -> Decision:
    if keeps(actor) or owns(actor, draft.created_by):
        return allow()
    return deny(N_("Only its depositor or a curator may change this draft."))


def may_publish(actor: Actor) -> Decision:
    """Curators and stewards publish; a depositor hands in (the deposit context)."""
    if keeps(actor):
        return allow()
    return deny(N_("Only a curator or steward may publish, change or withdraw a record."))


def may_purge(actor: Actor) -> Decision:
    """Bytes that the law forbids are removed by a steward alone."""
    if actor.has("steward"):
        return allow()
    return deny(N_("Only a steward may remove files for good."))


def demand(decision: Decision) -> None:
    """Raises NotPermitted, with the decision's own reason, unless it is yes."""
    if not decision:
        raise NotPermitted(reason=decision)
