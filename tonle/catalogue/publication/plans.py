"""A change of a record, ready to be carried out: what it will say, and with which files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from django.conf import settings

from tonle.catalogue.document import SCHEMA, check, descriptive
from tonle.catalogue.models import Draft, Record
from tonle.infra import keeping, ocfl
from tonle.kernel import canonical
from tonle.kernel.dates import format_instant
from tonle.kernel.errors import TonleError
from tonle.kernel.identifiers import TEST_NAAN

# All that a takedown of the description itself leaves of it.
BARE_TITLES = {"en": "Withdrawn"}
# Where a record's object keeps its document and its files.
RECORD_JSON, DATA = "record.json", "data/"


Action = Literal[
    "publish", "revise", "access", "effects", "withdraw", "merge", "reinstate", "purge"
]


@dataclass(frozen=True)
class PlannedFile:
    """A file of the version to be; source is None where the object holds the bytes already."""

    name: str
    size_bytes: int
    media_type: str
    sha256: str
    sha512: str
    source: Path | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "size_bytes": self.size_bytes,
            "media_type": self.media_type,
            "sha256": self.sha256,
            "sha512": self.sha512,
        }


@dataclass(frozen=True)
class Plan:
    """One change of one record, ready to be carried out."""

    record: Record
    action: Action
    document: dict[str, Any]
    files: Sequence[PlannedFile]
    draft: Draft | None = None
    # Of a purge: the descriptions go as well.
    erases: bool = False
    # The id of a record of the same batch whose names this one takes over.
    heir_of: str = ""
    # Of a merge: the record that remains. It is compared in the first transaction, as it may
    # have become part of another, or have been withdrawn, since somebody looked.
    remains: Record | None = None

    @cached_property
    def body(self) -> bytes:
        """The document in canonical bytes, as it is kept on disk, in the database and the log."""
        return canonical.dumps(self.document)


@dataclass
class Outcome:
    """What became of a batch: records changed, and refusals by the record's id."""

    done: list[str] = field(default_factory=list)
    refused: dict[str, TonleError] = field(default_factory=dict)


def storage() -> ocfl.Storage:
    """The OCFL root of this node."""
    return keeping.storage()


def object_id(record_id: str) -> str:
    return f"tonle:{record_id}"


def compose(
    record: Record,
    description: dict[str, Any],
    *,
    now: datetime,
    version: int,
    revision: int,
    files: Sequence[PlannedFile],
    effects: Sequence[dict[str, Any]] = (),
    tombstone: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The whole document: what people wrote, and what the catalogue adds. Raises Invalid."""
    document = {
        **descriptive(description),
        "schema": SCHEMA,
        "id": record.id,
        "kind": record.kind,
        "state": "withdrawn" if tombstone else "published",
        "home": {"origin": record.origin.id},
        "version": version,
        "revision": revision,
        "created_at": format_instant(record.created_at),
        "published_at": format_instant(record.published_at or now),
        "updated_at": format_instant(now),
        "files": [file.as_json() for file in files],
        "effects": list(effects),
    }
    if settings.TONLE_NAAN != TEST_NAAN:
        ark = {"scheme": "ark", "value": f"ark:{settings.TONLE_NAAN}/{record.id}"}
        if ark not in document.setdefault("pids", []):
            document["pids"] = [*document["pids"], ark]
    if tombstone:
        document["tombstone"] = tombstone
    check(document, whole=True)
    return document


def bare(document: dict[str, Any]) -> dict[str, Any]:
    """What a takedown of the description leaves of it: no words, and the sets it was given out in.

    Whoever reads a member's or a community's records is told that it is gone.
    """
    access = {k: v for k, v in document["access"].items() if k in {"level", "embargo_until"}}
    left = {"kind": document["kind"], "titles": BARE_TITLES, "access": access}
    return left | {key: document[key] for key in ("members", "communities") if key in document}


def is_bare(document: dict[str, Any]) -> bool:
    """Whether a document is what a takedown of the description left: the earlier ones go."""
    return "tombstone" in document and document["titles"] == BARE_TITLES
