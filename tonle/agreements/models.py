"""Agreements that are concluded here: their versions, and what their parties did.

Confidential until the parties publish: nothing of these rows is in a document, index, log or
cache before. What is public then is a record of the catalogue.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

ACTOR = 60
ID = 15
SLUG = 60
SHA256 = 64


class Agreement(models.Model):
    """What its versions are versions of. Its state is theirs.

    record: the public name of its record in the catalogue, "" before it is published.
    public_from: the state of a version from which on its text is shown to everybody.
    """

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=ID, unique=True)
    type = models.CharField(max_length=20)
    public_from = models.CharField(max_length=20, default="signed")
    record = models.CharField(max_length=ID, blank=True, default="")
    created_by = models.CharField(max_length=ACTOR)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-created_at", "key"], name="agreements_newest")]

    def __str__(self) -> str:
        return self.id


class Party(models.Model):
    """A party of an agreement: in every version of its text under the same slug.

    organisation: whose officers act for it here; "" where it has none here, and acts on paper.
    """

    key = models.BigAutoField(primary_key=True)
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="parties")
    slug = models.CharField(max_length=SLUG)
    organisation = models.CharField(max_length=ID, blank=True, default="", db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "slug"], name="one_party_of_a_name")
        ]

    def __str__(self) -> str:
        return self.slug


class Version(models.Model):
    """One version of the text.

    document: `tonle-agreement-text/1`; sha256: of its canonical form once all have agreed to it.
    edit counts the changes of a draft, so that two who write at once are told.
    """

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=ID, unique=True)
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=20, default="draft")
    state_seq = models.PositiveIntegerField(default=0)
    document = models.JSONField()
    edit = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=SHA256, blank=True, default="")
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="one_version_of_a_number"),
            # Two wordings in the making would be two truths.
            models.UniqueConstraint(
                fields=["agreement"], condition=Q(state="draft"), name="one_draft_of_an_agreement"
            ),
            # What was agreed has a name, and keeps it.
            models.CheckConstraint(
                name="agreed_text_has_its_digest",
                condition=Q(state__in=["draft", "abandoned"]) | ~Q(sha256=""),
            ),
        ]
        indexes = [models.Index(fields=["state", "-updated_at"], name="versions_by_state")]

    def __str__(self) -> str:
        return f"{self.agreement_id}.{self.number}"


class Annex(models.Model):
    """The bytes of an annex, which a text names by their digest. Read by who reads the text."""

    key = models.BigAutoField(primary_key=True)
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="annexes")
    sha256 = models.CharField(max_length=SHA256)
    content = models.BinaryField()

    class Meta:
        constraints = [
            # The same annex of two versions is kept once.
            models.UniqueConstraint(fields=["agreement", "sha256"], name="one_annex_of_a_digest")
        ]

    def __str__(self) -> str:
        return self.sha256


class PartyStep(models.Model):
    """A party acted, on screen or on paper: the evidence of a deed.

    subject_kind, subject: what it is about, in the words of the context that it belongs to.
    deed: what the party did ("sign", "withdraw"). data: what the deed says besides (days).
    sha256: of the text that was before it. Who made and confirmed it are accounts; the names of
    signatories, and the scan, are personal and lie beside (`Paper`).
    """

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=ID, unique=True)
    subject_kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=ID)
    party = models.CharField(max_length=SLUG)
    deed = models.CharField(max_length=32)
    data = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=SHA256)
    way = models.CharField(max_length=8)
    state = models.CharField(max_length=12)
    done_on = models.DateField()
    made_by = models.CharField(max_length=ACTOR)
    made_at = models.DateTimeField()
    decided_by = models.CharField(max_length=ACTOR, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=2_000, blank=True, default="")
    entry = models.ForeignKey("infra.AuditEntry", models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="party_step_way", condition=Q(way__in=["screen", "paper"])),
            models.CheckConstraint(
                name="party_step_state",
                condition=Q(state="waiting", decided_by="", decided_at=None)
                | (Q(state__in=["confirmed", "refused"]) & Q(decided_at__isnull=False)),
            ),
            # Four eyes: who wrote a paper down does not confirm it. On screen there is one.
            models.CheckConstraint(
                name="paper_is_confirmed_by_another",
                condition=Q(way="screen", state="confirmed")
                | Q(way="paper", state="waiting")
                | Q(way="paper") & ~Q(decided_by=models.F("made_by")),
            ),
            # Pressed twice, or on two papers, one waits.
            models.UniqueConstraint(
                fields=["subject_kind", "subject", "party", "deed"],
                condition=Q(state="waiting"),
                name="one_waiting_step_of_a_party",
            ),
        ]
        indexes = [
            # "What did the parties do about this?"
            models.Index(fields=["subject_kind", "subject", "made_at"], name="steps_of_subject"),
            # "What waits for a second pair of eyes?"
            models.Index(fields=["made_at"], condition=Q(state="waiting"), name="steps_that_wait"),
        ]

    def __str__(self) -> str:
        return self.id


class Paper(models.Model):
    """The scan of a signed paper, and who signed it. Never public; erased with its step."""

    step = models.OneToOneField(PartyStep, models.CASCADE, related_name="paper", primary_key=True)
    signatory = models.CharField(max_length=300)
    office = models.CharField(max_length=300)
    reference = models.CharField(max_length=300, blank=True, default="")
    media_type = models.CharField(max_length=40)
    scan = models.BinaryField()
    scan_sha256 = models.CharField(max_length=SHA256)

    def __str__(self) -> str:
        return self.scan_sha256


class Deed(models.Model):
    """What a party, or all of them together, did, with its days. `rules.binding` reads these.

    kind: consent, withdrawal, non_renewal or termination. version: which version it is about;
    of a withdrawal and a termination, the one in force. on: the day of the act. effective: the
    day from which a withdrawal or a termination holds.
    """

    key = models.BigAutoField(primary_key=True)
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="deeds")
    version = models.ForeignKey(Version, models.CASCADE, related_name="deeds")
    party = models.CharField(max_length=SLUG, blank=True, default="")
    kind = models.CharField(max_length=16)
    on = models.DateField()
    effective = models.DateField(null=True)
    entered_at = models.DateTimeField()
    step = models.OneToOneField(PartyStep, models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="deed_kind",
                condition=Q(kind="consent", effective=None)
                | Q(kind="non_renewal", effective=None)
                | (Q(kind__in=["withdrawal", "termination"]) & Q(effective__gte=models.F("on"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.kind} {self.on}"
