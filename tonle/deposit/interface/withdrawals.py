"""/api/v1/withdrawals: asking that a record be taken back, and deciding about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, cast

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
from tonle.deposit import curation
from tonle.deposit.curation import withdrawals
from tonle.deposit.curation.models import Withdrawal
from tonle.deposit.interface import shown
from tonle.deposit.interface.deposits import caller
from tonle.deposit.interface.schemas import DecideWithdrawal, NewWithdrawal, WithdrawalItem
from tonle.infra import audit, clock
from tonle.people import public as people

router = Router(tags=["withdrawals"], auth=Token("deposit"))
OLDEST = Keyset("asked_at", "id")
Side = Annotated[
    Literal["asker", "decider"],
    Query(alias="as", description="What you asked for, or what waits for your decision."),
]


class WithdrawalPage(Page[WithdrawalItem]):
    """A page of requests, the oldest first."""


def _items(rows: Sequence[Withdrawal]) -> list[WithdrawalItem]:
    texts = audit.personal([row.entry_id for row in rows])
    names = people.known(row.asked_by for row in rows)
    return [
        WithdrawalItem(
            id=row.id,
            record_id=row.record.id,
            titles=withdrawals.titles_of(row),
            state=cast(Any, row.state),
            category=row.category,
            text=texts.get(row.entry_id, {}).get("text", ""),
            who=names[row.asked_by].name if row.asked_by in names else "",
            asked_at=row.asked_at,
        )
        for row in rows
    ]


@router.get("", response=WithdrawalPage, summary="Requests to take records back")
def requests(
    request: HttpRequest,
    response: HttpResponse,
    limit: Limit,
    cursor: CursorText,
    side: Side = "asker",
) -> WithdrawalPage:
    """As asker: everything you asked for. As decider: what waits for the node's curators."""
    actor = caller(request)
    rows = withdrawals.asked_by(actor) if side == "asker" else withdrawals.waiting(actor)
    found, following = OLDEST.page(
        rows, scope=scope_of("withdrawals", {"as": side}), cursor=cursor, limit=limit
    )
    link_next(request, response, following)
    response["Cache-Control"] = "no-store"
    return WithdrawalPage(items=_items(found), next=following)


@router.post("", response={201: WithdrawalItem}, summary="Ask to take a record back")
def ask(
    request: HttpRequest, response: HttpResponse, payload: NewWithdrawal
) -> Status[WithdrawalItem]:
    """What was cited is not its author's alone: a tombstone stays, and a curator decides. Who has
    asked already gets that request."""
    made = curation.ask_withdrawal(
        record_id=payload.record_id,
        category=payload.category,
        text=payload.text,
        actor=caller(request),
        now=clock.now(),
        key=idempotency_key(request),
    )
    response["Location"] = shown.address(f"/api/v1/withdrawals/{made.id}")
    return Status(201, _items([made])[0])


@router.get("/{request_id}", response=WithdrawalItem, summary="One request to take a record back")
def one(request: HttpRequest, response: HttpResponse, request_id: str) -> WithdrawalItem:
    """For who asked, and for who decides."""
    response["Cache-Control"] = "no-store"
    return _items([withdrawals.load(request_id, caller(request))])[0]


@router.post("/{request_id}/decide", response=WithdrawalItem, summary="Grant or refuse it")
def decide(
    request: HttpRequest, response: HttpResponse, request_id: str, payload: DecideWithdrawal
) -> WithdrawalItem:
    """By a curator of the node, with a token that may `curate`. Twice is once."""
    made = curation.decide_withdrawal(
        request_id=request_id,
        grant=payload.grant,
        text=payload.text,
        actor=caller(request),
        now=clock.now(),
    )
    response["Cache-Control"] = "no-store"
    return _items([made])[0]


@router.post("/{request_id}/take-back", response=WithdrawalItem, summary="Think better of it")
def take_back(request: HttpRequest, response: HttpResponse, request_id: str) -> WithdrawalItem:
    """By who asked. Twice is once."""
    made = withdrawals.take_back_withdrawal(
        request_id=request_id, actor=caller(request), now=clock.now()
    )
    response["Cache-Control"] = "no-store"
    return _items([made])[0]
