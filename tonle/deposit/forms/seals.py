"""Signed words that a form carries, so that it can be sent again after signing in anew.

Signing in changes the cookie that Django's own check against forged forms compares with, so
a page that was open before could never be sent again, and what was typed would be lost. A
seal names the draft and the account it was made for, and expires: nobody else's page can
make one, and it is worth nothing to another account. It opens nothing by itself; who asks is
known from the session, as everywhere.
"""

from __future__ import annotations

from datetime import timedelta

from django.core import signing

from tonle.kernel.actors import Actor

FORM, UPLOAD = "tonle.deposit.form", "tonle.deposit.upload"
BRING = "tonle.deposit.bring"
# A form left open over a long weekend; an upload that goes on through the night; photographs that
# wait on a telephone until it is back from the field.
_LIVES = {FORM: timedelta(days=7), UPLOAD: timedelta(days=1), BRING: timedelta(days=14)}


def seal(purpose: str, draft_id: str, actor: Actor) -> str:
    """A seal for one draft ("" for a draft to be) and one account; about 100 characters."""
    return signing.dumps([draft_id, actor.id], salt=purpose)


def fits(purpose: str, text: str, draft_id: str, actor: Actor) -> bool:
    """Whether a seal was made here, for this draft and this account, and has not expired."""
    if actor.kind != "person" or len(text) > 500:
        return False
    try:
        found = signing.loads(text, salt=purpose, max_age=_LIVES[purpose])
    except signing.BadSignature:
        return False
    return bool(found == [draft_id, actor.id])
