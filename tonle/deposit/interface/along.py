"""/api/v1/deposits/ID: links for reviewers, who writes along, and what a draft said before."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from tonle.api.public import Token
from tonle.catalogue import public as catalogue
from tonle.deposit import curation
from tonle.deposit.curation.along import invite
from tonle.deposit.interface import shown
from tonle.deposit.interface.deposits import caller, common, reader, whole
from tonle.deposit.interface.schemas import (
    Deposit,
    EditItem,
    Editor,
    NewEditor,
    NewShareLink,
    ShareLinkItem,
)
from tonle.infra import clock
from tonle.people import public as people

router = Router(tags=["deposits"], auth=Token("deposit"))


# Links -----------------------------------------------------------------------------------


@router.get("/{draft_id}/links", response=list[ShareLinkItem], summary="Links for reviewers")
def links(request: HttpRequest, draft_id: str) -> list[ShareLinkItem]:
    """Those that lead somewhere now, without their addresses."""
    view = curation.submission_view(draft_id, caller(request), clock.now())
    return [shown.share_link(one) for one in view.links]


@router.post("/{draft_id}/links", response={201: ShareLinkItem}, summary="Make a link")
def share(
    request: HttpRequest, response: HttpResponse, draft_id: str, payload: NewShareLink
) -> Status[ShareLinkItem]:
    """Whoever has `url` reads the draft without an account, until it expires. Keep it: only the
    same request, with the same Idempotency-Key, is told it again."""
    link, secret = curation.share(
        days=payload.days, label=payload.label, **common(request, draft_id)
    )
    response["Cache-Control"] = "no-store"
    return Status(201, shown.share_link(link, secret))


@router.delete("/{draft_id}/links/{link_id}", response={204: None}, summary="Revoke a link")
def revoke(request: HttpRequest, draft_id: str, link_id: str) -> Status[None]:
    """It leads nowhere from now on. Twice is once."""
    curation.revoke_share(
        draft_id=draft_id, link_id=link_id, actor=reader(request, draft_id), now=clock.now()
    )
    return Status(204, None)


# Who writes along ------------------------------------------------------------------------


@router.get("/{draft_id}/editors", response=list[Editor], summary="Who writes along")
def editors(request: HttpRequest, draft_id: str) -> list[Editor]:
    """Besides its depositor."""
    view = curation.submission_view(draft_id, caller(request), clock.now())
    names = people.known(view.draft.editors)
    return [
        Editor(id=one, name=names[one].name if one in names else "") for one in view.draft.editors
    ]


@router.post("/{draft_id}/editors", response={202: None}, summary="Let a colleague write")
def add_editor(request: HttpRequest, draft_id: str, payload: NewEditor) -> Status[None]:
    """Whether the address has an account here is not told; the list shows who writes along."""
    invite(draft_id=draft_id, email=payload.mail, actor=reader(request, draft_id), now=clock.now())
    return Status(202, None)


@router.delete(
    "/{draft_id}/editors/{account_id}", response={204: None}, summary="End somebody's writing"
)
def remove_editor(request: HttpRequest, draft_id: str, account_id: str) -> Status[None]:
    """By its depositor; anybody may end their own. Twice is once."""
    catalogue.remove_draft_editor(
        draft_id=draft_id,
        account_actor_id=account_id,
        actor=reader(request, draft_id),
        now=clock.now(),
    )
    return Status(204, None)


# Earlier states --------------------------------------------------------------------------


@router.get("/{draft_id}/edits", response=list[EditItem], summary="Earlier states")
def edits(request: HttpRequest, draft_id: str) -> list[EditItem]:
    """What the draft said before, and what was set aside; the last fifty, the newest first."""
    entries = catalogue.draft_edits(draft_id, reader(request, draft_id), 50)
    names = people.known({entry.by for entry in entries})
    return [
        EditItem(
            id=entry.id,
            kind=entry.kind,
            by=names[entry.by].name if entry.by in names else "",
            at=entry.at,
            document=entry.document,
        )
        for entry in entries
    ]


@router.post("/{draft_id}/edits/{edit_id}/restore", response=Deposit, summary="Put a state back")
def restore(request: HttpRequest, response: HttpResponse, draft_id: str, edit_id: str) -> Deposit:
    """What stood there is kept among the earlier states."""
    catalogue.restore_edit(
        draft_id=draft_id, edit_id=edit_id, actor=reader(request, draft_id), now=clock.now()
    )
    return whole(request, response, draft_id)
