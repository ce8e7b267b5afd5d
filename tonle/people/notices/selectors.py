"""Questions about notices and channels. Each starts from the actor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from tonle.kernel.actors import Actor
from tonle.people.notices.models import Notice
from tonle.people.notices.topics import label_of, text_of


def unread_count(actor: Actor) -> int:
    """How many notices wait for the actor. One read of a partial index; none for anonymous."""
    if actor.kind != "person":
        return 0
    return Notice.objects.filter(account_id=actor.id, read_at__isnull=True).count()


@dataclass(frozen=True)
class NoticeSummary:
    """One notice, said in the active language."""

    id: str
    label: str
    text: str
    created_at: datetime
    unread: bool


@dataclass(frozen=True)
class NoticePage:
    """Newest first; `after` is the cursor of the next page, "" at the end."""

    notices: list[NoticeSummary]
    after: str


def own_notices(*, actor: Actor, after: str = "", limit: int = 30) -> NoticePage:
    """The actor's notices, newest first, after a cursor (a notice's id). Two queries."""
    rows = Notice.objects.filter(account_id=actor.id)
    if after and (last := rows.filter(pk=after).first()):
        earlier = Q(created_at=last.created_at, pk__lt=last.pk)
        rows = rows.filter(Q(created_at__lt=last.created_at) | earlier)
    found = list(rows.order_by("-created_at", "-pk")[: limit + 1])
    shown = found[:limit]
    return NoticePage(
        [
            NoticeSummary(
                id=n.id,
                label=label_of(n.topic),
                text=text_of(n.topic, n.data),
                created_at=n.created_at,
                unread=n.read_at is None,
            )
            for n in shown
        ],
        shown[-1].id if len(found) > limit else "",
    )
