"""Robots of groups: one address to post to, often signed, for everybody who is in the group.

Sources, read 2026-11: DingTalk "Custom robot access" (signature, 20 messages a minute) and its
error codes; Feishu "Custom bot usage guide" (signature, 100 a minute, 5 a second); WeCom "Group
robot configuration" (20 a minute, 2048 bytes) and its error codes; Slack "Sending messages
using incoming webhooks" and "Rate limits" (one a second), which Mattermost and Rocket.Chat
follow. What is called plain here is our own, described in docs/how-to/set-up-messages.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import urlencode

from tonle.infra import clock, outbound
from tonle.infra.messaging.answers import LIMITS, asked, by_status, fields
from tonle.infra.messaging.port import Delivered, Failed, Message, Outcome, Reason


def _unix_seconds() -> float:
    return clock.now().timestamp()


@dataclass(frozen=True)
class Robot(ABC):
    """secret: what requests are signed with, or ""; clock: seconds since 1970, for signatures."""

    secret: str = field(default="", repr=False)
    clock: Callable[[], float] = _unix_seconds
    name: str = "robot"
    interval_seconds: ClassVar[float] = 3.1  # Twenty a minute, the strictest of them.

    def send(self, address: str, message: Message, *, key: str) -> Outcome:
        return asked(lambda: self._send(address, message, key))

    @abstractmethod
    def _send(self, address: str, message: Message, key: str) -> Outcome: ...


def _hmac(key: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


def _told(
    answer: outbound.Answer,
    place: str,
    *,
    often: frozenset[int],
    key: frozenset[int],
    address: frozenset[int],
    wait: float,
) -> Outcome:
    """The outcome of services that answer 200 and put their own number into the body."""
    found = fields(answer)
    number = found.get(place)
    if answer.status != 200 or not isinstance(number, int) or isinstance(number, bool):
        return by_status(answer)
    if number == 0:
        return Delivered()
    if number in often:
        return Failed(Reason.OFTEN, retry_after=wait)
    if number in key:
        return Failed(Reason.KEY, permanent=True)
    if number in address:
        return Failed(Reason.ADDRESS, permanent=True)
    return Failed(Reason.DOWN) if number == -1 else Failed(Reason.REFUSED, permanent=True)


@dataclass(frozen=True)
class DingTalk(Robot):
    def _send(self, address: str, message: Message, key: str) -> Outcome:  # noqa: ARG002 # It knows no such key.
        if self.secret:
            stamp = str(int(self.clock() * 1000))
            sign = _hmac(self.secret.encode(), f"{stamp}\n{self.secret}".encode())
            joint = "&" if "?" in address else "?"
            address = f"{address}{joint}{urlencode({'timestamp': stamp, 'sign': sign})}"
        body = {"msgtype": "text", "text": {"content": message.long(4000)}}
        return _told(
            outbound.send("POST", address, json=body, limits=LIMITS),
            "errcode",
            often=frozenset({130101, 130102, 410100, 90018, 90030}),
            key=frozenset({310000}),  # signature, keyword or address list does not fit
            address=frozenset({300001, 300005, 40014, 400101, 400102}),
            wait=600,  # It shuts a robot that wrote too often out for ten minutes.
        )


@dataclass(frozen=True)
class Feishu(Robot):
    def _send(self, address: str, message: Message, key: str) -> Outcome:  # noqa: ARG002 # It knows no such key.
        body: dict[str, Any] = {"msg_type": "text", "content": {"text": message.long(4000)}}
        if self.secret:
            stamp = str(int(self.clock()))
            # The string to sign is the key here, and what is signed is empty.
            body |= {"timestamp": stamp, "sign": _hmac(f"{stamp}\n{self.secret}".encode(), b"")}
        return _told(
            outbound.send("POST", address, json=body, limits=LIMITS),
            "code",
            often=frozenset({11232, 99991400}),
            key=frozenset({19021, 19022, 19024}),  # signature, address list, keyword
            address=frozenset({19001, 19005, 19025}),
            wait=60,
        )


@dataclass(frozen=True)
class WeCom(Robot):
    def _send(self, address: str, message: Message, key: str) -> Outcome:  # noqa: ARG002 # It knows no such key.
        # At most 2048 bytes: a letter of Khmer or Chinese takes three.
        body = {"msgtype": "text", "text": {"content": message.long(680)}}
        return _told(
            outbound.send("POST", address, json=body, limits=LIMITS),
            "errcode",
            often=frozenset({45009, 45033}),
            key=frozenset({40001, 40014, 42001}),
            address=frozenset({93000, 93004, 93006, 40035}),
            wait=60,
        )


@dataclass(frozen=True)
class Slack(Robot):
    """Slack, and what follows it: Mattermost, Rocket.Chat, Discord's address with /slack."""

    def _send(self, address: str, message: Message, key: str) -> Outcome:  # noqa: ARG002 # It knows no such key.
        # Three characters are markup in Slack's text.
        text = message.long(4000).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        answer = outbound.send("POST", address, json={"text": text}, limits=LIMITS)
        if 200 <= answer.status < 300:
            # A portal in between answers 200, too, with a page of its own.
            page = answer.headers.get("content-type", "").startswith("text/html")
            whole = not page or answer.body.strip() == b"ok"
            return Delivered() if whole else Failed(Reason.UNREAD)
        return by_status(answer)


@dataclass(frozen=True)
class Plain(Robot):
    """Our own: JSON, signed so that the receiver knows the node and an old call from a new one."""

    def _send(self, address: str, message: Message, key: str) -> Outcome:
        body = json.dumps(
            {
                "id": key,
                "text": message.text,
                "link": message.link,
                "language": message.language,
                "items": [{"text": text, "link": link} for text, link in message.lines],
            },
            ensure_ascii=False,
        ).encode()
        stamp = str(int(self.clock()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Tonle-Timestamp": stamp,
            "Idempotency-Key": key,
        }
        if self.secret:
            headers["X-Tonle-Signature"] = plain_signature(self.secret, stamp, body)
        answer = outbound.send("POST", address, headers=headers, body=body, limits=LIMITS)
        return Delivered() if 200 <= answer.status < 300 else by_status(answer)


def plain_signature(secret: str, timestamp: str, body: bytes) -> str:
    """sha256=<hexadecimal HMAC of "timestamp.body">."""
    text = timestamp.encode() + b"." + body
    return f"sha256={hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()}"
