"""What the subject of the field registers below, once, when the app is ready."""

from __future__ import annotations


def connect() -> None:
    from django.db.models.signals import post_save

    from tonle.catalogue.public import Draft
    from tonle.deposit.checks.services import also_read
    from tonle.deposit.field import columns

    # A file counts as read when its columns are known, too: who hands in at once finds them.
    also_read(columns.look)
    post_save.connect(columns.watch, sender=Draft, dispatch_uid="deposit.field")
