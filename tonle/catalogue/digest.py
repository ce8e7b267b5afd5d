"""One number for all that is published: the same after a restart, a restore, a rebuild."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from django.db.models import Prefetch

from tonle.catalogue.models import Record, Revision, Version
from tonle.kernel import canonical


def lines() -> Iterator[bytes]:
    """Canonical JSON lines over every shown record, its revisions and its files, by id.

    Of a purged record only the tombstone counts: that its history is gone is the point.
    Memory does not grow with the catalogue.
    """
    records = (
        Record.objects.exclude(state="reserved")
        .select_related("document")
        .prefetch_related(
            Prefetch("versions", Version.objects.order_by("number")),
            Prefetch("versions__files"),
            Prefetch(
                "versions__revisions",
                Revision.objects.select_related("document").order_by("number"),
            ),
        )
        .order_by("id")
        .iterator(chunk_size=500)
    )
    for record in records:
        if record.document is None:
            continue
        yield canonical.dumps(
            {
                "id": record.id,
                "kind": record.kind,
                "state": record.state,
                "document": record.document.sha256,
            }
        )
        if record.state == "purged":
            continue
        for version in record.versions.all():
            for revision in version.revisions.all():
                yield canonical.dumps(
                    {
                        "version": version.number,
                        "revision": revision.number,
                        "document": revision.document.sha256,
                    }
                )
            for file in sorted(version.files.all(), key=lambda row: row.position):
                yield canonical.dumps(
                    {
                        "version": version.number,
                        "file": file.name,
                        "size_bytes": file.size_bytes,
                        "sha256": file.sha256,
                        "sha512": file.sha512,
                    }
                )


def digest() -> str:
    """SHA-256 over all lines, each ended by a line feed, in lower-case hex."""
    total = hashlib.sha256()
    for line in lines():
        total.update(line + b"\n")
    return total.hexdigest()
