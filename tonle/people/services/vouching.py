"""Vouching: somebody who is known here says that another is a real contributor.

A person vouched for holds the role `contributor`, in the whole node or in the scope of a
verified organisation. A machine never vouches and never takes it back.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tonle.kernel.actors import NODE, Actor, Scope
from tonle.people.models import RoleGrant
from tonle.people.services.roles import grant_role, revoke_role

CONTRIBUTOR = "contributor"


@transaction.atomic
def vouch(
    *, account_id: str, actor: Actor, now: datetime, scope: Scope = NODE, note: str = ""
) -> RoleGrant:
    """Vouch for somebody: the node's curators for the whole node, managers for their own.

    note: what the voucher knows, for the history. Vouched for already, nothing changes.
    Raises NoSuchAccount, NotPermitted (also where the organisation is not verified).
    """
    return grant_role(
        account_id=account_id, role=CONTRIBUTOR, scope=scope, actor=actor, now=now, note=note
    )


@transaction.atomic
def unvouch(
    *, account_id: str, actor: Actor, now: datetime, scope: Scope = NODE
) -> RoleGrant | None:
    """Take it back; what was published stays. None where nobody vouched, or not any more."""
    return revoke_role(account_id=account_id, role=CONTRIBUTOR, scope=scope, actor=actor, now=now)
