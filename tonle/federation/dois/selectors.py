"""Questions about DOIs: how they stand, what was refused, and how many there could be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from tonle.catalogue.public import Record
from tonle.federation.dois import account
from tonle.federation.dois.account import Terms
from tonle.federation.dois.models import Doi, DoiAccount


@dataclass(frozen=True)
class Overview:
    """The node's DOIs in numbers.

    waiting: DataCite is to hear of them. troubled: refused, or not answered yet. missing: about
    how many records could have a DOI and have none. account: None before the first look.
    """

    terms: Terms | None
    account: DoiAccount | None
    findable: int
    registered: int
    waiting: int
    troubled: int
    missing: int

    @property
    def is_other(self) -> bool:
        """Whether the node works with other options than this process has, or did until now."""
        return (
            self.terms is not None
            and self.account is not None
            and self.account.fingerprint != self.terms.fingerprint
        )

    @property
    def standing(self) -> str:
        """off, halted, waiting (DataCite is left alone for a while) or on."""
        if self.terms is None:
            return "off"
        if self.account is None or self.is_other:
            return "on"
        if self.account.halt:
            return "halted"
        return "waiting" if self.account.wait_until is not None else "on"


def overview(now: datetime) -> Overview:
    """Four queries, one of them over all records of the chosen kinds."""
    terms, row = account.terms(), DoiAccount.objects.first()
    if row is not None and row.wait_until is not None and row.wait_until <= now:
        row.wait_until = None
    counts = Doi.objects.aggregate(
        findable=Count("key", filter=Q(standing="findable")),
        registered=Count("key", filter=Q(standing="registered")),
        waiting=Count("key", filter=Q(due_at__isnull=False)),
        troubled=Count("key", filter=~Q(reasons=[])),
    )
    return Overview(terms, row, **counts, missing=without(terms).count() if terms else 0)


def without(terms: Terms) -> QuerySet[Record]:
    """At most these have none: a description that says that it is at home elsewhere counts, too."""
    given = Doi.objects.filter(record=OuterRef("id"))
    rows = Record.objects.filter(state="published", kept_in="", kind__in=terms.kinds)
    return rows.exclude(pids__scheme="doi").exclude(Exists(given))


def troubled() -> QuerySet[Doi]:
    """What was refused or not answered yet, the newest first."""
    return Doi.objects.exclude(reasons=[]).order_by("-key")


def troubled_count(_now: datetime) -> int:
    """What waits for a steward: refusals, and an account that cannot be used. Off, nothing."""
    if account.terms() is None:
        return 0
    halts = DoiAccount.objects.filter(halted_at__isnull=False).count()
    return Doi.objects.exclude(refused_sha256="").count() + halts
