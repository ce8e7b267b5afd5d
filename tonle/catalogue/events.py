"""What the catalogue tells the contexts above, after commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class RecordChanged:
    """A public change of a record. action is the change log's word for it."""

    record: str
    kind: str
    action: str
    occurred_at: datetime
