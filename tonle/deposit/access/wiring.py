"""What access registers below, once, when the app is ready."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tonle.catalogue.public import RecordAction, RecordView
    from tonle.kernel.actors import Actor


def connect() -> None:
    from tonle.catalogue.public import register_record_action
    from tonle.deposit.access import permissions, selectors, services, topics
    from tonle.deposit.access.machine import ACCESS_REQUEST
    from tonle.deposit.access.models import AccessRequest
    from tonle.infra import lifecycle
    from tonle.kernel.errors import N_
    from tonle.people.public import register_matter
    from tonle.web.public import NavItem, register_navigation

    lifecycle.register(
        ACCESS_REQUEST,
        AccessRequest,
        may=permissions.may_move,
        facts=services.facts,
        after=services.after,
    )
    register_record_action("deposit.request_access", offer)
    register_navigation(
        NavItem(N_("Requests for files you look after"), "deposit:requests", place="own", order=21)
    )
    register_matter("access", selectors.names)
    topics.register()


def offer(view: RecordView, actor: Actor, now: datetime) -> RecordAction | None:
    """“Request access”, wherever asking can lead to yes. The same for every anonymous reader."""
    from django.urls import reverse
    from django.utils.translation import gettext

    from tonle.catalogue.public import RecordAction

    del actor, now
    restricted = view.record.state == "published" and view.record.access_level == "restricted"
    if not restricted or view.files_ruling or view.files_ruling.outcome != "ask":
        return None
    return RecordAction(
        gettext("Request access"),
        reverse("deposit:request_access", args=[view.record.id]),
        gettext("The files are given out on request."),
        order=20,
        to_files=True,
    )
