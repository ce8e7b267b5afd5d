"""Records: their documents, versions, files, names and what follows from them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from tonle.catalogue.models.log import Origin


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
    # The id of the record that this one was a duplicate of; readers are led there.
    merged_into = models.CharField(max_length=15, blank=True, default="")
    # The segments that keep it, where it has no object of its own: a harvested record, or one
    # of another node.
    kept_in = models.CharField(max_length=60, blank=True, default="")

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
            # "Are these bytes here already, under another name?" Every batch of an import asks.
            models.Index(fields=["received_sha256"], name="record_received"),
            # "What was harvested from there?" Most nodes' records are their own.
            models.Index(fields=["kept_in"], condition=~Q(kept_in=""), name="record_kept_in"),
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


class RecordCommunity(models.Model):
    """A community that the newest document names: its curators look after the record."""

    key = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="communities")
    # The community's public name, as roles are held in its scope.
    community = models.CharField(max_length=60)

    class Meta:
        constraints = [
            # Named twice, a record would be listed twice.
            models.UniqueConstraint(fields=["record", "community"], name="one_row_per_community"),
        ]
        indexes = [
            # "What belongs to this community?"
            models.Index(fields=["community", "record"], name="records_of_community"),
        ]


class RecordMember(models.Model):
    """A member of the commons that the newest document names: the record is of it."""

    key = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="members")
    # As in `codes.members()`: KHM, LAO, THA, VNM, MMR, CHN-YN.
    member = models.CharField(max_length=10)

    class Meta:
        constraints = [
            # Named twice, a record would be listed twice; and "is it of that member?" is one look.
            models.UniqueConstraint(fields=["record", "member"], name="one_row_per_member"),
        ]
        indexes = [
            # "How many are of this member?"
            models.Index(fields=["member", "record"], name="records_of_member"),
        ]


class RecordExtent(models.Model):
    """Where and when a record is: the box around its places, and the time it is of."""

    record = models.OneToOneField(
        Record, on_delete=models.CASCADE, primary_key=True, related_name="extent"
    )
    # Degrees of WGS 84. West is greater than east across the 180th meridian.
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    # UTC, both included; null is open, or not known.
    start = models.DateTimeField(null=True)
    end = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # "What lies in this box?" Most boxes that are asked for are narrow in latitude.
            models.Index(fields=["south", "north"], name="extent_latitudes"),
        ]


class SegmentHead(models.Model):
    """How far the rows have followed segments: what lies behind is in the database.

    The segment is written first; rows follow it, and after a crash or a rebuild again.
    """

    key = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=60, unique=True)
    # The object and the file in it that were applied last; 0 before the first.
    number = models.PositiveIntegerField(default=0)
    file = models.PositiveIntegerField(default=0)
    # Entries applied of the file after that: a large file is applied in several transactions.
    lines = models.PositiveIntegerField(default=0)
