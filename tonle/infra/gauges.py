"""What the machinery adds to /metrics."""

from __future__ import annotations

from tonle.infra import clock
from tonle.infra.models import Job
from tonle.infra.server import metrics


def _jobs_due() -> float:
    return Job.objects.filter(due_at__lte=clock.now()).count()


metrics.register_gauge("jobs_due", "Jobs whose time has come and that have not ended.", _jobs_due)
