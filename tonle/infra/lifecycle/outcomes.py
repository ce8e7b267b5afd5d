"""What came of an event."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import models

from tonle.kernel.errors import TonleError


@dataclass(frozen=True)
class Outcome:
    """What came of an event.

    moved is False while parties are waited for (`waiting_for`); replayed is True when an
    earlier request with the same key did it, and then nothing was done now.
    """

    machine: str
    object_id: str
    event: str
    source: str
    target: str
    seq: int
    moved: bool = True
    waiting_for: tuple[str, ...] = ()
    replayed: bool = False


@dataclass
class Batch:
    """What came of a batch: who moved, and who did not with the error that `perform` raises."""

    moved: list[Outcome] = field(default_factory=list)
    refused: list[tuple[models.Model, TonleError]] = field(default_factory=list)
