"""Proposed wordings of the interface. Who proposed one is known to stewards alone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

ID = 15
ACTOR = 60


class Wording(models.Model):
    """What a message should say in a language, as a reader proposes it.

    language: code of the interface language. message, context: the message in English, as the
    catalogues name it. before: what stood there when it was proposed.
    """

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=ID, unique=True)
    state = models.CharField(max_length=12, default="proposed")
    state_seq = models.PositiveIntegerField(default=0)
    language = models.CharField(max_length=16)
    context = models.CharField(max_length=200, blank=True, default="")
    message = models.TextField()
    # Of context and message: texts are too long for an index.
    message_sha256 = models.CharField(max_length=64)
    before = models.TextField(blank=True, default="")
    proposed = models.TextField()
    comment = models.TextField(blank=True, default="")
    # An actor id, "" for a stranger.
    proposed_by = models.CharField(max_length=ACTOR, blank=True, default="")
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=ACTOR, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    # What the steward says to it.
    answer = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            # So two stewards at once cannot put two wordings of one message in use.
            models.UniqueConstraint(
                fields=["language", "message_sha256"],
                condition=Q(state="accepted"),
                name="one_wording_in_use",
            ),
        ]
        indexes = [
            # "What waits for a decision, the oldest first?"
            models.Index(fields=["state", "proposed_at", "key"], name="wording_waiting"),
            # "Has anything in use changed?", asked all the time; "what was decided lately?"
            models.Index(fields=["state", "decided_at"], name="wording_decided"),
            # "What have I proposed?"
            models.Index(fields=["proposed_by", "-proposed_at"], name="wording_of_proposer"),
        ]

    def __str__(self) -> str:
        return self.id
