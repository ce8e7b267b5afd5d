"""The audit trail of what people do to their own accounts, as the sign-in library tells it."""

from __future__ import annotations

from typing import Any

from allauth.account import signals
from django.db import transaction
from django.dispatch import receiver

from tonle.infra import audit, clock
from tonle.kernel.actors import Actor
from tonle.people.models import Account


def _tell(action: str, account: Account, **personal: str) -> None:
    with transaction.atomic():
        audit.record(
            action,
            "account",
            account.actor_id,
            Actor(account.actor_id),
            clock.now(),
            personal=personal or None,
            subject=account.actor_id,
        )


@receiver(signals.user_signed_up)
def signed_up(user: Account, **_: Any) -> None:
    _tell("account_signed_up", user, email=user.email)


@receiver(signals.password_changed)
@receiver(signals.password_reset)
@receiver(signals.password_set)
def password_changed(user: Account, **_: Any) -> None:
    _tell("password_changed", user)


@receiver(signals.email_changed)
def email_changed(user: Account, to_email_address: Any, **_: Any) -> None:
    _tell("email_changed", user, email=str(to_email_address.email))
