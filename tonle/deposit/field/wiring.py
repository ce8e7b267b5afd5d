"""What the subject of the field registers below, once, when the app is ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tonle.catalogue.public import Here, Panel, RecordView

# Columns that a landing page lists; all of them are where one looks inside a file.
_LISTED = 40


def connect() -> None:
    from django.db.models.signals import post_save

    from tonle.catalogue.public import Draft, register_record_panel
    from tonle.deposit.checks.services import also_read
    from tonle.deposit.field import columns, photographs
    from tonle.kernel.errors import N_
    from tonle.people.public import Topic, register_topic
    from tonle.web.public import NavItem, register_navigation

    # A file counts as read when its columns are known, too: who hands in at once finds them.
    also_read(columns.look)
    register_topic(
        Topic(
            photographs.WAITS,
            N_("Your photographs wait for you"),
            N_("Your photographs could not be handed in yet: something is still missing."),
            urgent=True,
        )
    )
    register_navigation(NavItem(N_("Photographs"), "deposit:photograph", place="own", order=15))
    register_record_panel("deposit.columns", columns_panel)
    post_save.connect(columns.watch, sender=Draft, dispatch_uid="deposit.field")


def columns_panel(view: RecordView, here: Here) -> Panel | None:
    """What the columns of a dataset mean, on its landing page."""
    from tonle.catalogue.public import Panel

    del here
    found = view.document.get("profile", {}).get("variables", ())
    told = [one for one in found if one.get("label") or one.get("unit") or one.get("description")]
    if not told:
        return None
    panel = {"columns": told[:_LISTED], "more": max(0, len(told) - _LISTED)}
    return Panel("deposit/field/record_columns.html", panel)
