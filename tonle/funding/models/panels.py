"""Reviewers of joint calls, what speaks against them, who was asked to review what, and what they
said. Confidential rows: nothing of them is ever a record or indexed."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from tonle.funding.models.calls import ACTOR, ID, SHA256, SLUG, Call
from tonle.funding.models.proposals import NAME, ROR, Proposal


class Reviewer(models.Model):
    """Somebody who reviews for a panel of a call. panel: slug of its party, "" for the joint one.

    side: the party whose country they count for, "" for none. account: "" once it is erased.
    knows: what they know, in their words. most: proposals that they take at most.
    """

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=ID, unique=True)
    call = models.ForeignKey(Call, models.PROTECT, related_name="reviewers")
    panel = models.CharField(max_length=SLUG, blank=True, default="")
    side = models.CharField(max_length=SLUG, blank=True, default="")
    account = models.CharField(max_length=ACTOR, blank=True, db_index=True)
    name = models.CharField(max_length=NAME)
    country = models.CharField(max_length=3)
    institution = models.CharField(max_length=NAME)
    organisation = models.CharField(max_length=ID, blank=True, default="")
    ror = models.CharField(max_length=ROR, blank=True, default="")
    orcid = models.CharField(max_length=20, blank=True, default="")
    knows = models.TextField()
    themes: models.JSONField[Any, Any] = models.JSONField(default=list)
    most = models.PositiveSmallIntegerField()
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["call", "account"], condition=~Q(account=""), name="reviewer_once_in_a_call"
            ),
            models.CheckConstraint(name="reviewer_takes_some", condition=Q(most__gt=0)),
        ]

    def __str__(self) -> str:
        return self.name


class ReviewerLink(models.Model):
    """A link that lets one reviewer in. secret_sha256: of the secret in its address."""

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=ID, unique=True)
    call = models.ForeignKey(Call, models.CASCADE, related_name="reviewer_links")
    panel = models.CharField(max_length=SLUG, blank=True, default="")
    side = models.CharField(max_length=SLUG, blank=True, default="")
    secret_sha256 = models.CharField(max_length=SHA256, unique=True)
    label = models.CharField(max_length=100, blank=True, default="")
    made_by = models.CharField(max_length=ACTOR)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="reviewer_link_expires", condition=Q(expires_at__gt=F("made_at"))
            ),
        ]

    def __str__(self) -> str:
        return self.id


class Conflict(models.Model):
    """Something between a reviewer and a proposal. source: node, reviewer or office.

    status: possible until somebody settles it, then confirmed, or waived with a reason.
    evidence: {names, records} of what the node found.
    """

    key = models.BigAutoField(primary_key=True)
    reviewer = models.ForeignKey(Reviewer, models.CASCADE, related_name="conflicts")
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="conflicts")
    kind = models.CharField(max_length=20)
    source = models.CharField(max_length=12)
    status = models.CharField(max_length=12)
    evidence: models.JSONField[Any, Any] = models.JSONField(default=dict)
    reason = models.CharField(max_length=2_000, blank=True, default="")
    made_at = models.DateTimeField()
    decided_by = models.CharField(max_length=ACTOR, blank=True, default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reviewer", "proposal", "kind"], name="one_conflict_of_a_kind"
            ),
            # Nothing is waived without saying who did, and why.
            models.CheckConstraint(
                name="conflict_is_waived_with_a_reason",
                condition=~Q(status="waived") | (~Q(reason="") & ~Q(decided_by="")),
            ),
        ]
        indexes = [models.Index(fields=["proposal", "status"], name="conflicts_of_a_proposal")]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}"


class PairWish(models.Model):
    """An officer's word on a pair, before the assignment. must: shall review it; else shall not."""

    key = models.BigAutoField(primary_key=True)
    reviewer = models.ForeignKey(Reviewer, models.CASCADE, related_name="wishes")
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="wishes")
    must = models.BooleanField()
    reason = models.CharField(max_length=500)
    made_by = models.CharField(max_length=ACTOR)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reviewer", "proposal"], name="one_wish_of_a_pair"),
            models.CheckConstraint(name="wish_has_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.reviewer_id}"


class AssignmentRun(models.Model):
    """One run of the assignment: its input, whole, and its answer. Never changed.

    sha256: of the input; solver: of the two that answered it; why: by pair, the words that two
    texts share.
    """

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=ID, unique=True)
    call = models.ForeignKey(Call, models.PROTECT, related_name="runs")
    panel = models.CharField(max_length=SLUG, blank=True, default="")
    number = models.PositiveIntegerField()
    inputs: models.JSONField[Any, Any] = models.JSONField()
    sha256 = models.CharField(max_length=SHA256)
    solver = models.CharField(max_length=20)
    answer: models.JSONField[Any, Any] = models.JSONField()
    why: models.JSONField[Any, Any] = models.JSONField(default=dict)
    made_by = models.CharField(max_length=ACTOR)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "panel", "number"], name="one_run_of_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.number}"


class Review(models.Model):
    """A reviewer is asked to review a proposal; what they say of it.

    run: the assignment that it comes of, none where an officer asked by hand. scores: criterion
    to a whole number; words: criterion, or "_all", to what is said of it to the applicants;
    aside: what the panel alone reads. edit: the number of the state that is written.
    """

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=ID, unique=True)
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="reviews")
    reviewer = models.ForeignKey(Reviewer, models.PROTECT, related_name="reviews")
    run = models.ForeignKey(AssignmentRun, models.PROTECT, null=True, related_name="reviews")
    state = models.CharField(max_length=20, default="asked")
    state_seq = models.PositiveIntegerField(default=0)
    why = models.CharField(max_length=500, blank=True, default="")
    scores: models.JSONField[Any, Any] = models.JSONField(default=dict)
    words: models.JSONField[Any, Any] = models.JSONField(default=dict)
    aside = models.TextField(blank=True, default="")
    edit = models.PositiveIntegerField(default=0)
    asked_by = models.CharField(max_length=ACTOR)
    asked_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "reviewer"], name="one_review_of_a_pair"),
            models.CheckConstraint(
                name="submitted_review_has_its_instant",
                condition=~Q(state="submitted") | Q(submitted_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["reviewer", "state"], name="reviews_of_a_reviewer")]

    def __str__(self) -> str:
        return self.id
