"""Rows of people as the REST interface shows them."""

from __future__ import annotations

from collections.abc import Sequence

from allauth.account.models import EmailAddress
from django.http import HttpRequest, HttpResponse

from tonle.kernel.actors import NODE, Actor, Scope
from tonle.people.interface.schemas import (
    AccountItem,
    AffiliationItem,
    CommunityItem,
    InvitationItem,
    NameItem,
    OrganisationItem,
    Profile,
    RoleItem,
    SuspensionItem,
)
from tonle.people.models import (
    Account,
    Community,
    Invitation,
    Organisation,
    Person,
    Suspension,
)
from tonle.people.selectors import RoleRow, names_of


def caller(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined] # Set by Token or AnyReader.
    return actor


def private(response: HttpResponse) -> None:
    """What is said of people is kept by nobody on the way."""
    response["Cache-Control"] = "no-store"


def in_words(scope: Scope) -> str:
    return "node" if scope == NODE else f"{scope.kind}:{scope.id}"


def profile(account: Account, person: Person | None) -> Profile:
    return Profile(
        id=account.actor_id,
        email=account.email,
        language=account.language,
        names=[NameItem(**one) for one in person.names] if person else [],
        affiliations=[
            AffiliationItem(
                name=one["name"], ror=str((one.get("identifier") or {}).get("value", ""))
            )
            for one in (person.affiliations if person else [])
        ],
        orcid=person.orcid if person else "",
        orcid_proven=person is not None and person.orcid_authenticated_at is not None,
        created_at=account.created_at,
    )


def role(row: RoleRow) -> RoleItem:
    return RoleItem(
        account=row.account_id,
        email=row.email,
        person=row.person,
        role=row.name,
        scope=in_words(row.scope),
        scope_names=row.scope_names,
        since=row.since,
        until=row.until,
        ended_at=row.ended_at,
        note=row.note,
    )


def invitation(row: Invitation) -> InvitationItem:
    return InvitationItem(
        id=row.id,
        email=row.email,
        role=row.role,
        scope=in_words(Scope(row.scope_kind, row.scope_id)),
        note=row.note,
        invited_at=row.invited_at,
        expires_at=row.expires_at,
    )


def community(row: Community) -> CommunityItem:
    return CommunityItem.model_validate(
        {
            **{name: getattr(row, name) for name in CommunityItem.model_fields if name != "open"},
            "open": row.is_open,
        }
    )


def organisation(row: Organisation) -> OrganisationItem:
    fields = {
        name: getattr(row, name) for name in OrganisationItem.model_fields if name != "identifiers"
    }
    identifiers = [{"scheme": i.scheme, "value": i.value} for i in row.identifiers.all()]
    return OrganisationItem.model_validate({**fields, "identifiers": identifiers})


def accounts(rows: Sequence[Account]) -> list[AccountItem]:
    """Accounts that the actor may see. Three queries."""
    ids = [row.pk for row in rows]
    people = names_of(ids)
    proven = set(
        EmailAddress.objects.filter(user_id__in=ids, verified=True).values_list(
            "user_id", flat=True
        )
    )
    closed = set(
        Suspension.objects.filter(account_id__in=ids, lifted_at__isnull=True).values_list(
            "account_id", flat=True
        )
    )
    return [
        AccountItem(
            id=row.pk,
            email=row.email,
            person=people.get(row.pk, ""),
            active=row.is_active,
            suspended=row.pk in closed,
            email_verified=row.pk in proven,
            created_at=row.created_at,
        )
        for row in rows
    ]


def suspension(row: Suspension) -> SuspensionItem:
    fields = {name: getattr(row, name) for name in SuspensionItem.model_fields if name != "account"}
    return SuspensionItem.model_validate({**fields, "account": row.account_id})
