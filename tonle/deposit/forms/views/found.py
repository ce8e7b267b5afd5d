"""What a draft lacks, with the place where it is mended: for the last step and for each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from tonle.deposit import checks
from tonle.infra import days


def found(view: Any, now: datetime, *, step: str = "") -> list[dict[str, Any]]:
    """Findings about a submission, the gravest first. step: only those mended there."""
    return [
        {
            "finding": one,
            "part": (part := one.field.strip("/").split("/")[0]),
            "url": f"#{part}"
            if step
            else f"{reverse('deposit:step', args=[view.id, one.step])}#{part}",
        }
        for one in checks.fair_findings(view.document, view.draft.files, today=days.day_of(now))
        if step in ("", one.step)
    ]
