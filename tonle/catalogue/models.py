"""What is there: records, their documents, versions, files, names, and the change log.

`key` is the integer that joins tables and never leaves the process; `id` is the one
public name. A record's `document` holds canonical bytes; every other column of it is
a projection, kept so that the database can filter and constrain.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q


class Origin(models.Model):
    """A node whose records are known here: this one, and later its peers."""

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=60, unique=True)
    is_home = models.BooleanField(default=False)

    class Meta:
        constraints = [
            # Two homes would give two authors to one chain.
            models.UniqueConstraint(
                fields=["is_home"], condition=Q(is_home=True), name="one_home_origin"
            ),
        ]


class Epoch(models.Model):
    """One stretch of an origin's chain. Restore, rebuild and move open the next one."""

    key = models.BigAutoField(primary_key=True)
    origin = models.ForeignKey(Origin, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    opened_at = models.DateTimeField()
    # Canonical JSON that names the last entry known of the epoch before; its digest
    # is the `prev` of the first entry, so that an epoch cannot be slipped in.
    statement = models.BinaryField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            # A number used twice would let one (origin, epoch, seq) name two entries.
            models.UniqueConstraint(fields=["origin", "number"], name="one_epoch_per_number"),
        ]


class LogHead(models.Model):
    """The one row every append locks: where the log stands, and where home's chain stands.

    hides counts what was hidden before its entry was written (withdrawal and
    restriction hide in the first transaction), so that page caches can tell.
    """

    key = models.PositiveSmallIntegerField(primary_key=True, default=1)
    origin = models.ForeignKey(Origin, on_delete=models.PROTECT, related_name="+")
    epoch = models.PositiveIntegerField()
    pos = models.BigIntegerField(default=0)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    hides = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            # One row, so that one lock orders all appends.
            models.CheckConstraint(condition=Q(key=1), name="one_log_head"),
        ]


class Change(models.Model):
    """One entry of the change log. Append-only: a trigger refuses anything else.

    pos is this node's commit order, without gaps; (origin, epoch, seq) is the author's
    chain. The document lies beside it, found by its digest, so that an erased document
    leaves the chain provable.
    """

    pos = models.BigIntegerField(primary_key=True)
    origin = models.ForeignKey(Origin, on_delete=models.PROTECT, related_name="+")
    epoch = models.PositiveIntegerField()
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    record = models.CharField(max_length=15)
    action = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            # One author, one sequence: two entries with one number are a forked chain.
            models.UniqueConstraint(fields=["origin", "epoch", "seq"], name="one_entry_per_seq"),
        ]
        indexes = [
            # "What happened to this record?"
            models.Index(fields=["record", "pos"], name="change_of_record"),
        ]


class Record(models.Model):
    """One thing that can be found. Only its home node changes it."""

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=15, unique=True)
    kind = models.CharField(max_length=40)
    origin = models.ForeignKey(Origin, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, default="reserved")
    state_seq = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    # The actor's random id; the chain of audit says the same. Empty after a rebuild.
    created_by = models.CharField(max_length=60, blank=True, default="")
    published_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(null=True)
    # The newest document; null until the first publication.
    document = models.ForeignKey(
        "catalogue.Document", null=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    # What the OCFL object's head must be, so that stale staging is refused.
    ocfl_version = models.PositiveIntegerField(default=0)
    ocfl_digest = models.CharField(max_length=128, blank=True, default="")
    access_level = models.CharField(max_length=20, default="open")
    embargo_until = models.DateTimeField(null=True)
    # The next instant at which something opens or lapses; the clock task reads it.
    changes_at = models.DateTimeField(null=True)
    # What an import knows the source item by, so that a second run meets the first.
    source_key = models.CharField(max_length=400, null=True, unique=True)
    received_sha256 = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            # What is shown has a document; what has none is never shown.
            models.CheckConstraint(
                condition=Q(state="reserved") | Q(document__isnull=False),
                name="shown_record_has_document",
            ),
        ]
        indexes = [
            # "Newest first" on lists and feeds.
            models.Index(fields=["state", "-updated_at", "id"], name="record_newest"),
            # "What opens or lapses now?" Most records never do.
            models.Index(
                fields=["changes_at"],
                condition=Q(changes_at__isnull=False),
                name="record_changes_at",
            ),
            models.Index(fields=["state", "kind"], name="record_kind"),
        ]

    def __str__(self) -> str:
        return self.id


class Document(models.Model):
    """One state of a record's document, in canonical bytes, never changed."""

    key = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    sha256 = models.CharField(max_length=64, db_index=True)
    body = models.BinaryField()
    # Set where the law demanded that this text goes; the digest stays.
    erased_at = models.DateTimeField(null=True)


class Version(models.Model):
    """A set of files that never changes."""

    key = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Two publications at once cannot both become version 3.
            models.UniqueConstraint(
                fields=["record", "number"], name="one_version_number_per_record"
            ),
        ]


class Revision(models.Model):
    """A state of a version's metadata, kept and shown in the history."""

    key = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    published_at = models.DateTimeField()
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    ocfl_version = models.PositiveIntegerField()

    class Meta:
        constraints = [
            # A correction is numbered once, as history cites it.
            models.UniqueConstraint(
                fields=["version", "number"], name="one_revision_number_per_version"
            ),
        ]


class File(models.Model):
    """One file of a version: its name for readers, its digests, and where OCFL keeps it."""

    key = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="files")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=1000)
    size_bytes = models.BigIntegerField()
    media_type = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    sha512 = models.CharField(max_length=128)
    # Relative to the OCFL object; empty when a takedown has purged the bytes.
    content_path = models.CharField(max_length=2000, blank=True, default="")

    class Meta:
        constraints = [
            # A name in an address must mean one file.
            models.UniqueConstraint(fields=["version", "name"], name="one_file_per_name"),
        ]


class Pid(models.Model):
    """A name that the world knows a record by."""

    key = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="pids")
    scheme = models.CharField(max_length=40)
    value = models.CharField(max_length=500)

    class Meta:
        constraints = [
            # One name, one record: a second claim is refused, never merged in silence.
            models.UniqueConstraint(fields=["scheme", "value"], name="one_record_per_pid"),
        ]


class Relation(models.Model):
    """A statement of the newest document: this record stands so to that thing."""

    key = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="relations")
    position = models.PositiveIntegerField()
    type = models.CharField(max_length=60)
    scheme = models.CharField(max_length=40)
    value = models.CharField(max_length=500)

    class Meta:
        indexes = [
            # "Which records point at this one?"
            models.Index(fields=["scheme", "value"], name="relation_target"),
        ]


class Effect(models.Model):
    """What a decision elsewhere demands of a record, in force between two instants."""

    key = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="effects")
    action = models.CharField(max_length=60)
    rule = models.CharField(max_length=60)
    params: models.JSONField[Any, Any] = models.JSONField(default=dict)
    source = models.CharField(max_length=500, blank=True, default="")
    obligation: models.JSONField[Any, Any] = models.JSONField(default=dict)
    # The role that a `role` rule demands, as `rules.access.role_key` writes it, so that
    # the filter compares what the object check compares.
    needed_role = models.CharField(max_length=200, blank=True, default="")
    valid_from = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)


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
