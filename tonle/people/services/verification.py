"""A steward's word that an organisation is what it says, with the evidence."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from tonle.infra import audit, days
from tonle.kernel.actors import Actor, Scope
from tonle.kernel.errors import N_
from tonle.kernel.sentences import invalid
from tonle.kernel.text import normalise
from tonle.people import errors, permissions, topics
from tonle.people.models import Organisation, OrganisationVerification, RoleGrant
from tonle.people.notices.services import notify_holders
from tonle.people.permissions import running
from tonle.people.services.common import require
from tonle.people.services.roles import end_grant, tell_grant

LONGEST_EVIDENCE = 2000  # characters


@transaction.atomic
def verify_organisation(
    *, id: str, evidence: str, checked_on: date, actor: Actor, now: datetime
) -> Organisation:
    """Note that an organisation is verified, so that its managers may vouch for people.

    evidence: what the steward saw (a letter and its number, a visit, a telephone call to a
    published number); a mail domain is never evidence, and nothing here looks at one.
    checked_on: the day it was seen. A verified organisation stays as it is.
    Raises NoSuchOrganisation, NotPermitted, Invalid.
    """
    organisation = _locked(id)
    require(permissions.may_verify_organisation(actor))
    text = normalise(evidence).strip()
    if not text:
        raise invalid("evidence", N_("Say what you saw: a letter and its number, a visit, a call."))
    if len(text) > LONGEST_EVIDENCE:
        raise invalid(
            "evidence",
            N_("This is too long: at most %(limit)s characters are kept."),
            limit=LONGEST_EVIDENCE,
        )
    if checked_on > days.day_of(now):
        raise invalid("checked_on", N_("This day lies in the future."))
    if organisation.verified_at is not None:
        return organisation
    OrganisationVerification.objects.create(
        organisation=organisation,
        evidence=text,
        checked_on=checked_on,
        verified_by=actor.id,
        verified_at=now,
    )
    organisation.verified_at = now
    organisation.save(update_fields=["verified_at"])
    data = {"checked_on": checked_on.isoformat()}
    audit.record("organisation_verified", "organisation", organisation.id, actor, now, data)
    _notify_managers(organisation, now)
    return organisation


@transaction.atomic
def unverify_organisation(*, id: str, reason: str, actor: Actor, now: datetime) -> Organisation:
    """Take a verification back. Whom its managers vouched for is not vouched for any more.

    The second call changes nothing. Raises NoSuchOrganisation, NotPermitted, Invalid.
    """
    organisation = _locked(id)
    require(permissions.may_verify_organisation(actor))
    text = normalise(reason).strip()[:LONGEST_EVIDENCE]
    if not text:
        raise invalid("reason", N_("Say why, in words that the organisation may read."))
    if organisation.verified_at is None:
        return organisation
    OrganisationVerification.objects.filter(
        organisation=organisation, ended_at__isnull=True
    ).update(ended_at=now, ended_by=actor.id, reason=text)
    organisation.verified_at = None
    organisation.save(update_fields=["verified_at"])
    scope = Scope("organisation", organisation.id)
    vouched = RoleGrant.objects.select_for_update().filter(
        running(now), role="contributor", scope_kind=scope.kind, scope_id=scope.id
    )
    for grant in vouched:
        end_grant(grant, actor, now)
        tell_grant("role_revoked", grant, actor, now)
    audit.record("organisation_unverified", "organisation", organisation.id, actor, now)
    _notify_managers(organisation, now)
    return organisation


def _notify_managers(organisation: Organisation, now: datetime) -> None:
    notify_holders(
        role="manager",
        scope=Scope("organisation", organisation.id),
        topic=topics.VERIFIED.name,
        link=f"/people/organisations/{organisation.id}",
        now=now,
        about=f"organisation/{organisation.id}",
    )


def _locked(id: str) -> Organisation:
    organisation = Organisation.objects.select_for_update().filter(pk=id).first()
    if organisation is None:
        raise errors.NoSuchOrganisation
    return organisation
