"""Calls that people follow, and what they keep about themselves to be judged by.

Both are their owner's alone: never in a record, in the index, in a page of another.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.db.models import Q


def new_id() -> str:
    """128 bits: the id names the matter of a notice, and says nothing."""
    return secrets.token_hex(16)


class FollowedCall(models.Model):
    """That somebody follows an opportunity, and how far they were told of it.

    follower: actor id of an account. opportunity: id of a record. status: as it stood when it
    was last looked at; corrigenda: numbers of those that were there then.
    """

    id = models.CharField(primary_key=True, max_length=32, default=new_id, editable=False)
    follower = models.CharField(max_length=60)
    opportunity = models.CharField(max_length=20)
    followed_at = models.DateTimeField()
    # What came before this instant was told, or need not be.
    looked_at = models.DateTimeField()
    # When it is looked at next, unless the record changes before; null where nothing is to come.
    due_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=20)
    corrigenda: models.JSONField[Any, Any] = models.JSONField(default=list)

    class Meta:
        constraints = [
            # Pressing the button twice follows once; it also answers "what do I follow?".
            models.UniqueConstraint(
                fields=["follower", "opportunity"], name="call_is_followed_once"
            ),
        ]
        indexes = [
            # "Who follows the record that has just changed?"
            models.Index(fields=["opportunity"], name="followed_call_by_record"),
            # "Of which calls is something to be told now?"
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="followed_call_due"
            ),
        ]

    def __str__(self) -> str:
        return self.id


class Applicant(models.Model):
    """What somebody keeps about themselves: answers, as `rules.answers.written` writes them."""

    account = models.CharField(primary_key=True, max_length=60)
    answers: models.JSONField[Any, Any] = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.account
