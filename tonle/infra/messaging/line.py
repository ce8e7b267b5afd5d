"""LINE: an official account writes to people who added it.

Source: LINE Messaging API reference (send push message, get quota, get consumption, webhook
signature, rate limits) and "Retry failed API requests"; read 2026-11.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tonle.infra import outbound
from tonle.infra.messaging.answers import LIMITS, asked, by_status, fields
from tonle.infra.messaging.port import Delivered, Failed, Message, Outcome, Reason

MOST_CHARACTERS = 5000


@dataclass(frozen=True)
class Event:
    """Something that a person did with the account. sort: message, follow, unfollow, other."""

    sort: str
    user: str
    text: str = ""


@dataclass(frozen=True)
class Line:
    """token: the channel's long-lived access token; api: without a closing slash."""

    token: str = field(repr=False)
    api: str
    name: str = "line"
    interval_seconds: ClassVar[float] = 0.1

    def send(self, address: str, message: Message, *, key: str) -> Outcome:
        return asked(lambda: self._send(address, message, key))

    def _send(self, address: str, message: Message, key: str) -> Outcome:
        answer = outbound.send(
            "POST",
            f"{self.api}/v2/bot/message/push",
            headers={**self._key(), "X-Line-Retry-Key": key},
            json={
                "to": address,
                "messages": [{"type": "text", "text": message.long(MOST_CHARACTERS // 2)}],
            },
            limits=LIMITS,
        )
        told = str(fields(answer).get("message", "")).lower()
        if answer.status == 200:
            return Delivered() if fields(answer) else Failed(Reason.UNREAD)
        if answer.status == 409:
            # The same key was accepted before: our first request arrived, its answer did not.
            return Delivered()
        if answer.status == 429 and "monthly limit" in told:
            return Failed(Reason.QUOTA, permanent=True)
        if answer.status == 400 and ("'to'" in told or "failed to send" in told):
            return Failed(Reason.ADDRESS, permanent=True)
        if answer.status == 404:
            return Failed(Reason.REFUSED, permanent=True)
        return by_status(answer)

    def quota(self) -> tuple[int, int | None]:
        """Messages sent in this month, and how many may be; None for no limit. OutboundError."""
        used = fields(self._get("/v2/bot/message/quota/consumption")).get("totalUsage")
        most = fields(self._get("/v2/bot/message/quota"))
        if not isinstance(used, int):
            raise outbound.AnswerUnexpected(host=outbound.host_of(self.api))
        limit = most.get("value") if most.get("type") == "limited" else None
        return used, limit if isinstance(limit, int) else None

    def _get(self, path: str) -> outbound.Answer:
        return outbound.send("GET", self.api + path, headers=self._key(), limits=LIMITS)

    def _key(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def signature(secret: str, body: bytes) -> str:
    """What LINE writes into X-Line-Signature for this body."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def events(secret: str, body: bytes, signed: str) -> list[Event] | None:
    """What a call of our webhook tells; None where it is not LINE's, or not readable."""
    if not secret or not hmac.compare_digest(signature(secret, body), signed):
        return None
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    rows = told.get("events") if isinstance(told, dict) else None
    return [_event(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _event(row: dict[str, Any]) -> Event:
    source, message = row.get("source"), row.get("message")
    alone = isinstance(source, dict) and source.get("type") == "user"
    user = str(source.get("userId", "")) if isinstance(source, dict) and alone else ""
    sort = str(row.get("type", ""))
    if sort == "message" and isinstance(message, dict) and message.get("type") == "text":
        return Event(sort, user, str(message.get("text", "")))
    return Event(sort if sort in {"follow", "unfollow"} else "other", user)
