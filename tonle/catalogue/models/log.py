"""The change log and whose chain it holds."""

from __future__ import annotations

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
