"""Questions about accounts, the roles they hold, and their tokens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from allauth.account.models import EmailAddress
from django.db.models import QuerySet

from tonle.kernel.actors import Actor, Scope
from tonle.people.models import Account, ApiToken, RoleGrant
from tonle.people.permissions import (
    accounts_visible_to,
    grants_visible_to,
    running,
    tokens_visible_to,
)
from tonle.people.selectors.persons import names_of


@dataclass(frozen=True)
class AccountSummary:
    """One account as lists show it; roles as `role` or `role@kind:id`."""

    actor_id: str
    email: str
    is_active: bool
    created_at: datetime
    roles: tuple[str, ...]
    person: str = ""
    is_demonstration: bool = False


_AT_ONCE = 500


def accounts(*, actor: Actor, now: datetime) -> Iterator[AccountSummary]:
    """All accounts the actor may see, by address, with the roles they hold now.

    Three queries for each five hundred.
    """
    rows, after = Account.objects.filter(accounts_visible_to(actor)).order_by("email"), ""
    while found := list(rows.filter(email__gt=after)[:_AT_ONCE]):
        yield from summaries(found, actor, now)
        after = found[-1].email


def summaries(rows: list[Account], actor: Actor, now: datetime) -> list[AccountSummary]:
    """Accounts with their names and the roles the actor may see that they hold. Two queries."""
    held: dict[str, list[str]] = {}
    grants = RoleGrant.objects.filter(
        running(now), grants_visible_to(actor), account_id__in=[row.pk for row in rows]
    ).order_by("role", "scope_kind", "scope_id")
    for grant in grants:
        text = grant.role if grant.scope_kind == "node" else str(grant)
        held.setdefault(grant.account_id, []).append(text)
    people = names_of(row.pk for row in rows)
    return [
        AccountSummary(
            actor_id=row.actor_id,
            email=row.email,
            is_active=row.is_active,
            created_at=row.created_at,
            roles=tuple(held.get(row.pk, ())),
            person=people.get(row.pk, ""),
            is_demonstration=row.is_demonstration,
        )
        for row in rows
    ]


def account_by_email(email: str) -> Account | None:
    """For commands and sign-in, which name people by address. One query."""
    return Account.objects.filter(email=email.strip().lower()).first()


def own_grants(*, actor: Actor, now: datetime) -> list[RoleGrant]:
    """The roles the actor holds now, by name. One query."""
    rows = grants_held(actor=actor, now=now)
    return list(rows.order_by("role", "scope_kind", "scope_id"))


def grants_held(*, actor: Actor, now: datetime) -> QuerySet[RoleGrant]:
    """The roles the actor holds now; `BY_ROLE`."""
    return RoleGrant.objects.filter(running(now), account_id=actor.id)


def holders(*, role: str, scope: Scope, now: datetime) -> list[str]:
    """Actor ids of those who hold a role in exactly this scope now, sorted. One query.

    For messages ("tell the curators"); it shows nobody anything, so it takes no actor.
    """
    rows = RoleGrant.objects.filter(
        running(now), role=role, scope_kind=scope.kind, scope_id=scope.id, account__is_active=True
    )
    return list(rows.order_by("account_id").values_list("account_id", flat=True))


@dataclass(frozen=True)
class TokenSummary:
    """One token as its owner sees it; never its secret."""

    lookup: str
    label: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_on: date | None


def tokens(*, actor: Actor, account_id: str, now: datetime) -> list[TokenSummary]:
    """Living tokens of an account that the actor may see, newest first. One query."""
    rows = ApiToken.objects.filter(
        tokens_visible_to(actor), account_id=account_id, revoked_at__isnull=True
    ).order_by("-created_at", "lookup")
    return [
        TokenSummary(t.lookup, t.label, tuple(t.scopes), t.created_at, t.expires_at, t.last_used_on)
        for t in rows
        if t.expires_at is None or t.expires_at > now
    ]


def has_verified_email(actor_id: str) -> bool:
    """Whether somebody has shown that a mail address is theirs. One query.

    For rules, not for people: it takes no actor and shows nobody the address.
    """
    return bool(EmailAddress.objects.filter(user_id=actor_id, verified=True).exists())


@dataclass(frozen=True)
class Known:
    """Who an actor id is: name is "" where the person gave none."""

    name: str
    email: str
    created_at: datetime
    is_active: bool


def known(account_ids: Iterable[str]) -> dict[str, Known]:
    """Who these accounts are, by id; ids of nobody are left out. One query.

    It takes no actor: whoever asks has decided who may read a name or an address there.
    """
    rows = Account.objects.filter(pk__in=set(account_ids)).select_related("person")
    return {
        row.pk: Known(
            row.person.name if hasattr(row, "person") else "",
            row.email,
            row.created_at,
            row.is_active,
        )
        for row in rows
    }
