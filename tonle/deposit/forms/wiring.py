"""What the forms register below, once, when the app is ready."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_

if TYPE_CHECKING:
    from tonle.catalogue.public import RecordAction, RecordView


def connect() -> None:
    from tonle.catalogue.public import register_record_action
    from tonle.web.public import NavItem, register_navigation

    register_navigation(NavItem(N_("Deposit"), "deposit:home", order=50))
    register_navigation(NavItem(N_("Your deposits"), "deposit:home", place="own", order=10))
    register_navigation(
        NavItem(N_("Your requests for files"), "deposit:my_requests", place="own", order=20)
    )
    register_record_action("deposit.next", next_version)


def next_version(view: RecordView, actor: Actor, now: datetime) -> RecordAction | None:
    """“New version or correction”, to those who may begin one."""
    from django.urls import reverse
    from django.utils.translation import gettext

    from tonle.catalogue.public import RecordAction, communities_of, may_succeed
    from tonle.deposit.kinds import deposited

    del now
    record = view.record
    if record.kind not in {kind.name for kind in deposited()} or record.state != "published":
        return None
    if actor.kind != "person":
        return None
    if not may_succeed(actor, owner=record.created_by, communities=communities_of(record)):
        return None
    return RecordAction(
        label=gettext("New version or correction"),
        url=reverse("deposit:next", args=[record.id]),
        order=40,
    )
