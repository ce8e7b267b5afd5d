"""From a session, an account or a token to the Actor that services receive."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.http import HttpRequest

from tonle.infra import clock
from tonle.kernel.actors import ANONYMOUS, Actor, Role, Scope
from tonle.people.models import Account, ApiToken, RoleGrant
from tonle.people.permissions import running
from tonle.people.rules import secrets

_KEPT = "_tonle_actor"


def actor_for_account(
    account: Account, now: datetime, *, token_scopes: frozenset[str] | None = None
) -> Actor:
    """The actor an account is at an instant, with the roles it holds then. One query."""
    if not account.is_active:
        return ANONYMOUS
    rows = RoleGrant.objects.filter(running(now), account_id=account.pk)
    held = rows.values_list("role", "scope_kind", "scope_id")
    roles = frozenset(Role(role, Scope(kind, scope_id)) for role, kind, scope_id in held)
    return Actor(account.actor_id, "person", roles, token_scopes)


def actor_by_id(account_id: str, now: datetime) -> Actor:
    """The actor of this id at an instant; nobody in particular where it is closed or unknown.

    For work that goes on after the request that asked for it. Two queries.
    """
    account = Account.objects.filter(pk=account_id).first()
    return actor_for_account(account, now) if account else ANONYMOUS


def actor_for_request(request: HttpRequest) -> Actor:
    """The actor behind a page request, read once per request; no query for an anonymous one."""
    known: Actor | None = getattr(request, _KEPT, None)
    if known is None:
        user = getattr(request, "user", None)
        known = ANONYMOUS
        if user is not None and user.is_authenticated:
            known = actor_for_account(user, clock.now())
        setattr(request, _KEPT, known)
    return known


def actor_for_token(text: str, now: datetime) -> Actor | None:
    """The actor a token speaks for, or None for anything that is not a living token.

    Two queries, one more on the first use of a day. Unknown, revoked, expired and
    misspelt tokens are not told apart.
    """
    token = secrets.parse_token(text)
    if token is None:
        return None
    row = ApiToken.objects.select_related("account").filter(lookup=token.lookup).first()
    # Compared also where there is no row: the answer must take as long either way.
    fits = secrets.same(row.secret_sha256 if row else secrets.digest(""), token.secret)
    if row is None or not fits or row.revoked_at is not None or not row.account.is_active:
        return None
    if row.expires_at is not None and row.expires_at <= now:
        return None
    today = now.date()
    if row.last_used_on != today:
        ApiToken.objects.filter(
            Q(last_used_on__isnull=True) | Q(last_used_on__lt=today), lookup=row.lookup
        ).update(last_used_on=today)
    return actor_for_account(row.account, now, token_scopes=frozenset(row.scopes))
