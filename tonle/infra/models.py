"""Rows of the machinery: steps of lifecycles, audit, keys of requests, jobs and clocks.

Steps and audit are append-only; triggers (`tonle.infra.triggers`) hold that, not
good manners. What could name a person lies in `SideValue`, where it can be erased.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class AuditEntry(models.Model):
    """One thing that happened. Holds no personal value, only digests of them.

    hash covers stream, seq, at, action, object, actor, the digest of data, and prev.
    data is canonical JSON; under "personal" it has SHA-256(salt ‖ value) by field.
    """

    # One chain per writing thread of a process, so that no two transactions wait for a head.
    stream = models.CharField(max_length=32)
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    action = models.CharField(max_length=100)
    object_kind = models.CharField(max_length=64)
    object_id = models.CharField(max_length=64)
    actor = models.CharField(max_length=64)
    data = models.TextField()
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            # Two processes that believed to own one stream (a copied machine, a fork) would
            # fork the chain; the second one fails instead.
            models.UniqueConstraint(fields=["stream", "seq"], name="audit_one_entry_per_place"),
        ]
        indexes = [
            # "What happened to this thing?", the newest first.
            models.Index(fields=["object_kind", "object_id", "-id"], name="audit_of_object"),
        ]

    def __str__(self) -> str:
        return f"{self.stream}/{self.seq} {self.action}"


class SideValue(models.Model):
    """A personal value of an audit entry, beside the chain. Deleting the row erases it.

    subject is whom it is about (a person's random id), so that a person can be erased.
    """

    entry = models.ForeignKey(AuditEntry, models.CASCADE, related_name="side_values")
    field = models.CharField(max_length=32)
    subject = models.CharField(max_length=64, db_index=True)
    salt = models.BinaryField(max_length=16)
    value = models.TextField()

    class Meta:
        constraints = [
            # Two values under one name could not both match the digest in the chain.
            models.UniqueConstraint(fields=["entry", "field"], name="side_one_value_per_field"),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.entry_id}"


class AuditSeal(models.Model):
    """The day's seal: the heads of all streams that moved, chained with the seal before."""

    seq = models.PositiveIntegerField(unique=True)  # Seals form one chain without gaps.
    at = models.DateTimeField()
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"seal {self.seq}"


class AuditSealHead(models.Model):
    """Where one stream stood when it was sealed."""

    seal = models.ForeignKey(AuditSeal, models.PROTECT, related_name="heads")
    stream = models.CharField(max_length=32)
    seq = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            # "Where was this stream last sealed?"; and no seal names a stream twice.
            models.UniqueConstraint(fields=["stream", "seq"], name="sealed_once_at_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.stream}/{self.seq}"


class TransitionRow(models.Model):
    """One step of one thing. A trigger lets a state change only where its step is written.

    seq counts the steps of the thing from 1 and equals its `state_seq` afterwards.
    source is "" where the thing came in already in that state (import, rebuild). A note
    is free text that may name people, so it is a side value of the audit entry.
    """

    machine = models.CharField(max_length=64)
    machine_version = models.PositiveSmallIntegerField()
    object_id = models.CharField(max_length=64)
    seq = models.PositiveIntegerField()
    event = models.CharField(max_length=32)
    source = models.CharField(max_length=32)
    target = models.CharField(max_length=32)
    actor = models.CharField(max_length=64)
    at = models.DateTimeField()
    sees = models.CharField(max_length=32)
    entry = models.ForeignKey(AuditEntry, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            # The trigger finds the step by this; and two who act at once cannot both be step 3.
            models.UniqueConstraint(
                fields=["machine", "object_id", "seq"], name="step_one_per_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.machine} {self.object_id} {self.seq}: {self.event}"


class Approval(models.Model):
    """One party's yes to a step that several must agree to; seq is the step it is for."""

    machine = models.CharField(max_length=64)
    object_id = models.CharField(max_length=64)
    seq = models.PositiveIntegerField()
    event = models.CharField(max_length=32)
    party = models.CharField(max_length=64)
    actor = models.CharField(max_length=64)
    at = models.DateTimeField()
    entry = models.ForeignKey(AuditEntry, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            # A party has one voice, however often it presses the button.
            models.UniqueConstraint(
                fields=["machine", "object_id", "seq", "event", "party"],
                name="approval_one_voice_per_party",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} approves {self.event} of {self.object_id}"


class Timer(models.Model):
    """When the node itself acts on a thing. The row is the truth; its job only wakes."""

    machine = models.CharField(max_length=64)
    object_id = models.CharField(max_length=64)
    event = models.CharField(max_length=32)
    due_at = models.DateTimeField()

    class Meta:
        constraints = [
            # A moved deadline replaces the old one; it does not stand beside it.
            models.UniqueConstraint(
                fields=["machine", "object_id", "event"], name="timer_one_per_event"
            ),
        ]
        indexes = [
            # "What closes next?"
            models.Index(fields=["due_at"], name="timer_next"),
        ]

    def __str__(self) -> str:
        return f"{self.event} of {self.object_id} at {self.due_at}"


class IdempotencyRecord(models.Model):
    """What a changing request came to, so that the same request again gets the same answer."""

    actor = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    body_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)  # For expiry, oldest first.
    # Null only inside the transaction that carries the request out.
    outcome = models.JSONField(null=True)

    class Meta:
        constraints = [
            # The second of two equal requests waits here for the first one's commit.
            models.UniqueConstraint(
                fields=["actor", "key"], name="idempotency_one_request_per_key"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.key}"


class Job(models.Model):
    """Work to do after commit: an event on its way to a handler, or a task. One leased table.

    due_at  pending: not before; running: when the lease ends and anybody may take it;
            done and dead: null
    token   counts the leases; who holds an older one is fenced off
    """

    PENDING, RUNNING, DONE, DEAD = "pending", "running", "done", "dead"

    name = models.CharField(max_length=100)
    queue = models.CharField(max_length=32)
    payload = models.JSONField()
    state = models.CharField(max_length=8, default=PENDING)
    due_at = models.DateTimeField(null=True)
    token = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=64, default="")
    unique_key = models.CharField(max_length=200, null=True)
    progress = models.JSONField(null=True)
    error = models.TextField(default="")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Asking ten times for what has not begun is asking once.
            models.UniqueConstraint(
                fields=["unique_key"], condition=Q(state="pending"), name="job_asked_for_once"
            ),
            # A job that is neither waiting nor over would never be looked at again.
            models.CheckConstraint(
                condition=Q(state__in=["pending", "running"], due_at__isnull=False)
                | Q(state__in=["done", "dead"], due_at__isnull=True),
                name="job_is_due_or_over",
            ),
        ]
        indexes = [
            # "What is next in this queue?", also when a million lie in another one.
            models.Index(
                fields=["queue", "due_at", "id"],
                condition=Q(due_at__isnull=False),
                name="job_next",
            ),
            # "How many of this queue run now?", for limits.
            models.Index(
                fields=["queue", "due_at"], condition=Q(state="running"), name="job_running"
            ),
            # "What is over and may be swept?", "what is dead?"
            models.Index(
                fields=["state", "finished_at"],
                condition=Q(due_at__isnull=True),
                name="job_over",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.pk} ({self.state})"


class Cron(models.Model):
    """When a repeated job is asked for next. Several workers race for the row; one wins."""

    name = models.CharField(max_length=100, primary_key=True)
    next_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


# Beside its module (tonle.infra.usage), found by Django here.
from tonle.infra.usage_models import UsageDay, UsageFile  # noqa: E402, F401  # Last: it needs nothing of this one.
