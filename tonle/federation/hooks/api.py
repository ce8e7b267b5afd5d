"""Hooks over REST: whom this node tells of changes, and what came of each message."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from tonle.api.public import (
    Body,
    CursorText,
    Keyset,
    Limit,
    Page,
    Token,
    idempotency_key,
    link_next,
    scope_of,
)
from tonle.federation.harvest.rules.reasons import sentence_of
from tonle.federation.hooks import selectors, services
from tonle.federation.hooks.models import Delivery, Hook
from tonle.federation.hooks.permissions import TOKEN_SCOPE, demand, may_keep_hooks
from tonle.federation.hooks.services import LONGEST_LABEL, LONGEST_URL, Wanted
from tonle.federation.stewards import caller
from tonle.infra import clock
from tonle.infra.i18n import say

router = Router(tags=["hooks"], auth=Token(TOKEN_SCOPE))
OLDEST_FIRST = Keyset("created_at", "key")
NEWEST_FIRST = Keyset("-key")

EventName = Annotated[str, StringConstraints(max_length=40)]


class HookItem(Schema):
    """A receiver that is told when something changes here."""

    id: str
    label: str
    url: str
    events: list[str] = Field(description="Types of messages; none is all.")
    kind: str
    member: str
    community: str
    access: str
    own_only: bool = Field(description="Not of records harvested from elsewhere.")
    state: str = Field(description="level, behind, failing, paused or stopped.")
    position: int = Field(description="Of the change log: everything up to there was told.")
    behind: int = Field(description="Entries of the log after it.")
    why: str = Field(description="Why the last message was not taken; empty where it was.")
    next_at: datetime | None = Field(description="When it is tried again.")
    created_at: datetime
    html_url: str


class HookWithSecret(HookItem):
    """A hook and its new secret, shown this once."""

    secret: str = Field(description="Of Standard Webhooks; empty for a repeated request.")


class DeliveryItem(Schema):
    """A message, as it was sent the last time."""

    id: str = Field(description="The header webhook-id.")
    type: str
    record: str
    position: int
    state: str = Field(description="waiting, asked, delivered, failed or dropped.")
    tries: int
    created_at: datetime
    sent_at: datetime | None
    duration_ms: int | None
    status: int | None = Field(description="Of HTTP; null where nothing answered.")
    why: str
    answer: str = Field(description="The beginning of an answer that was no success.")
    body: str = Field(description="What was sent, exactly.")


class HookBody(Body):
    """What a hook is to be; what is not sent stays, or is any."""

    label: str | None = Field(None, max_length=LONGEST_LABEL)
    url: str | None = Field(None, max_length=LONGEST_URL)
    events: list[EventName] | None = Field(None, max_length=20)
    kind: str | None = Field(None, max_length=40)
    member: str | None = Field(None, max_length=10)
    community: str | None = Field(None, max_length=64)
    access: str | None = Field(None, max_length=20)
    own_only: bool | None = None

    def wanted(self) -> Wanted:
        return Wanted(**self.dict())


class HookPage(Page[HookItem]):
    """A page of hooks."""


class DeliveryPage(Page[DeliveryItem]):
    """A page of messages."""


def _items(rows: list[Hook]) -> list[HookItem]:
    return [
        HookItem(
            id=state.hook.id,
            label=state.hook.label,
            url=state.hook.url,
            events=state.hook.events,
            kind=state.hook.kind,
            member=state.hook.member,
            community=state.hook.community,
            access=state.hook.access,
            own_only=state.hook.own_only,
            state=state.standing,
            position=state.hook.position,
            behind=state.behind,
            why=say(sentence_of(state.hook.reason)) if state.hook.reason else "",
            next_at=state.hook.next_at,
            created_at=state.hook.created_at,
            html_url=settings.TONLE_URL + reverse("federation:hook", args=[state.hook.id]),
        )
        for state in selectors.states_of(rows)
    ]


def _one(hook: Hook) -> HookItem:
    return _items([hook])[0]


def _with_secret(hook: Hook, secret: str) -> HookWithSecret:
    return HookWithSecret(**_one(hook).dict(), secret=secret)


def _delivery(row: Delivery) -> DeliveryItem:
    return DeliveryItem(
        id=row.id,
        type=row.type,
        record=row.record,
        position=row.position,
        state=row.state,
        tries=row.tries,
        created_at=row.created_at,
        sent_at=row.sent_at,
        duration_ms=row.duration_ms,
        status=row.status,
        why=say(sentence_of(row.reason)) if row.reason else "",
        answer=row.answer,
        body=row.body,
    )


@router.get("", response=HookPage, summary="Hooks")
def list_hooks(
    request: HttpRequest, response: HttpResponse, limit: Limit, cursor: CursorText
) -> HookPage:
    """Every hook, the oldest first; never a secret."""
    demand(may_keep_hooks(caller(request)))
    found, following = OLDEST_FIRST.page(
        Hook.objects.all(), scope=scope_of("hooks", {}), cursor=cursor, limit=limit
    )
    link_next(request, response, following)
    return HookPage(items=_items(list(found)), next=following)


@router.post("", response={201: HookWithSecret}, summary="Add a hook")
def add(request: HttpRequest, body: HookBody) -> Status[HookWithSecret]:
    """Told from now on; a test is sent at once. The secret is shown this once."""
    hook, secret = services.add_hook(
        wanted=body.wanted(), actor=caller(request), now=clock.now(), key=idempotency_key(request)
    )
    return Status(201, _with_secret(hook, secret))


@router.get("/{hook_id}", response=HookItem, summary="One hook")
def one(request: HttpRequest, hook_id: str) -> HookItem:
    return _one(services.load(hook_id, caller(request)))


@router.patch("/{hook_id}", response=HookItem, summary="Change a hook")
def change(request: HttpRequest, hook_id: str, body: HookBody) -> HookItem:
    """What is not sent stays as it is."""
    actor = caller(request)
    return _one(
        services.change_hook(hook_id=hook_id, wanted=body.wanted(), actor=actor, now=clock.now())
    )


@router.delete("/{hook_id}", response={204: None}, summary="Remove a hook")
def remove(request: HttpRequest, hook_id: str) -> Status[None]:
    """Its secret and its messages are forgotten. Twice is once."""
    services.remove_hook(hook_id=hook_id, actor=caller(request), now=clock.now())
    return Status(204, None)


@router.post("/{hook_id}/secret", response=HookWithSecret, summary="Change the secret")
def rotate(request: HttpRequest, hook_id: str) -> HookWithSecret:
    """The one before signs beside the new one for another day."""
    hook, secret = services.rotate_secret(hook_id=hook_id, actor=caller(request), now=clock.now())
    return _with_secret(hook, secret)


@router.post("/{hook_id}/pause", response=HookItem, summary="Not now")
def pause(request: HttpRequest, hook_id: str) -> HookItem:
    """What happens meanwhile is told later."""
    return _one(services.pause_hook(hook_id=hook_id, actor=caller(request), now=clock.now()))


@router.post("/{hook_id}/resume", response=HookItem, summary="Go on")
def resume(request: HttpRequest, hook_id: str) -> HookItem:
    """Where it stood, at once; also where it waits for another try or was stopped."""
    return _one(services.resume_hook(hook_id=hook_id, actor=caller(request), now=clock.now()))


@router.post("/{hook_id}/skip", response=HookItem, summary="Begin from now")
def skip(request: HttpRequest, hook_id: str) -> HookItem:
    """Nothing is told of what has happened until now; the receiver reads the feed instead."""
    return _one(services.skip_to_now(hook_id=hook_id, actor=caller(request), now=clock.now()))


@router.post("/{hook_id}/test", response={202: DeliveryItem}, summary="Send a test")
def test(request: HttpRequest, hook_id: str) -> Status[DeliveryItem]:
    """A message of the type `ping`, soon and once."""
    made = services.ask_test(hook_id=hook_id, actor=caller(request), now=clock.now())
    return Status(202, _delivery(made))


@router.get("/{hook_id}/deliveries", response=DeliveryPage, summary="Messages")
def deliveries(
    request: HttpRequest, response: HttpResponse, hook_id: str, limit: Limit, cursor: CursorText
) -> DeliveryPage:
    """The newest first; the last hundred of thirty days are kept."""
    hook = services.load(hook_id, caller(request))
    found, following = NEWEST_FIRST.page(
        Delivery.objects.filter(hook=hook),
        scope=scope_of("deliveries", {"hook": hook_id}), cursor=cursor, limit=limit,
    )  # fmt: skip
    link_next(request, response, following)
    return DeliveryPage(items=[_delivery(row) for row in found], next=following)


@router.post(
    "/{hook_id}/deliveries/{delivery_id}/again",
    response={202: DeliveryItem},
    summary="Send a message again",
)
def again(request: HttpRequest, hook_id: str, delivery_id: str) -> Status[DeliveryItem]:
    """Soon, and under the same id. Twice is once."""
    row = services.ask_again(
        hook_id=hook_id, delivery_id=delivery_id, actor=caller(request), now=clock.now()
    )
    return Status(202, _delivery(row))


@router.post(
    "/{hook_id}/deliveries/{delivery_id}/skip", response=HookItem, summary="Give up a message"
)
def give_up(request: HttpRequest, hook_id: str, delivery_id: str) -> HookItem:
    """The one that waits for another try: the next is sent at once. Twice is once."""
    return _one(
        services.skip_message(
            hook_id=hook_id, delivery_id=delivery_id, actor=caller(request), now=clock.now()
        )
    )
