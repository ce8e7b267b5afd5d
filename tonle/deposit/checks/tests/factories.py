"""Drafts whose files were read, for tests that are about something else."""

from __future__ import annotations

from datetime import datetime

from tests.constants import NOW
from tonle.deposit.checks import services
from tonle.deposit.checks.models import FileCheck


def files_read(draft_id: str, now: datetime = NOW) -> None:
    """As if every file of the draft had been read, and nothing found."""
    services.sync(draft_id, now)
    FileCheck.objects.filter(draft__id=draft_id, gone_at=None).update(
        state=FileCheck.DONE, finished_at=now
    )
