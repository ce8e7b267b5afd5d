"""What a letter says, in its reader's language, made when it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from tonle.infra.messaging import Message
from tonle.people.notices.models import Letter
from tonle.people.notices.topics import text_of
from tonle.people.reading import as_reader
from tonle.web.public import language_tag, local_number

CODE_MINUTES = 15

_stop = signing.Signer(salt="tonle.people.stop_letters")


def absolute(path: str) -> str:
    """A path of this node as readers elsewhere reach it."""
    return f"{settings.TONLE_URL}{path}"


def stop_token(account_id: str) -> str:
    """What ends an account's letters without sign-in, from a letter (RFC 8058); it never lapses."""
    return _stop.sign(account_id)


def account_of_stop_token(token: str) -> str | None:
    try:
        return str(_stop.unsign(token))
    except signing.BadSignature:
        return None


def message_of(letter: Letter, language: str, writing: str = "", *, code: str = "") -> Message:
    """A letter as a message. language, writing: as stored with the reader, "" for the node's."""
    with as_reader(language, writing) as chosen:
        return _message(letter, language_tag(chosen), code)


def _message(letter: Letter, language: str, code: str) -> Message:
    node = {"node": settings.TONLE_NODE_NAME}
    if letter.kind == "code":
        text = gettext("%(code)s is your code for %(node)s. It holds for %(minutes)s minutes.")
        return Message(text % {**node, "code": code, "minutes": CODE_MINUTES}, "", language)
    if letter.kind == "welcome":
        text = gettext("Messages of %(node)s reach you here from now on. You choose which:")
        return Message(text % node, absolute(reverse("people:channels")), language)
    if letter.kind == "test":
        text = gettext("This is a test of %(node)s. Nothing waits for you.")
        return Message(text % node, absolute("/"), language)
    stop = ""
    if letter.account_id:
        stop = absolute(reverse("people:stop_letters", args=[stop_token(letter.account_id)]))
    lines = _lines(letter.items)
    if len(lines) == 1:
        ((text, link),) = lines
        return Message(text, link, language, subject=text, stop_link=stop)
    counted = ngettext(
        "%(count)s thing waits for you at %(node)s.",
        "%(count)s things wait for you at %(node)s.",
        len(lines),
    ) % {**node, "count": local_number(len(lines), language)}
    links = {link for _text, link in lines}
    if letter.account_id:
        everything = absolute(reverse("people:notices"))
    else:
        # A group has no page of its own: to the one place, if it is one.
        everything = links.pop() if len(links) == 1 else absolute("/")
    return Message(counted, everything, language, subject=counted, lines=lines, stop_link=stop)


def _lines(items: Sequence[dict[str, Any]]) -> tuple[tuple[str, str], ...]:
    """Each thing once: two notices that say the same of the same place are one to a reader."""
    found = {(text_of(i["topic"], i["data"]), absolute(i["link"])): None for i in items}
    return tuple(found)
