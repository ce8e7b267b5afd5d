"""What was found in the files of drafts, and what their depositors decided. No values of it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

ACTOR = 60
ID = 15


class FileCheck(models.Model):
    """One file of a draft, as it was read: another file under the same name is another row."""

    WAITING, RUNNING, DONE = "waiting", "running", "done"

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=ID, unique=True)
    draft = models.ForeignKey("catalogue.Draft", models.CASCADE, related_name="+")
    name = models.CharField(max_length=1000)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default=WAITING)
    # Rows read so far, for who waits; then all that were read.
    rows = models.BigIntegerField(default=0)
    # Codes of `rules.personal.traces.NOTES`: why it was not read to its end.
    notes: models.JSONField[Any, Any] = models.JSONField(default=list)
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    # Set when the file left the draft; what was decided about it stays to be seen.
    gone_at = models.DateTimeField(null=True)
    # A coarser or cleaner copy: "" none, "asked", "offered", "impossible"; and its name.
    copy_state = models.CharField(max_length=10, blank=True, default="")
    copy_name = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        constraints = [
            # Two askers at once have a file read once.
            models.UniqueConstraint(
                fields=["draft", "name", "sha256"], name="one_check_per_draft_file"
            ),
        ]

    def __str__(self) -> str:
        return self.id


class PersonalFinding(models.Model):
    """One trace of people in one place of a file, and what becomes of it."""

    REMOVED, COARSENED, RESTRICTED, KEPT = "removed", "coarsened", "restricted", "kept"
    DECISIONS = (REMOVED, COARSENED, RESTRICTED, KEPT)

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=ID, unique=True)
    check_of = models.ForeignKey(FileCheck, models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=20)
    # A header, a key or "#3"; the number of the sheet; never a value.
    where = models.CharField(max_length=150, blank=True, default="")
    table = models.CharField(max_length=40, blank=True, default="")
    count = models.BigIntegerField()
    first_row = models.BigIntegerField(default=0)
    mask = models.CharField(max_length=200, blank=True, default="")
    columns: models.JSONField[Any, Any] = models.JSONField(default=list)
    # False: only told, nobody has to decide.
    decides = models.BooleanField(default=True)
    decision = models.CharField(max_length=10, blank=True, default="")
    decided_by = models.CharField(max_length=ACTOR, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    # Where the reason in the depositor's words lies beside the audit chain.
    entry = models.ForeignKey(
        "infra.AuditEntry", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decision__in=["", "removed", "coarsened", "restricted", "kept"]),
                name="finding_decision_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.id
