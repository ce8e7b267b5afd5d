"""A file that is on its way: how much of it is here, who may write, and what it amounts to."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

ACTOR = 60
ID = 15


class Upload(models.Model):
    """One file coming into one draft. Its bytes lie below `uploads/` until a draft takes it."""

    RECEIVING, ARRIVED, READY = "receiving", "arrived", "ready"
    ATTACHED, REFUSED = "attached", "refused"
    # On their way: they hold room in the draft, and a page shows them.
    UNDER_WAY = (RECEIVING, ARRIVED, READY)

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=ID, unique=True)
    draft = models.ForeignKey("catalogue.Draft", models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, default=RECEIVING)
    name = models.CharField(max_length=1000)
    media_type = models.CharField(max_length=200, blank=True, default="")
    length_bytes = models.BigIntegerField()
    # What is on disk and synced; nothing of a body under way.
    offset_bytes = models.BigIntegerField(default=0)
    # As the client sent it: it is given back word for word.
    metadata = models.TextField(blank=True, default="")
    # By what the sender knows the same file again, such as the time of its last change.
    mark = models.CharField(max_length=200, blank=True, default="")
    # What the sender says that the whole is; empty where it said nothing.
    promised_sha256 = models.CharField(max_length=64, blank=True, default="")
    # Taken from the whole by a task, not from what anybody says.
    sha256 = models.CharField(max_length=64, blank=True, default="")
    sha512 = models.CharField(max_length=128, blank=True, default="")
    # Who may append now. Its holder also has the file locked while bytes arrive.
    lease = models.CharField(max_length=ID, blank=True, default="")
    leased_at = models.DateTimeField(null=True)
    # Whether that body carries a checksum: what a dead writer left of it proves nothing.
    lease_checked = models.BooleanField(default=False)
    created_by = models.CharField(max_length=ACTOR)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["receiving", "arrived", "ready", "attached", "refused"]),
                name="upload_state_is_known",
            ),
            # A client that is told more than its file is long would never end.
            models.CheckConstraint(
                condition=Q(offset_bytes__gte=0) & Q(offset_bytes__lte=F("length_bytes")),
                name="upload_offset_within_length",
            ),
            # Whole is whole: nothing half-sent can be taken for a file.
            models.CheckConstraint(
                condition=Q(state="receiving") | Q(offset_bytes=F("length_bytes")),
                name="upload_arrived_when_whole",
            ),
            # A draft takes only what was read from its first byte to its last.
            models.CheckConstraint(
                condition=~Q(state__in=["ready", "attached"]) | (~Q(sha256="") & ~Q(sha512="")),
                name="upload_ready_has_digests",
            ),
            # Two bodies at once would mix; and nobody writes to what is whole.
            models.CheckConstraint(
                condition=Q(lease="", leased_at__isnull=True)
                | (~Q(lease="") & Q(leased_at__isnull=False, state="receiving")),
                name="upload_lease_while_receiving",
            ),
        ]
        indexes = [
            # "What is on its way into this draft?"
            models.Index(fields=["draft", "state"], name="uploads_of_draft"),
            # "What has lapsed?"
            models.Index(fields=["expires_at"], name="uploads_by_expiry"),
        ]

    def __str__(self) -> str:
        return self.id
