"""Who runs a panel of a call, who may look into it, and whose reviews are whose.

The joint panel is run by the secretariat, a party's own by officers of that party; a party that
acts on paper has its panel run by the secretariat. Where one panel judges for all, officers of
every party of the call look into it; where each party judges for itself, none but its own does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db.models import Q

from tonle.agreements.public import is_secretariat, organisations_of
from tonle.funding.models import Review, Reviewer
from tonle.funding.rules.panels import JOINT, Document
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_

SCOPE: Final = "reviews"
LIVE: Final = ("asked", "accepted", "submitted")
NOBODY = Q(pk__in=())
_BY_REVIEWER: Final = frozenset({"accept", "decline", "declare", "submit"})


def runs(actor: Actor, panel: str, organisations: Mapping[str, str]) -> bool:
    """Whether the actor runs a panel. organisations: of the parties of the call, by slug. Pure."""
    own = organisations.get(panel, "") if panel != JOINT else ""
    return own in organisations_of(actor) if own else is_secretariat(actor)


def looks_into(actor: Actor, panel: str, text: Document, organisations: Mapping[str, str]) -> bool:
    """Whether the actor reads what a panel does. Pure."""
    if runs(actor, panel, organisations):
        return True
    if text["mode"] == "parallel":
        return False
    return is_secretariat(actor) or bool(
        organisations_of(actor) & {one for one in organisations.values() if one}
    )


def lets_in(actor: Actor, panel: str, side: str, organisations: Mapping[str, str]) -> bool:
    """Whether the actor makes links for reviewers of that side: who runs the panel for any,
    officers of a party for their own."""
    own = organisations.get(side, "")
    return runs(actor, panel, organisations) or (
        panel == JOINT and bool(own) and own in organisations_of(actor)
    )


def reviews(actor: Actor) -> bool:
    """Whether this account, by this way of speaking, has to do with reviews of its own. Pure."""
    if actor.kind != "person" or not actor.id:
        return False
    return actor.token_scopes is None or SCOPE in actor.token_scopes


def own(actor: Actor) -> Q:
    """The reviews that the actor is asked for, whatever became of them."""
    if not reviews(actor):
        return NOBODY
    return Q(reviewer__in=Reviewer.objects.filter(account=actor.id).values("pk"))


def may_move(event: str, actor: Actor, review: Review) -> Decision:
    """The permission of the machine."""
    if actor == SYSTEM:
        return allow()
    if event in _BY_REVIEWER:
        if reviews(actor) and review.reviewer.account == actor.id:
            return allow()
        return deny(N_("Only the reviewer does this."))
    rows = review.reviewer.call.parties.values_list("slug", "organisation")
    if runs(actor, review.reviewer.panel, dict(rows)):
        return allow()
    return deny(N_("Only who runs the panel does this."))
