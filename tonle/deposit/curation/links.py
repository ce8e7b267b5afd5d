"""Links by which reviewers without an account read a submission before it is public."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from tonle.catalogue import public as catalogue
from tonle.deposit.curation import permissions, services
from tonle.deposit.curation.models import ShareLink, Submission
from tonle.infra import audit, days
from tonle.infra.idempotency import IdempotencyKey, once
from tonle.infra.ocfl import Place
from tonle.infra.secret_links import digest_of, secret_of
from tonle.kernel import identifiers
from tonle.kernel.actors import ANONYMOUS, SYSTEM, Actor
from tonle.kernel.errors import N_, NotFound, NotPermitted, Refusal, Refused
from tonle.kernel.sentences import invalid
from tonle.people import public as people

LONGEST_DAYS = 180
MOST = 20  # Living links of one submission: more than anybody can keep in mind.
_PURPOSE = "tonle.deposit.links"
_DEAD = ("published", "discarded", "declined")
# States of a record about which something may be on its way.
_ALIVE = ("reserved", "published")


@dataclass(frozen=True)
class Shared:
    """What a link shows. record_id is set, and nothing else, once the record is public."""

    record_id: str = ""
    draft: Any = None
    kind: str = ""
    expires_at: datetime | None = None
    draft_id: str = ""


def share(
    *,
    draft_id: str,
    days: int,
    label: str = "",
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> tuple[ShareLink, str]:
    """A new link, and its secret, which is not shown again but to the same request. days: 1 to 180.

    Raises NotFound, NotPermitted, Invalid, Refused.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise invalid("days", N_("Choose 1 to %(limit)s days."), limit=LONGEST_DAYS)
    services.load(draft_id, actor)
    note = label.strip()[:100]

    def work() -> str:
        return _make(draft_id, days, note, actor, now).id

    asked = {"share": draft_id, "days": days, "label": note}
    link = ShareLink.objects.get(id=once(actor, key, asked, now, work))
    return link, secret_of(_PURPOSE, link.id)


def _make(draft_id: str, days: int, label: str, actor: Actor, now: datetime) -> ShareLink:
    submission = services.lock(draft_id)
    if submission.state in _DEAD or submission.draft.record.state not in _ALIVE:
        raise Refused([Refusal("closed", N_("This deposit is closed; there is no draft."))])
    living = submission.share_links.filter(revoked_at=None, expires_at__gt=now).count()
    if living >= MOST:
        raise Refused(
            [Refusal("too_many_links", N_("There are many links already. Revoke one first."))]
        )
    name = identifiers.mint()
    link = ShareLink.objects.create(
        id=name,
        submission=submission,
        secret_sha256=digest_of(secret_of(_PURPOSE, name)),
        label=label,
        created_by=actor.id,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    audit.record("deposit.link_made", "deposit.submission", draft_id, actor, now, {"link": name})
    return link


def revoke_share(*, draft_id: str, link_id: str, actor: Actor, now: datetime) -> ShareLink:
    """Let a link lead nowhere from now on. Twice is once."""
    submission = services.load(draft_id, actor)
    with transaction.atomic():
        link = (
            ShareLink.objects.select_for_update(of=("self",))
            .filter(submission=submission, id=link_id)
            .first()
        )
        if link is None:
            raise NotFound
        own = link.created_by == actor.id or permissions.writes(actor, submission)
        if not own and not permissions.may_curate(actor, submission):
            raise NotPermitted(reason=N_("Only who made it, or a curator, may revoke it."))
        if link.revoked_at is None:
            link.revoked_at = now
            link.save(update_fields=["revoked_at"])
            audit.record(
                "deposit.link_revoked", "deposit.submission", draft_id, actor, now,
                {"link": link.id},
            )  # fmt: skip
    return link


def open_link(secret: str, now: datetime) -> Shared:
    """What the link leads to now. Unknown, expired and revoked are one answer: NotFound.

    Its use is written down once an hour. The document is read with the rights of whoever
    made the link: with theirs, it ends, and with the record, should that be withdrawn. What
    was published already is given out to whom anybody would get it: to the world, or not.
    """
    link, submission = _living(secret, now)
    if submission.state == "published":
        return Shared(record_id=submission.record_id)
    if link.revoked_at is not None or submission.state in _DEAD:
        raise NotFound
    if submission.draft.record.state not in _ALIVE:
        raise NotFound
    maker = people.actor_by_id(link.created_by, now)
    draft = catalogue.draft_view(draft_id=submission.id, actor=maker, now=now, shown_to=ANONYMOUS)
    with transaction.atomic():
        audit.record_hourly("deposit.link_used", "deposit.link", link.id, ANONYMOUS, now)
        ShareLink.objects.filter(
            Q(last_used_on__isnull=True) | Q(last_used_on__lt=days.day_of(now)), pk=link.pk
        ).update(last_used_on=days.day_of(now))
    return Shared(
        draft=draft, kind=submission.kind, expires_at=link.expires_at, draft_id=submission.id
    )


def open_file(secret: str, name: str, now: datetime) -> tuple[Any, Place]:
    """A file of the draft that the link leads to.

    Raises NotFound as `open_link` does, and FilesNotReadable for one that is published and not
    open to everybody.
    """
    shared = open_link(secret, now)
    if shared.record_id:
        raise NotFound
    link, _submission = _living(secret, now)
    maker = people.actor_by_id(link.created_by, now)
    return catalogue.draft_file(
        draft_id=shared.draft_id, name=name, actor=maker, now=now, shown_to=ANONYMOUS
    )


def revoke_all(record_id: str, now: datetime) -> None:
    """Let every link to what is written about a record lead nowhere, also if it comes back."""
    links = ShareLink.objects.select_for_update(of=("self",)).select_related("submission")
    for link in links.filter(submission__record_id=record_id, revoked_at=None).order_by("key"):
        link.revoked_at = now
        link.save(update_fields=["revoked_at"])
        audit.record(
            "deposit.link_revoked", "deposit.submission", link.submission.id, SYSTEM, now,
            {"link": link.id},
        )  # fmt: skip


def _living(secret: str, now: datetime) -> tuple[ShareLink, Submission]:
    link = (
        ShareLink.objects.select_related("submission__draft__record")
        .filter(secret_sha256=digest_of(secret), expires_at__gt=now)
        .first()
    )
    if link is None:
        raise NotFound
    return link, link.submission
