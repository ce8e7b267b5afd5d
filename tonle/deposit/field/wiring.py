"""What the subject of the field registers below, once, when the app is ready."""

from __future__ import annotations


def connect() -> None:
    from django.db.models.signals import post_save

    from tonle.catalogue.public import Draft
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
    post_save.connect(columns.watch, sender=Draft, dispatch_uid="deposit.field")
