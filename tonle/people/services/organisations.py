"""Ministries, universities, laboratories: what is said of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from tonle.infra import audit
from tonle.infra.idempotency import IdempotencyKey, once
from tonle.kernel import identifiers
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_
from tonle.kernel.sentences import invalid
from tonle.people import errors, permissions
from tonle.people.models import Organisation, OrgIdentifier
from tonle.people.organisations import Description, clean
from tonle.people.services.common import require


@transaction.atomic
def add_organisation(
    *,
    description: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    id: str | None = None,
    key: IdempotencyKey | None = None,
) -> Organisation:
    """Add an organisation. Returns it with its id, new or as given. The same key adds once.

    description: see `organisations.Description`; only names are required.
    Raises NotPermitted, Invalid, OrganisationExists (one of its identifiers is taken).
    """
    require(permissions.may_add_organisation(actor))
    told = clean(description)
    if id is not None and not identifiers.is_valid(id):
        raise invalid("id", N_("“%(id)s” is not an id of this commons."), id=id)

    def work() -> str:
        if id is not None and Organisation.objects.filter(pk=id).exists():
            raise errors.OrganisationExists(scheme="tonle", value=id, id=id)
        organisation = Organisation(id=id or identifiers.mint(), created_at=now)
        _write(organisation, told, now, new=True)
        audit.record("organisation_added", "organisation", organisation.id, actor, now)
        return organisation.id

    asked = {"add_organisation": told.fields(), "identifiers": [list(i) for i in told.identifiers]}
    return Organisation.objects.get(pk=once(actor, key, asked, now, work))


@transaction.atomic
def change_organisation(
    *, id: str, description: Mapping[str, Any], actor: Actor, now: datetime
) -> Organisation:
    """Replace what is said of an organisation. The same description again changes nothing.

    Raises NoSuchOrganisation, NotPermitted, Invalid, OrganisationExists.
    """
    told = clean(description)
    organisation = Organisation.objects.select_for_update().filter(pk=id).first()
    if organisation is None:
        raise errors.NoSuchOrganisation
    require(permissions.may_edit_organisation(actor, organisation))
    held = sorted(organisation.identifiers.values_list("scheme", "value"))
    if told.fields() == {name: getattr(organisation, name) for name in told.fields()} and (
        held == list(told.identifiers)
    ):
        return organisation
    _write(organisation, told, now, new=False)
    audit.record("organisation_changed", "organisation", organisation.id, actor, now)
    return organisation


def _write(organisation: Organisation, told: Description, now: datetime, *, new: bool) -> None:
    for name, value in told.fields().items():
        setattr(organisation, name, value)
    organisation.updated_at = now
    organisation.save(force_insert=new)
    for scheme, value in told.identifiers:
        other = OrgIdentifier.objects.filter(scheme=scheme, value=value).first()
        if other is not None and other.organisation_id != organisation.id:
            raise errors.OrganisationExists(scheme=scheme, value=value, id=other.organisation_id)
    held = {(i.scheme, i.value): i for i in organisation.identifiers.all()}
    for pair, row in held.items():
        if pair not in told.identifiers:
            row.delete()
    missing = [pair for pair in told.identifiers if pair not in held]
    OrgIdentifier.objects.bulk_create(
        OrgIdentifier(organisation=organisation, scheme=s, value=v) for s, v in missing
    )
