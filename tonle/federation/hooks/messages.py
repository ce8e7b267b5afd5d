"""Which message a receiver is sent next, made when it is its turn and not before.

The log is read from where the hook stands; what it does not want is passed over. Before each
try the message is made again, so that nothing goes out that is no longer so.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from tonle.catalogue.public import Followed, Walked, follow, lineage
from tonle.federation.hooks.models import Delivery, Hook
from tonle.federation.hooks.rules import events
from tonle.federation.hooks.rules.matching import Wish, matches

# Entries looked at in one step, which lasts a second or so.
STEP = 50


@dataclass(frozen=True)
class Message:
    """What an entry has a receiver told."""

    type: str
    record: str
    position: int
    body: bytes


def id_of(hook: Hook, body: bytes) -> str:
    """A message's id, without a full stop: it follows from whom what is said to.

    So a message that is sent again, even after a crash that forgot the first time, has the
    same id; and one that says something else, another.
    """
    return f"msg_{hashlib.sha256(hook.id.encode() + body).hexdigest()[:32]}"


def delivery_of(hook: Hook, message: Message, now: datetime) -> Delivery:
    """The row of a message, not stored yet."""
    return Delivery(
        hook=hook, id=id_of(hook, message.body), type=message.type, record=message.record,
        position=message.position, body=message.body.decode(), created_at=now,
    )  # fmt: skip


def wish_of(hook: Hook) -> Wish:
    return Wish(
        frozenset(hook.events), hook.kind, hook.member, hook.community, hook.access, hook.own_only
    )


def coming(hook: Hook, now: datetime) -> tuple[list[Message], int]:
    """The messages of the next step after the hook's position, and where the step ends.

    The hook's own position where the log has no more. At most six queries.
    """
    entries = follow(now=now, after=hook.position, limit=STEP)
    if not entries:
        return [], hook.position
    log, wish = lineage(), wish_of(hook)
    found = (_message(entry, wish, log) for entry in entries)
    return [message for message in found if message is not None], entries[-1].pos


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


def drop_waiting(hook: Hook) -> int:
    """Give up the message that was not taken the last time. Returns how many."""
    return Delivery.objects.filter(hook=hook, state="waiting").update(state="dropped")
