"""Who writes along: a colleague is let in by their mail address."""

from __future__ import annotations

from datetime import datetime

from tonle.api.public import count
from tonle.catalogue import public as catalogue
from tonle.kernel.actors import Actor
from tonle.people import public as people

INVITED_AN_HOUR = 20


def invite(*, draft_id: str, email: str, actor: Actor, now: datetime) -> None:
    """Let a colleague write. Whether the address has an account is not told to the asker.

    Raises NotFound, NotPermitted, TooMany.
    """
    # Who is let in stands on the page: asked without end, it would tell who has an account.
    count("deposit.invite", actor.id, limit=INVITED_AN_HOUR, seconds=3600, now=now)
    account = people.account_by_email(email[:254])
    if account is not None and account.is_active:
        catalogue.add_draft_editor(
            draft_id=draft_id, account_actor_id=account.pk, actor=actor, now=now
        )
