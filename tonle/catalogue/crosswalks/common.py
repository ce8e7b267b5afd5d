"""What every crosswalk gives back, and how it keeps account of what it repaired."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tonle.kernel.errors import N_, Invalid
from tonle.kernel.sentences import Sentence

# A metadata file beyond this is not metadata. The largest real one seen (a page of
# OAI-PMH records with a thousand authors each) has 1.5 MB.
MAX_BYTES = 8_000_000

Document = dict[str, Any]


@dataclass(frozen=True)
class Remark:
    """One thing to tell the person who imports: what was wrong and what was done.

    where: the property of the source, in the source's own words; "" for the whole.
    message: a gettext message with named places; data fills them.
    """

    where: str
    message: str
    data: dict[str, Any] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        said = self.message % self.data
        return f"{self.where}: {said}" if self.where else said


class RecordRefused(Invalid):
    """A record that cannot be taken in, with every reason at once."""

    code = "record_refused"
    message = N_("This record cannot be taken in. %(summary)s")

    def __init__(self, remarks: Sequence[Remark]) -> None:
        super().__init__([(r.where, Sentence(r.message, **r.data)) for r in remarks])
        self.remarks = tuple(remarks)


@dataclass(frozen=True)
class ParsedRecord:
    """One record of a source: a document, or the reasons why there is none.

    key: what the source calls the item, stable from one import to the next: "doi:…",
        "oai:…" or "file:…" with the name the caller gave.
    document: the descriptive part of a `tonle-record/1`; None when refused.
    warnings: what was repaired or left out on the way.
    received_sha256: hex, of the item as received, without its envelope. The same key
        with the same digest is the same item again: nothing to do.
    partial: of a refused record, what could be read of it, for a form to complete.
    """

    key: str
    document: Document | None
    refusal: RecordRefused | None
    warnings: tuple[Remark, ...]
    received_sha256: str
    partial: Document | None = None


@dataclass(frozen=True)
class Parsed:
    """What one file holds.

    documents: its records, in the file's order.
    deleted: keys ("oai:…") that the source says it has deleted.
    remark: why a sound file holds no record at all (an answer to Identify, say).
    """

    format: str
    documents: tuple[ParsedRecord, ...]
    deleted: tuple[str, ...] = ()
    remark: Remark | None = None


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def refused_file(format_name: str, data: bytes, name: str, *remarks: Remark) -> Parsed:
    """A file in which nothing could be read: one refusal under the file's name."""
    record = ParsedRecord(f"file:{name}", None, RecordRefused(remarks), (), digest(data))
    return Parsed(format_name, (record,))


class Notes:
    """The account of one record: reasons to refuse it, and repairs."""

    def __init__(self) -> None:
        self.refusals: list[Remark] = []
        self.warnings: list[Remark] = []

    def refuse(self, where: str, message: str, **data: Any) -> None:
        self._add(self.refusals, Remark(where, message, data))

    def warn(self, where: str, message: str, **data: Any) -> None:
        self._add(self.warnings, Remark(where, message, data))

    @staticmethod
    def _add(remarks: list[Remark], remark: Remark) -> None:
        # A thousand creators with one fault each are one fault to the reader, and
        # beyond a hundred nobody reads on.
        if len(remarks) < 100 and remark not in remarks:
            remarks.append(remark)

    def record(self, key: str, document: Document, received_sha256: str) -> ParsedRecord:
        """The outcome: the document, unless something stands against it."""
        if self.refusals:
            return ParsedRecord(
                key,
                None,
                RecordRefused(self.refusals),
                tuple(self.warnings),
                received_sha256,
                document or None,
            )
        return ParsedRecord(key, document, None, tuple(self.warnings), received_sha256)
