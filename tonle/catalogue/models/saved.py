"""Searches that people keep, each seen by its owner alone."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.db.models import Q


def new_id() -> str:
    """16 hexadecimal characters: it stands in addresses, and tells nobody how many there are."""
    return secrets.token_hex(8)


class SavedSearch(models.Model):
    """A question with its filters, and how far its owner has been told of what is new.

    owner: actor id of an account. filters: [[name, value], …] as an address has them, in one
    fixed order. digest: of query and filters. told: records told of lately, newest last.
    """

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    owner = models.CharField(max_length=60)
    name = models.CharField(max_length=100)
    query = models.CharField(max_length=400, blank=True, default="")
    filters: models.JSONField[Any, Any] = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    # daily, weekly or never
    rhythm = models.CharField(max_length=10)
    created_at = models.DateTimeField()
    # When new results were last looked for; before that, when it was saved.
    looked_at = models.DateTimeField()
    # When they are next; null where nothing is to be told.
    due_at = models.DateTimeField(null=True)
    told: models.JSONField[Any, Any] = models.JSONField(default=list)

    class Meta:
        constraints = [
            # Pressing the button twice saves one search.
            models.UniqueConstraint(fields=["owner", "digest"], name="saved_search_once"),
        ]
        indexes = [
            # "Whose new results are to be looked for now?"
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="saved_search_due"
            ),
        ]

    def __str__(self) -> str:
        return self.id
