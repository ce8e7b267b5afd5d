"""Erasing an account: what is personal goes, what was published stays.

The row stays under its random id, because grants and the audit name it; nothing about the
person is left in it. Contexts above erase what they keep of the person by `register_eraser`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from tonle.infra import audit
from tonle.kernel.actors import Actor
from tonle.people import permissions
from tonle.people.models import (
    Account,
    ApiToken,
    Invitation,
    Person,
    RoleGrant,
    Suspension,
)
from tonle.people.notices.models import ChannelAddress, Letter, Notice, Preference
from tonle.people.services.common import locked_account, require
from tonle.people.services.roles import end_grant, refuse_last_steward, tell_grant
from tonle.people.services.sessions import end_sessions, end_tokens

Eraser = Callable[[str, Actor, datetime], None]

_ERASERS: dict[str, Eraser] = {}


def register_eraser(name: str, erase: Eraser) -> None:
    """Have a context erase what it keeps of an account: erase(account_id, actor, now).

    It runs in the erasing transaction; if it raises, nothing at all is erased.
    """
    _ERASERS[name] = erase


@transaction.atomic
def erase_account(*, account_id: str, actor: Actor, now: datetime) -> Account:
    """Erase everything personal of an account: its owner's to ask, or a steward's for them.

    No way back. Published records stay, and say of their creators what they said. The second
    call changes nothing. Raises NoSuchAccount, NotPermitted, Refused (the last steward).
    """
    account = locked_account(account_id)
    require(permissions.may_erase_account(actor, account))
    if account.erased_at is not None:
        return account
    refuse_last_steward(account, now)
    for erase in _ERASERS.values():
        erase(account.pk, actor, now)
    for grant in RoleGrant.objects.filter(account=account):
        if grant.ended_at is None:
            end_grant(grant, actor, now)
            tell_grant("role_revoked", grant, actor, now)
        RoleGrant.objects.filter(pk=grant.pk).update(note="")
    end_sessions(account)
    end_tokens(account, now)
    ApiToken.objects.filter(account=account).update(label="erased")
    Invitation.objects.filter(email=account.email).update(email="", note="")
    Invitation.objects.filter(accepted_by=account.pk).update(email="", note="")
    Suspension.objects.filter(account=account).update(reason="", appeal="", answer="")
    Person.objects.filter(account=account).delete()
    for theirs in (EmailAddress, Authenticator, SocialAccount):
        theirs.objects.filter(user_id=account.pk).delete()
    for told in (Letter, Notice, ChannelAddress, Preference):
        told._default_manager.filter(account=account).delete()
    # An address that nobody can have (RFC 2606), so that the column stays unique.
    account.email = f"{account.pk}@erased.invalid"
    account.language = account.writing = ""
    account.is_active = False
    account.erased_at = now
    account.last_login = None
    account.set_unusable_password()
    account.save()
    audit.erase(account.pk, actor=actor, now=now)
    audit.record("account_erased", "account", account.pk, actor, now, subject=account.pk)
    return account
