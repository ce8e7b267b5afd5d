"""Requests for restricted files. Confidential: they are in no document, index, log or cache."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

ACTOR = 60
ID = 15


class AccessRequest(models.Model):
    """Somebody asks to be let in to the restricted files of one record.

    Purpose and affiliation in the asker's words, and the reason of a decision, lie beside the
    audit chain, where they are erased with the person.
    """

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=ID, unique=True)
    record = models.ForeignKey("catalogue.Record", models.CASCADE, related_name="+")
    state = models.CharField(max_length=20, default="asked")
    state_seq = models.PositiveIntegerField(default=0)
    asked_by = models.CharField(max_length=ACTOR)
    asked_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    entry = models.ForeignKey("infra.AuditEntry", models.PROTECT, related_name="+", db_index=False)
    # What was agreed to, letter by letter, and its digest, as the grant carries it.
    terms = models.TextField()
    terms_sha256 = models.CharField(max_length=64)
    decided_by = models.CharField(max_length=ACTOR, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    # Public name of the catalogue's grant, "" until there is one; and when it ends.
    grant_id = models.CharField(max_length=ID, blank=True, default="")
    valid_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Pressed twice, or in two windows, one request waits.
            models.UniqueConstraint(
                fields=["record", "asked_by"],
                condition=Q(state__in=["asked", "granted"]),
                name="one_open_access_request",
            ),
        ]
        indexes = [
            # "What waits for a decision, the oldest first?"
            models.Index(fields=["state", "asked_at", "key"], name="access_request_desk"),
            # "What have I asked for?"
            models.Index(fields=["asked_by", "-updated_at"], name="access_request_of_asker"),
        ]

    def __str__(self) -> str:
        return self.id
