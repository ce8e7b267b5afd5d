"""Inviting somebody to a role, and accepting."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from tonle.infra import audit
from tonle.infra.idempotency import IdempotencyKey, once_or_again
from tonle.kernel import identifiers
from tonle.kernel.actors import NODE, SYSTEM, Actor, Scope
from tonle.kernel.errors import NotPermitted, Refused
from tonle.people import errors, permissions, topics
from tonle.people.actors import actor_for_account
from tonle.people.models import Account, Invitation, RoleGrant
from tonle.people.notices.services import notify
from tonle.people.rules import secrets
from tonle.people.services.accounts import clean_email
from tonle.people.services.common import require, stay_among_their_own
from tonle.people.services.roles import check_role, grant_role

INVITATION_LIFE = timedelta(days=14)
MOST_OPEN = 200  # per inviter: the node's letters are not a way to send others' mail


@transaction.atomic
def invite(
    *,
    email: str,
    role: str,
    scope: Scope = NODE,
    actor: Actor,
    now: datetime,
    note: str = "",
    key: IdempotencyKey | None = None,
) -> tuple[Invitation, str]:
    """Invite an address to a role. Returns the row and the link's secret, shown this once.

    Whether the address has an account makes no difference, and nobody learns it. The same
    key again invites once; then the secret is "".
    Raises NotPermitted, Invalid, Refused (invited already, too many).
    """
    check_role(role, scope, None, now)
    require(permissions.may_give_role(actor, role, scope))
    stay_among_their_own(actor, None)
    address = clean_email(email)
    secret = secrets.new_link_secret()
    words = " ".join(note.split())[:500]

    def work() -> str:
        return _invite(address, role, scope, words, secret, actor, now).id

    asked = {"invite": address, "role": role, "scope": [scope.kind, scope.id], "note": words}
    made, again = once_or_again(actor, key, asked, now, work)
    return Invitation.objects.get(pk=made), "" if again else secret


def _invite(
    address: str, role: str, scope: Scope, note: str, secret: str, actor: Actor, now: datetime
) -> Invitation:
    waiting = Invitation.objects.filter(
        accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=now
    )
    refusals = []
    same = waiting.filter(
        email=address, role=role, scope_kind=scope.kind, scope_id=scope.id
    ).exists()
    if same:
        refusals.append(errors.INVITED_ALREADY)
    if waiting.filter(invited_by=actor.id).count() >= MOST_OPEN:
        refusals.append(errors.TOO_MANY_INVITATIONS)
    if refusals:
        raise Refused(refusals)
    made = Invitation.objects.create(
        id=identifiers.mint(),
        secret_sha256=secrets.digest(secret),
        email=address,
        role=role,
        scope_kind=scope.kind,
        scope_id=scope.id,
        note=note,
        invited_by=actor.id,
        invited_at=now,
        expires_at=now + INVITATION_LIFE,
    )
    data = {"role": role, "scope_kind": scope.kind, "scope_id": scope.id}
    audit.record("invitation_sent", "invitation", made.id, actor, now, data)
    return made


@transaction.atomic
def withdraw_invitation(*, id: str, actor: Actor, now: datetime) -> Invitation:
    """Take an invitation back. The second call, and one after it was accepted, change nothing.

    Raises NoSuchInvitation, also for one that is not the actor's to see.
    """
    found = (
        Invitation.objects.select_for_update()
        .filter(permissions.invitations_visible_to(actor), pk=id)
        .first()
    )
    if found is None:
        raise errors.NoSuchInvitation
    require(permissions.may_manage_invitation(actor, found))
    if found.accepted_at is None and found.withdrawn_at is None:
        found.withdrawn_at, found.withdrawn_by = now, actor.id
        found.save(update_fields=["withdrawn_at", "withdrawn_by"])
        audit.record("invitation_withdrawn", "invitation", found.id, actor, now)
    return found


def open_invitation(secret: str, now: datetime) -> Invitation:
    """The invitation behind a link; changes nothing. Raises InvitationSpent for any other."""
    found = Invitation.objects.filter(secret_sha256=secrets.digest(secret)).first()
    if found is None or not found.is_open(now):
        raise errors.InvitationSpent
    return found


@transaction.atomic
def accept_invitation(*, secret: str, actor: Actor, now: datetime) -> RoleGrant:
    """Take the role an invitation offers, for the account that is signed in.

    Any account may: the letter may have gone to an older address of the same person. Who
    invited must still be allowed to give the role now. The same account again gets the same
    grant. Raises InvitationSpent, NotPermitted (not signed in, or by a token).
    """
    if actor.kind != "person" or actor.token_scopes is not None:
        raise NotPermitted(reason=permissions.may_create_account(actor))
    found = (
        Invitation.objects.select_for_update().filter(secret_sha256=secrets.digest(secret)).first()
    )
    if found is not None and found.accepted_by == actor.id:
        return _grant_of(found, actor, now)
    if found is None or not found.is_open(now):
        raise errors.InvitationSpent
    inviter = _inviter(found, now)
    scope = Scope(found.scope_kind, found.scope_id)
    if inviter is None or not permissions.may_give_role(inviter, found.role, scope):
        raise errors.InvitationSpent
    grant = grant_role(
        account_id=actor.id,
        role=found.role,
        scope=scope,
        actor=inviter,
        now=now,
        note=found.note,
    )
    found.accepted_at, found.accepted_by = now, actor.id
    found.save(update_fields=["accepted_at", "accepted_by"])
    audit.record("invitation_accepted", "invitation", found.id, actor, now)
    if inviter.kind == "person":
        notify(
            account_id=inviter.id,
            topic=topics.ACCEPTED.name,
            link="/people/roles",
            now=now,
            key=found.id,
        )
    return grant


def _inviter(found: Invitation, now: datetime) -> Actor | None:
    if found.invited_by == SYSTEM.id:
        return SYSTEM
    account = Account.objects.filter(pk=found.invited_by, is_active=True).first()
    return actor_for_account(account, now) if account else None


def _grant_of(found: Invitation, actor: Actor, now: datetime) -> RoleGrant:
    """The grant an accepted invitation made; spent where that was taken back since."""
    grant = RoleGrant.objects.filter(
        permissions.running(now),
        account_id=actor.id,
        role=found.role,
        scope_kind=found.scope_kind,
        scope_id=found.scope_id,
    ).first()
    if grant is None:
        raise errors.InvitationSpent
    return grant
