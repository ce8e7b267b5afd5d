"""Ministries, universities, laboratories, and what others call them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tonle.people.models.common import ACTOR_ID_CHARS, ID_CHARS


class Organisation(models.Model):
    """A ministry, university, laboratory, funder, firm or network.

    names, descriptions: {bcp47: text}. translations: {bcp47: "node" | "machine"} marks the
    languages whose text is ours and not the source's, as in the record document.
    """

    id = models.CharField(primary_key=True, max_length=ID_CHARS, editable=False)
    names = models.JSONField(default=dict)
    descriptions = models.JSONField(default=dict)
    translations = models.JSONField(default=dict)
    acronym = models.CharField(max_length=40, blank=True, default="")
    country = models.CharField(max_length=3, blank=True, default="")  # ISO 3166-1 alpha-3
    member = models.CharField(max_length=8, blank=True, default="")  # KHM … CHN-YN, "" if none
    province = models.CharField(max_length=8, blank=True, default="")  # ISO 3166-2
    types = models.JSONField(default=list)  # ROR's words: education, government, facility…
    website = models.CharField(max_length=500, blank=True, default="")
    source = models.JSONField(default=dict)  # {uri?, citation?, retrieved_on?, note?}
    # When a steward verified it; null while nobody did. The evidence is in its verifications.
    verified_at = models.DateTimeField(null=True, blank=True)
    is_demonstration = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        # Lists of a member's organisations are read in the order they were added.
        indexes = [models.Index(fields=["member", "id"], name="organisation_by_member")]

    def __str__(self) -> str:
        return str(self.names.get("en") or next(iter(self.names.values()), self.id))


class OrgIdentifier(models.Model):
    """A name that others gave an organisation: ror, isni, wikidata, crossref_funder…"""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="identifiers"
    )
    scheme = models.CharField(max_length=32)
    value = models.CharField(max_length=200)

    class Meta:
        constraints = [
            # One ROR id is one organisation: a second import must find the first, not double it.
            models.UniqueConstraint(
                name="one_organisation_per_identifier", fields=["scheme", "value"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


class OrganisationVerification(models.Model):
    """Who said that an organisation is what it says, on which evidence, and until when."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="verifications"
    )
    evidence = models.TextField()
    checked_on = models.DateField()
    verified_by = models.CharField(max_length=ACTOR_ID_CHARS)
    verified_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=ACTOR_ID_CHARS, blank=True, default="")
    # Why it was taken back.
    reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            # Two stewards verifying at once must not leave one that survives its withdrawal.
            models.UniqueConstraint(
                name="one_open_verification_per_organisation",
                fields=["organisation"],
                condition=Q(ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"verification of {self.organisation_id} on {self.checked_on}"
