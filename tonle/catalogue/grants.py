"""Letting somebody in to restricted files, until a day, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tonle.catalogue import permissions
from tonle.catalogue.errors import WrongState
from tonle.catalogue.models import AccessGrant, Record
from tonle.catalogue.permissions import demand
from tonle.catalogue.rules.access import READ_METADATA, owns
from tonle.catalogue.selectors import communities_of, permitted
from tonle.infra import audit
from tonle.kernel import identifiers
from tonle.kernel.actors import Actor
from tonle.kernel.decisions import Decision
from tonle.kernel.errors import N_, Invalid, NotFound, Refusal


def grant_access(
    *,
    record_id: str,
    grantee: str,
    actor: Actor,
    now: datetime,
    valid_until: datetime,
    valid_from: datetime | None = None,
    request: str = "",
    terms_sha256: str = "",
) -> AccessGrant:
    """Let one person read the restricted files of a record, from one instant to another.

    grantee: the actor id of an account. valid_from: now, unless later. request: names what
    led to it; a second grant for one request is the first. terms_sha256: digest of the terms
    that were accepted. A person may hold several; none of them outweighs an effect.

    Raises NotFound, NotPermitted, Invalid, or WrongState where there are no files that a
    grant could open.
    """
    begins = max(now, valid_from or now)
    if not grantee or len(grantee) > 60:
        raise Invalid([("grantee", N_("Say who is to be let in."))])
    if valid_until <= begins:
        raise Invalid([("valid_until", N_("The last day must lie after the first."))])
    with transaction.atomic():
        record = _record(record_id, actor, now, lock=True)
        demand(_may_grant(actor, record))
        if request:
            before = AccessGrant.objects.filter(request=request).first()
            if before is not None:
                if (before.record_id, before.grantee) != (record.key, grantee):
                    raise Invalid([("request", N_("This request was for something else."))])
                return before
        if record.state != "published" or record.access_level != "restricted":
            raise WrongState(
                [Refusal("not_restricted", N_("Only restricted files are given on request."))]
            )
        grant = AccessGrant.objects.create(
            id=identifiers.mint(),
            record=record,
            grantee=grantee,
            granted_by=actor.id,
            granted_at=now,
            valid_from=begins,
            valid_until=valid_until,
            request=request,
            terms_sha256=terms_sha256,
        )
        audit.record(
            "record.access_grant",
            "record",
            record.id,
            actor,
            now,
            {"grant": grant.id, "grantee": grantee, "request": request},
        )
        return grant


def withdraw_access(*, grant_id: str, actor: Actor, now: datetime) -> AccessGrant:
    """End a grant at once. Whoever may give it may, and who holds it. Twice is once.

    Raises NotFound, alike for a grant that is absent and one that is none of the actor's.
    """
    with transaction.atomic():
        grant = (
            AccessGrant.objects.select_for_update(of=("self",))
            .select_related("record")
            .filter(id=grant_id)
            .first()
        )
        if grant is None or not (owns(actor, grant.grantee) or _may_grant(actor, grant.record)):
            raise NotFound
        if grant.withdrawn_at is None and now < grant.valid_until:
            grant.withdrawn_at, grant.withdrawn_by = now, actor.id
            grant.save(update_fields=["withdrawn_at", "withdrawn_by"])
            audit.record(
                "record.access_withdraw",
                "record",
                grant.record.id,
                actor,
                now,
                {"grant": grant.id, "grantee": grant.grantee},
            )
        return grant


def grants_of_record(*, record_id: str, actor: Actor, now: datetime) -> Sequence[AccessGrant]:
    """Every grant that a record has had, newest first. Raises NotFound, NotPermitted."""
    record = _record(record_id, actor, now)
    demand(_may_grant(actor, record))
    return list(AccessGrant.objects.filter(record=record).order_by("-granted_at", "-key"))


def grants_of_person(*, actor: Actor, now: datetime) -> Sequence[AccessGrant]:
    """What the actor is let in to now, with its record, the one that ends first being first."""
    if actor.kind != "person":
        return []
    return list(
        AccessGrant.objects.select_related("record__document")
        .filter(grantee=actor.id, withdrawn_at=None, valid_from__lte=now, valid_until__gt=now)
        .order_by("valid_until", "key")
    )


def _may_grant(actor: Actor, record: Record) -> Decision:
    return permissions.may_grant(actor, owner=record.created_by, communities=communities_of(record))


def _record(record_id: str, actor: Actor, now: datetime, *, lock: bool = False) -> Record:
    """A record that the actor may know of. Locked, so that of two at once the second sees more."""
    rows = Record.objects.filter(permitted(actor, READ_METADATA, now), id=record_id)
    record = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if record is None:
        raise NotFound
    return record
