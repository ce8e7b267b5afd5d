"""The link that makes the first steward of a node."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from tonle.infra import audit
from tonle.kernel.actors import SYSTEM
from tonle.kernel.errors import Refused
from tonle.people import errors
from tonle.people.models import Account, RoleGrant, SignInLink
from tonle.people.permissions import running
from tonle.people.rules import secrets
from tonle.people.services.accounts import clean_email, open_account, set_password
from tonle.people.services.roles import grant_role

LINK_LIFE = timedelta(minutes=15)


def steward_can_sign_in(now: datetime) -> bool:
    """Whether some steward has a credential, so that no sign-in link may exist."""
    grants = RoleGrant.objects.filter(
        running(now), role="steward", scope_kind="node", account__is_active=True
    ).select_related("account")
    return any(grant.account.has_usable_password() for grant in grants)


@transaction.atomic
def issue_signin_link(*, now: datetime) -> str:
    """A new link for the first steward: its secret, 64 hexadecimal characters.

    Called by the node itself, at its own console. Earlier links end. Raises Refused once a
    steward can sign in.
    """
    if steward_can_sign_in(now):
        raise Refused([errors.STEWARD_EXISTS])
    SignInLink.objects.filter(spent_at__isnull=True).delete()
    secret = secrets.new_link_secret()
    SignInLink.objects.create(
        secret_sha256=secrets.digest(secret), issued_at=now, expires_at=now + LINK_LIFE
    )
    audit.record("signin_link_issued", "node", "node", SYSTEM, now)
    return secret


def first_signin_link(now: datetime) -> str | None:
    """The address that makes the first steward, or None once there is one."""
    if steward_can_sign_in(now):
        return None
    return signin_address(issue_signin_link(now=now), settings.TONLE_PORT)


def signin_address(secret: str, port: int) -> str:
    """Always loopback, whatever the node's public address is: nowhere else is it accepted."""
    return f"http://localhost:{port}/welcome/{secret}"


def signin_link_is_open(secret: str, now: datetime) -> bool:
    """Whether a link may be spent; changes nothing, so that a preview of it spends nothing."""
    link = SignInLink.objects.filter(pk=secrets.digest(secret)).first()
    return link is not None and link.is_open(now) and not steward_can_sign_in(now)


@transaction.atomic
def spend_signin_link(
    *,
    secret: str,
    email: str,
    password: str,
    from_loopback: bool,
    now: datetime,
    language: str = "",
) -> Account:
    """Make the first steward: an account with this address and password, steward of the node.

    An account that was prepared for the address and never had a password becomes it.
    Raises LinkSpent, EmailTaken, Invalid; a failure leaves the link as it was.
    """
    link = SignInLink.objects.select_for_update().filter(pk=secrets.digest(secret)).first()
    if not from_loopback or link is None or not link.is_open(now) or steward_can_sign_in(now):
        raise errors.LinkSpent
    prepared = Account.objects.select_for_update().filter(email=clean_email(email)).first()
    if prepared is None:
        account = open_account(email, password, SYSTEM, now, language)
    elif prepared.has_usable_password() or not prepared.is_active:
        raise errors.EmailTaken
    else:
        account = prepared
        set_password(account, password)
        account.save(update_fields=["password"])
    link.spent_at = now
    link.save(update_fields=["spent_at"])
    grant_role(account_id=account.pk, role="steward", actor=SYSTEM, now=now)
    audit.record("signin_link_spent", "node", "node", SYSTEM, now, subject=account.actor_id)
    return account
