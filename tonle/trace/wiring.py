"""What trace registers below, once, when the app is ready."""

from __future__ import annotations


def connect() -> None:
    from tonle.api.public import register_router
    from tonle.catalogue.public import register_live_panel, register_record_action
    from tonle.infra import background, pagecache
    from tonle.kernel.errors import N_
    from tonle.trace import following, panels
    from tonle.web.public import NavItem, register_navigation

    background.register("trace", following.follow)
    pagecache.register_stamp(following.stamp)
    register_live_panel("trace.came_of", panels.came_of)
    register_record_action("trace.counted", panels.counted, of_others=True)
    register_router("trace", "tonle.trace.api:router")
    register_navigation(NavItem(N_("What came of it"), "trace:all", place="foot", order=15))
