"""Questions about proposals: one's own, how one stands, and what an office has received."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from tonle.agreements.public import PartyStep
from tonle.funding.models import (
    Call,
    CallText,
    Proposal,
    ProposalAnswer,
    ProposalLink,
    ProposalPartner,
    ProposalPerson,
    ProposalSignature,
    ProposalVersion,
)
from tonle.funding.proposals import permissions
from tonle.funding.proposals.loading import (
    Whole,
    endorsements,
    own_proposal,
    standing,
    unendorsed,
    whole,
)
from tonle.funding.proposals.services.submitting import signed_sides
from tonle.funding.rules import call_text, proposals
from tonle.funding.rules.machines import PROPOSAL
from tonle.funding.rules.proposals import Problem
from tonle.kernel.actors import Actor
from tonle.kernel.errors import NotFound
from tonle.kernel.text import LanguageMap

PAGE = 30


@dataclass(frozen=True)
class Row:
    """One's own proposal in a list. changed: whether more is written than was submitted."""

    proposal: Proposal
    titles: LanguageMap
    call: LanguageMap
    label: str
    closes_at: datetime | None
    stands: str


@dataclass(frozen=True)
class View:
    """One's own proposal, with everything that its pages say.

    mine: the reader's row. stands: of the call. first: what every call asks comes first among
    the sections. late: translations older than their source. differs: parts that were written
    since the last version; None before there is one.
    """

    found: Whole
    mine: ProposalPerson
    stands: str
    deadline: datetime | None
    label: str
    call: LanguageMap
    problems: list[Problem]
    signed: frozenset[str]
    signatures: list[ProposalSignature]
    unendorsed: list[ProposalPartner]
    steps: Mapping[str, list[PartyStep]]
    late: frozenset[tuple[str, str]]
    versions: list[ProposalVersion]
    differs: tuple[str, ...] | None

    @property
    def row(self) -> Proposal:
        return self.found.row

    @property
    def leads(self) -> bool:
        return self.mine.role == "lead"

    @property
    def is_open(self) -> bool:
        """Whether anything may be written."""
        return self.stands == "open" and self.row.state != "withdrawn"

    @property
    def side(self) -> str:
        """For which side the reader signs; "" for none."""
        if self.mine.role not in permissions.ANSWERING or self.mine.partner is None:
            return ""
        return self.mine.partner.party

    @property
    def has_signed(self) -> bool:
        return any(
            one.account == self.mine.account and one.sha256 == self.found.sha256
            for one in self.signatures
        )

    @property
    def may_submit(self) -> bool:
        """Whether nothing but the lead's word is missing."""
        sides = set(proposals.sides(self.found.document))
        ready = not self.problems and sides <= self.signed and not self.unendorsed
        return self.is_open and self.leads and ready and self.differs != ()


def known_state(row: Proposal) -> str:
    """The state as its own people know it: what offices and reviewers make of it comes to them
    in one notice, at one time."""
    return "submitted" if row.state in permissions.SUBMITTED else row.state


def own(actor: Actor) -> QuerySet[Proposal]:
    """The actor's own proposals, newest first."""
    rows = Proposal.objects.filter(permissions.own(actor)).select_related("call")
    return rows.order_by("-created_at", "-key")


def rows_of(rows: Iterable[Proposal], now: datetime) -> list[Row]:
    """Proposals in a list. Two queries beside theirs."""
    found = list(rows)
    titles: dict[int, LanguageMap] = {}
    told = ProposalAnswer.objects.filter(
        proposal__in=[one.pk for one in found], question=proposals.TITLE
    ).exclude(value="")
    for key, language, value in told.values_list("proposal_id", "language", "value"):
        titles.setdefault(key, {})[language] = value
    calls_of = {one.call_id for one in found}
    texts = CallText.objects.filter(call__in=calls_of, state="agreed")
    names = {call: document["title"] for call, document in texts.values_list("call_id", "document")}
    return [
        Row(
            one,
            titles.get(one.pk, {}),
            names.get(one.call_id, {}),
            PROPOSAL.label(known_state(one)),
            one.call.closes_at,
            standing(one.call, now),
        )
        for one in found
    ]


def view(proposal_id: str, actor: Actor, now: datetime) -> View:
    """One's own proposal. About fifteen queries, whatever its length.

    Raises NotFound alike for hidden and absent.
    """
    row = own_proposal(proposal_id, actor)
    mine = permissions.person_of(actor, row)
    if mine is None:
        raise NotFound
    found = whole(row)
    versions = list(row.versions.order_by("-number"))
    text = found.text.document
    deadline = call_text.instant(text, "pre_proposals_at" if text["stages"] == 2 else "closes_at")
    return View(
        found=found,
        mine=mine,
        stands=standing(row.call, now),
        deadline=deadline,
        label=PROPOSAL.label(known_state(row)),
        call=dict(text["title"]),
        problems=found.problems(now),
        signed=frozenset(signed_sides(found)),
        signatures=list(row.signatures.filter(sha256=found.sha256).order_by("key")),
        unendorsed=unendorsed(found),
        steps=endorsements(found.partners),
        late=proposals.older_than_source(row.language, found.given),
        versions=versions,
        differs=proposals.changed(versions[0].document, found.document) if versions else None,
    )


def links(proposal_id: str, actor: Actor, now: datetime) -> list[ProposalLink]:
    """Links that still lead in, for the lead. Raises NotFound."""
    row = own_proposal(proposal_id, actor)
    if not permissions.is_lead(actor, row):
        return []
    living = row.links.filter(used_at=None, revoked_at=None, expires_at__gt=now)
    return list(living.select_related("partner").order_by("key"))


def titles(row: Proposal) -> LanguageMap:
    """What a proposal is called now, for who holds a link into it. One query."""
    rows = row.answers.filter(question=proposals.TITLE).exclude(value="")
    return dict(rows.values_list("language", "value"))


def open_call(call_id: str, now: datetime) -> tuple[Call, dict[str, Any]]:
    """A public call and its text in force, for who would apply. Raises NotFound."""
    call = Call.objects.filter(id=call_id).exclude(record="").first()
    if call is None or standing(call, now) not in {"published", "open", "closed"}:
        raise NotFound
    return call, CallText.objects.get(call=call, state="agreed").document


def own_version(proposal_id: str, number: int, actor: Actor) -> tuple[Proposal, ProposalVersion]:
    """A submitted version, for its people. Raises NotFound."""
    row = own_proposal(proposal_id, actor)
    version = row.versions.filter(number=number).first()
    if version is None:
        raise NotFound
    return row, version
