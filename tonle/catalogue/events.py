"""What the catalogue tells the contexts above, after commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tonle.infra.jobs.registry import Concerned


@dataclass(frozen=True)
class RecordChanged:
    """A public change of a record. action is the change log's word for it."""

    record: str
    kind: str
    action: str
    occurred_at: datetime


def of_records(known: Callable[[Sequence[str]], Iterable[str]]) -> Concerned:
    """For `jobs.handler(concerned=…)` of RecordChanged: the changes of records that `known` picks
    out of the names it is given, in one query for all of them."""

    def concerned(changes: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        found = set(known([change["record"] for change in changes]))
        return [change for change in changes if change["record"] in found]

    return concerned
