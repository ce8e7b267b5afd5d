"""A second feed for the index: things to be read again, named by whoever knows more of them.

A source's own feed speaks of what it publishes, and others follow it. What only the index needs to
know has its positions here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from django.db import connection, transaction

from tonle.search.documents import Change, Document, Source
from tonle.search.models import Again


@runtime_checkable
class Describing(Protocol):
    """A source that can say at any time how things stand."""

    name: str

    def documents(self, keys: Sequence[str]) -> Mapping[str, Document]:
        """The documents of these keys; a key that is left out is not to be found."""
        ...


def index_again(source: str, key: str) -> None:
    """Let the index read a thing again, within seconds of this transaction."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            # Positions are given at once and seen when their transaction ends: of two at a time,
            # who follows would pass the later one and never see the earlier.
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('tonle.search.again'))")
        # A new row, hence a new position, and the old one goes.
        Again.objects.filter(source=source, key=key).delete()
        Again.objects.create(source=source, key=key)


class AgainFeed:
    """The rows as a feed that an `indexer.Indexer` follows beside the sources."""

    name = "again"

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = {one.name: one for one in sources if isinstance(one, Describing)}

    def lineage(self) -> str:
        return "again"

    def head(self) -> int:
        if not self._sources:
            return 0  # Nobody could say how a thing stands.
        return Again.objects.order_by("-id").values_list("id", flat=True).first() or 0

    def changes(self, after: int, limit: int) -> Sequence[Change]:
        if not self._sources:
            return []
        rows = list(Again.objects.filter(id__gt=after).order_by("id")[:limit])
        found: dict[tuple[str, str], Document] = {}
        for name, source in self._sources.items():
            keys = [row.key for row in rows if row.source == name]
            if keys:
                documents = source.documents(keys)
                found |= {(name, key): document for key, document in documents.items()}
        return [
            Change(row.id, row.key, found.get((row.source, row.key)), row.source) for row in rows
        ]
