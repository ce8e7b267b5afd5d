"""Which message a receiver is sent next, made when it is its turn and not before.

The log is read from where the hook stands; what it does not want is passed over. Before each
try the message is made again: where it says something else by now, the old one is dropped,
so that nothing goes out that is no longer so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from tonle.catalogue.public import Followed, Walked, follow, lineage
from tonle.federation.hooks import lease
from tonle.federation.hooks.models import Delivery, Hook
from tonle.federation.hooks.rules import events
from tonle.federation.hooks.rules.matching import Wish, matches
from tonle.kernel import identifiers

# Entries looked at in one step. Few, since the last of them may wait behind slow answers
# while its record changes.
STEP = 50


@dataclass(frozen=True)
class Message:
    """What an entry has a receiver told."""

    type: str
    record: str
    position: int
    body: bytes


def new_id() -> str:
    """A message's id: random, without a full stop."""
    return f"msg_{identifiers.mint()}"


def wish_of(hook: Hook) -> Wish:
    return Wish(
        frozenset(hook.events), hook.kind, hook.member, hook.community, hook.access, hook.own_only
    )


def coming(hook: Hook, now: datetime) -> Iterator[Message | int]:
    """The messages of the next step after the hook's position; then the position of its end.

    Nothing at all where the log has no more. At most five queries and one.
    """
    entries = follow(now=now, after=hook.position, limit=STEP)
    if not entries:
        return
    log, wish = lineage(), wish_of(hook)
    for entry in entries:
        message = _message(entry, wish, log)
        if message is not None:
            yield message
    yield entries[-1].pos


def _message(entry: Followed, wish: Wish, log: str) -> Message | None:
    one = entry.record
    if one is None:
        return None
    type = events.event_of(
        entry.action, is_first=entry.is_first, is_newest=entry.is_newest, gone=one.gone
    )
    if type is None or not matches(wish, type, one.document):
        return None
    data = _data(one) | {"position": entry.pos, "log": log}
    return Message(type, one.id, entry.pos, events.body_of(type, entry.at, data))


def _data(one: Walked) -> dict[str, Any]:
    """What is said of a record: nothing that its page and interface do not tell anybody."""
    path = f"/api/v1/records/{one.id}"
    found = {
        "id": one.id,
        "kind": one.kind,
        "url": settings.TONLE_URL + reverse("catalogue:record", args=[one.id]),
        "api_url": settings.TONLE_URL + path,
    }
    return found if one.gone else found | {"updated_at": one.document["updated_at"]}


def ping_body(hook: Hook, now: datetime) -> bytes:
    """A message that says nothing but that messages arrive."""
    data = {"hook": hook.id, "node": f"{settings.TONLE_URL}/", "position": hook.position}
    return events.body_of(events.PING, now, {**data, "log": lineage()})


def on_its_way(hook: Hook, message: Message, now: datetime) -> Delivery:
    """The row of the message whose turn it is, stored before it is sent.

    The same message keeps its row and id; one that says something else takes its place.
    Raises LeaseLost.
    """
    before = Delivery.objects.filter(hook=hook, state="waiting").first()
    body = message.body.decode()
    if before is not None and (before.position, before.body) == (message.position, body):
        return before
    with transaction.atomic():
        lease.keep(hook, now)
        drop_waiting(hook)
        return Delivery.objects.create(
            hook=hook, id=new_id(), type=message.type, record=message.record,
            position=message.position, body=body, created_at=now,
        )  # fmt: skip


def pass_over(hook: Hook, position: int, now: datetime) -> None:
    """Nothing more to say up to there. Raises LeaseLost."""
    if position > hook.position:
        with transaction.atomic():
            lease.keep(hook, now, position=position)
            drop_waiting(hook)


def drop_waiting(hook: Hook) -> int:
    """Give up the message on its way, if there is one. Returns how many."""
    return Delivery.objects.filter(hook=hook, state="waiting").update(state="dropped")
