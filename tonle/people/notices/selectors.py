"""Questions about notices and channels. Each starts from the actor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from tonle.infra.i18n import say
from tonle.infra.messaging import LABELS, Reason, configured
from tonle.kernel.actors import Actor
from tonle.kernel.text import LanguageMap
from tonle.people.models import Account
from tonle.people.notices.models import ChannelAddress, Notice
from tonle.people.notices.topics import asking, label_of, names_of, text_of
from tonle.people.selectors import has_verified_email


def unread_count(actor: Actor) -> int:
    """How many notices wait for the actor. One read of a partial index; none for anonymous."""
    if actor.kind != "person":
        return 0
    return Notice.objects.filter(account_id=actor.id, read_at__isnull=True).count()


def asking_count(actor: Actor) -> int:
    """How many of them ask the actor to do something. One read of the same index."""
    waiting = Notice.objects.filter(account_id=actor.id, read_at__isnull=True)
    return waiting.filter(topic__in=asking()).count()


@dataclass(frozen=True)
class NoticeSummary:
    """One notice, said in the active language. name: of what it is about, by language."""

    id: str
    label: str
    text: str
    name: LanguageMap
    created_at: datetime
    unread: bool


@dataclass(frozen=True)
class NoticePage:
    """Newest first; `after` is the cursor of the next page, "" at the end."""

    notices: list[NoticeSummary]
    after: str


def own_notices(*, actor: Actor, now: datetime, after: str = "", limit: int = 30) -> NoticePage:
    """The actor's notices, newest first, after a cursor (a notice's id).

    Two queries, and a few for the names of each kind of matter.
    """
    rows = Notice.objects.filter(account_id=actor.id)
    if after and (last := rows.filter(pk=after).first()):
        earlier = Q(created_at=last.created_at, pk__lt=last.pk)
        rows = rows.filter(Q(created_at__lt=last.created_at) | earlier)
    found = list(rows.order_by(*NEWEST_FIRST)[: limit + 1])
    shown = found[:limit]
    return NoticePage(said(shown, actor, now), shown[-1].id if len(found) > limit else "")


NEWEST_FIRST = ("-created_at", "-id")


def notices_of(*, actor: Actor, unread: bool = False) -> QuerySet[Notice]:
    """The actor's notices, or those not read; `NEWEST_FIRST`."""
    rows = Notice.objects.filter(account_id=actor.id)
    return rows.filter(read_at__isnull=True) if unread else rows


def said(rows: Sequence[Notice], actor: Actor, now: datetime) -> list[NoticeSummary]:
    """Notices of the actor's in words. A few queries for each kind of matter."""
    names = names_of([n.about for n in rows if n.about], actor, now)
    return [
        NoticeSummary(
            id=n.id,
            label=label_of(n.topic),
            text=text_of(n.topic, n.data),
            name=names.get(n.about, {}),
            created_at=n.created_at,
            unread=n.read_at is None,
        )
        for n in rows
    ]


@dataclass(frozen=True)
class OwnChannel:
    """One channel as its owner sees it. address: where it reaches them; reason: why it rests."""

    name: str
    label: str
    address: str
    works: bool
    rests: bool
    awaits_code: bool
    reason: str


def own_channels(*, actor: Actor, now: datetime) -> list[OwnChannel]:
    """The channels of this node and how each reaches the actor, mail first. Three queries."""
    rows = {a.channel: a for a in ChannelAddress.objects.filter(account_id=actor.id)}
    account = Account.objects.filter(pk=actor.id).first()
    found = []
    for name in configured():
        row = rows.get(name)
        verified = row is not None and row.verified_at is not None
        address = row.address if row is not None and name == "sms" else ""
        rests = row is not None and row.resting_since is not None
        if name == "mail":
            address = account.email if account else ""
            verified = has_verified_email(actor.id)
            # A new address begins anew.
            rests = rests and row is not None and row.address == address
        reason = Reason.of(row.reason) if row is not None else None
        found.append(
            OwnChannel(
                name=name,
                label=say(LABELS[name]),
                address=address,
                works=verified and not rests,
                rests=verified and rests,
                awaits_code=row is not None and not verified and _awaits(row, now),
                reason=say(reason.text) if reason else "",
            )
        )
    return found


def _awaits(row: ChannelAddress, now: datetime) -> bool:
    """Whether a code is on its way, or was shown and still holds."""
    if row.code_expires_at is None:
        return bool(row.address)
    return row.code_expires_at > now
