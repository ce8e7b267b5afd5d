"""What can be done with an opportunity on its landing page: be judged by it, and follow it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from tonle.catalogue.public import RecordAction
from tonle.funding.following.selectors import follows
from tonle.kernel.actors import Actor

if TYPE_CHECKING:
    from tonle.catalogue.public import RecordView


def ask_whether_eligible(view: RecordView, _actor: Actor, _now: datetime) -> RecordAction | None:
    if not _is_call(view) or not view.document.get("profile", {}).get("eligibility"):
        return None
    url = reverse("funding:eligible_for", args=[view.record.id])
    return RecordAction(gettext("Am I eligible?"), url, tone="quiet", order=20)


def follow_it(view: RecordView, actor: Actor, _now: datetime) -> RecordAction | None:
    """Also of a call that is closed: a corrigendum may open it again, or tell what came of it."""
    if not _is_call(view):
        return None
    url = reverse("funding:followed_call", args=[view.record.id])
    if follows(opportunity=view.record.id, actor=actor):
        return RecordAction(gettext("You follow this call"), url, tone="quiet", order=21)
    return RecordAction(gettext("Follow this call"), url, tone="quiet", order=21)


def _is_call(view: RecordView) -> bool:
    return view.record.kind == "funding_opportunity" and view.record.state == "published"
