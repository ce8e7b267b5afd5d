"""/api/v1/accounts and /appeals: who has an account, closing one for a reason, and answering."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from tonle.api.public import CursorText, Keyset, Limit, Token, link_next, scope_of
from tonle.infra import clock
from tonle.people import errors, selectors, services
from tonle.people.interface import shown
from tonle.people.interface.schemas import (
    AccountItem,
    AccountPage,
    AnswerBody,
    RestoreBody,
    SuspendBody,
    Suspended,
    SuspensionItem,
    SuspensionPage,
    WhyBody,
)
from tonle.people.interface.shown import caller, private
from tonle.people.models import Account
from tonle.people.rules.scopes import ACCOUNTS

router = Router(tags=["accounts"], auth=Token(ACCOUNTS))
appeals = Router(tags=["accounts"], auth=Token(ACCOUNTS))

BY_ADDRESS = Keyset("email")
Words = Annotated[
    str, Query(max_length=200, description="The beginning of an address, or part of a name.")
]


@router.get("", response=AccountPage, summary="Accounts")
def list_accounts(
    request: HttpRequest, response: HttpResponse, limit: Limit, cursor: CursorText, q: Words = ""
) -> AccountPage:
    """By address: for stewards everybody's, for others their own."""
    found, following = BY_ADDRESS.page(
        selectors.visible_accounts(actor=caller(request), query=q),
        scope=scope_of("accounts", {"q": q}), cursor=cursor, limit=limit,
    )  # fmt: skip
    link_next(request, response, following)
    private(response)
    return AccountPage(items=shown.accounts(found), next=following)


@router.post("/suspend", response=Suspended, summary="Suspend several accounts")
def suspend_several(request: HttpRequest, response: HttpResponse, body: SuspendBody) -> Suspended:
    """All of them, or on any refusal none. A person decides it: their name stands in the audit."""
    held = services.suspend_accounts(
        accounts=body.accounts, reason=body.reason, actor=caller(request), now=clock.now()
    )
    private(response)
    return Suspended(suspensions=[shown.suspension(row) for row in held])


@router.get("/{account_id}", response=AccountItem, summary="One account")
def one_account(request: HttpRequest, response: HttpResponse, account_id: str) -> AccountItem:
    """One's own, and for stewards any. What roles it holds: see /roles."""
    private(response)
    return shown.accounts([_load(request, account_id)])[0]


def _load(request: HttpRequest, account_id: str) -> Account:
    """Absent and hidden look alike."""
    found = selectors.account(id=account_id, actor=caller(request))
    if found is None:
        raise errors.NoSuchAccount
    return found


@router.get("/{account_id}/suspensions", response=SuspensionPage, summary="Its suspensions")
def suspensions(
    request: HttpRequest, response: HttpResponse, account_id: str, limit: Limit, cursor: CursorText
) -> SuspensionPage:
    """The last first, for curators and stewards, and for its owner."""
    found, following = Keyset(*selectors.LAST_SUSPENDED).page(
        selectors.suspensions(account_id=account_id, actor=caller(request)),
        scope=scope_of("suspensions", {"of": account_id}), cursor=cursor, limit=limit,
    )  # fmt: skip
    link_next(request, response, following)
    private(response)
    return SuspensionPage(items=[shown.suspension(row) for row in found], next=following)


@router.post("/{account_id}/suspend", response=SuspensionItem, summary="Suspend an account")
def suspend(
    request: HttpRequest, response: HttpResponse, account_id: str, body: WhyBody
) -> SuspensionItem:
    """Its owner reads the reason and may answer; sessions and tokens end. Twice is once."""
    held = services.suspend_accounts(
        accounts=[account_id], reason=body.reason, actor=caller(request), now=clock.now()
    )
    private(response)
    return shown.suspension(held[0])


@router.post("/{account_id}/restore", response={204: None}, summary="Open an account again")
def restore(request: HttpRequest, account_id: str, body: RestoreBody) -> Status[None]:
    """Its owner is told. Twice is once."""
    services.restore_account(
        account_id=account_id, answer=body.answer, actor=caller(request), now=clock.now()
    )
    return Status(204, None)


@appeals.get("", response=SuspensionPage, summary="Appeals that wait")
def waiting(
    request: HttpRequest, response: HttpResponse, limit: Limit, cursor: CursorText
) -> SuspensionPage:
    """The longest waiting first."""
    found, following = Keyset(*selectors.LONGEST_WAITING).page(
        selectors.waiting_appeals(actor=caller(request)),
        scope=scope_of("appeals", {}), cursor=cursor, limit=limit,
    )  # fmt: skip
    link_next(request, response, following)
    private(response)
    return SuspensionPage(items=[shown.suspension(row) for row in found], next=following)


@appeals.post("/{suspension_id}/answer", response=SuspensionItem, summary="Answer an appeal")
def answer(
    request: HttpRequest, response: HttpResponse, suspension_id: str, body: AnswerBody
) -> SuspensionItem:
    """By another steward than the one who suspended, where there is one. Once."""
    decided = services.decide_appeal(
        suspension_id=suspension_id,
        lift=body.lift,
        answer=body.answer,
        actor=caller(request),
        now=clock.now(),
    )
    private(response)
    return shown.suspension(decided)
