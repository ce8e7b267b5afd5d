"""What every permission of this context begins with."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_
from tonle.people.rules.scopes import covers

NOBODY = Q(pk__in=())

SIGN_IN = N_("Sign in first.")
BY_TOKEN = N_("This token is not for that. Use one with the right scope, or sign in.")
OWN_ONLY = N_("Only the account’s owner and the node’s stewards may do this.")
GIVERS = N_("Only those who may give this role here, and the node’s stewards, may do this.")
STEWARDS = N_("Only the node’s stewards may do this.")
EDITORS = N_("Only the organisation’s managers, curators and the node’s stewards may do this.")


def running(now: datetime) -> Q:
    """Grants that hold at an instant."""
    return (
        Q(ended_at__isnull=True)
        & Q(valid_from__lte=now)
        & (Q(valid_until__isnull=True) | Q(valid_until__gt=now))
    )


def bar(actor: Actor, scope: str = "") -> str:
    """Why nobody in particular, and no token without this scope, gets any further; else "".

    scope: of tokens; "" for what no token ever does (decision 0045).
    A message and not a Decision: a refusal is false, and `refusal or …` would pass it over.
    """
    if actor.kind == "anonymous":
        return SIGN_IN
    return "" if covers(actor, scope) else BY_TOKEN


def curates_node(actor: Actor) -> bool:
    """Whether somebody is a curator or steward of the whole node."""
    return actor.has("steward") or actor.has("curator")
