"""Giving a role in a scope, and taking it back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tonle.infra import audit
from tonle.kernel.actors import NODE, Actor, Role, Scope
from tonle.kernel.errors import N_, Refused
from tonle.kernel.sentences import invalid
from tonle.people import errors, permissions, topics
from tonle.people.models import Account, RoleGrant
from tonle.people.notices.services import notify
from tonle.people.notices.topics import Topic
from tonle.people.permissions import running
from tonle.people.rules.roles import role_kind
from tonle.people.services.common import locked_account, require, stay_among_their_own


@transaction.atomic
def grant_role(
    *,
    account_id: str,
    role: str,
    scope: Scope = NODE,
    actor: Actor,
    now: datetime,
    until: datetime | None = None,
    note: str = "",
) -> RoleGrant:
    """Give an account a role in a scope, until an instant or without end.

    Given again with the same end, nothing changes; with another end, the earlier grant is
    ended and stays in the history. Raises NoSuchAccount, NotPermitted, Invalid.
    """
    check_role(role, scope, until, now)
    require(permissions.may_give_role(actor, role, scope))
    account = locked_account(account_id)
    stay_among_their_own(actor, account)
    held = _open_grant(account, role, scope)
    if held is not None:
        if held.valid_until == until:
            return held
        end_grant(held, actor, now)
    grant = RoleGrant.objects.create(
        account=account,
        role=role,
        scope_kind=scope.kind,
        scope_id=scope.id,
        granted_by=actor.id,
        valid_from=now,
        valid_until=until,
        note=note,
    )
    tell_grant("role_granted", grant, actor, now)
    _notify(grant, actor, now, topics.VOUCHED if role == "contributor" else topics.ROLE_GIVEN)
    return grant


@transaction.atomic
def revoke_role(
    *, account_id: str, role: str, scope: Scope = NODE, actor: Actor, now: datetime
) -> RoleGrant | None:
    """Take a role back; the grant stays in the history. None where it was not held any more.

    Raises NoSuchAccount, NotPermitted, Refused (the last steward).
    """
    require(permissions.may_give_role(actor, role, scope))
    account = locked_account(account_id)
    stay_among_their_own(actor, account)
    held = _open_grant(account, role, scope)
    if held is None:
        return None
    if Role(role, scope) == Role("steward"):
        refuse_last_steward(account, now)
    end_grant(held, actor, now)
    tell_grant("role_revoked", held, actor, now)
    _notify(held, actor, now, topics.UNVOUCHED if role == "contributor" else topics.ROLE_TAKEN)
    return held


def check_role(role: str, scope: Scope, until: datetime | None, now: datetime) -> None:
    kind = role_kind(role)
    if kind is None:
        raise invalid("role", N_("There is no role called “%(role)s”."), role=role)
    if scope.kind not in kind.scope_kinds:
        raise invalid(
            "scope",
            N_("The role “%(role)s” cannot be held in a scope of the kind “%(kind)s”."),
            role=role,
            kind=scope.kind,
        )
    if (scope.kind == "node") != (scope.id == ""):
        raise invalid("scope", N_("Every scope but the node itself is named by its id."))
    if until is not None and until <= now:
        raise invalid("until", N_("The end lies in the past. Choose a later day."))


def _open_grant(account: Account, role: str, scope: Scope) -> RoleGrant | None:
    return RoleGrant.objects.filter(
        account=account,
        role=role,
        scope_kind=scope.kind,
        scope_id=scope.id,
        ended_at__isnull=True,
    ).first()


def end_grant(grant: RoleGrant, actor: Actor, now: datetime) -> None:
    grant.ended_at, grant.ended_by = now, actor.id
    grant.save(update_fields=["ended_at", "ended_by"])


def tell_grant(action: str, grant: RoleGrant, actor: Actor, now: datetime) -> None:
    data = {"role": grant.role, "scope_kind": grant.scope_kind, "scope_id": grant.scope_id}
    if grant.valid_until is not None:
        data["until"] = grant.valid_until.isoformat()
    audit.record(action, "account", grant.account_id, actor, now, data, subject=grant.account_id)


def _notify(grant: RoleGrant, actor: Actor, now: datetime, topic: Topic) -> None:
    """Tell the holder, unless it was their own doing or the node's own console."""
    if actor.kind == "person" and actor.id != grant.account_id:
        notify(account_id=grant.account_id, topic=topic.name, link="/me", now=now)


def refuse_last_steward(account: Account, now: datetime) -> None:
    """Refuse where no other active account would be steward. Locks all steward grants first.

    Without the lock, two stewards who dismiss each other at once would both succeed.
    """
    # Invented stewards keep nothing: a node must not be left to them, nor kept by them.
    if account.is_demonstration:
        return
    stewards = RoleGrant.objects.filter(running(now), role="steward", scope_kind="node")
    # Locked by one question and read by the next: the second sees what the lock waited for,
    # and no account is locked here, or two who dismiss each other would wait for ever.
    list(stewards.select_for_update().values_list("pk"))
    grants = stewards.filter(account__is_active=True, account__is_demonstration=False)
    holders = {grant.account_id for grant in grants}
    if holders == {account.pk}:
        raise Refused([errors.LAST_STEWARD])
