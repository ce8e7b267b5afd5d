"""The audit trail of what people do to their own accounts, as the sign-in library tells it."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account import signals
from allauth.mfa import signals as second_factor
from allauth.socialaccount import signals as providers
from django.db import transaction
from django.dispatch import receiver

from tonle.infra import audit, clock
from tonle.kernel.actors import Actor
from tonle.people.errors import PersonExists
from tonle.people.models import Account
from tonle.people.services import link_orcid
from tonle.people.services.sessions import end_tokens

log = logging.getLogger(__name__)


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


def _tell_of(action: str, account: Account, what: str) -> None:
    with transaction.atomic():
        audit.record(
            action,
            "account",
            account.actor_id,
            Actor(account.actor_id),
            clock.now(),
            {"what": what},
            subject=account.actor_id,
        )


@receiver(second_factor.authenticator_added)
def factor_added(user: Account, authenticator: Any, **_: Any) -> None:
    _tell_of("second_factor_added", user, str(authenticator.type))


@receiver(second_factor.authenticator_removed)
def factor_removed(user: Account, authenticator: Any, **_: Any) -> None:
    _tell_of("second_factor_removed", user, str(authenticator.type))


@receiver(providers.social_account_added)
def provider_added(sociallogin: Any, **_: Any) -> None:
    account, found = sociallogin.user, sociallogin.account
    _tell_of("provider_added", account, found.provider)
    _note_orcid(account, found)


@receiver(providers.social_account_removed)
def provider_removed(socialaccount: Any, **_: Any) -> None:
    _tell_of("provider_removed", socialaccount.user, socialaccount.provider)


def _note_orcid(account: Account, found: Any) -> None:
    """An iD with which somebody has just signed in at ORCID is theirs."""
    if found.provider != "orcid":
        return
    try:
        link_orcid(account_id=account.pk, orcid=found.uid, actor=Actor(account.pk), now=clock.now())
    except PersonExists:
        # Another account says so already. Signing in works; who is right is for people to say.
        log.warning("An ORCID iD is claimed by a second account: %s", account.pk)


@receiver(signals.user_signed_up)
def signed_up(user: Account, sociallogin: Any = None, **_: Any) -> None:
    _tell("account_signed_up", user, email=user.email)
    if sociallogin is not None:
        _note_orcid(user, sociallogin.account)


@receiver(signals.password_changed)
@receiver(signals.password_reset)
@receiver(signals.password_set)
def password_changed(user: Account, **_: Any) -> None:
    _tell("password_changed", user)


@receiver(signals.password_reset)
def tokens_end(user: Account, **_: Any) -> None:
    """Whoever takes an account back from somebody takes back what that one made with it, too."""
    if end_tokens(user, clock.now()):
        _tell("tokens_ended", user)


@receiver(signals.email_changed)
def email_changed(user: Account, to_email_address: Any, **_: Any) -> None:
    _tell("email_changed", user, email=str(to_email_address.email))
