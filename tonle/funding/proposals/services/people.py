"""Who is of a proposal: let in by a link that its lead sends, placed with a partner, let go."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from tonle.funding.models import Proposal, ProposalLink, ProposalPartner, ProposalPerson
from tonle.funding.proposals import permissions, telling
from tonle.funding.proposals.services.writing import SUBJECT, add_person, writable
from tonle.infra import audit
from tonle.infra.idempotency import IdempotencyKey, once
from tonle.infra.secret_links import digest_of, secret_of
from tonle.kernel import identifiers
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, NotFound, NotPermitted, Refusal, Refused
from tonle.kernel.sentences import invalid
from tonle.kernel.text import one_line

_PURPOSE: Final = "tonle.funding.proposal_link"
ROLES: Final = ("investigator", "member")
LIVES: Final = timedelta(days=14)
MOST_LINKS: Final = 40
MOST_PEOPLE: Final = 100


def make_link(
    *,
    proposal_id: str,
    role: str,
    partner: str = "",
    label: str = "",
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> tuple[ProposalLink, str]:
    """A link that lets one person in, and its secret, told to the same request again alone.

    role: investigator or member; partner: slug, "" where they say it themselves. The lead sends
    it; the node mails nobody. Raises NotFound, NotPermitted, Invalid, Refused.
    """
    if role not in ROLES:
        raise invalid("role", N_("Choose what they do."))
    note = one_line(label)[:100]

    def work() -> str:
        row = _led(proposal_id, actor, now)
        place = _partner(row, partner) if partner else None
        if row.links.filter(used_at=None, revoked_at=None, expires_at__gt=now).count() > MOST_LINKS:
            raise Refused(
                [Refusal("too_many_links", N_("There are many links already. Revoke one first."))]
            )
        name = identifiers.mint()
        ProposalLink.objects.create(
            id=name,
            proposal=row,
            secret_sha256=digest_of(secret_of(_PURPOSE, name)),
            partner=place,
            role=role,
            label=note,
            made_by=actor.id,
            made_at=now,
            expires_at=now + LIVES,
        )
        audit.record("funding.proposal_link", SUBJECT, row.id, actor, now, {"link": name})
        return name

    asked = {"proposal_link": proposal_id, "role": role, "partner": partner, "label": note}
    with transaction.atomic():
        link = ProposalLink.objects.get(id=once(actor, key, asked, now, work))
    return link, secret_of(_PURPOSE, link.id)


def revoke_link(*, proposal_id: str, link_id: str, actor: Actor, now: datetime) -> None:
    """Let a link lead nowhere from now on. Twice is once. Raises NotFound, NotPermitted."""
    with transaction.atomic():
        row = _led(proposal_id, actor, now)
        link = row.links.select_for_update(of=("self",)).filter(id=link_id).first()
        if link is None:
            raise NotFound
        if link.revoked_at is None and link.used_at is None:
            link.revoked_at = now
            link.save(update_fields=["revoked_at"])
            audit.record(
                "funding.proposal_link_revoked", SUBJECT, row.id, actor, now, {"link": link.id}
            )


def link_of(secret: str, now: datetime) -> ProposalLink:
    """A link that still leads in. Unknown, expired, revoked and spent are one answer: NotFound."""
    if not 20 <= len(secret) <= 100:
        raise NotFound
    link = (
        ProposalLink.objects.select_related("proposal__call", "partner")
        .filter(secret_sha256=digest_of(secret), used_at=None, revoked_at=None, expires_at__gt=now)
        .first()
    )
    if link is None or link.proposal.state == "withdrawn":
        raise NotFound
    return link


def join(*, secret: str, actor: Actor, now: datetime) -> Proposal:
    """Become one of a proposal's people by a link, which is spent. Who is of it already stays
    as they are, and the link stays for who it was meant for.

    Raises NotFound, NotPermitted, Refused.
    """
    if not (decision := permissions.may_begin(actor)):
        raise NotPermitted(reason=decision)
    with transaction.atomic():
        link = link_of(secret, now)
        row = Proposal.objects.select_for_update(of=("self",)).get(pk=link.proposal_id)
        # Under the lock: two who follow one link at once are not both let in.
        link = link_of(secret, now)
        if permissions.person_of(actor, row) is not None:
            return row
        if row.people.count() >= MOST_PEOPLE:
            raise Refused(
                [
                    Refusal(
                        "too_many_people",
                        N_("A proposal has up to %(most)s people."),
                        {"most": MOST_PEOPLE},
                    )
                ]
            )
        add_person(row, actor, link.role, link.partner, now)
        link.used_at = now
        link.save(update_fields=["used_at"])
        audit.record("funding.proposal_joined", SUBJECT, row.id, actor, now, {"link": link.id})
        telling.of_joining(row, link.made_by, link.id, now)
    return row


def change_person(
    *,
    proposal_id: str,
    person: int,
    name: str,
    role: str = "",
    partner: str = "",
    actor: Actor,
    now: datetime,
) -> ProposalPerson:
    """Change what a proposal says of one of its people: the lead of everybody, each of themselves.

    Only the lead gives a role. role "": as it is; the lead stays lead. partner: slug or "".
    Raises NotFound, NotPermitted, Invalid, Refused.
    """
    with transaction.atomic():
        row = writable(proposal_id, actor, now)
        mine = permissions.person_of(actor, row)
        found = row.people.filter(pk=person).first()
        if found is None or mine is None:
            raise NotFound
        leads = mine.role == "lead"
        if not leads and (found.pk != mine.pk or role not in {"", found.role}):
            raise NotPermitted(reason=N_("The lead of the proposal does this."))
        if not 1 <= len(clean := one_line(name)) <= 300:
            raise invalid("name", N_("Write the name."))
        if role and found.role != "lead":
            if role not in ROLES:
                raise invalid("role", N_("Choose what they do."))
            found.role = role
        found.name = clean
        found.partner = _partner(row, partner) if partner else None
        found.save(update_fields=["name", "role", "partner"])
    return found


def remove_person(*, proposal_id: str, person: int, actor: Actor, now: datetime) -> None:
    """Let somebody go, or go oneself. The lead stays: they withdraw, or nobody submits.

    Twice is once. Raises NotFound, NotPermitted, Refused.
    """
    with transaction.atomic():
        row = writable(proposal_id, actor, now)
        mine = permissions.person_of(actor, row)
        found = row.people.filter(pk=person).first()
        if mine is None:
            raise NotFound
        if found is None:
            return
        if found.role == "lead":
            raise Refused([Refusal("lead_stays", N_("A proposal keeps its lead."))])
        if mine.role != "lead" and found.pk != mine.pk:
            raise NotPermitted(reason=N_("The lead of the proposal does this."))
        account = found.account
        found.delete()
        audit.record(
            "funding.proposal_left", SUBJECT, row.id, actor, now, {"person": account or "erased"}
        )


def erase(account_id: str, _actor: Actor, now: datetime) -> None:
    """What is kept of an account that is erased: nothing of drafts that are theirs alone; in
    others their name, as everybody signed it, and no account behind it."""
    mine = ProposalPerson.objects.filter(account=account_id)
    alone = [
        row.pk
        for row in Proposal.objects.filter(pk__in=mine.values("proposal"), version=0)
        if row.people.exclude(account__in=["", account_id]).count() == 0
    ]
    for emptied in (ProposalPerson, ProposalPartner, ProposalLink):
        emptied._default_manager.filter(proposal__in=alone).delete()
    for row in Proposal.objects.filter(pk__in=alone):
        row.answers.all().delete()
    mine.update(account="")
    ProposalLink.objects.filter(made_by=account_id, used_at=None).update(revoked_at=now)


def _led(proposal_id: str, actor: Actor, now: datetime) -> Proposal:
    row = writable(proposal_id, actor, now)
    if not permissions.is_lead(actor, row):
        raise NotPermitted(reason=N_("The lead of the proposal does this."))
    return row


def _partner(row: Proposal, slug: str) -> ProposalPartner:
    found = row.partners.filter(slug=slug).first()
    if found is None:
        raise invalid("partner", N_("Choose one of the partners."))
    return found
