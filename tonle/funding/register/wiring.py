"""What the register adds to pages below, once, when the app is ready."""

from __future__ import annotations

from tonle.catalogue.public import register_live_panel, register_record_panel
from tonle.funding.register import panels
from tonle.kernel.errors import N_
from tonle.web.public import NavItem, register_navigation


def connect() -> None:
    register_live_panel("funding.standing", panels.standing)
    register_record_panel("funding.details", panels.details, shows=panels.SHOWS)
    register_navigation(NavItem(N_("Funding"), "funding:register", order=40))
