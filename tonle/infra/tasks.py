"""The machinery's own jobs: the daily seal, forgotten keys, and timers of lifecycles."""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from itertools import count
from pathlib import Path

from django.conf import settings

from tonle.infra import audit, background, backup, idempotency, jobs, keeping, lifecycle, stores

logger = logging.getLogger(__name__)


@jobs.handler("infra.seal")
def seal(_run: jobs.Run, now: datetime) -> None:
    audit.seal(now)


@jobs.handler("infra.optimise")
def optimise(_run: jobs.Run, _now: datetime) -> None:
    """The database looks at what has become of its tables."""
    stores.optimise()


@jobs.handler("infra.expire_keys")
def expire_keys(_run: jobs.Run, now: datetime) -> None:
    idempotency.expire(now)


@jobs.handler(lifecycle.TIMER_JOB)
def fire(run: jobs.Run, now: datetime) -> None:
    """What a lifecycle does at an instant."""
    lifecycle.fire(run.payload["machine"], run.payload["object_id"], run.payload["event"], now)


@jobs.handler("infra.backup", max_attempts=3, lease_seconds=600)
def back_up(run: jobs.Run, now: datetime) -> None:
    """The nightly backup. The lease is renewed as objects are copied, however many there are."""
    if not settings.TONLE_BACKUPS_KEPT:
        return
    elsewhere = Path(settings.TONLE_BACKUP_DIR).expanduser() if settings.TONLE_BACKUP_DIR else None
    copied = count()

    def each() -> None:
        number = next(copied)
        if number % 500 == 499:
            run.checkpoint({"objects": number})

    made = backup.backup(
        elsewhere or settings.TONLE_DATA / "backups",
        now,
        node=backup.Node(
            settings.TONLE_DATA,
            settings.TONLE_OCFL_ROOT,
            settings.TONLE_STAGING,
            keeping.remote() if keeping.place() else None,
        ),
        keep=settings.TONLE_BACKUPS_KEPT,
        each=each,
        link=elsewhere is None,
    )
    for problem in made.problems:
        logger.error("Not in the backup as it is now: %s: %s", problem.object, problem.problem)


# 17:30 UTC is half past midnight in Phnom Penh: the day that is sealed is the region's.
jobs.cron("infra.seal", every_seconds=jobs.DAY, offset_seconds=17 * 3600 + 1800)
jobs.cron("infra.expire_keys", every_seconds=jobs.DAY, offset_seconds=18 * 3600)


def _second(stop: threading.Event) -> None:
    jobs.work(stop, clerk=False)


# Two loops, so that a fixity check of an hour does not keep a letter waiting.
background.register("jobs", jobs.work)
background.register("jobs-2", _second)
jobs.cron("infra.optimise", every_seconds=jobs.DAY, offset_seconds=19 * 3600)
jobs.cron("infra.backup", every_seconds=jobs.DAY, offset_seconds=18 * 3600 + 1800)
