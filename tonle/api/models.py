"""How often somebody called within a window of time. Lives in the store that may be lost."""

from __future__ import annotations

from django.db import models


class Window(models.Model):
    """One caller's requests in one window."""

    # A keyed digest of caller and window: an address is nobody's business a minute later.
    key = models.CharField(max_length=32, primary_key=True)
    hits = models.PositiveIntegerField()
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [
            # "Which windows are over?", asked whenever a new one begins.
            models.Index(fields=["ends_at"], name="window_ends_at"),
        ]
