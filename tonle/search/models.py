"""Rows of search: what is to be indexed again although its source has not changed."""

from __future__ import annotations

from django.db import models


class Again(models.Model):
    """A thing that says more than it did: a file's text was read. The index follows the ids."""

    id = models.BigAutoField(primary_key=True)
    source = models.CharField(max_length=32)
    key = models.CharField(max_length=64)

    class Meta:
        constraints = [
            # One row a thing, the newest: the table is no longer than there are things.
            models.UniqueConstraint(fields=["source", "key"], name="again_one_row_a_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.key}"
