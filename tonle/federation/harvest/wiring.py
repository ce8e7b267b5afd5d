"""What harvesting registers below."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tonle.kernel.errors import N_

if TYPE_CHECKING:
    from tonle.catalogue.public import RecordAction, RecordView
    from tonle.kernel.actors import Actor


def register() -> None:
    """Fill the registries of the bands below. Called once, when the app is ready."""
    from tonle.api.public import register_router
    from tonle.catalogue.public import register_holders, register_reason, register_record_action
    from tonle.federation.harvest import (  # noqa: F401 # They register jobs and crash points.
        aside,
        engine,
        selectors,
        taking,
        tasks,
        topics,
    )
    from tonle.federation.harvest.permissions import TOKEN_SCOPE
    from tonle.people.public import StewardTask, register_steward_task, register_token_scope

    topics.register()
    register_token_scope(TOKEN_SCOPE, N_("Say what this node harvests"))
    register_router("sources", "tonle.federation.harvest.api:router")
    register_record_action("federation.hide", offer, of_others=True)
    for category, words in taking.WORDS.items():
        register_reason(category, words)
    register_holders("federation.sources", selectors.holders)
    register_steward_task(
        StewardTask(
            "federation.sources",
            N_("Sources"),
            "federation:sources",
            why=N_("Catalogues that this node is put in front of, and what failed there."),
            waiting=lambda _actor, now: selectors.troubled_count(now),
            order=45,
        )
    )


def offer(view: RecordView, actor: Actor, _now: datetime) -> RecordAction | None:
    """“Hide it here”, to curators, on records of others; and the way back."""
    from django.urls import reverse
    from django.utils.translation import gettext

    from tonle.catalogue.public import RecordAction
    from tonle.federation.harvest import hiding
    from tonle.federation.harvest.permissions import may_hide

    if not view.record.kept_in or not may_hide(actor):
        return None
    address = reverse("federation:hide", args=[view.record.id])
    if view.record.state == "published":
        return RecordAction(gettext("Hide it here"), address, tone="quiet", order=80)
    if hiding.is_hidden(view.record.id):
        return RecordAction(gettext("Show it again"), address, tone="quiet", order=80)
    return None
