"""What the database filters by, read out of a record document. Pure but for `apply`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tonle.catalogue.models import Record
from tonle.catalogue.rules.access import EffectFacts, RecordFacts, next_change
from tonle.kernel.dates import parse_instant


@dataclass(frozen=True)
class Projection:
    """The columns that follow from a document."""

    document: dict[str, Any]
    access_level: str
    embargo_until: datetime | None
    effects: tuple[EffectFacts, ...]

    def facts(self, state: str, owner: str = "") -> RecordFacts:
        return RecordFacts(
            state, self.access_level, self.embargo_until, owner, self.effects, self.communities
        )

    @property
    def communities(self) -> tuple[str, ...]:
        """The communities that the record belongs to, each once."""
        return tuple(dict.fromkeys(self.document.get("communities", ())))

    def apply(self, record: Record, now: datetime) -> None:
        """Set the access columns of a row; the caller saves it."""
        record.access_level = self.access_level
        record.embargo_until = self.embargo_until
        record.changes_at = next_change(self.facts("published"), now)

    @property
    def merged_into(self) -> str:
        """The id of the record that a duplicate has become part of; "" for any other."""
        target: str = self.document.get("tombstone", {}).get("merged_into", "")
        return target

    @property
    def source_key(self) -> str | None:
        """What the source calls the item, or None for a record that was written here."""
        key: str | None = self.document.get("source", {}).get("key")
        return key

    @property
    def received_sha256(self) -> str:
        """Digest of the item as received; the same again is nothing to do."""
        digest: str = self.document.get("source", {}).get("received_sha256", "")
        return digest


def project(document: dict[str, Any]) -> Projection:
    """The projection of a checked document."""
    access = document["access"]
    return Projection(
        document,
        access["level"],
        embargo_instant(access.get("embargo_until")),
        tuple(effect_facts(effect) for effect in document["effects"]),
    )


def embargo_instant(day: str | None) -> datetime | None:
    """An embargo ends when its day begins in UTC, so that every node opens at one instant."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None


def effect_facts(effect: dict[str, Any]) -> EffectFacts:
    return EffectFacts(
        effect["action"],
        effect["rule"],
        effect.get("params", {}),
        parse_instant(effect["valid_from"]) if "valid_from" in effect else None,
        parse_instant(effect["valid_until"]) if "valid_until" in effect else None,
    )
