"""The catalogue's work in the background: the clock, open intents, sealing the log."""

from __future__ import annotations

from datetime import datetime, timedelta

from tonle.catalogue import files, node, publication, services
from tonle.catalogue.models import Intent
from tonle.infra import clock, jobs


@jobs.handler("catalogue.lapse")
def lapse(_run: jobs.Run, now: datetime) -> None:
    """What opens or lapses by the clock gets its entry."""
    while services.lapse_due(now):
        pass


@jobs.handler("catalogue.recover")
def recover(_run: jobs.Run, now: datetime) -> None:
    """Finish what a crashed process had authorised, and sweep what nobody asked for."""
    publication.recover()
    keep = [staged["name"] for staged in Intent.objects.values_list("staged", flat=True)]
    # A day: no upload that is still being staged takes longer between two files. A clock that
    # was set forward makes all of them look older than they are.
    before = now - timedelta(days=1) - clock.leapt()
    publication.storage().sweep(before, keep)
    files.sweep(before)


@jobs.handler("catalogue.seal_log")
def seal_log(_run: jobs.Run, now: datetime) -> None:
    """Keep the chain's new entries with the files, for whoever rebuilds from them."""
    node.seal_log(now)


jobs.cron("catalogue.lapse", every_seconds=60)
jobs.cron("catalogue.recover", every_seconds=600)
jobs.cron("catalogue.seal_log", every_seconds=jobs.DAY, offset_seconds=17 * 3600)
