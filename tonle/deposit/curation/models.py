"""Rows of curation: submissions, what was said about them, links to them, clearings.

Free words lie beside the audit chain (`infra.SideValue`), where they are erased with the
person who wrote them; rows here only point at the entry.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

ACTOR = 60
ID = 15


class Clearing(models.Model):
    """One press by which a curator declined many deposits, and perhaps closed their accounts.

    The work follows in a job; the row is what can be undone as a whole.
    """

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=ID, unique=True)
    actor = models.CharField(max_length=ACTOR)
    at = models.DateTimeField()
    reason = models.CharField(max_length=20)
    closes_accounts = models.BooleanField(default=False)
    # How many deposits the press named.
    size = models.PositiveIntegerField(default=0)
    # The words that everybody is told; a side value of it.
    entry = models.ForeignKey("infra.AuditEntry", models.PROTECT, related_name="+", db_index=False)
    undone_by = models.CharField(max_length=ACTOR, blank=True, default="")
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.id


class Submission(models.Model):
    """A draft on its way through the curators' hands. Its public name is the draft's."""

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=ID, unique=True)
    draft = models.OneToOneField("catalogue.Draft", models.CASCADE, related_name="+")
    # The record's public name: the draft's own row is emptied once published.
    record_id = models.CharField(max_length=ID)
    kind = models.CharField(max_length=40)
    # "new", "version" or "revision": what publishing it will make.
    brings = models.CharField(max_length=10, default="new")
    community = models.CharField(max_length=64, blank=True, default="")
    depositor = models.CharField(max_length=ACTOR)
    state = models.CharField(max_length=20, default="preparing")
    state_seq = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    # When it was last handed in, which is the order of the desk; null while it never was.
    handed_in_at = models.DateTimeField(null=True)
    # The day by which a curator is to answer.
    due_on = models.DateField(null=True)
    # Whether nobody had vouched for the depositor when it was handed in.
    newcomer = models.BooleanField(default=False)
    # Who has taken it on; "" while nobody has.
    curator = models.CharField(max_length=ACTOR, blank=True, default="")
    decided_by = models.CharField(max_length=ACTOR, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decline_reason = models.CharField(max_length=20, blank=True, default="")
    appeals = models.PositiveSmallIntegerField(default=0)
    # The document and files that curators saw last, so that they are shown what changed.
    seen_body = models.BinaryField(default=b"")
    seen_files: models.JSONField[Any, Any] = models.JSONField(default=list)
    # What its words are like (`rules.likeness`), to bring near-identical deposits together.
    sketch = models.CharField(max_length=400, blank=True, default="")
    clearing = models.ForeignKey(Clearing, models.PROTECT, null=True, related_name="submissions")

    class Meta:
        indexes = [
            # "What waits, the longest first?"
            models.Index(fields=["state", "handed_in_at", "key"], name="submission_desk"),
            # "What are my deposits?"
            models.Index(fields=["depositor", "-updated_at"], name="submission_of_depositor"),
            # "Does a submission belong to this record?"
            models.Index(fields=["record_id"], name="submission_of_record"),
        ]

    def __str__(self) -> str:
        return self.id


class Remark(models.Model):
    """Something said about a submission: a comment, or what is to change in one field.

    field: a key of the document, or "" for a comment. seq: the step it belongs to, as
    `state_seq` counted then. The words are a side value of the entry.
    """

    key = models.BigAutoField(primary_key=True)
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="remarks")
    entry = models.ForeignKey("infra.AuditEntry", models.PROTECT, related_name="+", db_index=False)
    author = models.CharField(max_length=ACTOR)
    at = models.DateTimeField()
    field = models.CharField(max_length=60, blank=True, default="")
    seq = models.PositiveIntegerField()
    # False: among curators only.
    visible_to_depositor = models.BooleanField(default=True)


class ShareLink(models.Model):
    """A link by which somebody without an account reads a submission before it is public.

    Only the digest of its secret is kept.
    """

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=ID, unique=True)
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="share_links")
    secret_sha256 = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=100, blank=True, default="")
    created_by = models.CharField(max_length=ACTOR)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    # A day, not an instant: enough to see that it is used, one write a day.
    last_used_on = models.DateField(null=True)


class Withdrawal(models.Model):
    """An owner's request that a published record be taken back."""

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=ID, unique=True)
    record = models.ForeignKey("catalogue.Record", models.CASCADE, related_name="+")
    state = models.CharField(max_length=20, default="waiting")
    state_seq = models.PositiveIntegerField(default=0)
    asked_by = models.CharField(max_length=ACTOR)
    asked_at = models.DateTimeField()
    category = models.CharField(max_length=20)
    # The owner's words; a side value of it.
    entry = models.ForeignKey("infra.AuditEntry", models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            # Pressed twice, it still waits once.
            models.UniqueConstraint(
                fields=["record"], condition=Q(state="waiting"), name="one_withdrawal_waits"
            ),
        ]

    def __str__(self) -> str:
        return self.id
