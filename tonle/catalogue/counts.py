"""How often a record was used, as COUNTER 5.1 counts it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Min, Sum

from tonle.infra.usage_models import UsageDay


@dataclass(frozen=True)
class Counts:
    """investigations: times it was looked at; requests: times its content was taken.

    unique_…: by different visitors in each hour, added up. since: the first counted day.
    """

    investigations: int = 0
    unique_investigations: int = 0
    requests: int = 0
    unique_requests: int = 0
    since: date | None = None

    def __bool__(self) -> bool:
        return bool(self.investigations or self.requests)


def of_record(record_id: str) -> Counts:
    """All counted uses of a record. One query; what was used in this hour is not in it yet."""
    rows = (
        UsageDay.objects.filter(record=record_id)
        .values("kind")
        .annotate(total_uses=Sum("total"), unique_uses=Sum("unique"), since=Min("day"))
        .order_by()
    )
    by_kind = {row["kind"]: row for row in rows}
    nothing = {"total_uses": 0, "unique_uses": 0}
    seen, taken = by_kind.get("investigation", nothing), by_kind.get("request", nothing)
    return Counts(
        # COUNTER counts a request as an investigation too (Code of Practice 5.1, 3.3.4).
        investigations=seen["total_uses"] + taken["total_uses"],
        unique_investigations=seen["unique_uses"] + taken["unique_uses"],
        requests=taken["total_uses"],
        unique_requests=taken["unique_uses"],
        since=min((row["since"] for row in by_kind.values()), default=None),
    )
