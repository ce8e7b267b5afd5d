"""Questions, what was said in them, calendars and offices. Questions are confidential."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from tonle.desk.wording.models import Wording as Wording

ID = 15
ACTOR = 60


class Question(models.Model):
    """Somebody asks about a record, or about the node.

    asked_by is an actor id, or "" for a stranger whom only a confirmed address leads back to.
    """

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=ID, unique=True)
    # Public name of the record, "" for a question to the node itself.
    record = models.CharField(max_length=ID, blank=True, default="")
    state = models.CharField(max_length=20, default="asked")
    state_seq = models.PositiveIntegerField(default=0)
    asked_by = models.CharField(max_length=ACTOR, blank=True, default="")
    # Of a stranger alone; emptied when the question is forgotten.
    asker_name = models.CharField(max_length=200, blank=True, default="")
    asker_address = models.CharField(max_length=254, blank=True, default="")
    language = models.CharField(max_length=16)
    # The asker's word that question and answer may be shown, without a name.
    may_be_public = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    # Who is asked first, an actor id; "" where nobody here is named.
    contact = models.CharField(max_length=ACTOR, blank=True, default="")
    # In which calendar the promise is counted.
    member = models.CharField(max_length=8)
    promised_on = models.DateField(null=True)
    contact_due_at = models.DateTimeField(null=True)
    desk_due_at = models.DateTimeField(null=True)
    confirm_by = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    # Why it was closed without an answer, a code of `machine.DISMISSALS`.
    dismissal = models.CharField(max_length=20, blank=True, default="")
    # The public pair, in the answerer's edition; null while it is not shown.
    published_at = models.DateTimeField(null=True)
    public_question = models.TextField(blank=True, default="")
    public_answer = models.TextField(blank=True, default="")
    public_language = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        indexes = [
            # "What waits at the desk, the oldest first?"
            models.Index(fields=["state", "asked_at", "key"], name="question_desk"),
            # "What have I asked?"
            models.Index(fields=["asked_by", "-updated_at"], name="question_of_asker"),
            # "What do I answer for?"
            models.Index(fields=["contact", "state", "asked_at"], name="question_of_contact"),
            # "What was answered in public about this record?"
            models.Index(
                fields=["record", "-published_at"],
                condition=Q(published_at__isnull=False),
                name="question_public",
            ),
        ]

    def __str__(self) -> str:
        return self.id


class QuestionCommunity(models.Model):
    """The communities whose curators see a question: those of its record when it was asked."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="communities")
    community = models.CharField(max_length=64, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "community"], name="question_community"),
        ]

    def __str__(self) -> str:
        return self.community


class Remark(models.Model):
    """One thing said in a question: by the asker, or by who answers."""

    key = models.BigAutoField(primary_key=True)
    question = models.ForeignKey(Question, models.CASCADE, related_name="remarks")
    by = models.CharField(max_length=ACTOR, blank=True, default="")
    by_asker = models.BooleanField()
    # Among those who answer; the asker never reads it.
    inner = models.BooleanField(default=False)
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["question", "key"], name="remark_of_question")]

    def __str__(self) -> str:
        return f"{self.question_id}/{self.key}"


class CalendarDay(models.Model):
    """A day on which a member's calendar differs from the one the node came with."""

    member = models.CharField(max_length=8)
    day = models.DateField()
    works = models.BooleanField()
    names: models.JSONField[Any, Any] = models.JSONField(default=dict)
    # Where it was announced: a decree, a newspaper, an address.
    source = models.CharField(max_length=500, blank=True, default="")
    by = models.CharField(max_length=ACTOR)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "day"], name="one_correction_per_day"),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.day}"


class Office(models.Model):
    """Where people can call or go: shown on the help page, in this order."""

    id = models.CharField(primary_key=True, max_length=ID)
    position = models.PositiveIntegerField()
    names: models.JSONField[Any, Any] = models.JSONField(default=dict)
    hours: models.JSONField[Any, Any] = models.JSONField(default=dict)
    address: models.JSONField[Any, Any] = models.JSONField(default=dict)
    telephone = models.CharField(max_length=60, blank=True, default="")
    mail = models.EmailField(max_length=254, blank=True, default="")
    languages: models.JSONField[Any, Any] = models.JSONField(default=list)
    member = models.CharField(max_length=8, blank=True, default="")
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.id
