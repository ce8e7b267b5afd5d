"""Ministries, universities, laboratories: what is said of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any

from django.db import transaction

from tonle.infra import audit
from tonle.infra.idempotency import IdempotencyKey, once
from tonle.kernel import identifiers
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Invalid
from tonle.kernel.sentences import invalid
from tonle.people import errors, permissions
from tonle.people.crosswalks import ror_2
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


@dataclass
class FromRor:
    """What came of a dump. alike, refused: a line for each, with its ROR id."""

    added: int = 0
    here: int = 0
    elsewhere: int = 0
    alike: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def add_from_ror(
    file: IO[str],
    *,
    actor: Actor,
    now: datetime,
    dry_run: bool = False,
    tick: Callable[[], object] = lambda: None,
) -> FromRor:
    """Add the active organisations of the members from a dump of ROR (schema 2).

    One that is here by its ROR id or another identifier stays as it is, whoever wrote it: the
    second run adds nothing. The same name without an identifier is reported, since it may be
    the same, and added. Each is a transaction of its own, so a run that broke off goes on.
    tick: called for each record. Raises NotPermitted, and Invalid for what is no such dump.
    """
    require(permissions.may_add_organisation(actor))
    nameless = set(
        Organisation.objects.exclude(identifiers__scheme="ror")
        .exclude(names__en=None)
        .values_list("names__en", "member")
    )
    report = FromRor()
    for record in ror_2.records(file):
        tick()
        try:
            member = ror_2.member_of(record)
            if not member:
                report.elsewhere += 1
                continue
            description = ror_2.description(record)
            told = clean(description)
        except (Invalid, KeyError, TypeError, AttributeError) as error:
            why = (
                " ".join(text for _where, text in error.problems)
                if isinstance(error, Invalid)
                else "it is not of schema 2"
            )
            report.refused.append(f"{str(record.get('id'))[:60]}: {why}")
            continue
        if any(
            OrgIdentifier.objects.filter(scheme=scheme, value=value).exists()
            for scheme, value in told.identifiers
        ):
            report.here += 1
            continue
        if (told.names.get("en"), member) in nameless:
            report.alike.append(f"{told.names['en']}, {record['id']}")
        if not dry_run:
            add_organisation(description=description, actor=actor, now=now)
        report.added += 1
    return report
