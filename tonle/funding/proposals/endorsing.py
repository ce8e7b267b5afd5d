"""An institution stands by its part of a proposal: on screen, or by a letter with its seal.

What it endorses is the title, its people and its costs (`proposals.endorsed`): an answer may
still be polished, an amount may not. Investigators write its letter down; a letter that waits is
enough to submit, and an officer of the party that pays compares it afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.urls import reverse

from tonle.agreements.public import PartyStep, Words, organisations_of
from tonle.funding.models import Proposal, ProposalPartner
from tonle.funding.proposals import permissions
from tonle.funding.proposals.loading import Whole, whole
from tonle.funding.rules import proposals
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.errors import N_, NotFound, Refusal
from tonle.kernel.text import LanguageMap

INSTITUTION: Final = "institution"
"""The one party of this subject, whose deed is `endorse`."""
WORDS: Mapping[str, Words] = {"endorse": Words(N_("Endorse"), N_("endorsed"))}


@dataclass(frozen=True)
class Endorsement:
    """A partner's part of a proposal, locked: the subject of a step."""

    partner: ProposalPartner
    found: Whole

    @property
    def sha256(self) -> str:
        return proposals.endorsed(self.found.document, self.partner.slug)

    @property
    def title(self) -> LanguageMap:
        return dict(self.found.document["title"]) or {"und": "–"}

    @property
    def url(self) -> str:
        return reverse("funding:endorsement", args=[self.partner.id])

    def name(self, party: str) -> LanguageMap:
        del party
        return {"und": self.partner.name}

    def words(self, deed: str) -> Words | None:
        return WORDS.get(deed)

    def told(self, step: PartyStep, now: datetime) -> None:
        """Nobody is told by a message: the proposal shows it to its people at once."""

    def organisation(self, party: str) -> str | None:
        return self.partner.organisation if party == INSTITUTION else None

    def keeps_papers(self, actor: Actor) -> bool:
        """Those who answer for the proposal bring the letter of their institution."""
        mine = permissions.person_of(actor, self.partner.proposal)
        return mine is not None and mine.role in permissions.ANSWERING

    def today(self, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self.found.text.document["zone"])).date()

    def refusal(self, party: str, deed: str, data: Mapping[str, Any], on: date) -> Refusal | None:
        """Why it cannot be endorsed, if it cannot."""
        del party, data, on
        if deed != "endorse":
            return Refusal("not_now", N_("With this, as it stands, that cannot be done."))
        if self.found.row.state == "withdrawn":
            return Refusal("withdrawn", N_("This proposal is withdrawn."))
        return None

    def carry_out(self, step: PartyStep, actor: Actor, now: datetime) -> None:
        """The step itself is what submission asks for."""


def load(partner_id: str, actor: Actor) -> Endorsement:
    """A partner's part for a step, its proposal locked. Raises NotFound alike for hidden and
    absent."""
    partner = ProposalPartner.objects.filter(id=partner_id).first()
    if partner is None or not may_read(actor, partner):
        raise NotFound
    row = Proposal.objects.select_for_update(of=("self",)).get(pk=partner.proposal_id)
    partner = ProposalPartner.objects.select_related("proposal").get(pk=partner.pk)
    return Endorsement(partner, whole(row))


def may_read(actor: Actor, partner: ProposalPartner) -> bool:
    """Its people, officers of the institution; of what was submitted, who compares letters."""
    if actor == SYSTEM:
        return True
    row = partner.proposal
    if permissions.person_of(actor, row) is not None:
        return True
    own = organisations_of(actor)
    if partner.organisation and partner.organisation in own:
        return True
    over = Proposal.objects.filter(permissions.read_by(actor), pk=row.pk)
    return over.filter(state__in=permissions.SUBMITTED, call__state="closed").exists()
