"""Accounts that a person closed for a time, why, and what their owners say to it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tonle.people.models.accounts import Account
from tonle.people.models.common import ACTOR_ID_CHARS, ID_CHARS


class Suspension(models.Model):
    """One account closed by a person for a reason, until somebody opens it again.

    reason, appeal and answer are read by the account's owner, and by those who decide.
    """

    id = models.CharField(primary_key=True, max_length=ID_CHARS, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="suspensions")
    reason = models.TextField()
    suspended_by = models.CharField(max_length=ACTOR_ID_CHARS)
    suspended_at = models.DateTimeField()
    appeal = models.TextField(blank=True, default="")
    appealed_at = models.DateTimeField(null=True, blank=True)
    # What was said to the appeal; the suspension may stand or be lifted.
    answer = models.TextField(blank=True, default="")
    answered_by = models.CharField(max_length=ACTOR_ID_CHARS, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=ACTOR_ID_CHARS, blank=True, default="")

    class Meta:
        constraints = [
            # Two curators suspending at once must not leave one that survives its lifting.
            models.UniqueConstraint(
                name="one_open_suspension_per_account",
                fields=["account"],
                condition=Q(lifted_at__isnull=True),
            ),
        ]
        indexes = [
            # "Which appeals wait for an answer?", oldest first.
            models.Index(
                name="appeals_that_wait",
                fields=["appealed_at", "id"],
                condition=Q(appealed_at__isnull=False, answered_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"suspension of {self.account_id}"
