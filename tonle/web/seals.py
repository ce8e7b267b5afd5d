"""Signed words that a form carries, so that it can be sent again after signing in anew.

Signing in changes the cookie that Django's own check against forged forms compares with, so
a page that was open before could never be sent again, and what was typed would be lost. A
seal names the thing and the account it was made for, and expires: nobody else's page can
make one, and it is worth nothing to another account. It opens nothing by itself; who asks is
known from the session, as everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.core import signing

from tonle.kernel.actors import Actor


@dataclass(frozen=True)
class Purpose:
    """What a seal is for: one of another purpose does not fit. lives: how long it fits."""

    name: str
    lives: timedelta


# A form left open over a long weekend.
FORM: Final = Purpose("tonle.form", timedelta(days=7))


def seal(purpose: Purpose, thing: str, actor: Actor) -> str:
    """A seal for one thing ("" for a thing to be) and one account; about 100 characters."""
    return signing.dumps([thing, actor.id], salt=purpose.name)


def fits(purpose: Purpose, text: str, thing: str, actor: Actor) -> bool:
    """Whether a seal was made here, for this thing and this account, and has not expired."""
    if actor.kind != "person" or len(text) > 500:
        return False
    try:
        found = signing.loads(text, salt=purpose.name, max_age=purpose.lives)
    except signing.BadSignature:
        return False
    return bool(found == [thing, actor.id])
