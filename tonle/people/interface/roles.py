"""/api/v1/roles, /vouching, /invitations: who may do what, and who says so."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import Query, Router, Status

from tonle.api.public import (
    CursorText,
    Keyset,
    Limit,
    Token,
    idempotency_key,
    link_next,
    scope_of,
)
from tonle.infra import clock
from tonle.kernel.actors import Scope
from tonle.kernel.errors import NotFound
from tonle.people import letters, selectors, services
from tonle.people.interface import shown
from tonle.people.interface.schemas import (
    GivableScope,
    Giving,
    GrantBody,
    InvitationPage,
    InviteBody,
    NewInvitation,
    RoleItem,
    RolePage,
    VouchBody,
)
from tonle.people.interface.shown import caller, private
from tonle.people.rules.scopes import ROLES

router = Router(tags=["roles"], auth=Token(ROLES))
vouching = Router(tags=["roles"], auth=Token(ROLES))
invitations = Router(tags=["roles"], auth=Token(ROLES))

ScopeQuery = Annotated[
    str, Query(max_length=80, description="node, organisation:<id> or community:<id>.")
]
RoleQuery = Annotated[str, Query(max_length=32, description="Only this role.")]


def _scope(request: HttpRequest, text: str) -> Scope:
    """A scope in which the caller gives some role. Absent and not theirs look alike."""
    scope = selectors.scope_of(text)
    if scope is None or not selectors.givable_roles(actor=caller(request), scope=scope):
        raise NotFound
    return scope


@router.get("", response=Giving, summary="Where I give roles")
def giving(request: HttpRequest, response: HttpResponse) -> Giving:
    """By my own roles; a steward gives in every organisation and community there is."""
    actor = caller(request)
    found = selectors.scopes_to_give_in(actor)
    names = selectors.scope_names(found)
    private(response)
    return Giving(
        everywhere=actor.has("steward"),
        scopes=[
            GivableScope(
                scope=shown.in_words(scope),
                names=names.get(scope, {}),
                roles=[kind.name for kind in selectors.givable_roles(actor=actor, scope=scope)],
            )
            for scope in found
        ],
    )


@router.get("/{scope}", response=RolePage, summary="Who holds which role in a scope")
def held(
    request: HttpRequest,
    response: HttpResponse,
    scope: str,
    limit: Limit,
    cursor: CursorText,
    role: RoleQuery = "",
    ended: bool = False,
) -> RolePage:
    """As far as I may give it there. ended: what was taken back or lapsed instead."""
    where, actor, now = _scope(request, scope), caller(request), clock.now()
    if ended:
        rows = selectors.ended_grants_in(scope=where, actor=actor, now=now)
    else:
        rows = selectors.grants_in(scope=where, actor=actor, now=now)
    if role:
        rows = rows.filter(role=role)
    found, following = Keyset(*(selectors.LAST_GIVEN if ended else selectors.BY_ROLE)).page(
        rows,
        scope=scope_of("roles", {"scope": scope, "role": role, "ended": ended}),
        cursor=cursor,
        limit=limit,
    )
    link_next(request, response, following)
    private(response)
    items = [shown.role(row) for row in selectors.role_rows(found)]
    return RolePage(items=items, next=following)


@router.put("/{scope}/{role}/{account_id}", response=RoleItem, summary="Give a role")
def give(request: HttpRequest, scope: str, role: str, account_id: str, body: GrantBody) -> RoleItem:
    """The same again changes nothing; with another end, the earlier one stays in the history.

    No token gives the role of steward.
    """
    made = services.grant_role(
        account_id=account_id,
        role=role,
        scope=_scope(request, scope),
        until=body.until,
        note=body.note,
        actor=caller(request),
        now=clock.now(),
    )
    return shown.role(selectors.role_rows([made])[0])


@router.delete("/{scope}/{role}/{account_id}", response={204: None}, summary="Take a role back")
def take(request: HttpRequest, scope: str, role: str, account_id: str) -> Status[None]:
    """It stays in the history. Twice is once. No token takes the role of steward."""
    services.revoke_role(
        account_id=account_id,
        role=role,
        scope=_scope(request, scope),
        actor=caller(request),
        now=clock.now(),
    )
    return Status(204, None)


@vouching.put("/{scope}/{account_id}", response=RoleItem, summary="Vouch for somebody")
def vouch(request: HttpRequest, scope: str, account_id: str, body: VouchBody) -> RoleItem:
    """Curators for the whole node; managers in the name of their verified organisation."""
    made = services.vouch(
        account_id=account_id,
        scope=_scope(request, scope),
        note=body.note,
        actor=caller(request),
        now=clock.now(),
    )
    return shown.role(selectors.role_rows([made])[0])


@vouching.delete("/{scope}/{account_id}", response={204: None}, summary="Vouch no longer")
def unvouch(request: HttpRequest, scope: str, account_id: str) -> Status[None]:
    """What was published stays. Twice is once."""
    services.unvouch(
        account_id=account_id,
        scope=_scope(request, scope),
        actor=caller(request),
        now=clock.now(),
    )
    return Status(204, None)


@invitations.get("", response=InvitationPage, summary="Invitations that still work")
def sent(
    request: HttpRequest,
    response: HttpResponse,
    limit: Limit,
    cursor: CursorText,
    scope: ScopeQuery = "node",
) -> InvitationPage:
    """Into one scope, the newest first; never their links."""
    actor = caller(request)
    found, following = Keyset(*selectors.LAST_SENT).page(
        selectors.open_invitations(scope=_scope(request, scope), actor=actor, now=clock.now()),
        scope=scope_of("invitations", {"scope": scope}),
        cursor=cursor,
        limit=limit,
    )
    link_next(request, response, following)
    private(response)
    return InvitationPage(items=[shown.invitation(row) for row in found], next=following)


@invitations.post("", response={201: NewInvitation}, summary="Invite somebody to a role")
def invite(request: HttpRequest, response: HttpResponse, body: InviteBody) -> Status[NewInvitation]:
    """A letter goes to the address, whether it has an account or not: nobody learns which."""
    made, secret = services.invite(
        email=body.email,
        role=body.role,
        scope=_scope(request, body.scope),
        note=body.note,
        actor=caller(request),
        now=clock.now(),
        key=idempotency_key(request),
    )
    link = letters.send_invitation(made.email, secret, get_language() or "") if secret else ""
    private(response)
    return Status(201, NewInvitation(**shown.invitation(made).dict(), link=link))


@invitations.delete("/{invitation_id}", response={204: None}, summary="Take an invitation back")
def withdraw(request: HttpRequest, invitation_id: str) -> Status[None]:
    """Its link works no more. Twice is once; a role that was accepted stays."""
    services.withdraw_invitation(id=invitation_id, actor=caller(request), now=clock.now())
    return Status(204, None)
