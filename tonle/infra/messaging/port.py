"""What every channel is given, and how it says what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Protocol

from tonle.kernel.errors import N_


@dataclass(frozen=True)
class Message:
    """What is sent. Everything is in one language, and nothing is confidential.

    text: a sentence or two; link: where to go, absolute. lines: (sentence, absolute link) of
    each thing that waits, for channels with room. stop_link: ends such messages with one
    request (RFC 8058); "" where they cannot be ended so.
    """

    text: str
    link: str
    language: str
    subject: str = ""
    lines: tuple[tuple[str, str], ...] = ()
    stop_link: str = ""

    def short(self) -> str:
        """The text and where to go."""
        return f"{self.text} {self.link}"

    def long(self, most: int) -> str:
        """The text, a line for each thing, and where to go, in at most so many characters."""
        parts = [f"• {text}\n{link}" for text, link in self.lines]
        while parts and len(found := "\n\n".join([self.text, *parts, self.link])) > most:
            parts.pop()
        return found if parts else self.short()


class Reason(Enum):
    """Why a channel did not take a message: a stable code, and a sentence for the steward."""

    BLOCKED = "blocked", N_("There the node’s account was blocked, or the other one closed.")
    ADDRESS = "address_unknown", N_("The service does not know the address.")
    KEY = "key_refused", N_("The service refuses the node’s key. See its options.")
    QUOTA = "quota_used", N_("What may be sent is used up.")
    OFTEN = "too_often", N_("The service asks the node to wait.")
    DOWN = "service_down", N_("The service is out of order.")
    UNREACHABLE = "unreachable", N_("The service cannot be reached.")
    SLOW = "too_slow", N_("The service does not answer in time.")
    UNREAD = "answer_unread", N_("The service answers something that cannot be read.")
    REFUSED = "message_refused", N_("The service refuses the message.")
    CLOSED = "outbound_closed", N_("This node is set to ask nothing of other machines.")
    INSIDE = "address_inside", N_("The address is not of the public network.")
    ABSENT = "not_set_up", N_("The channel is not set up.")

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        self.text = text

    @classmethod
    def of(cls, code: str) -> Reason | None:
        return next((reason for reason in cls if reason.code == code), None)

    @property
    def of_the_address(self) -> bool:
        """Whether it is the recipient's address that fails, and not the service."""
        return self in {Reason.BLOCKED, Reason.ADDRESS, Reason.INSIDE}


@dataclass(frozen=True)
class Delivered:
    """The service took it. segments: what an SMS cost; 0 for what costs nothing by piece."""

    segments: int = 0


@dataclass(frozen=True)
class Failed:
    """The service did not take it.

    permanent: asking again the same way cannot help. retry_after: seconds that the service
    asks to wait, if it does.
    """

    reason: Reason
    permanent: bool = False
    retry_after: float | None = None


Outcome = Delivered | Failed


class Channel(Protocol):
    """One way out.

    interval_seconds: how far apart messages are sent, so that no service must complain.
    """

    interval_seconds: ClassVar[float]

    @property
    def name(self) -> str: ...

    def send(self, address: str, message: Message, *, key: str) -> Outcome:
        """Hand the message over. Never raises for what a service or the network does.

        key: a UUID, the same for the same message sent again; services that know such a key
        then send it once.
        """
        ...
