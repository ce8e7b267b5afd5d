"""Proposals to joint calls: confidential rows, of which nothing is ever a record or indexed."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from tonle.funding.models.calls import ACTOR, ID, SHA256, SLUG, Call, CallParty

LANGUAGE = 64
NAME = 300
ROR = 40


class Proposal(models.Model):
    """A proposal. language: in which it is written first.

    number: its own within the call, from its first submission on. version: the last one that
    was submitted, 0 before. theme: of that version, for lists.
    """

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=ID, unique=True)
    call = models.ForeignKey(Call, models.PROTECT, related_name="proposals")
    state = models.CharField(max_length=20, default="draft")
    state_seq = models.PositiveIntegerField(default=0)
    language = models.CharField(max_length=LANGUAGE)
    number = models.PositiveIntegerField(null=True)
    version = models.PositiveIntegerField(default=0)
    theme = models.CharField(max_length=SLUG, blank=True, default="")
    created_by = models.CharField(max_length=ACTOR)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="one_proposal_of_a_number"),
            # What is judged was submitted: it has a version, a number and an instant.
            models.CheckConstraint(
                name="judged_proposal_was_submitted",
                condition=Q(state__in=["draft", "withdrawn"])
                | Q(version__gt=0, number__isnull=False, submitted_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["call", "state", "number"], name="proposals_of_a_call")]

    def __str__(self) -> str:
        return self.id


class ProposalPartner(models.Model):
    """An institution that takes part. party: slug of the party that pays; "" for own money.

    id: its name as the subject of an endorsement (`agreements.steps`); slug: within the proposal.
    edit: the number of the state of it and of its costs.
    """

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=ID, unique=True)
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="partners")
    slug = models.CharField(max_length=SLUG)
    name = models.CharField(max_length=NAME)
    country = models.CharField(max_length=3)
    party = models.CharField(max_length=SLUG, blank=True, default="")
    organisation = models.CharField(max_length=ID, blank=True, default="")
    ror = models.CharField(max_length=ROR, blank=True, default="")
    edit = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "slug"], name="one_partner_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ProposalPerson(models.Model):
    """Somebody of a proposal. account: "" once it is erased; the name on the proposal stays."""

    key = models.BigAutoField(primary_key=True)
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="people")
    account = models.CharField(max_length=ACTOR, blank=True, db_index=True)
    partner = models.ForeignKey(ProposalPartner, models.SET_NULL, null=True, related_name="people")
    role = models.CharField(max_length=20)
    name = models.CharField(max_length=NAME)
    orcid = models.CharField(max_length=20, blank=True, default="")
    joined_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "account"], condition=~Q(account=""), name="once_in_a_proposal"
            ),
            # Who submits and withdraws is one person.
            models.UniqueConstraint(
                fields=["proposal"], condition=Q(role="lead"), name="one_lead_of_a_proposal"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProposalAnswer(models.Model):
    """What was answered to one question, in one language; "" where it has none.

    edit: the number of this state. of_edit: of the first text that this one translates.
    """

    key = models.BigAutoField(primary_key=True)
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="answers")
    question = models.CharField(max_length=SLUG + 1)
    language = models.CharField(max_length=LANGUAGE, blank=True, default="")
    value = models.TextField(blank=True)
    edit = models.PositiveIntegerField(default=1)
    of_edit = models.PositiveIntegerField(default=0)
    written_by = models.CharField(max_length=ACTOR)
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "question", "language"], name="one_answer_in_a_language"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question} {self.language}"


class ProposalCost(models.Model):
    """What a partner spends in one year on one category. party: who pays; "" own money."""

    key = models.BigAutoField(primary_key=True)
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="costs")
    partner = models.ForeignKey(ProposalPartner, models.CASCADE, related_name="costs")
    party = models.CharField(max_length=SLUG, blank=True, default="")
    year = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=SLUG)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "party", "year", "category", "currency"],
                name="one_sum_of_a_sort",
            ),
            models.CheckConstraint(name="cost_is_positive", condition=Q(amount_minor__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.year}"


class ProposalSignature(models.Model):
    """An investigator confirmed these very words. side: the party for whose part they answer."""

    key = models.BigAutoField(primary_key=True)
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="signatures")
    account = models.CharField(max_length=ACTOR)
    side = models.CharField(max_length=SLUG)
    sha256 = models.CharField(max_length=SHA256)
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "account", "side", "sha256"], name="signed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.sha256[:12]}"


class ProposalVersion(models.Model):
    """What was submitted, as `tonle-proposal/1`. Never changed. text: version of the call's."""

    key = models.BigAutoField(primary_key=True)
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.PositiveIntegerField()
    document: models.JSONField[Any, Any] = models.JSONField()
    sha256 = models.CharField(max_length=SHA256)
    submitted_by = models.CharField(max_length=ACTOR)
    submitted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "number"], name="one_version_of_a_proposal"
            ),
            models.CheckConstraint(name="version_has_digest", condition=~Q(sha256="")),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id}.{self.number}"


class ProposalParty(models.Model):
    """A party that reads what was submitted. pays: whether the proposal draws on its money."""

    key = models.BigAutoField(primary_key=True)
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="parties")
    party = models.ForeignKey(CallParty, models.PROTECT, related_name="+")
    pays = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "party"], name="party_once_in_a_proposal"),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.party_id}"


class ProposalLink(models.Model):
    """A link that lets one person in. secret_sha256: of the secret in its address."""

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=ID, unique=True)
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="links")
    secret_sha256 = models.CharField(max_length=SHA256, unique=True)
    partner = models.ForeignKey(ProposalPartner, models.CASCADE, null=True, related_name="links")
    role = models.CharField(max_length=20)
    label = models.CharField(max_length=100, blank=True, default="")
    made_by = models.CharField(max_length=ACTOR)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="proposal_link_expires", condition=Q(expires_at__gt=F("made_at"))
            ),
        ]

    def __str__(self) -> str:
        return self.id
