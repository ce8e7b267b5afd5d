"""What is being written, and what is being published."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from tonle.catalogue.models.records import Document, Record


class Draft(models.Model):
    """What somebody is writing: confidential until published, one per record at a time."""

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=15, unique=True)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="drafts")
    state = models.CharField(max_length=20, default="open")
    state_seq = models.PositiveIntegerField(default=0)
    # The descriptive document in canonical bytes; emptied once published.
    body = models.BinaryField()
    # Whether `files` replace those of the version before; else they stay as they are.
    replaces_files = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    created_by = models.CharField(max_length=60, blank=True, default="")
    # How often its words were changed; whoever saves names the number they began from.
    edit_seq = models.PositiveIntegerField(default=0)
    # Who wrote the body as it stands, in which open form.
    edited_by = models.CharField(max_length=60, blank=True, default="")
    edit_session = models.CharField(max_length=60, blank=True, default="")
    # How often its files were changed, so that a publication under way notices.
    files_seq = models.PositiveIntegerField(default=0)
    # The community whose curators look after it; empty is the node's own.
    community = models.CharField(max_length=60, blank=True, default="", db_index=True)

    class Meta:
        constraints = [
            # Two people opening a draft of one record meet, instead of overwriting.
            models.UniqueConstraint(
                fields=["record"],
                condition=Q(state__in=["open", "publishing"]),
                name="one_draft_in_work_per_record",
            ),
        ]


class DraftFile(models.Model):
    """A file of a draft, whole on disk, outside the OCFL root until published."""

    key = models.BigAutoField(primary_key=True)
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="files")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=1000)
    size_bytes = models.BigIntegerField()
    media_type = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    sha512 = models.CharField(max_length=128)
    # Relative to the drafts directory; empty where the file is one of the version before.
    path = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draft", "name"], name="one_draft_file_per_name"),
        ]


class DraftEdit(models.Model):
    """What a draft said before, or what somebody wanted it to say and could not be merged."""

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=15, unique=True)
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="edits")
    # saved: the body that had this number; set_aside: one that began from this number.
    kind = models.CharField(max_length=10, default="saved")
    seq = models.PositiveIntegerField()
    body = models.BinaryField()
    by = models.CharField(max_length=60, blank=True, default="")
    session = models.CharField(max_length=60, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            # A number that named two states would be no ground to merge upon.
            models.UniqueConstraint(
                fields=["draft", "seq"], condition=Q(kind="saved"), name="one_saved_edit_per_seq"
            ),
        ]


class DraftEditor(models.Model):
    """A co-depositor: somebody whom the depositor lets write."""

    key = models.BigAutoField(primary_key=True)
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="editors")
    actor = models.CharField(max_length=60)
    added_by = models.CharField(max_length=60)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draft", "actor"], name="one_editor_row_per_draft"),
        ]
        indexes = [
            # "Which drafts may I write?"
            models.Index(fields=["actor"], name="drafts_of_editor"),
        ]


class Intent(models.Model):
    """A publication that is authorised and not yet answered.

    It holds all that is needed to finish: a restart reads it and rolls forward.
    """

    key = models.BigAutoField(primary_key=True)
    # Unique: one publication of a record at a time.
    record = models.OneToOneField(Record, on_delete=models.CASCADE, related_name="intent")
    draft = models.ForeignKey(Draft, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=20)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    staged: models.JSONField[Any, Any] = models.JSONField()
    actor = models.CharField(max_length=60)
    at = models.DateTimeField()
