"""A panel of a call, and what its machines read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from tonle.funding.models import Call, CallText, Conflict, Proposal, Review, Reviewer
from tonle.funding.panels import permissions
from tonle.funding.proposals.loading import standing
from tonle.funding.proposals.permissions import own
from tonle.funding.rules import panels, reviews
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.errors import N_, NotFound, NotPermitted, Refusal, Refused

JUDGED = ("eligible", "under_review")


@dataclass(frozen=True)
class Panel:
    """One panel. organisations: of the parties of its call, by slug."""

    call: Call
    text: Mapping[str, Any]
    slug: str
    organisations: Mapping[str, str]

    def is_run_by(self, actor: Actor) -> bool:
        return actor == SYSTEM or permissions.runs(actor, self.slug, self.organisations)

    def reviewers(self) -> QuerySet[Reviewer]:
        return Reviewer.objects.filter(call=self.call, panel=self.slug).order_by("key")

    def proposals(self) -> QuerySet[Proposal]:
        """What it judges: found eligible, and in a party's own panel paid for by that party."""
        rows = Proposal.objects.filter(call=self.call, state__in=JUDGED).order_by("number")
        if self.text["mode"] == "parallel":
            return rows.filter(parties__party__slug=self.slug, parties__pays=True)
        return rows

    def proposals_for(self, actor: Actor) -> QuerySet[Proposal]:
        """The same without those of which the actor is one of the people: whatever office they
        hold, of their own they read and arrange nothing here."""
        return self.proposals() if actor == SYSTEM else self.proposals().exclude(own(actor))


def panel_of(call_id: str, slug: str, actor: Actor) -> Panel:
    """A panel that the actor looks into. Three queries. Raises NotFound alike for hidden and
    absent."""
    call = Call.objects.filter(id=call_id).first()
    text = CallText.objects.filter(call=call, state="agreed").first() if call else None
    if call is None or text is None or slug not in panels.panels(text.document):
        raise NotFound
    organisations = dict(call.parties.order_by("key").values_list("slug", "organisation"))
    if not permissions.looks_into(actor, slug, text.document, organisations):
        raise NotFound
    return Panel(call, text.document, slug, organisations)


def run_panel(call_id: str, slug: str, actor: Actor, now: datetime | None = None) -> Panel:
    """A panel that the actor runs; with `now`, of a call that has closed.

    Raises NotFound, NotPermitted, Refused.
    """
    panel = panel_of(call_id, slug, actor)
    if not panel.is_run_by(actor):
        raise NotPermitted(reason=N_("Only who runs the panel does this."))
    if now is not None and standing(panel.call, now) != "closed":
        raise Refused(
            [Refusal("call_still_open", N_("Proposals are judged once the call has closed."))]
        )
    return panel


def own_review(review_id: str, actor: Actor, *, lock: bool = False) -> Review:
    """One of the actor's own reviews. Raises NotFound alike for hidden and absent."""
    rows = Review.objects.select_related("proposal", "reviewer__call")
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(permissions.own(actor), id=review_id).first()
    if row is None:
        raise NotFound
    return row


def between(reviewer: Reviewer, proposal: Proposal) -> QuerySet[Conflict]:
    """What stands between the two: possible until it is settled, or confirmed."""
    rows = Conflict.objects.filter(reviewer=reviewer, proposal=proposal)
    return rows.exclude(status="waived")


def standing_conflicts(panel: Panel) -> set[tuple[str, str]]:
    """(proposal, reviewer) of every pair that something stands between. One query."""
    rows = Conflict.objects.filter(
        Q(reviewer__call=panel.call, reviewer__panel=panel.slug) & ~Q(status="waived")
    )
    return set(rows.values_list("proposal__id", "reviewer__id"))


def facts(row: Review, now: datetime) -> dict[str, Any]:
    """What guards of a review read: four queries."""
    text = text_of(row)
    return {
        "now": now,
        "proposal_state": Proposal.objects.values_list("state", flat=True).get(pk=row.proposal_id),
        "conflicts": between(row.reviewer, row.proposal).count(),
        "problems": reviews.problems(text, row.scores, row.words),
    }


def text_of(row: Review) -> dict[str, Any]:
    """The signed text by which it judges."""
    text = CallText.objects.get(call=row.reviewer.call_id, state="agreed")
    document: dict[str, Any] = text.document
    return document
