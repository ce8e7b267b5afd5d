"""A proposal with everything that it is composed of, and the text by which it is written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from tonle.agreements.public import PartyStep
from tonle.funding.models import (
    Call,
    CallText,
    Proposal,
    ProposalAnswer,
    ProposalCost,
    ProposalPartner,
    ProposalPerson,
)
from tonle.funding.proposals import permissions
from tonle.funding.rules import call_text, proposal_problems, proposals
from tonle.funding.rules.proposals import Cost, Given, Partner, Person, Problem
from tonle.infra import days
from tonle.kernel.actors import Actor
from tonle.kernel.errors import NotFound

ENDORSEMENT = "endorsement"
ELIGIBILITY = "eligibility"


@dataclass(frozen=True)
class Whole:
    """A proposal as it is now. Rows are in the order in which they are shown."""

    row: Proposal
    text: CallText
    answers: list[ProposalAnswer]
    partners: list[ProposalPartner]
    people: list[ProposalPerson]
    costs: list[ProposalCost]

    @cached_property
    def document(self) -> dict[str, Any]:
        """`tonle-proposal/1`."""
        slugs = {row.pk: row.slug for row in self.partners}
        return proposals.compose(
            text=self.text.document,
            proposal=self.row.id,
            language=self.row.language,
            answers=self.given,
            partners=[
                Partner(row.slug, row.name, row.country, row.party, row.organisation, row.ror)
                for row in self.partners
            ],
            people=[
                Person(row.name, row.role, slugs.get(row.partner_id or 0, ""), row.orcid)
                for row in self.people
            ],
            costs=[
                Cost(
                    slugs[row.partner_id], row.party, row.year, row.category, row.currency,
                    row.amount_minor,
                )
                for row in self.costs
            ],
        )  # fmt: skip

    @cached_property
    def given(self) -> list[Given]:
        return [
            Given(row.question, row.language, row.value, row.edit, row.of_edit)
            for row in self.answers
        ]

    @cached_property
    def sha256(self) -> str:
        """What investigators sign."""
        return proposals.digest(self.document)

    def problems(self, now: datetime) -> list[Problem]:
        return proposal_problems.problems(self.text.document, self.document, days.day_of(now))

    def party_names(self) -> dict[str, dict[str, str]]:
        return call_text.party_names(self.text.document)


def whole(row: Proposal) -> Whole:
    """Six queries, whatever its length."""
    text = CallText.objects.get(call=row.call_id, state="agreed")
    partners = list(row.partners.order_by("key"))
    order = {partner.pk: place for place, partner in enumerate(partners)}
    costs = list(row.costs.all())
    costs.sort(key=lambda one: (order[one.partner_id], one.party, one.year, one.category))
    people = list(row.people.order_by("key"))
    people.sort(key=lambda one: one.role != "lead")
    answers = list(row.answers.order_by("key"))
    return Whole(row, text, answers, partners, people, costs)


def own_proposal(proposal_id: str, actor: Actor, *, lock: bool = False) -> Proposal:
    """One of the actor's own proposals. Raises NotFound alike for hidden and absent."""
    rows = Proposal.objects.select_related("call")
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(permissions.own(actor), id=proposal_id).first()
    if row is None:
        raise NotFound
    return row


def standing(call: Call, now: datetime) -> str:
    """The state of a call by the clock, however late its worker is."""
    if call.state in {"published", "open"} and call.opens_at and call.closes_at:
        if now >= call.closes_at:
            return "closed"
        return "open" if now >= call.opens_at else "published"
    return call.state


def endorsements(partners: list[ProposalPartner]) -> dict[str, list[PartyStep]]:
    """Steps of institutions by the id of the partner: those that count or wait. One query."""
    found: dict[str, list[PartyStep]] = {}
    rows = PartyStep.objects.filter(
        subject_kind=ENDORSEMENT, subject__in=[one.id for one in partners]
    ).exclude(state="refused")
    for step in rows.order_by("key"):
        found.setdefault(step.subject, []).append(step)
    return found


def payers(row: Proposal) -> dict[str, str]:
    """Parties on whose money it draws, with the organisations that act for them. One query."""
    rows = row.parties.filter(pays=True).order_by("key")
    return dict(rows.values_list("party__slug", "party__organisation"))


def verdicts(rows: Collection[Proposal]) -> dict[str, dict[str, PartyStep]]:
    """What parties last said of eligibility, by proposal and party. One query."""
    found: dict[str, dict[str, PartyStep]] = {}
    steps = PartyStep.objects.filter(
        subject_kind=ELIGIBILITY, subject__in=[one.id for one in rows], state="confirmed"
    )
    for step in steps.order_by("decided_at", "key"):
        found.setdefault(step.subject, {})[step.party] = step
    return found


def unendorsed(found: Whole) -> list[ProposalPartner]:
    """Paid institutions that do not stand by what the proposal now says of them."""
    if found.text.document["endorsement"] == "waived":
        return []
    paid = [one for one in found.partners if one.party]
    done = endorsements(paid)
    return [
        one
        for one in paid
        if proposals.endorsed(found.document, one.slug)
        not in {step.sha256 for step in done.get(one.id, ())}
    ]
