"""/api/v1/review: a curator's care for what is public, and for many newcomers' deposits at once."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from tonle.api.public import (
    CursorText,
    Keyset,
    Limit,
    Page,
    Token,
    idempotency_key,
    link_next,
    scope_of,
)
from tonle.catalogue import public as catalogue
from tonle.deposit.curation import clearing, withdrawals
from tonle.deposit.interface import shown
from tonle.deposit.interface.deposits import caller
from tonle.deposit.interface.schemas import (
    ClearDeposits,
    ClearingItem,
    LikeDeposits,
    MergeRecord,
    Standing,
    WithdrawRecord,
)
from tonle.infra import clock
from tonle.kernel.actors import Actor

router = Router(tags=["review"], auth=Token("curate"))
NEWEST = Keyset("-at", "-key")
# Groups in one answer; the largest come first.
MOST_GROUPS = 100
Younger = Annotated[
    int | None, Query(ge=1, le=3650, description="Only of accounts opened in so many days.")
]


def _standing(record_id: str, actor: Actor) -> Standing:
    found = catalogue.record_view(record_id=record_id, actor=actor, now=clock.now()).record
    return Standing(id=found.id, state=found.state, url=shown.address(f"/records/{found.id}"))


# What is public --------------------------------------------------------------------------


@router.post("/records/{record_id}/withdraw", response=Standing, summary="Withdraw a record")
def withdraw(request: HttpRequest, record_id: str, payload: WithdrawRecord) -> Standing:
    """A tombstone stays, which says why. Twice is once."""
    actor = caller(request)
    withdrawals.withdraw(
        record_id=record_id,
        category=payload.category,
        text=payload.text,
        language=payload.language,
        actor=actor,
        now=clock.now(),
    )
    return _standing(record_id, actor)


@router.post("/records/{record_id}/reinstate", response=Standing, summary="Show a record again")
def reinstate(request: HttpRequest, record_id: str) -> Standing:
    """Take a withdrawal back."""
    actor = caller(request)
    catalogue.reinstate(record_id=record_id, actor=actor, now=clock.now())
    return _standing(record_id, actor)


@router.post("/records/{record_id}/merge", response=Standing, summary="Merge a duplicate")
def merge(request: HttpRequest, record_id: str, payload: MergeRecord) -> Standing:
    """The record leads to the one that stays, which is answered. Twice is once."""
    actor = caller(request)
    stays = withdrawals.become_part(
        record_id=record_id,
        into=payload.into,
        text=payload.text,
        language=payload.language,
        both_dois=payload.both_dois,
        actor=actor,
        now=clock.now(),
    )
    return _standing(stays.id, actor)


# Many at once ----------------------------------------------------------------------------


class ClearingPage(Page[ClearingItem]):
    """A page of clearings, the newest first."""


@router.get("/newcomers/groups", response=list[LikeDeposits], summary="Newcomers' deposits alike")
def groups(request: HttpRequest, younger_than_days: Younger = None) -> list[LikeDeposits]:
    """Those that wait, by likeness, the largest group first. It groups and never judges."""
    found = clearing.newcomer_groups(
        caller(request), clock.now(), younger_than_days=younger_than_days
    )
    return [
        LikeDeposits(
            draft_ids=[member.id for member in group.members],
            titles=[member.titles for member in group.members[:5]],
            accounts=group.accounts,
            youngest_days=group.youngest_days,
            oldest_days=group.oldest_days,
        )
        for group in found[:MOST_GROUPS]
    ]


@router.get("/newcomers/clearings", response=ClearingPage, summary="What was declined at once")
def clearings(
    request: HttpRequest, response: HttpResponse, limit: Limit, cursor: CursorText
) -> ClearingPage:
    """For who keeps the node all of them, else one's own."""
    found, following = NEWEST.page(
        clearing.clearings_seen_by(caller(request)),
        scope=scope_of("clearings", {}),
        cursor=cursor,
        limit=limit,
    )
    link_next(request, response, following)
    return ClearingPage(items=[_clearing(one) for one in clearing.progress(found)], next=following)


@router.post("/newcomers/clearings", response={202: ClearingItem}, summary="Decline many at once")
def clear(request: HttpRequest, payload: ClearDeposits) -> Status[ClearingItem]:
    """Each depositor is told why, and how to appeal. It goes on by itself; what somebody else took
    on meanwhile is left alone."""
    made = clearing.clear(
        draft_ids=payload.draft_ids,
        reason=payload.reason,
        text=payload.text,
        close_accounts=payload.close_accounts,
        actor=caller(request),
        now=clock.now(),
        key=idempotency_key(request),
    )
    return Status(202, _clearing(clearing.progress([made])[0]))


@router.post(
    "/newcomers/clearings/{clearing_id}/undo", response={202: ClearingItem}, summary="Undo it"
)
def undo(request: HttpRequest, clearing_id: str) -> Status[ClearingItem]:
    """Its deposits wait again, its accounts open again. Twice is once."""
    made = clearing.undo(clearing_id=clearing_id, actor=caller(request), now=clock.now())
    return Status(202, _clearing(clearing.progress([made])[0]))


def _clearing(found: clearing.Progress) -> ClearingItem:
    row = found.clearing
    return ClearingItem(
        id=row.id,
        at=row.at,
        who=found.who,
        reason=row.reason,
        text=found.text,
        size=row.size,
        left=found.left,
        closes_accounts=row.closes_accounts,
        undone_at=row.undone_at,
    )
