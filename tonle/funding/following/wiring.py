"""What following calls registers below, once, when the app is ready."""

from __future__ import annotations

from tonle.api.public import register_router
from tonle.catalogue.public import register_record_action
from tonle.funding.following import offers, selectors, services, topics
from tonle.funding.following.permissions import SCOPE
from tonle.kernel.errors import N_
from tonle.people.public import register_eraser, register_matter, register_token_scope
from tonle.web.public import NavItem, register_navigation


def connect() -> None:
    topics.register()
    register_matter(services.MATTER, selectors.names)
    register_eraser("funding.following", services.erase)
    register_token_scope(SCOPE, N_("Follow calls for me"))
    register_record_action("funding.eligible", offers.ask_whether_eligible, of_others=True)
    register_record_action("funding.follow", offers.follow_it, of_others=True)
    register_navigation(
        NavItem(N_("Calls that I follow"), "funding:followed", place="own", order=41)
    )
    register_router("followed-calls", "tonle.funding.following.api:router")
