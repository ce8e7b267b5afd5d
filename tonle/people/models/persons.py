"""Human beings as research knows them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tonle.people.models.accounts import Account
from tonle.people.models.common import ID_CHARS


class Person(models.Model):
    """A human being as research knows them, with or without an account here.

    names: list of name documents as `tonle.kernel.names` writes them, one per script;
    the first is the one the person prefers. A name may have one part.
    """

    id = models.CharField(primary_key=True, max_length=ID_CHARS, editable=False)
    account = models.OneToOneField(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="person"
    )
    names = models.JSONField(default=list)
    # The preferred name as one line: what lists show and sort by.
    name = models.CharField(max_length=300)
    orcid = models.CharField(max_length=19, blank=True, default="")
    # When ORCID itself said that the iD is theirs; null where somebody else wrote it down.
    orcid_authenticated_at = models.DateTimeField(null=True, blank=True)
    # List of {name, identifier?: {scheme, value}, organisation?: id}, the present one first.
    affiliations = models.JSONField(default=list)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            # One ORCID iD is one human being; the same name is never taken as the same person.
            models.UniqueConstraint(
                name="one_person_per_orcid", fields=["orcid"], condition=~Q(orcid="")
            ),
        ]
        indexes = [models.Index(fields=["name"], name="person_by_name")]

    def __str__(self) -> str:
        return self.name
