"""What records name that they came of: derived from the newest documents, made again at will."""

from __future__ import annotations

from django.db import models


class Link(models.Model):
    """A statement of the newest document of a public record: it came of that, or that of it."""

    key = models.BigAutoField(primary_key=True)
    record = models.CharField(max_length=15)
    # DataCite's relation type, or `field`, `area` or `award` (rules.chain).
    relation = models.CharField(max_length=20)
    scheme = models.CharField(max_length=40)
    value = models.CharField(max_length=500)
    area = models.CharField(max_length=60, blank=True, default="")
    is_sure = models.BooleanField(default=False)

    class Meta:
        indexes = [
            # "What came of this?"
            models.Index(fields=["scheme", "value"], name="trace_named"),
            # "What did this come of?", and taking away what a record said before.
            models.Index(fields=["record"], name="trace_record"),
        ]


class Name(models.Model):
    """Another name by which records are named: a project's grant, or what became part of it."""

    key = models.BigAutoField(primary_key=True)
    # Whose document says so: the project itself, or the duplicate that was merged.
    said_by = models.CharField(max_length=15)
    record = models.CharField(max_length=15)
    # `award` with funder and number, or `tonle` with the id of the duplicate.
    scheme = models.CharField(max_length=40)
    value = models.CharField(max_length=500)

    class Meta:
        indexes = [
            # "Whose grant is this?"
            models.Index(fields=["scheme", "value"], name="trace_also_named"),
            # "By what else is this named?"
            models.Index(fields=["record"], name="trace_also_of"),
            # Taking away what a document said before.
            models.Index(fields=["said_by"], name="trace_also_said_by"),
        ]


class Stand(models.Model):
    """How far the links have followed the change log; committed with them. One row."""

    key = models.PositiveSmallIntegerField(primary_key=True, default=1)
    # Which log the position is of: a restore and a rebuild begin another.
    lineage = models.CharField(max_length=100, blank=True, default="")
    position = models.BigIntegerField(default=0)
    # Counts up whenever the links change, so that finished pages can tell.
    written = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            # One row, so that two followers cannot write beside each other.
            models.CheckConstraint(condition=models.Q(key=1), name="one_trace_stand"),
        ]
