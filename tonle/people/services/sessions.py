"""Ending every way in that an account has open: sessions and tokens."""

from __future__ import annotations

from datetime import datetime

from allauth.usersessions.models import UserSession

from tonle.people.models import Account, ApiToken


def end_sessions(account: Account) -> int:
    """Sign the account out everywhere. Returns from how many places.

    A closed account is signed out by its state already; this keeps its old sessions from
    coming back to life when it is opened again.
    """
    open_now = list(UserSession.objects.filter(user_id=account.pk))
    for session in open_now:
        session.end()
    return len(open_now)


def end_tokens(account: Account, now: datetime) -> int:
    """Revoke every token of the account. Returns how many."""
    return ApiToken.objects.filter(account=account, revoked_at__isnull=True).update(revoked_at=now)
