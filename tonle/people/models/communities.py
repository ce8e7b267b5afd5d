"""Groups of records that curators of their own look after."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tonle.people.models.common import ID_CHARS
from tonle.people.rules.communities import ACCENTS, HAND_IN


class Community(models.Model):
    """A group of records with its own name, policy, curators and colour.

    names, descriptions, policy: {bcp47: text}. Never deleted, because records name it by its
    id for ever; it is closed instead. Who curates it is a role grant in its scope.
    """

    id = models.CharField(primary_key=True, max_length=ID_CHARS, editable=False)
    # Its name in addresses. It may change; the id in records does not.
    slug = models.SlugField(max_length=60, unique=True)
    names = models.JSONField(default=dict)
    descriptions = models.JSONField(default=dict)
    policy = models.JSONField(default=dict)
    accent = models.CharField(max_length=16, default="teal")
    # Who may hand in: anyone with an account, or its members alone.
    hand_in = models.CharField(max_length=16, default="anyone")
    # Whether a curator reads every deposit, also of somebody vouched for.
    review_required = models.BooleanField(default=True)
    is_demonstration = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            # A page looks its colour up in the stylesheet; anything else would have none.
            models.CheckConstraint(
                name="community_accent_is_of_the_palette", condition=Q(accent__in=ACCENTS)
            ),
            # An unknown word here would be read as "anyone" by one page and not by another.
            models.CheckConstraint(
                name="community_hand_in_is_known", condition=Q(hand_in__in=HAND_IN)
            ),
        ]

    def __str__(self) -> str:
        return str(self.names.get("en") or next(iter(self.names.values()), self.slug))

    @property
    def is_open(self) -> bool:
        return self.closed_at is None
