"""Who holds, or held, which role in which scope."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from tonle.people.models.accounts import Account
from tonle.people.models.common import ACTOR_ID_CHARS


class RoleGrant(models.Model):
    """A role an account holds, or held, in a scope. Rows are ended, never deleted."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=32)
    scope_kind = models.CharField(max_length=16, default="node")
    scope_id = models.CharField(max_length=64, blank=True, default="")
    granted_by = models.CharField(max_length=ACTOR_ID_CHARS)
    valid_from = models.DateTimeField()
    # The instant it lapses by itself; null when it has no end.
    valid_until = models.DateTimeField(null=True, blank=True)
    # When somebody took it back; null while nobody did.
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=ACTOR_ID_CHARS, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            # Two stewards granting at once must not leave a grant that survives its revocation.
            models.UniqueConstraint(
                name="one_open_grant_per_role_and_scope",
                fields=["account", "role", "scope_kind", "scope_id"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="grant_ends_after_it_begins",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
            ),
        ]
        # "Who are the curators of this community?"
        indexes = [models.Index(fields=["scope_kind", "scope_id", "role"], name="grant_by_scope")]

    def __str__(self) -> str:
        return f"{self.role}@{self.scope_kind}:{self.scope_id}"
