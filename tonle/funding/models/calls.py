"""Joint calls: their parties, and the versions of the text that those sign.

Confidential until the secretariat publishes: what is public then is a record of the catalogue.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

ACTOR = 60
ID = 15
SLUG = 60
SHA256 = 64


class Call(models.Model):
    """A joint call. in_force: the number of the text by which it is run; 0 before all signed.

    opens_at, closes_at: those of that text, for timers and guards.
    record: the public name of its record in the catalogue, "" before it is published.
    """

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=ID, unique=True)
    state = models.CharField(max_length=20, default="draft")
    state_seq = models.PositiveIntegerField(default=0)
    in_force = models.PositiveIntegerField(default=0)
    opens_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    record = models.CharField(max_length=ID, blank=True, default="")
    created_by = models.CharField(max_length=ACTOR)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Nothing is done with a call by a text that was not signed.
            models.CheckConstraint(
                name="call_is_run_by_a_text",
                condition=Q(state__in=["draft", "given_up"])
                | (Q(in_force__gt=0) & Q(closes_at__gt=F("opens_at"))),
            ),
        ]
        indexes = [models.Index(fields=["-created_at", "key"], name="calls_newest")]

    def __str__(self) -> str:
        return self.id


class CallParty(models.Model):
    """A party of a call, and its money, in minor units of its currency.

    organisation: whose officers act for it here; "" where it acts on paper.
    """

    key = models.BigAutoField(primary_key=True)
    call = models.ForeignKey(Call, models.CASCADE, related_name="parties")
    slug = models.CharField(max_length=SLUG)
    organisation = models.CharField(max_length=ID, blank=True, default="", db_index=True)
    currency = models.CharField(max_length=3)
    envelope_minor = models.BigIntegerField(default=0)
    granted_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "slug"], name="one_call_party_of_a_name"),
            # Two who decide at once cannot overspend, whatever the code above does.
            models.CheckConstraint(
                name="party_gives_what_it_has",
                condition=Q(granted_minor__gte=0) & Q(granted_minor__lte=F("envelope_minor")),
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class CallText(models.Model):
    """One version of the text: `tonle-call-text/1`.

    sha256: of its canonical form once all have signed. edit counts the changes of a draft, so
    that two who write at once are told. agreed_at: when the last party signed.
    """

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=ID, unique=True)
    call = models.ForeignKey(Call, models.CASCADE, related_name="texts")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=20, default="draft")
    state_seq = models.PositiveIntegerField(default=0)
    document: models.JSONField[Any, Any] = models.JSONField()
    edit = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=SHA256, blank=True, default="")
    agreed_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="one_call_text_of_a_number"),
            # Two wordings in the making would be two truths.
            models.UniqueConstraint(
                fields=["call"], condition=Q(state="draft"), name="one_draft_of_a_call"
            ),
            # Of two in force nobody could say by which a proposal is judged.
            models.UniqueConstraint(
                fields=["call"], condition=Q(state="agreed"), name="one_text_in_force_of_a_call"
            ),
            # What was signed has a name, and keeps it.
            models.CheckConstraint(
                name="signed_call_text_has_its_digest",
                condition=Q(state__in=["draft", "given_up"])
                | (~Q(sha256="") & Q(agreed_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id}.{self.number}"
