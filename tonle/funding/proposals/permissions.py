"""Who may see and write proposals: for one, and as a filter for lists.

A draft is its people's. What was submitted is read, once the call has closed, by the secretariat
and by officers of the parties concerned (`ProposalParty`). Before that they learn a number, and
nobody is favoured. Another role of the node opens nothing here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Q

from tonle.agreements.public import is_secretariat, organisations_of
from tonle.funding.models import Proposal, ProposalParty, ProposalPerson
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_

SCOPE: Final = "proposals"
# What was submitted and not withdrawn, whatever has been said of it since.
SUBMITTED: Final = ("submitted", "eligible", "ineligible", "under_review")
NOBODY = Q(pk__in=())
EVERYBODY = ~NOBODY
ANSWERING: Final = ("lead", "investigator")


def writes(actor: Actor) -> bool:
    """Whether this account, by this way of speaking, has to do with proposals of its own. Pure."""
    if actor.kind != "person" or not actor.id:
        return False
    return actor.token_scopes is None or SCOPE in actor.token_scopes


def may_begin(actor: Actor) -> Decision:
    if actor.kind != "person" or not actor.id:
        return deny(N_("Sign in to write a proposal."))
    if not writes(actor):
        return deny(N_("This token is not for writing proposals."))
    return allow()


def person_of(actor: Actor, proposal: Proposal) -> ProposalPerson | None:
    """The actor's own row in a proposal. One query, for who has an account."""
    if not writes(actor):
        return None
    rows = ProposalPerson.objects.select_related("partner")
    return rows.filter(proposal=proposal, account=actor.id).first()


def is_lead(actor: Actor, proposal: Proposal) -> bool:
    mine = person_of(actor, proposal)
    return mine is not None and mine.role == "lead"


def own(actor: Actor) -> Q:
    """The proposals of which the actor is one of the people."""
    if actor == SYSTEM:
        return EVERYBODY
    if not writes(actor):
        return NOBODY
    mine = ProposalPerson.objects.filter(account=actor.id)
    return Q(pk__in=mine.values("proposal"))


def received(actor: Actor, now: datetime) -> Q:
    """What was submitted and is read by officers and the secretariat, by the clock of the node."""
    return Q(state__in=SUBMITTED, call__closes_at__lte=now) & read_by(actor)


def read_by(actor: Actor) -> Q:
    """The proposals that the actor's office is concerned with, whenever it may read them."""
    if actor == SYSTEM or is_secretariat(actor):
        return EVERYBODY
    offices = organisations_of(actor)
    if not offices:
        return NOBODY
    theirs = ProposalParty.objects.filter(party__organisation__in=offices)
    return Q(pk__in=theirs.values("proposal"))


def may_move(event: str, actor: Actor, proposal: Proposal) -> Decision:
    """The permission of the machine."""
    if actor == SYSTEM:
        return allow()
    if event not in {"submit", "withdraw"}:
        return deny(N_("The node does this by itself."))
    mine = person_of(actor, proposal)
    if mine is None:
        return deny(N_("Only its people act for a proposal."))
    if mine.role == "lead":
        return allow()
    if event == "withdraw" and _empties_side(mine):
        return allow()
    return deny(N_("The lead of the proposal does this."))


def _empties_side(mine: ProposalPerson) -> bool:
    """Whether without this investigator nobody would answer for their side."""
    if mine.role not in ANSWERING or mine.partner is None or not mine.partner.party:
        return False
    others = ProposalPerson.objects.filter(
        proposal=mine.proposal_id, role__in=ANSWERING, partner__party=mine.partner.party
    )
    return not others.exclude(pk=mine.pk).exists()
