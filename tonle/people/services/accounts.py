"""Opening, closing and opening again an account."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from tonle.infra import audit
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Invalid, Refused
from tonle.kernel.sentences import invalid
from tonle.people import errors, permissions
from tonle.people.models import Account
from tonle.people.services.common import locked_account, require
from tonle.people.services.roles import refuse_last_steward


@transaction.atomic
def create_account(
    *, email: str, password: str | None, actor: Actor, now: datetime, language: str = ""
) -> Account:
    """Open an account for somebody. Its address counts as verified: whoever opens it vouches.

    password: None leaves it without one, until its owner sets one by mail.
    Raises NotPermitted, EmailTaken, Invalid.
    """
    require(permissions.may_create_account(actor))
    return open_account(email, password, actor, now, language)


def open_account(
    email: str, password: str | None, actor: Actor, now: datetime, language: str
) -> Account:
    address = clean_email(email)
    if Account.objects.filter(email=address).exists():
        raise errors.EmailTaken
    account = Account(email=address, created_at=now, language=language)
    if password is None:
        account.set_unusable_password()
    else:
        set_password(account, password)
    try:
        # A savepoint, so that losing a race for the address leaves the transaction usable.
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError:
        raise errors.EmailTaken from None
    EmailAddress.objects.create(user=account, email=address, verified=True, primary=True)
    audit.record(
        "account_created",
        "account",
        account.actor_id,
        actor,
        now,
        personal={"email": address},
        subject=account.actor_id,
    )
    return account


def clean_email(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise invalid(
            "email", N_("This is not an e-mail address. One looks like name@example.org.")
        ) from None
    return address


def set_password(account: Account, password: str) -> None:
    try:
        validate_password(password, account)
    except ValidationError as problem:
        raise Invalid([("password", text) for text in problem.messages]) from None
    account.set_password(password)


@transaction.atomic
def set_account_active(*, account_id: str, active: bool, actor: Actor, now: datetime) -> Account:
    """Close an account to sign-in and tokens, or open it again. The second call changes nothing.

    Raises NoSuchAccount, NotPermitted, Refused (the last steward).
    """
    require(permissions.may_create_account(actor))
    account = locked_account(account_id)
    if account.is_active == active:
        return account
    if active and account.erased_at is not None:
        raise errors.NoSuchAccount
    if active and account.suspensions.filter(lifted_at__isnull=True).exists():
        raise Refused([errors.SUSPENDED])
    if not active:
        refuse_last_steward(account, now)
    account.is_active = active
    account.save(update_fields=["is_active"])
    action = "account_opened" if active else "account_closed"
    audit.record(action, "account", account.actor_id, actor, now, subject=account.actor_id)
    return account
