"""What the landing page of a joint call that is held here leads to: a proposal."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from tonle.catalogue.public import RecordAction
from tonle.funding.models import Call
from tonle.funding.rules.opportunities import read_opportunity, status
from tonle.kernel.actors import Actor

if TYPE_CHECKING:
    from tonle.catalogue.public import RecordView


def write_a_proposal(view: RecordView, _actor: Actor, now: datetime) -> RecordAction | None:
    """While it is open; who applies elsewhere is led there by the text of the call."""
    record = view.record
    if record.kind != "funding_opportunity" or record.state != "published":
        return None
    if status(read_opportunity(view.document), now) not in {"open", "closing_soon"}:
        return None
    if not Call.objects.filter(record=record.id).exists():
        return None
    return RecordAction(
        gettext("Write a proposal"), reverse("funding:apply", args=[record.id]), order=10
    )
