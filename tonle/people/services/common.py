"""What every use case of this context begins with."""

from __future__ import annotations

from tonle.kernel.actors import Actor
from tonle.kernel.decisions import Decision
from tonle.kernel.errors import NotPermitted, Refused
from tonle.people import errors
from tonle.people.models import Account


def require(decision: Decision) -> None:
    """Raise NotPermitted with the reason of a refusal."""
    if not decision:
        raise NotPermitted(reason=decision)


def stay_among_their_own(actor: Actor, account: Account | None) -> None:
    """Invented people give, take and close among themselves alone: what they did to the account
    of a real person would outlive them. Raises Refused.

    account: whom it is done to; None for somebody who is not known yet. One query for a person.
    """
    if actor.kind != "person" or (account is not None and account.is_demonstration):
        return
    if Account.objects.filter(pk=actor.id, is_demonstration=True).exists():
        raise Refused([errors.INVENTED])


def locked_account(account_id: str) -> Account:
    """The account's row, locked until the transaction ends. Raises NoSuchAccount."""
    account = Account.objects.select_for_update().filter(pk=account_id).first()
    if account is None:
        raise errors.NoSuchAccount
    return account
