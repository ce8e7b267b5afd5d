"""Questions about organisations; what is said of them is public."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from tonle.kernel.actors import Actor
from tonle.kernel.text import LanguageMap
from tonle.people.models import Organisation, OrgIdentifier


def organisation(id: str) -> Organisation | None:
    """One organisation with its identifiers; organisations are public. Two queries."""
    return Organisation.objects.prefetch_related("identifiers").filter(pk=id).first()


def organisation_by_identifier(scheme: str, value: str) -> Organisation | None:
    """The organisation that holds a canonical identifier. One query."""
    row = OrgIdentifier.objects.select_related("organisation").filter(scheme=scheme, value=value)
    found = row.first()
    return found.organisation if found else None


def names_of_organisations(
    ids: Sequence[str], actor: Actor, now: datetime
) -> dict[str, LanguageMap]:
    """What these organisations are called, by id; that is public. One query."""
    del actor, now
    return dict(Organisation.objects.filter(pk__in=ids).values_list("id", "names"))


def organisations(*, member: str = "", after: str = "", limit: int = 50) -> list[Organisation]:
    """Organisations by id, of one member or of all, after an id. Two queries."""
    rows = Organisation.objects.filter(id__gt=after).prefetch_related("identifiers")
    if member:
        rows = rows.filter(member=member)
    return list(rows.order_by("id")[:limit])


def verified_organisations(*, limit: int = 500) -> list[Organisation]:
    """Organisations that a steward has verified, by id: officers can act for them. One query."""
    return list(Organisation.objects.filter(verified_at__isnull=False).order_by("id")[:limit])


def organisations_kept_by(actor: Actor) -> QuerySet[Organisation]:
    """Organisations of which the actor is a manager, by id. One query."""
    managed = [
        role.scope.id
        for role in actor.roles
        if role.name == "manager" and role.scope.kind == "organisation"
    ]
    return Organisation.objects.filter(pk__in=managed).order_by("id")
