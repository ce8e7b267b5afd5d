from __future__ import annotations

from typing import ClassVar

from django.db import models


class Request(models.Model):
    """A request for instrument time, as small as a lifecycle needs it."""

    key = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=15, unique=True)
    state = models.CharField(max_length=20, default="open")
    state_seq = models.PositiveIntegerField(default=0)
    title = models.CharField(max_length=100, default="")
    closes_at = models.DateTimeField(null=True)

    # Said aloud, because type checkers see no app that is installed for tests only.
    objects: ClassVar[models.Manager[Request]] = models.Manager()

    def __str__(self) -> str:
        return self.id
