"""What the checks register below, once, when the app is ready."""

from __future__ import annotations

# Files read at once, over all workers: each reader is a process with memory of its own.
AT_ONCE = 2


def connect() -> None:
    from django.db.models.signals import post_save

    from tonle.catalogue.public import Draft
    from tonle.deposit.checks import services
    from tonle.infra import jobs

    jobs.limit("checks", AT_ONCE)
    post_save.connect(services.watch, sender=Draft, dispatch_uid="deposit.checks")
