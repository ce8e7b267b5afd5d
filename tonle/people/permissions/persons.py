"""Who may see and add persons."""

from __future__ import annotations

from django.db.models import Q

from tonle.kernel.actors import Actor
from tonle.kernel.decisions import Decision, allow, deny
from tonle.people.models import Person
from tonle.people.permissions.common import (
    EDITORS,
    NOBODY,
    OWN_ONLY,
    SIGN_IN,
    bar,
    curates_node,
)


def may_read_person(actor: Actor, person: Person) -> Decision:
    """See a person's own row: themself, curators and stewards.

    What a public record says of its creators is public with the record, not through here.
    """
    if actor.kind == "anonymous":
        return deny(SIGN_IN)
    own = bool(person.account_id) and person.account_id == actor.id
    return allow() if own or curates_node(actor) else deny(OWN_ONLY)


def persons_visible_to(actor: Actor) -> Q:
    """Twin of may_read_person."""
    if actor.kind == "anonymous":
        return NOBODY
    return Q() if curates_node(actor) else Q(account_id=actor.id)


def may_add_person(actor: Actor) -> Decision:
    if reason := bar(actor):
        return deny(reason)
    return allow() if curates_node(actor) else deny(EDITORS)
