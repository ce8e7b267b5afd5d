"""Which record here an item is: by its name, else by its place and what it says.

A DOI or another name of the world is the thing's own. A file without one is known by its
place: the folder that was named, and the path in it. Who imports the same from further up or
down, or did so before that folder was part of the key, is met by each end of the whole path;
but there the words must agree too (`rules.akin`). The same bytes are the same thing anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tonle.catalogue.models import Draft, Record
from tonle.catalogue.rules.akin import same_thing, something_in_common
from tonle.catalogue.selectors import document_of
from tonle.kernel import canonical

PLACE = "file:"


@dataclass(frozen=True)
class Stranger:
    """At the item's place lies a record that has nothing in common with it."""

    record: Record


class Known:
    """The records that a batch may be about. Two queries for all of it."""

    def __init__(self, items: Iterable[tuple[dict[str, Any], tuple[str, ...]]]) -> None:
        """items: documents with their `source`, and the other places each may be known by."""
        batch = list(items)
        keys = {d["source"]["key"] for d, _ in batch} | {key for _, ends in batch for key in ends}
        rows = Record.objects.select_related("document")
        self._by_key = {r.source_key: r for r in rows.filter(source_key__in=keys)}
        # Of what has no name of its own and lies where nothing lay.
        new = {
            document["source"]["received_sha256"]
            for document, _ in batch
            if document["source"]["key"].startswith(PLACE)
        }
        twins = rows.filter(received_sha256__in=new, kept_in="") if new else ()
        self._by_bytes = {r.received_sha256: r for r in twins}

    def find(
        self,
        document: dict[str, Any],
        places: tuple[str, ...],
        met: Callable[[str], bool],
        *,
        same: bool = False,
    ) -> Record | Stranger | None:
        """The record that an item is; a Stranger where that cannot be said; None: a new one.

        met: whether a record is another item of this import already. same: somebody says that
        what lies at one place is one thing.
        """
        source = document["source"]
        there = self._by_key.get(source["key"])
        if there is not None and (
            same
            or not source["key"].startswith(PLACE)
            or there.received_sha256 == source["received_sha256"]
            or not (words := _words(there))
            or something_in_common(document, words)
        ):
            return there
        for place in places:
            other = self._by_key.get(place)
            if other and not met(other.id) and same_thing(document, _words(other)):
                return other
        twin = self._by_bytes.get(source["received_sha256"])
        if twin is not None and source["key"].startswith(PLACE) and not met(twin.id):
            return twin
        return Stranger(there) if there is not None else None


def _words(record: Record) -> dict[str, Any]:
    """What a record says; of one that was never public, what its draft says."""
    if record.document_id is not None:
        return document_of(record)
    draft = Draft.objects.filter(record=record, state="open").first()
    words: dict[str, Any] = canonical.loads(bytes(draft.body)) if draft else {}
    return words
