"""/api/v1/me: one's own profile, roles, notices, and how one is told."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router

from tonle.api.public import CursorText, Keyset, Limit, Token, link_next, scope_of
from tonle.infra import clock
from tonle.kernel.errors import NotFound
from tonle.people import selectors
from tonle.people.interface import shown
from tonle.people.interface.schemas import (
    ChannelItem,
    ChoiceBody,
    NoticeItem,
    NoticePage,
    Profile,
    ProfileBody,
    Read,
    ReadAll,
    RoleItem,
    RolePage,
    Telling,
)
from tonle.people.interface.shown import caller, private
from tonle.people.models import Account
from tonle.people.notices import selectors as notices
from tonle.people.notices import services as telling
from tonle.people.rules.scopes import PROFILE
from tonle.people.services import change_profile

router = Router(tags=["me"], auth=Token(PROFILE))


def _profile(request: HttpRequest, response: HttpResponse) -> Profile:
    actor = caller(request)
    private(response)
    return shown.profile(Account.objects.get(pk=actor.id), selectors.own_person(actor))


@router.get("", response=Profile, summary="My profile")
def profile(request: HttpRequest, response: HttpResponse) -> Profile:
    """The account that the token speaks for, and what its owner is called."""
    return _profile(request, response)


@router.put("", response=Profile, summary="Change my profile")
def change(request: HttpRequest, response: HttpResponse, body: ProfileBody) -> Profile:
    """Replaces names, workplaces and language. A ROR id of an organisation here links to it."""
    actor = caller(request)
    change_profile(
        account_id=actor.id,
        names=[one.name() for one in body.names],
        affiliations=[
            {"name": one.name, "identifier": {"scheme": "ror", "value": one.ror}}
            for one in body.affiliations
        ],
        language=body.language,
        actor=actor,
        now=clock.now(),
    )
    return _profile(request, response)


@router.get("/roles", response=RolePage, summary="My roles")
def roles(
    request: HttpRequest, response: HttpResponse, limit: Limit, cursor: CursorText
) -> RolePage:
    """What I hold now; also what sleeps until I have a second factor."""
    actor, now = caller(request), clock.now()
    found, following = Keyset(*selectors.BY_ROLE).page(
        selectors.grants_held(actor=actor, now=now),
        scope=scope_of("my roles", {}), cursor=cursor, limit=limit,
    )  # fmt: skip
    link_next(request, response, following)
    private(response)
    items: list[RoleItem] = [shown.role(row) for row in selectors.role_rows(found)]
    return RolePage(items=items, next=following)


@router.get("/notices", response=NoticePage, summary="My notices")
def my_notices(
    request: HttpRequest,
    response: HttpResponse,
    limit: Limit,
    cursor: CursorText,
    unread: bool = False,
) -> NoticePage:
    """The newest first. unread: only what I have not read."""
    actor, now = caller(request), clock.now()
    found, following = Keyset(*notices.NEWEST_FIRST).page(
        notices.notices_of(actor=actor, unread=unread),
        scope=scope_of("notices", {"unread": unread}), cursor=cursor, limit=limit,
    )  # fmt: skip
    link_next(request, response, following)
    private(response)
    items = [
        NoticeItem(
            id=one.id, label=one.label, text=one.text, about=one.name, created_at=one.created_at,
            unread=one.unread,
        )
        for one in notices.said(found, actor, now)
    ]  # fmt: skip
    return NoticePage(items=items, next=following)


@router.post("/notices/read", response=ReadAll, summary="I have read all notices")
def read_all(request: HttpRequest) -> ReadAll:
    """How many were not read before."""
    return ReadAll(count=telling.mark_all_read(actor=caller(request), now=clock.now()))


@router.post("/notices/{notice_id}/read", response=Read, summary="I have read a notice")
def read(request: HttpRequest, notice_id: str) -> Read:
    """And where it leads. The second call changes nothing."""
    link = telling.mark_read(notice_id=notice_id, actor=caller(request), now=clock.now())
    if link is None:
        raise NotFound
    return Read(url=f"{settings.TONLE_URL}{link}")


def _telling(request: HttpRequest, response: HttpResponse) -> Telling:
    actor, now = caller(request), clock.now()
    kept = telling.preference_of(actor.id)
    private(response)
    return Telling(
        channels=kept.channels,
        mail=kept.mail,
        rhythm=kept.rhythm,
        urgent_at_once=kept.urgent_at_once,
        hour=kept.hour,
        weekday=kept.weekday,
        zone=kept.zone,
        available=[
            ChannelItem(
                name=one.name, label=one.label, works=one.works, rests=one.rests, reason=one.reason
            )
            for one in notices.own_channels(actor=actor, now=now)
        ],
    )


@router.get("/telling", response=Telling, summary="How I am told")
def how_told(request: HttpRequest, response: HttpResponse) -> Telling:
    """By which channels, how often, and which channels there are. No address of mine is shown."""
    return _telling(request, response)


@router.put("/telling", response=Telling, summary="Choose how I am told")
def choose(request: HttpRequest, response: HttpResponse, body: ChoiceBody) -> Telling:
    """What waits already follows it. A channel is connected on the page, not here."""
    telling.save_preference(actor=caller(request), now=clock.now(), **body.dict())
    return _telling(request, response)
