"""What saved searches register below, once, when the app is ready."""

from __future__ import annotations

from tonle.api.public import register_router
from tonle.catalogue.saved import selectors, services
from tonle.kernel.errors import N_
from tonle.people.public import (
    Topic,
    register_eraser,
    register_matter,
    register_token_scope,
    register_topic,
)
from tonle.web.public import NavItem, register_navigation


def connect() -> None:
    register_topic(
        Topic(
            services.TOPIC,
            N_("Your saved searches"),
            N_("New results of a search that you keep: %(count)s."),
            counts=("count",),
        )
    )
    register_matter(services.MATTER, selectors.names)
    register_eraser("catalogue.saved", services.erase)
    register_token_scope(services.SCOPE, N_("Keep searches for me"))
    register_navigation(NavItem(N_("Saved searches"), "catalogue:searches", place="own", order=40))
    register_router("searches", "tonle.catalogue.saved.api:router")
