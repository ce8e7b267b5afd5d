"""Questions about panels: how one stands, what a run says, and one's own reviews."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Prefetch, QuerySet

from tonle.funding.calls import permissions as calls
from tonle.funding.models import (
    AssignmentRun,
    Call,
    CallText,
    Conflict,
    PairWish,
    Proposal,
    ProposalVersion,
    Review,
    Reviewer,
    ReviewerLink,
)
from tonle.funding.panels import permissions
from tonle.funding.panels.loading import Panel, between, own_review, panel_of, text_of
from tonle.funding.panels.services.reviewers import may_let_in
from tonle.funding.proposals.loading import standing
from tonle.funding.rules import blind, panels, reviews
from tonle.funding.rules.machines import PROPOSAL, REVIEW
from tonle.kernel.actors import Actor
from tonle.kernel.errors import NotFound
from tonle.kernel.sentences import Sentence
from tonle.kernel.text import LanguageMap

PAGE = 30


@dataclass(frozen=True)
class ProposalRow:
    """A proposal of a panel. reviews: with their reviewers, as they were asked; open: conflicts
    that nobody has settled."""

    proposal: Proposal
    titles: LanguageMap
    label: str
    reviews: list[Review]
    open: int

    @property
    def handed_in(self) -> int:
        return sum(one.state == "submitted" for one in self.reviews)

    @property
    def asked(self) -> int:
        return sum(one.state in permissions.LIVE for one in self.reviews)


@dataclass(frozen=True)
class RunRow:
    """The last run. pairs: by number, (row of the proposal, [(reviewer, the words they share)]).

    short: (side or "", [(number of the proposal, how many are missing)]); wrong: what of the
    wishes and loads contradicts itself; adopted: whether
    anybody was asked by it.
    """

    run: AssignmentRun
    pairs: list[tuple[ProposalRow, list[tuple[Reviewer, list[str]]]]]
    short: list[tuple[str, list[tuple[int, int]]]]
    wrong: list[Sentence]
    adopted: bool


@dataclass(frozen=True)
class View:
    """How a panel stands."""

    panel: Panel
    runs: bool
    is_closed: bool
    rows: list[ProposalRow]
    reviewers: int
    seats: int
    open: int
    last: RunRow | None


def panels_of(call_id: str, actor: Actor) -> list[Panel]:
    """The panels of a call that the actor looks into. Raises NotFound where there is none."""
    call = Call.objects.filter(calls.visible_to(actor), id=call_id).first()
    text = CallText.objects.filter(call=call, state="agreed").first() if call else None
    if text is None:
        raise NotFound
    found = []
    for slug in panels.panels(text.document):
        try:
            found.append(panel_of(call_id, slug, actor))
        except NotFound:
            continue
    if not found:
        raise NotFound
    return found


def view(call_id: str, slug: str, actor: Actor, now: datetime) -> View:
    """How a panel stands: about ten queries, whatever its size. Raises NotFound."""
    panel = panel_of(call_id, slug, actor)
    reviewers = list(panel.reviewers().filter(left_at=None))
    rows = _rows(panel, actor)
    return View(
        panel=panel,
        runs=panel.is_run_by(actor),
        is_closed=standing(panel.call, now) == "closed",
        rows=rows,
        reviewers=len(reviewers),
        seats=sum(one.most for one in reviewers),
        open=sum(one.open for one in rows),
        last=_last(panel, rows),
    )


def _rows(panel: Panel, actor: Actor) -> list[ProposalRow]:
    proposals = list(panel.proposals_for(actor))
    asked = Review.objects.filter(
        proposal__in=proposals, reviewer__panel=panel.slug
    ).select_related("reviewer")
    reviews_of: dict[int, list[Review]] = {}
    for review in asked.order_by("key"):
        reviews_of.setdefault(review.proposal_id, []).append(review)
    titles = _titles(proposals)
    unsettled: dict[int, int] = {}
    rows = Conflict.objects.filter(
        reviewer__call=panel.call, reviewer__panel=panel.slug, status="possible",
        reviewer__left_at=None, proposal__in=proposals,
    )  # fmt: skip
    for key in rows.values_list("proposal", flat=True):
        unsettled[key] = unsettled.get(key, 0) + 1
    return [
        ProposalRow(
            one,
            titles.get(one.pk, {}),
            PROPOSAL.label(one.state),
            reviews_of.get(one.pk, []),
            unsettled.get(one.pk, 0),
        )
        for one in proposals
    ]


def _titles(proposals: Iterable[Proposal]) -> dict[int, LanguageMap]:
    """Titles of what was submitted. One query."""
    last = ProposalVersion.objects.filter(
        proposal__in=[one.pk for one in proposals], number=F("proposal__version")
    )
    return {key: document["title"] for key, document in last.values_list("proposal", "document")}


def _last(panel: Panel, rows: Iterable[ProposalRow]) -> RunRow | None:
    run = (
        AssignmentRun.objects.filter(call=panel.call, panel=panel.slug).order_by("-number").first()
    )
    if run is None:
        return None
    proposals = {one.proposal.id: one for one in rows}
    reviewers = {one.id: one for one in panel.reviewers()}
    numbers = {id_: one.proposal.number or 0 for id_, one in proposals.items()}
    named = {
        **{id_: f"{number}" for id_, number in numbers.items()},
        **{id_: one.name for id_, one in reviewers.items()},
    }
    short, wrong = [], []
    for one in run.answer["shortage"]:
        places = one["data"].get("proposals")
        if places is None:
            data = {name: named.get(value, value) for name, value in one["data"].items()}
            wrong.append(Sentence(one["message"], **data))
            continue
        lacks = sorted((numbers.get(id_, 0), count) for id_, count in places.items())
        short.append((str(one["data"].get("side", "")), lacks))
    return RunRow(
        run,
        [
            (
                proposals[id_],
                [
                    (reviewers[name], run.why.get(f"{id_}|{name}", []))
                    for name in names
                    if name in reviewers
                ],
            )
            for id_, names in sorted(
                run.answer["assignment"].items(), key=lambda pair: numbers.get(pair[0], 0)
            )
            if id_ in proposals
        ],
        short,
        wrong,
        run.reviews.exists(),
    )


@dataclass(frozen=True)
class Reviewers:
    """Who reviews for a panel. rows: (reviewer, reviews that are theirs now). lets_in: sides of
    which the reader lets somebody in."""

    panel: Panel
    runs: bool
    rows: list[tuple[Reviewer, int]]
    links: list[ReviewerLink]
    lets_in: tuple[str, ...]


def reviewers(call_id: str, slug: str, actor: Actor, now: datetime) -> Reviewers:
    """Raises NotFound."""
    panel = panel_of(call_id, slug, actor)
    live = Review.objects.filter(state__in=permissions.LIVE)
    rows = panel.reviewers().prefetch_related(Prefetch("reviews", live))
    sides = may_let_in(panel, actor)
    links = ReviewerLink.objects.filter(
        call=panel.call, panel=slug, side__in=sides, used_at=None, revoked_at=None,
        expires_at__gt=now,
    )  # fmt: skip
    return Reviewers(
        panel,
        panel.is_run_by(actor),
        [(one, len(one.reviews.all())) for one in rows],
        list(links.order_by("key")),
        sides,
    )


def conflicts(
    call_id: str, slug: str, actor: Actor, status: str = ""
) -> tuple[Panel, QuerySet[Conflict]]:
    """A panel, and its conflicts, of a status or of all. Raises NotFound."""
    panel = panel_of(call_id, slug, actor)
    rows = Conflict.objects.filter(
        reviewer__call=panel.call, reviewer__panel=slug, proposal__in=panel.proposals_for(actor)
    ).select_related("reviewer", "proposal")
    if status:
        rows = rows.filter(status=status)
    return panel, rows.order_by("proposal__number", "reviewer", "key")


def titles_of(proposals: Iterable[Proposal]) -> dict[int, LanguageMap]:
    """Titles of submitted proposals by key, for who may read them. One query."""
    return _titles(list(proposals))


@dataclass(frozen=True)
class Judged:
    """A proposal in a panel, with what its reviewers say. others: who could be asked beside."""

    panel: Panel
    runs: bool
    proposal: Proposal
    titles: LanguageMap
    label: str
    reviews: list[tuple[Review, str, str]]
    others: list[Reviewer]
    wishes: list[PairWish]


def judged(call_id: str, slug: str, proposal_id: str, actor: Actor) -> Judged:
    """Raises NotFound alike for hidden and absent."""
    panel = panel_of(call_id, slug, actor)
    proposal = panel.proposals_for(actor).filter(id=proposal_id).first()
    if proposal is None:
        raise NotFound
    rows = list(
        Review.objects.filter(proposal=proposal, reviewer__panel=slug)
        .select_related("reviewer")
        .order_by("key")
    )
    taken = {one.reviewer.pk for one in rows}
    against = set(
        Conflict.objects.filter(proposal=proposal, reviewer__call=panel.call)
        .exclude(status="waived")
        .values_list("reviewer", flat=True)
    )
    return Judged(
        panel,
        panel.is_run_by(actor),
        proposal,
        _titles([proposal]).get(proposal.pk, {}),
        PROPOSAL.label(proposal.state),
        [(one, REVIEW.label(one.state), _weighted(panel.text, one)) for one in rows],
        [
            one
            for one in panel.reviewers().filter(left_at=None)
            if one.pk not in taken and one.pk not in against
        ],
        list(PairWish.objects.filter(proposal=proposal).select_related("reviewer").order_by("key")),
    )


def _weighted(text: Mapping[str, Any], row: Review) -> str:
    """The whole score of a review that was handed in, to one decimal; "" before."""
    found = reviews.weighted(text, row.scores) if row.state == "submitted" else None
    return "" if found is None else f"{float(round(found, 1)):.1f}"


@dataclass(frozen=True)
class OwnRow:
    """One's own review in a list."""

    review: Review
    titles: LanguageMap
    call: LanguageMap
    label: str


def own(actor: Actor) -> QuerySet[Review]:
    """The actor's own reviews: what is to be done first."""
    rows = Review.objects.filter(permissions.own(actor)).select_related(
        "proposal", "reviewer__call"
    )
    return rows.order_by("-asked_at", "-key")


def rows_of(rows: Iterable[Review]) -> list[OwnRow]:
    """Reviews in a list. Two queries beside theirs."""
    found = list(rows)
    titles = _titles([one.proposal for one in found])
    texts = CallText.objects.filter(
        call__in={one.reviewer.call_id for one in found}, state="agreed"
    )
    names = {call: document["title"] for call, document in texts.values_list("call_id", "document")}
    return [
        OwnRow(
            one,
            titles.get(one.proposal_id, {}),
            names.get(one.reviewer.call_id, {}),
            REVIEW.label(one.state),
        )
        for one in found
    ]


@dataclass(frozen=True)
class Own:
    """One's own review, and of the proposal what its reader may know now.

    document: before the review is accepted title, theme and team alone; afterwards what the
    blindness of the call leaves of the submitted version.
    """

    row: Review
    text: Mapping[str, Any]
    version_text: Mapping[str, Any]
    document: Mapping[str, Any]
    is_whole: bool
    label: str
    barred: bool
    problems: list[reviews.Problem]


def own_view(review_id: str, actor: Actor) -> Own:
    """Six queries. Raises NotFound alike for hidden and absent."""
    row = own_review(review_id, actor)
    text = text_of(row)
    version = row.proposal.versions.get(number=row.proposal.version)
    is_whole = row.state in {"accepted", "submitted"}
    show = blind.of_whole if is_whole else blind.of_title
    return Own(
        row,
        text,
        CallText.objects.get(call=row.reviewer.call_id, number=version.text).document,
        show(version.document, text["blindness"]),
        is_whole,
        REVIEW.label(row.state),
        between(row.reviewer, row.proposal).exists(),
        reviews.problems(text, row.scores, row.words) if row.state == "accepted" else [],
    )
