"""Counted usage: what the JSON lines of `tonle.infra.usage` were folded into."""

from __future__ import annotations

from django.db import models


class UsageDay(models.Model):
    """How often one record was used in one way on one day (UTC).

    total: uses after the double-click rule; unique: different visitors in each
    hour, added up. Both as COUNTER 5.1 counts "Total_Item" and "Unique_Item".
    """

    day = models.DateField()
    record = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    total = models.PositiveIntegerField(default=0)
    unique = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            # Two tasks that fold at once add to one row instead of making two.
            models.UniqueConstraint(fields=["record", "day", "kind"], name="usage_one_row_a_day"),
        ]
        indexes = [
            # "What was used most in this period?"
            models.Index(fields=["day", "kind"], name="usage_of_day"),
        ]

    def __str__(self) -> str:
        return f"{self.record} {self.kind} {self.day}"


class UsageFile(models.Model):
    """A file of usage lines that has been counted; it may not have been deleted yet."""

    name = models.CharField(max_length=128, primary_key=True)
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
