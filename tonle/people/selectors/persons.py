"""Questions about persons: what somebody is called."""

from __future__ import annotations

from collections.abc import Iterable

from tonle.kernel.actors import Actor
from tonle.people.models import Account, Person


def own_person(actor: Actor) -> Person | None:
    """The actor's own person, with names, ORCID iD and affiliations. One query."""
    if actor.kind != "person":
        return None
    return Person.objects.filter(account_id=actor.id).first()


def is_invented_to(actor: Actor, account_id: str) -> bool:
    """Whether the actor is an invented person of the demonstration, and the account's owner a
    real one: for them they can neither vouch nor give or take anything. One query."""
    invented = Account.objects.filter(pk__in={actor.id, account_id}, is_demonstration=True)
    return list(invented.values_list("pk", flat=True)) == [actor.id]


def names_of(account_ids: Iterable[str]) -> dict[str, str]:
    """Account id to the name its owner gave; who gave none is left out. One query.

    For pages that those people share with the reader: a comment, a desk, a history.
    """
    rows = Person.objects.filter(account_id__in=set(account_ids))
    return {str(id): name for id, name in rows.values_list("account_id", "name")}
