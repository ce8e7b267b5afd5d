"""What curation offers on the page of a published record."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tonle.kernel.actors import Actor

if TYPE_CHECKING:
    from tonle.catalogue.public import RecordAction, RecordView


def ask_to_withdraw(view: RecordView, actor: Actor, now: datetime) -> RecordAction | None:
    """“Ask to withdraw it”, to its owner."""
    from django.urls import reverse
    from django.utils.translation import gettext

    from tonle.catalogue.public import RecordAction

    del now
    record = view.record
    if actor.kind != "person" or not actor.id or record.created_by != actor.id:
        return None
    if record.state != "published":
        return None
    return RecordAction(
        label=gettext("Ask to withdraw it"),
        url=reverse("deposit:ask_withdrawal", args=[record.id]),
        tone="quiet",
        order=190,
    )


def withdraw(view: RecordView, actor: Actor, now: datetime) -> RecordAction | None:
    """“Withdraw it”, or “Show it again”, to whoever looks after it."""
    from django.urls import reverse
    from django.utils.translation import gettext

    from tonle.catalogue.public import RecordAction, communities_of, may_withdraw

    del now
    record = view.record
    if actor.kind != "person" or record.state not in {"published", "withdrawn"}:
        return None
    if not may_withdraw(actor, communities=communities_of(record)):
        return None
    gone = record.state == "withdrawn"
    return RecordAction(
        label=gettext("Show it again") if gone else gettext("Withdraw it"),
        url=reverse("deposit:withdraw", args=[record.id]),
        tone="quiet",
        order=200,
    )
