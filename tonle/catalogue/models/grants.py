"""Who was let in to restricted files, by whom, and until when."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from tonle.catalogue.models.records import Record


class AccessGrant(models.Model):
    """Leave to read the restricted files of a record. Private: never part of its document.

    It names actors by their random ids alone, so that erasing a person leaves it true.
    """

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=15, unique=True)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="grants")
    grantee = models.CharField(max_length=60)
    granted_by = models.CharField(max_length=60)
    granted_at = models.DateTimeField()
    valid_from = models.DateTimeField()
    # Every grant ends; a longer need is asked for again.
    valid_until = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=60, blank=True, default="")
    # The request that led to it, in its context's own words; empty where there was none.
    request = models.CharField(max_length=60, blank=True, default="")
    # Digest of the terms that the grantee accepted.
    terms_sha256 = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            # Half-open: one that ends where it begins would let nobody in.
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("valid_from")),
                name="access_grant_ends_after_it_begins",
            ),
            # The same decision carried out twice lets in once.
            models.UniqueConstraint(
                fields=["request"], condition=~Q(request=""), name="one_grant_per_request"
            ),
        ]
        indexes = [
            # "May this person read this record's files?"
            models.Index(fields=["record", "grantee"], name="grants_of_record"),
            # "What was I let in to?"
            models.Index(fields=["grantee", "valid_until"], name="grants_of_person"),
        ]
