"""One try: a signed request to a receiver, and what came of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tonle.federation.harvest.rules.reasons import reasons_of
from tonle.federation.hooks.models import Delivery, Hook
from tonle.federation.hooks.rules import signing
from tonle.federation.hooks.rules.retrying import asked_seconds
from tonle.federation.hooks.sealing import Unreadable, unseal
from tonle.infra import outbound
from tonle.kernel.errors import N_, TonleError
from tonle.kernel.text import one_line

# Seconds: what the specification asks for. Bytes: none of the answer matters, but one that is
# read whole leaves its connection to the next message.
LIMITS = outbound.Limits(seconds=15, size_bytes=1 << 62, redirects=0)
READ_BYTES = 64 * 1024
KEPT_CHARACTERS = 500

STATUS = N_("It answers with status %(status)s.")
MOVED = N_("It answers with status %(status)s, a redirect, which is not followed.")
GONE = N_("It answers with status %(status)s: it wants no more messages.")


@dataclass(frozen=True)
class Tried:
    """What came of a try.

    status: of HTTP, None where nothing answered. reason: {} where the receiver took it.
    retry_after: seconds that it asks to be left alone. duration_ms: to the answer's head.
    """

    status: int | None
    duration_ms: int
    reason: dict[str, Any]
    answer: str = ""
    retry_after: float | None = None
    # The node itself is set to ask nothing: no fault of the receiver.
    is_closed: bool = False
    # No other try can do better.
    is_final: bool = False

    @property
    def is_taken(self) -> bool:
        return not self.reason


def secrets_of(hook: Hook, now: datetime) -> list[str]:
    """The secrets that sign now, the newest first. Raises Unreadable."""
    found = [unseal(hook.secret)]
    if hook.old_secret and hook.old_until is not None and hook.old_until > now:
        found.append(unseal(hook.old_secret))
    return found


class Sender:
    """Sends one message after another over a connection that is kept."""

    def __init__(self) -> None:
        self._session = outbound.Session()
        self._is_used = False

    def __enter__(self) -> Sender:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def send(self, hook: Hook, delivery: Delivery, now: datetime) -> Tried:
        """Try once, whatever comes; the specification's headers, and no redirects."""
        began = time.monotonic()
        try:
            headers = signing.headers(
                secrets_of(hook, now), delivery.id, int(now.timestamp()), delivery.body.encode()
            )
            return self._tried(hook.url, headers, delivery.body.encode(), began, now)
        except TonleError as fault:
            reason = {"code": fault.code, **reasons_of(fault)[0]}
            return Tried(
                None,
                _since(began),
                reason,
                is_closed=isinstance(fault, outbound.OutboundClosed),
                is_final=isinstance(fault, Unreadable),
            )

    def _tried(
        self, url: str, headers: dict[str, str], body: bytes, began: float, now: datetime
    ) -> Tried:
        again, self._is_used = self._is_used, True
        try:
            return self._once(url, headers, body, began, now)
        except outbound.Unreachable:
            if not again:
                raise
        # A kept connection may have been closed at the other end. If the message did arrive,
        # the receiver knows its id.
        self._session.close()
        return self._once(url, headers, body, began, now)

    def _once(
        self, url: str, headers: dict[str, str], body: bytes, began: float, now: datetime
    ) -> Tried:
        given = {"Content-Type": "application/json; charset=utf-8", **headers}
        with self._session.stream(
            "POST", url, headers=given, body=body, gzip=True, limits=LIMITS
        ) as answer:
            duration = _since(began)
            text = _beginning(answer)
            status = answer.status
            if 200 <= status < 300:
                return Tried(status, duration, {})
            gone = status == 410
            message = GONE if gone else MOVED if 300 <= status < 400 else STATUS
            reason = {"code": "status", "where": "", "message": message, "data": {"status": status}}
            wait = asked_seconds(answer.headers.get("retry-after", ""), now)
            return Tried(status, duration, reason, text, wait, is_final=gone)


def _beginning(answer: outbound.Stream) -> str:
    """The first characters of an answer; what breaks off or is too long is no matter."""
    found = b""
    read = 0
    try:
        for chunk in answer.chunks:
            read += len(chunk)
            found = (found + chunk)[: 4 * KEPT_CHARACTERS]
            if read > READ_BYTES:
                break
    except outbound.OutboundError:
        pass
    return one_line(found.decode("utf-8", "replace"))[:KEPT_CHARACTERS]


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)
