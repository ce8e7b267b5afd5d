"""Under which key a record of a file comes in: what its source calls it, import after import."""

from __future__ import annotations

from tonle.catalogue.crosswalks.common import Document, Notes, ParsedRecord


def finish(made: Document, notes: Notes, fallback_key: str, received: str) -> ParsedRecord:
    """The record under its DOI, or under the fallback key where it has none."""
    key = key_of(made, fallback_key)
    made["source"] = {**made["source"], "key": key, "received_sha256": received}
    return notes.record(key, made, received)


def key_of(made: Document, fallback: str) -> str:
    for pid in made.get("pids", ()):
        if pid["scheme"] == "doi":
            return f"doi:{pid['value']}"
    return fallback
