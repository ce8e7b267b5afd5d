"""Telegram: a bot writes to people who wrote to it first.

Source: Telegram Bot API, "Making requests", sendMessage, getUpdates, getMe, and the Bots FAQ
on limits (30 messages a second in all, one a second to one chat); read 2026-11.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from tonle.infra import outbound
from tonle.infra.messaging.answers import LIMITS, asked, by_status, fields, seconds
from tonle.infra.messaging.port import Delivered, Failed, Message, Outcome, Reason

MOST_CHARACTERS = 4096

# A description is in English and stable; the number alone does not tell these apart.
_UNKNOWN_CHAT = ("chat not found", "user not found", "peer_id_invalid", "chat_id is empty")


@dataclass(frozen=True)
class Written:
    """A text that somebody wrote to the bot alone. chat: where it is answered."""

    update: int
    chat: str
    text: str


@dataclass(frozen=True)
class Telegram:
    """token: the bot's; api: where the Bot API answers, without a closing slash."""

    token: str = field(repr=False)
    api: str
    name: str = "telegram"
    interval_seconds: ClassVar[float] = 0.1

    def send(self, address: str, message: Message, *, key: str) -> Outcome:  # noqa: ARG002 # Telegram knows no such key.
        return asked(lambda: self._send(address, message))

    def _send(self, address: str, message: Message) -> Outcome:
        answer = self._ask(
            "sendMessage",
            {
                "chat_id": address,
                "text": message.long(MOST_CHARACTERS),
                # A preview would make Telegram's machines read the page, which asks for sign-in.
                "link_preview_options": {"is_disabled": True},
            },
        )
        told = fields(answer)
        if answer.status == 200 and told.get("ok") is True:
            return Delivered()
        description = str(told.get("description", "")).lower()
        if answer.status == 429:
            more = told.get("parameters")
            wait = more.get("retry_after") if isinstance(more, dict) else None
            return Failed(Reason.OFTEN, retry_after=seconds(wait))
        if answer.status == 403:
            # Blocked, left, deactivated, or never written to: all the person's own doing.
            return Failed(Reason.BLOCKED, permanent=True)
        if answer.status == 400 and any(words in description for words in _UNKNOWN_CHAT):
            return Failed(Reason.ADDRESS, permanent=True)
        if answer.status in {401, 404}:
            # The token stands in the address: one that is no token at all is "not found".
            return Failed(Reason.KEY, permanent=True)
        return by_status(answer)

    def read(self, after: int) -> list[Written]:
        """What people wrote since, oldest first, at most a hundred. Raises OutboundError.

        after: the last update read; asking forgets everything up to it at Telegram.
        """
        wanted = {"offset": after + 1, "timeout": 0, "allowed_updates": ["message"]}
        answer = self._ask("getUpdates", wanted)
        told = fields(answer)
        if answer.status != 200 or not isinstance(told.get("result"), list):
            raise outbound.AnswerUnexpected(host=outbound.host_of(self.api))
        return [_written(update) for update in told["result"] if isinstance(update, dict)]

    def username(self) -> str:
        """What people look the bot up by, without @. Raises OutboundError."""
        told = fields(self._ask("getMe", {})).get("result")
        if not isinstance(told, dict) or not isinstance(told.get("username"), str):
            raise outbound.AnswerUnexpected(host=outbound.host_of(self.api))
        return str(told["username"])

    def _ask(self, method: str, body: dict[str, Any]) -> outbound.Answer:
        return outbound.send(
            "POST", f"{self.api}/bot{self.token}/{method}", json=body, limits=LIMITS
        )


def _written(update: dict[str, Any]) -> Written:
    """An update; without text where it is none that a person wrote to the bot alone."""
    message = update.get("message")
    number = update.get("update_id")
    number = number if isinstance(number, int) else 0
    if not isinstance(message, dict) or not isinstance(chat := message.get("chat"), dict):
        return Written(number, "", "")
    private = chat.get("type") == "private"
    text = message.get("text")
    return Written(
        number, str(chat.get("id", "")), text if private and isinstance(text, str) else ""
    )
