"""Hooks, and the messages that went to their receivers or are on their way.

A hook remembers a position of the change log; everything after it is still to be told. So a
thousand changes are no rows here: a message becomes one when it was sent.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

ID = 15
ACTOR = 60


class Hook(models.Model):
    """A receiver, what it wants to hear of, and how far it was told.

    state: "active", "paused" (a person said: not now) or "stopped" (it did not take messages
    for days, or said that it is gone).
    """

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=ID, unique=True)
    label = models.CharField(max_length=100)
    url = models.CharField(max_length=1000)
    state = models.CharField(max_length=10, default="active")
    state_seq = models.PositiveIntegerField(default=0)
    # Types of messages; none is all.
    events: models.JSONField[Any, Any] = models.JSONField(default=list)
    # As a walk's selection: what is empty is any.
    kind = models.CharField(max_length=40, blank=True, default="")
    member = models.CharField(max_length=10, blank=True, default="")
    community = models.CharField(max_length=64, blank=True, default="")
    access = models.CharField(max_length=20, blank=True, default="")
    own_only = models.BooleanField(default=False)
    # Sealed. The one before still signs until then, so that no message is lost at a change.
    secret = models.TextField()
    old_secret = models.TextField(blank=True, default="")
    old_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=ACTOR)

    # Everything up to this entry of the log was told, or was none of its business.
    position = models.PositiveBigIntegerField(default=0)
    # Failures in a row, since when, why the last, and when it is tried again.
    tries = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    reason: models.JSONField[Any, Any] = models.JSONField(default=dict)

    # --- who sends now: the number of the lease, and its end ---
    token = models.PositiveBigIntegerField(default=0)
    held_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # "Who has not been told of the newest entry?"
            models.Index(fields=["position"], condition=Q(state="active"), name="hook_behind"),
        ]

    def __str__(self) -> str:
        return self.id


class Delivery(models.Model):
    """One message to one receiver.

    state: "waiting" (not taken; tried again, and nothing is sent before it), "asked" (a person
    wants it sent, beside the order, once), "delivered", "failed", or "dropped" (not so any
    more, or a person gave it up).
    """

    key = models.BigAutoField(primary_key=True)
    hook = models.ForeignKey(Hook, models.CASCADE, related_name="deliveries")
    # As `webhook-id`: the same however often it is sent, so that a receiver can tell doubles.
    id = models.CharField(max_length=36, unique=True)
    type = models.CharField(max_length=40)
    record = models.CharField(max_length=ID, blank=True, default="")
    position = models.PositiveBigIntegerField(default=0)
    body = models.TextField()
    state = models.CharField(max_length=10, default="waiting")
    tries = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    # Of the last try: when, how long it took, what was answered, or why nothing was.
    sent_at = models.DateTimeField(null=True)
    duration_ms = models.PositiveIntegerField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    reason: models.JSONField[Any, Any] = models.JSONField(default=dict)
    # The beginning of an answer that was no success; for stewards only.
    answer = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            # Two to be tried again could arrive in the wrong order.
            models.UniqueConstraint(
                fields=["hook"], condition=Q(state="waiting"), name="one_message_tried_again"
            ),
        ]
        indexes = [
            # "What was sent last?", and what is kept of it.
            models.Index(fields=["hook", "-key"], name="delivery_of_hook"),
            # "What does a person want sent?"
            models.Index(fields=["hook"], condition=Q(state="asked"), name="delivery_asked"),
        ]

    def __str__(self) -> str:
        return self.id
