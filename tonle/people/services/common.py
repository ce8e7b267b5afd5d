"""What every use case of this context begins with."""

from __future__ import annotations

from tonle.kernel.decisions import Decision
from tonle.kernel.errors import NotPermitted
from tonle.people import errors
from tonle.people.models import Account


def require(decision: Decision) -> None:
    """Raise NotPermitted with the reason of a refusal."""
    if not decision:
        raise NotPermitted(reason=decision)


def locked_account(account_id: str) -> Account:
    """The account's row, locked until the transaction ends. Raises NoSuchAccount."""
    account = Account.objects.select_for_update().filter(pk=account_id).first()
    if account is None:
        raise errors.NoSuchAccount
    return account
