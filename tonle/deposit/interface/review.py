"""/api/v1/review: the curators' desk."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from tonle.api.public import CursorText, Limit, Token, link_next
from tonle.deposit import curation
from tonle.deposit.interface import shown
from tonle.deposit.interface.deposits import DepositPage, caller, common, whole
from tonle.deposit.interface.schemas import (
    Accept,
    AskChanges,
    Comment,
    DecideAppeal,
    Decline,
    Deposit,
    Findings,
    Words,
)
from tonle.infra import clock, days

router = Router(tags=["review"], auth=Token("curate"))
Tab = Annotated[
    Literal["waiting", "mine", "newcomers", "changes", "appeals", "done"],
    Query(description="Which pile."),
]
CommunityId = Annotated[str, Query(max_length=64, description="Only of this community.")]


@router.get("", response=DepositPage, summary="The curators' desk")
def desk(
    request: HttpRequest,
    response: HttpResponse,
    limit: Limit,
    cursor: CursorText,
    tab: Tab = "waiting",
    community: CommunityId = "",
) -> DepositPage:
    """What waits longest comes first."""
    rows, following = curation.queue(
        caller(request), tab, cursor, clock.now(), community=community, limit=limit
    )
    link_next(request, response, following)
    return DepositPage(items=[shown.item(row) for row in rows], next=following)


@router.get("/{draft_id}", response=Deposit, summary="One deposit, as a curator sees it")
def one(request: HttpRequest, response: HttpResponse, draft_id: str) -> Deposit:
    """With what was said among curators."""
    return whole(request, response, draft_id)


@router.get("/{draft_id}/findings", response=Findings, summary="What was found, for a curator")
def findings(request: HttpRequest, response: HttpResponse, draft_id: str) -> Findings:
    """Traces of people in the files, and what the depositor decided, with reasons."""
    now = clock.now()
    view = curation.submission_view(draft_id, caller(request), now)
    response["Cache-Control"] = "no-store"
    return shown.findings(view, days.day_of(now))


@router.post("/{draft_id}/claim", response=Deposit, summary="Take a deposit on")
def claim(request: HttpRequest, response: HttpResponse, draft_id: str) -> Deposit:
    """Of two at once one has it; the other is told who."""
    curation.claim(**common(request, draft_id))
    return whole(request, response, draft_id)


@router.post("/{draft_id}/release", response=Deposit, summary="Let another curator take it on")
def release(request: HttpRequest, response: HttpResponse, draft_id: str) -> Deposit:
    """Any curator may, since people fall ill."""
    curation.release(**common(request, draft_id))
    return whole(request, response, draft_id)


@router.post("/{draft_id}/comments", response=Deposit, summary="Comment as a curator")
def comment(
    request: HttpRequest, response: HttpResponse, draft_id: str, payload: Comment
) -> Deposit:
    """To everybody who reads it, or among curators only."""
    curation.comment(
        text=payload.text,
        visible_to_depositor=payload.visible_to_depositor,
        **common(request, draft_id),
    )
    return whole(request, response, draft_id)


@router.post("/{draft_id}/ask-changes", response=Deposit, summary="Ask for changes")
def ask_changes(
    request: HttpRequest, response: HttpResponse, draft_id: str, payload: AskChanges
) -> Deposit:
    """Give it back to its depositor with what is to change."""
    curation.ask_changes(text=payload.text, fields=payload.fields, **common(request, draft_id))
    return whole(request, response, draft_id)


@router.post("/{draft_id}/accept", response=Deposit, summary="Accept and publish")
def accept(request: HttpRequest, response: HttpResponse, draft_id: str, payload: Accept) -> Deposit:
    """`state` says `published`; or `in_review` where publishing was refused, with the reasons."""
    curation.accept(note=payload.note, vouch=payload.vouch, **common(request, draft_id))
    return whole(request, response, draft_id)


@router.post("/{draft_id}/decline", response=Deposit, summary="Decline")
def decline(
    request: HttpRequest, response: HttpResponse, draft_id: str, payload: Decline
) -> Deposit:
    """Say no, with a reason. The depositor may appeal."""
    curation.decline(reason=payload.reason, text=payload.text, **common(request, draft_id))
    return whole(request, response, draft_id)


@router.post("/{draft_id}/decide-appeal", response=Deposit, summary="Decide on an appeal")
def decide_appeal(
    request: HttpRequest, response: HttpResponse, draft_id: str, payload: DecideAppeal
) -> Deposit:
    """By another curator than the one who declined, where there is one."""
    curation.decide_appeal(grant=payload.grant, text=payload.text, **common(request, draft_id))
    return whole(request, response, draft_id)


@router.post("/{draft_id}/reopen", response=Deposit, summary="Take a refusal back")
def reopen(request: HttpRequest, response: HttpResponse, draft_id: str, payload: Words) -> Deposit:
    """It waits again, as if it had just been handed in."""
    curation.reopen(text=payload.text, **common(request, draft_id))
    return whole(request, response, draft_id)


router.add_router("", "tonle.deposit.interface.keeping.router")
