"""What a certificate says, and whether it still holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from tonle.catalogue.certificates import codes
from tonle.catalogue.certificates.codes import Code
from tonle.catalogue.certificates.errors import UnknownCertificate
from tonle.catalogue.models import Record, Revision
from tonle.catalogue.rules.access import READ_METADATA
from tonle.catalogue.selectors import document_of, permitted
from tonle.kernel import canonical
from tonle.kernel.actors import ANONYMOUS

Standing = Literal["current", "revised", "merged", "withdrawn"]


@dataclass(frozen=True)
class Certified:
    """What a code certifies.

    document: as it was when it was certified. standing: what became of the record since.
    newest: label of the newest version; remains: id of the record that a duplicate became
    part of, "" otherwise. tombstone: of what was withdrawn, else empty.
    """

    code: Code
    document: dict[str, Any]
    sha256: str
    standing: Standing
    newest: str
    remains: str
    tombstone: dict[str, Any]


def certified(text: str, *, key: bytes, now: datetime) -> Certified:
    """What a code certifies, as anybody may know it. Three queries.

    Raises UnknownCertificate alike for a code that cannot be, a wrong seal, and a record that
    is not, or is not for everybody.
    """
    code = codes.read(text)
    if code is None:
        raise UnknownCertificate
    record = (
        Record.objects.select_related("document")
        .filter(permitted(ANONYMOUS, READ_METADATA, now), id=code.record)
        .first()
    )
    if record is None or record.document is None:
        raise UnknownCertificate
    revision = (
        Revision.objects.select_related("document")
        .filter(version__record=record, version__number=code.version, number=code.revision)
        .first()
    )
    if revision is None or not codes.is_sealed(code, key, revision.document.sha256):
        raise UnknownCertificate
    document: dict[str, Any] = canonical.loads(bytes(revision.document.body))
    newest_document = document_of(record)
    newest = (newest_document["version"], newest_document["revision"])
    tombstone = newest_document.get("tombstone", {}) if record.state != "published" else {}
    remains = tombstone.get("merged_into", "")
    standing: Standing = "current"
    if remains:
        standing = "merged"
    elif record.state != "published":
        standing = "withdrawn"
    elif newest != (code.version, code.revision):
        standing = "revised"
    return Certified(
        code,
        document,
        revision.document.sha256,
        standing,
        f"{newest[0]}.{newest[1]}" if newest[1] else str(newest[0]),
        remains,
        tombstone,
    )
