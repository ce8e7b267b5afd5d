"""From a session, an account or a token to the Actor that services receive."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest

from tonle.infra import clock, days
from tonle.kernel.actors import ANONYMOUS, Actor, Role, Scope
from tonle.kernel.errors import NotFound
from tonle.people.models import Account, ApiToken, RoleGrant
from tonle.people.permissions import running
from tonle.people.rules import secrets
from tonle.people.rules.loopback import is_loopback

_KEPT = "_tonle_actor"


class Acting(TypedDict):
    """What every use case asks first: who, and when."""

    actor: Actor
    now: datetime


def acting(email: str) -> Acting:
    """The account with this address, now: for commands. Raises NotFound. Two queries."""
    now = clock.now()
    account = Account.objects.filter(email=email.strip().lower()).first()
    if account is None:
        raise NotFound
    return {"actor": actor_for_account(account, now), "now": now}


def actor_for_account(
    account: Account, now: datetime, *, token_scopes: frozenset[str] | None = None
) -> Actor:
    """The actor an account is at an instant, with the roles it holds then. One query."""
    if not account.is_active:
        return ANONYMOUS
    rows = RoleGrant.objects.filter(running(now), account_id=account.pk)
    held = rows.values_list("role", "scope_kind", "scope_id")
    roles = frozenset(Role(role, Scope(kind, scope_id)) for role, kind, scope_id in held)
    return Actor(account.actor_id, "person", roles - asleep(account, roles), token_scopes)


def asleep(account: Account, roles: frozenset[Role]) -> frozenset[Role]:
    """Those of the roles that wait until their holder has a second factor.

    No query where the node requires none of these roles to have one.
    """
    strict = frozenset(r for r in roles if r.name in settings.TONLE_REQUIRE_SECOND_FACTOR)
    # Invented people are bound to the machine of the node instead.
    if not strict or account.is_demonstration or has_second_factor(account.pk):
        return frozenset()
    return strict


def has_second_factor(account_id: str) -> bool:
    """Whether a code or a passkey is asked for beside the password. One query."""
    rows = Authenticator.objects.filter(
        user_id=account_id, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    )
    return bool(rows.exists())


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
        if user is not None and user.is_authenticated and _may_be_here(user, request):
            known = actor_for_account(user, clock.now())
        setattr(request, _KEPT, known)
    return known


def _may_be_here(account: Account, request: HttpRequest) -> bool:
    """Invented people exist at the machine of the node only, whatever cookie is shown."""
    return not account.is_demonstration or is_loopback(
        request.META.get("REMOTE_ADDR", ""), request.get_host(), request.headers.keys()
    )


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
    today = days.day_of(now)
    if row.last_used_on != today:
        ApiToken.objects.filter(
            Q(last_used_on__isnull=True) | Q(last_used_on__lt=today), lookup=row.lookup
        ).update(last_used_on=today)
    return actor_for_account(row.account, now, token_scopes=frozenset(row.scopes))
