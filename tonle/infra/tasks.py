"""The machinery's own jobs: the daily seal, forgotten keys, and timers of lifecycles."""

from __future__ import annotations

import threading
from datetime import datetime

from tonle.infra import audit, background, idempotency, jobs, lifecycle


@jobs.handler("infra.seal")
def seal(_run: jobs.Run, now: datetime) -> None:
    audit.seal(now)


@jobs.handler("infra.expire_keys")
def expire_keys(_run: jobs.Run, now: datetime) -> None:
    idempotency.expire(now)


@jobs.handler(lifecycle.TIMER_JOB)
def fire(run: jobs.Run, now: datetime) -> None:
    """What a lifecycle does at an instant."""
    lifecycle.fire(run.payload["machine"], run.payload["object_id"], run.payload["event"], now)


# 17:30 UTC is half past midnight in Phnom Penh: the day that is sealed is the region's.
jobs.cron("infra.seal", every_seconds=jobs.DAY, offset_seconds=17 * 3600 + 1800)
jobs.cron("infra.expire_keys", every_seconds=jobs.DAY, offset_seconds=18 * 3600)


def _second(stop: threading.Event) -> None:
    jobs.work(stop, clerk=False)


# Two loops, so that a fixity check of an hour does not keep a letter waiting.
background.register("jobs", jobs.work)
background.register("jobs-2", _second)
