"""What was seen in the files of drafts, until they are published or given up."""

from __future__ import annotations

from typing import Any

from django.db import models

ID = 15


class LookedInto(models.Model):
    """One file of a draft: the headings of its tables, a form, or what a photograph says of itself.

    It goes with the draft. Another file under the same name is another row.
    """

    key = models.BigAutoField(primary_key=True)
    draft = models.ForeignKey("catalogue.Draft", models.CASCADE, related_name="+")
    name = models.CharField(max_length=1000)
    sha256 = models.CharField(max_length=64)
    # As `rules.tables.Found` or `rules.camera.Photograph` has it; {} for what could not be read.
    found: models.JSONField[Any, Any] = models.JSONField(default=dict)
    # Name of a table to the digest of the descriptions that the node wrote for it: what a
    # person changed since is theirs.
    wrote: models.JSONField[Any, Any] = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            # Two jobs that look at one file keep one answer.
            models.UniqueConstraint(
                fields=["draft", "name", "sha256"], name="one_look_per_draft_file"
            ),
        ]

    def __str__(self) -> str:
        return self.name
