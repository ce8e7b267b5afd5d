"""Whether a proposal is eligible: each party on whose money it draws says so, of its own side.

A step of a party, on screen or on paper. Every payer must admit it; one side out is out. What a
party said last counts, until reviewing begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.urls import reverse

from tonle.agreements.public import PartyStep, Words, of_paper
from tonle.funding.calls import telling as calls
from tonle.funding.models import CallText, Proposal, ProposalVersion
from tonle.funding.proposals import permissions
from tonle.funding.proposals.loading import payers, verdicts
from tonle.funding.rules import call_text
from tonle.funding.rules.machines import PROPOSAL
from tonle.infra.lifecycle import perform
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.errors import N_, NotFound, Refusal
from tonle.kernel.text import LanguageMap

ADMIT, RULE_OUT = "admit", "rule_out"
WORDS: Final[Mapping[str, Words]] = {
    ADMIT: Words(N_("Find it eligible"), N_("eligible")),
    RULE_OUT: Words(N_("Find it not eligible"), N_("not eligible"), asks_reason=True),
}
OPEN: Final = ("submitted", "eligible", "ineligible")


@dataclass(frozen=True)
class Judged:
    """A submitted proposal, locked: the subject of what its payers say of it."""

    row: Proposal
    version: ProposalVersion
    text: CallText
    organisations: Mapping[str, str]

    @property
    def sha256(self) -> str:
        return self.version.sha256

    @property
    def title(self) -> LanguageMap:
        return dict(self.version.document["title"])

    @property
    def url(self) -> str:
        return reverse("funding:received_proposal", args=[self.row.id])

    def name(self, party: str) -> LanguageMap:
        return call_text.party_names(self.text.document).get(party, {})

    def words(self, deed: str) -> Words | None:
        return WORDS.get(deed)

    def told(self, step: PartyStep, now: datetime) -> None:
        if step.way == "paper":
            of_paper(step, calls.about(self.row.call), self.organisations[step.party], now)

    def organisation(self, party: str) -> str | None:
        return self.organisations.get(party)

    def keeps_papers(self, actor: Actor) -> bool:
        return actor.has("secretariat")

    def today(self, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self.text.document["zone"])).date()

    def refusal(self, party: str, deed: str, data: Mapping[str, Any], on: date) -> Refusal | None:
        """Why the party cannot say so, if it cannot."""
        del on
        if deed not in WORDS or self.row.state not in OPEN:
            return Refusal("not_now", N_("With this, as it stands, that cannot be done."))
        if deed == RULE_OUT and not data.get("reason"):
            return Refusal("reason", N_("Say why, in up to 2,000 characters."))
        said = verdicts([self.row]).get(self.row.id, {}).get(party)
        if said is not None and said.deed == deed:
            return Refusal("done", N_("The party has said so already."))
        return None

    def carry_out(self, step: PartyStep, actor: Actor, now: datetime) -> None:
        """The proposal is what its payers make of it together."""
        del step, actor
        said = {party: one.deed for party, one in verdicts([self.row])[self.row.id].items()}
        if RULE_OUT in said.values():
            event = "rule_out"
        else:
            event = "admit" if set(self.organisations) <= set(said) else "reconsider"
        move = PROPOSAL.find(self.row.state, event)
        if move is not None and move.target != self.row.state:
            perform(PROPOSAL, self.row, event, SYSTEM, now)


def load(proposal_id: str, actor: Actor) -> Judged:
    """A submitted proposal for a step of a party, locked. Raises NotFound alike for hidden and
    absent."""
    mine = Proposal.objects.filter(permissions.read_by(actor), state__in=permissions.SUBMITTED)
    if not mine.filter(id=proposal_id, call__state="closed").exists():
        raise NotFound
    rows = Proposal.objects.select_for_update(of=("self",)).select_related("call")
    row = rows.get(id=proposal_id)
    version = row.versions.get(number=row.version)
    text = CallText.objects.get(call=row.call_id, number=version.text)
    return Judged(row, version, text, payers(row))
