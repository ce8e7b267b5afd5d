"""What the node remembers of its DOIs: which names it gave, and how far DataCite knows of them.

The words that are registered follow from the record's document each time anew; here is only
what tells whether DataCite must hear of it, and what it answered.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

ID = 15
# Prefixes are short, and so are our suffixes; the rest is room.
NAME = 100
DIGEST = 64


class Doi(models.Model):
    """A DOI of this node: given to one record, and never to another.

    standing: what DataCite last answered: "" (it has not said yes), "findable" or "registered"
    (it resolves, and is not shown in searches).
    """

    key = models.BigAutoField(primary_key=True)
    record = models.CharField(max_length=ID, unique=True)
    name = models.CharField(max_length=NAME, unique=True)
    standing = models.CharField(max_length=10, blank=True, default="")
    # Digests of what DataCite took last, and of what it refused since; "" for nothing.
    sent_sha256 = models.CharField(max_length=DIGEST, blank=True, default="")
    refused_sha256 = models.CharField(max_length=DIGEST, blank=True, default="")
    # Why it was refused, or not answered, as {"where", "message", "data"} each.
    reasons: models.JSONField[Any, Any] = models.JSONField(default=list)
    # How often somebody has asked for a look: one that came while DataCite was being asked is
    # told from the one that began it.
    asks = models.PositiveIntegerField(default=0)
    # When DataCite is to hear of it; a worker that has it in hand sets it ahead, as a lease.
    # null: it knows all there is to know.
    due_at = models.DateTimeField(null=True)
    # Of many asked for at once: what people publish meanwhile goes first.
    is_bulk = models.BooleanField(default=False)
    # Questions in a row that DataCite did not answer.
    tries = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    # When DataCite was asked first. From then on it may know the name, whatever we heard.
    asked_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(standing__in=["", "findable", "registered"]), name="doi_standing_known"
            ),
        ]
        indexes = [
            # "What is next?" Nearly all are done.
            models.Index(
                fields=["is_bulk", "due_at", "key"],
                condition=Q(due_at__isnull=False),
                name="doi_due",
            ),
            # "What was refused?"
            models.Index(fields=["key"], condition=~Q(refused_sha256=""), name="doi_refused"),
        ]

    def __str__(self) -> str:
        return self.name


class DoiAccount(models.Model):
    """The node's account at DataCite as it goes: one row, its key is 1."""

    key = models.PositiveSmallIntegerField(primary_key=True, default=1)
    # Of the options, keyed: other ones end a halt. No password can be read from it.
    fingerprint = models.CharField(max_length=DIGEST, blank=True, default="")
    # What is first published after this instant is registered by itself.
    began_at = models.DateTimeField()
    # How far the change log was followed, and of which lineage its positions are.
    lineage = models.CharField(max_length=80, blank=True, default="")
    pos = models.PositiveBigIntegerField(default=0)
    # Why nothing is asked any more until a steward has looked: {"code", "message", "data"}.
    halt: models.JSONField[Any, Any] = models.JSONField(default=dict)
    halted_at = models.DateTimeField(null=True)
    # DataCite asked for patience, or did not answer: nothing is asked before.
    wait_until = models.DateTimeField(null=True)
    # Answers in a row that did not come.
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            # Two rows would disagree on how far the log was followed.
            models.CheckConstraint(condition=Q(key=1), name="one_doi_account"),
        ]

    def __str__(self) -> str:
        return "DataCite"
