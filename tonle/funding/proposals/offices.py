"""What officers of the parties and the secretariat know of the proposals to a call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F

from tonle.agreements.public import PartyStep, is_secretariat, organisations_of
from tonle.funding.calls import permissions as calls
from tonle.funding.models import Call, CallText, Proposal, ProposalVersion
from tonle.funding.proposals import permissions
from tonle.funding.proposals.admitting import OPEN, WORDS
from tonle.funding.proposals.loading import ELIGIBILITY, payers, standing, verdicts
from tonle.funding.rules import call_text
from tonle.funding.rules.eligibility import Rule, read_rules
from tonle.funding.rules.machines import PROPOSAL
from tonle.kernel.actors import Actor
from tonle.kernel.errors import NotFound
from tonle.kernel.text import LanguageMap


@dataclass(frozen=True)
class Row:
    """A submitted proposal in the list of an office. waits: whether a party that the reader acts
    for has not said yet whether it is eligible."""

    proposal: Proposal
    titles: LanguageMap
    theme: LanguageMap
    label: str
    waits: bool


@dataclass(frozen=True)
class Office:
    """What an office knows of the proposals to a call.

    counts: (state, how many) in the order of the lifecycle; before the call has closed those
    states alone that say nothing of a proposal. rows: by number; none before the call has closed.
    """

    call: Call
    text: Mapping[str, Any]
    is_closed: bool
    counts: list[tuple[str, int]]
    rows: list[Row]


@dataclass(frozen=True)
class Verdict:
    """What a party that pays says of one proposal. step: the last that counts; waiting: a paper
    that does not yet; deeds: what it may say now, on screen (acts) or on paper (papers)."""

    slug: str
    names: LanguageMap
    step: PartyStep | None
    waiting: PartyStep | None
    deeds: tuple[str, ...]
    acts: bool
    papers: bool


@dataclass(frozen=True)
class Received:
    """A submitted proposal, as an office reads it. rules: those that its payers judge it by."""

    row: Proposal
    version: ProposalVersion
    label: str
    verdicts: list[Verdict]
    rules: tuple[Rule, ...]


def office(call_id: str, actor: Actor, now: datetime) -> Office:
    """How many there are, and once the call has closed, which. Seven queries.

    Raises NotFound alike for calls hidden and absent.
    """
    call = Call.objects.filter(calls.visible_to(actor), id=call_id).first()
    text = CallText.objects.filter(call=call, state="agreed").first() if call else None
    if call is None or text is None:
        raise NotFound
    is_closed = standing(call, now) == "closed"
    counts = dict(
        Proposal.objects.filter(call=call)
        .values_list("state")
        .annotate(n=Count("pk"))
        .order_by("state")
    )
    rows = list(
        Proposal.objects.filter(permissions.received(actor, now), call=call)
        .prefetch_related("parties__party")
        .order_by("number")
    )
    last = ProposalVersion.objects.filter(
        proposal__in=[row.pk for row in rows], number=F("proposal__version")
    )
    titles = {key: document["title"] for key, document in last.values_list("proposal", "document")}
    themes = {one["id"]: one["name"] for one in text.document["themes"]}
    said, own = verdicts(rows), organisations_of(actor)
    if is_closed:
        # From now on of what the reader may see: no party counts what is another's alone.
        counts = {state: n for state, n in counts.items() if state not in permissions.SUBMITTED}
        counts |= Counter(row.state for row in rows)
    return Office(
        call=call,
        text=text.document,
        is_closed=is_closed,
        counts=[
            (PROPOSAL.label(state), counts.get(state, 0))
            for state in PROPOSAL.states
            if counts.get(state) or state in {"draft", "submitted", "withdrawn"}
        ],
        rows=[
            Row(
                row,
                titles.get(row.pk, {}),
                themes.get(row.theme, {}),
                PROPOSAL.label(row.state),
                waits=row.state in OPEN
                and any(
                    one.pays
                    and one.party.organisation in own
                    and one.party.slug not in said.get(row.id, {})
                    for one in row.parties.all()
                ),
            )
            for row in rows
        ],
    )


def received(proposal_id: str, actor: Actor, now: datetime) -> Received:
    """What was submitted last, and what its payers say of it. Raises NotFound alike for hidden
    and absent."""
    rows = Proposal.objects.select_related("call")
    row = rows.filter(permissions.received(actor, now), id=proposal_id).first()
    if row is None:
        raise NotFound
    version = row.versions.get(number=row.version)
    text = CallText.objects.get(call=row.call_id, number=version.text).document
    paying = payers(row)
    return Received(
        row,
        version,
        PROPOSAL.label(row.state),
        _verdicts(row, text, paying, actor),
        read_rules([one for one in text["eligibility"] if one.get("party", "") in {"", *paying}]),
    )


def _verdicts(
    row: Proposal, text: Mapping[str, Any], paying: Mapping[str, str], actor: Actor
) -> list[Verdict]:
    own, keeps = organisations_of(actor), is_secretariat(actor)
    said, names = verdicts([row]).get(row.id, {}), call_text.party_names(text)
    waits = PartyStep.objects.filter(subject_kind=ELIGIBILITY, subject=row.id, state="waiting")
    waiting = {one.party: one for one in waits}
    made = []
    for slug, organisation in paying.items():
        step = said.get(slug)
        deeds = tuple(one for one in WORDS if step is None or step.deed != one)
        mine = bool(organisation) and organisation in own
        is_open = row.state in OPEN and row.call.state == "closed"
        made.append(
            Verdict(
                slug, names.get(slug, {}), step, waiting.get(slug), deeds if is_open else (),
                acts=mine, papers=mine or keeps,
            )
        )  # fmt: skip
    return made
