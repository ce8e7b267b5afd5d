"""Sources, the runs that harvest them, the items they hold, and what could not be taken in.

A record's words are in the segments and in the catalogue; here is only what the harvest must
remember to go on: whose item is which record, how far the walk has come, and what is at fault.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

ID = 15
ACTOR = 60
NAME = 500


class Source(models.Model):
    """A foreign catalogue that this node is put in front of.

    state: "active", "paused" (a person said: not now) or "stopped" (its records are withdrawn).
    """

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=ID, unique=True)
    names: models.JSONField[Any, Any] = models.JSONField(default=dict)
    protocol = models.CharField(max_length=20)
    base_url = models.CharField(max_length=1000)
    # Of OAI-PMH: the metadata format asked for. Of any protocol: only this part of the source.
    prefix = models.CharField(max_length=60, blank=True, default="")
    set_name = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=10, default="active")
    # Whether the source tells of deletions: "no", "transient", "persistent".
    deletes = models.CharField(max_length=10, default="no")
    # At most so many questions a minute; 0: as fast as it answers.
    questions_a_minute = models.PositiveIntegerField(default=120)
    # 0: only when somebody asks for it.
    every_hours = models.PositiveIntegerField(default=24)
    # How often all of it is looked at, which is how untold deletions are found; 0: never.
    whole_every_days = models.PositiveIntegerField(default=30)
    next_at = models.DateTimeField(null=True)
    # The member that its records are of, where they do not say.
    member = models.CharField(max_length=10, blank=True, default="")
    # Under which terms its metadata may be shown, as the steward has read them.
    terms = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=ACTOR)

    # --- what the last whole walk left, and where the one in work stands ---
    # Text of the protocol: what changed after it was not seen yet. "" for nothing seen.
    watermark = models.CharField(max_length=200, blank=True, default="")
    # The walk in work: its number (0: none), where it began and how far it has come.
    walk = models.PositiveIntegerField(default=0)
    walks = models.PositiveIntegerField(default=0)
    walk_since = models.CharField(max_length=200, blank=True, default="")
    walk_watermark = models.CharField(max_length=200, blank=True, default="")
    walk_cursor = models.TextField(blank=True, default="")
    # "walking" or "sweeping": the walk is at its end, what it did not show is being withdrawn.
    walk_phase = models.CharField(max_length=10, blank=True, default="")
    # Whether what the walk in work does not show can be held to be deleted.
    walk_is_whole = models.BooleanField(default=False)
    walk_restarts = models.PositiveIntegerField(default=0)
    # The next walk shall look at everything, whatever the calendar says.
    whole_is_due = models.BooleanField(default=True)
    whole_at = models.DateTimeField(null=True)
    # How far items have followed the segments: (object, file, line) of the last one that did.
    followed: models.JSONField[Any, Any] = models.JSONField(default=list)
    # Deletions that are too many to believe: the walk that missed them, until somebody decides.
    doubted_walk = models.PositiveIntegerField(default=0)
    doubted = models.PositiveIntegerField(default=0)
    # Whole runs that failed since the last that did not.
    failures = models.PositiveIntegerField(default=0)
    # Questions in a row that the source did not answer.
    tries = models.PositiveIntegerField(default=0)
    # While there are any: when it is asked again, and why not before, as an Issue's reason.
    waits_until = models.DateTimeField(null=True)
    waits_for: models.JSONField[Any, Any] = models.JSONField(default=dict)

    # --- who works on it now ---
    holder = models.CharField(max_length=100, blank=True, default="")
    held_until = models.DateTimeField(null=True)
    # The number of the lease; whoever has an older one writes nothing more.
    token = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            # Two rows for one place would fight over whose the records are.
            models.UniqueConstraint(
                fields=["protocol", "base_url", "prefix", "set_name"], name="one_source_per_place"
            ),
        ]
        indexes = [
            # "Which are due?"
            models.Index(fields=["next_at"], condition=Q(state="active"), name="source_due"),
        ]

    def __str__(self) -> str:
        return self.id


class Run(models.Model):
    """One going to a source, from its beginning to what it came to.

    outcome: "" while it is in work; "complete" only where everything it met was taken in.
    """

    key = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(Source, models.CASCADE, related_name="runs")
    number = models.PositiveIntegerField()
    # What was done: "changes", "whole", "retry", "reread", "sweep", "removal".
    sort = models.CharField(max_length=10)
    # What set it off: an actor id; the node's own for its clock.
    by = models.CharField(max_length=ACTOR)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True, default="")
    # Outcome of an item to how many.
    counts: models.JSONField[Any, Any] = models.JSONField(default=dict)
    pages = models.PositiveIntegerField(default=0)
    # What the source says that there is; often wrong.
    expected = models.PositiveIntegerField(null=True)
    # Why it stopped, as {"code", "message", "data"}; {} where it came to its end.
    reason: models.JSONField[Any, Any] = models.JSONField(default=dict)

    class Meta:
        constraints = [
            # "Run 12 of this source" is one.
            models.UniqueConstraint(fields=["source", "number"], name="one_run_per_number"),
            # Two at once would count one item twice.
            models.UniqueConstraint(
                fields=["source"], condition=Q(ended_at__isnull=True), name="one_run_in_work"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}/{self.number}"


class Item(models.Model):
    """One thing of a source, by the source's own name, and the record it is here.

    state: "present" (the record shows it), "deleted" (gone at the source), "joined" (another
    home's record is the same thing), "refused" (it was never taken in).
    """

    key = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(Source, models.CASCADE, related_name="items")
    identifier = models.CharField(max_length=NAME)
    record = models.CharField(max_length=ID, blank=True, default="")
    state = models.CharField(max_length=10)
    # A curator has hidden the record here; what happens at the source is followed all the same.
    is_hidden = models.BooleanField(default=False)
    datestamp = models.CharField(max_length=60, blank=True, default="")
    # Of what was received last and taken in; "" asks for it to be looked at anew.
    received_sha256 = models.CharField(max_length=64, blank=True, default="")
    # Where the segments keep it: "object/file/line"; "" where they do not.
    locator = models.CharField(max_length=60, blank=True, default="")
    # The last walk that showed it, and what the run of that number made of it.
    seen_in = models.PositiveIntegerField(default=0)
    run = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        constraints = [
            # One name, one item: a page that comes twice changes nothing.
            models.UniqueConstraint(
                fields=["source", "identifier"], name="one_item_per_identifier"
            ),
        ]
        indexes = [
            # "Who else has this record?"
            models.Index(fields=["record"], condition=~Q(record=""), name="item_of_record"),
            # "What is hidden here of this source?" Asked for each page of it.
            models.Index(fields=["source"], condition=Q(is_hidden=True), name="item_hidden"),
            # "What did the walk not show?"
            models.Index(fields=["source", "state", "seen_in"], name="item_unseen"),
            # "What did this run make of each?"
            models.Index(fields=["source", "run", "outcome"], name="item_of_run"),
        ]

    def __str__(self) -> str:
        return self.identifier


class Spare(models.Model):
    """A joined item as received, compressed: what the record becomes if its source loses it."""

    item = models.OneToOneField(Item, models.CASCADE, primary_key=True, related_name="spare")
    format = models.CharField(max_length=60)
    home_url = models.TextField(blank=True, default="")
    received = models.BinaryField()

    def __str__(self) -> str:
        return str(self.item_id)


class Issue(models.Model):
    """Why an item could not be taken in, as code and data, so that it is said in any language."""

    key = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(Source, models.CASCADE, related_name="issues")
    run = models.PositiveIntegerField()
    identifier = models.CharField(max_length=NAME)
    # Each {"where", "message", "data"}; message is a gettext message.
    reasons: models.JSONField[Any, Any] = models.JSONField(default=list)
    # Whether the same bytes, or asking again, may well do better another time.
    is_retriable = models.BooleanField(default=True)
    # What was received, compressed; empty where nothing was.
    received = models.BinaryField(default=b"")
    format = models.CharField(max_length=60, blank=True, default="")
    datestamp = models.CharField(max_length=60, blank=True, default="")
    home_url = models.TextField(blank=True, default="")
    found_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # One open issue an item: the newest reasons are the ones to mend.
            models.UniqueConstraint(
                fields=["source", "identifier"],
                condition=Q(resolved_at__isnull=True),
                name="one_open_issue_per_item",
            ),
        ]
        indexes = [
            # "What is at fault now?"
            models.Index(
                fields=["source", "key"],
                condition=Q(resolved_at__isnull=True),
                name="issue_open",
            ),
        ]

    def __str__(self) -> str:
        return self.identifier
