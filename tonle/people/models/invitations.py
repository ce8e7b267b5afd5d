"""Invitations to hold a role, sent to an address."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from tonle.people.models.common import ACTOR_ID_CHARS, ID_CHARS


class Invitation(models.Model):
    """A link that gives a role in a scope to whoever accepts it, once, before it lapses.

    Only the digest of its secret is kept, so that nobody who reads the database can use it.
    """

    id = models.CharField(primary_key=True, max_length=ID_CHARS, editable=False)
    secret_sha256 = models.CharField(max_length=64, unique=True)
    # Where the letter went; emptied when the invited person's data is erased.
    email = models.EmailField(max_length=254, blank=True, default="")
    role = models.CharField(max_length=32)
    scope_kind = models.CharField(max_length=16, default="node")
    scope_id = models.CharField(max_length=64, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")
    invited_by = models.CharField(max_length=ACTOR_ID_CHARS)
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.CharField(max_length=ACTOR_ID_CHARS, blank=True, default="")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=ACTOR_ID_CHARS, blank=True, default="")

    class Meta:
        # "Who is invited to this community?", newest first.
        indexes = [
            models.Index(
                fields=["scope_kind", "scope_id", "invited_at"], name="invitation_by_scope"
            )
        ]

    def __str__(self) -> str:
        return f"invitation to {self.role}@{self.scope_kind}:{self.scope_id}"

    def is_open(self, now: datetime) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and now < self.expires_at
