"""Human beings as research knows them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from tonle.infra import audit
from tonle.kernel import identifiers
from tonle.kernel.actors import Actor
from tonle.kernel.names import PersonName
from tonle.people import errors, permissions
from tonle.people.models import Person
from tonle.people.services.common import locked_account, require


@transaction.atomic
def add_person(
    *,
    name: PersonName,
    actor: Actor,
    now: datetime,
    orcid: str = "",
    account_id: str | None = None,
) -> Person:
    """Add a human being of research; account_id links the account they sign in with.

    One's own person anybody with an account may add; others' are the curators'.
    Raises NotPermitted, Invalid, NoSuchAccount, PersonExists (the ORCID iD is taken).
    """
    own = account_id is not None and account_id == actor.id and actor.token_scopes is None
    if not own:
        require(permissions.may_add_person(actor))
    value = identifiers.normalise("orcid", orcid) if orcid else ""
    known = Person.objects.filter(orcid=value).first() if value else None
    if known is not None:
        raise errors.PersonExists(orcid=value, id=known.id)
    person = Person.objects.create(
        id=identifiers.mint(),
        account=locked_account(account_id) if account_id else None,
        names=[asdict(name)],
        name=name.whole,
        orcid=value,
        created_at=now,
        updated_at=now,
    )
    audit.record("person_added", "person", person.id, actor, now, personal={"name": name.whole})
    return person
