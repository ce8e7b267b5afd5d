"""The catalogue over REST: records, one record, its files, its versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from ninja import Query, Router, Schema
from pydantic import Field

from tonle.api.public import AnyReader, CursorText, Keyset, Limit, Page, link_next, scope_of
from tonle.catalogue import selectors
from tonle.catalogue.models import Record
from tonle.catalogue.rules.access import READ_METADATA
from tonle.catalogue.views import pid_of
from tonle.infra import clock
from tonle.kernel import canonical
from tonle.kernel.actors import Actor
from tonle.kernel.text import choose

router = Router(tags=["records"], auth=AnyReader())
NEWEST_FIRST = Keyset("-updated_at", "-key")


class RecordItem(Schema):
    """A record in a list."""

    id: str = Field(description="Public name: 15 characters, the same on every node.")
    kind: str
    pid: str = Field(description="DOI, another persistent name, or the record's ARK.")
    title: str = Field(description="In the language asked for, else English, else what there is.")
    title_language: str = Field(description="BCP 47 tag of the title.")
    html_url: str
    files_url: str
    updated_at: datetime


class FileItem(Schema):
    """A file of a record."""

    name: str
    size_bytes: int
    media_type: str
    sha256: str
    sha512: str
    url: str


class VersionItem(Schema):
    """One revision of one version."""

    version: int
    revision: int
    label: str
    published_at: datetime
    sha256: str = Field(description="Digest of the canonical record document.")
    url: str


def item(request: HttpRequest, record: Record, document: dict[str, Any]) -> RecordItem:
    """A row as the list shows it."""
    language, title = choose(document["titles"], get_language() or "en")
    return RecordItem(
        id=record.id,
        kind=record.kind,
        pid=pid_of(document),
        title=title,
        title_language=language,
        html_url=absolute(request, reverse("catalogue:record", args=[record.id])),
        files_url=absolute(request, f"/api/v1/records/{record.id}/files"),
        updated_at=record.updated_at or record.created_at,
    )


def absolute(_request: HttpRequest, path: str) -> str:
    return f"{settings.TONLE_URL}{path}"


@router.get("", response=Page[RecordItem], summary="Find records", url_name="records")
def find_records(
    request: HttpRequest,
    response: HttpResponse,
    limit: Limit,
    cursor: CursorText,
    q: str = Query("", max_length=500, description="Words in any of the languages."),
    kind: str = Query("", max_length=40, description="Only records of this kind."),
) -> Page[RecordItem]:
    """Published records: best match first where words are given, else newest first."""
    if q.strip():
        from tonle.catalogue.api_search import search_page

        return search_page(request, response, q=q, kind=kind, limit=limit, cursor=cursor)
    actor: Actor = request.auth  # type: ignore[attr-defined] # Set by AnyReader.
    rows = Record.objects.select_related("document").filter(
        selectors.permitted(actor, READ_METADATA, clock.now()), state="published"
    )
    if kind:
        rows = rows.filter(kind=kind)
    found, following = NEWEST_FIRST.page(
        rows, scope=scope_of("records", {"kind": kind}), cursor=cursor, limit=limit
    )
    link_next(request, response, following)
    items = [
        item(request, row, canonical.loads(bytes(row.document.body)))
        for row in found
        if row.document is not None
    ]
    return Page[RecordItem](items=items, next=following)


@router.get("/{record_id}", response=dict[str, Any], summary="One record document")
def one_record(request: HttpRequest, record_id: str) -> dict[str, Any]:
    """The newest `tonle-record/1` document of a record; a tombstone where it was withdrawn."""
    actor: Actor = request.auth  # type: ignore[attr-defined] # Set by AnyReader.
    return selectors.record_view(record_id=record_id, actor=actor, now=clock.now()).document


@router.get("/{record_id}/files", response=list[FileItem], summary="Files of the newest version")
def record_files(request: HttpRequest, record_id: str) -> list[FileItem]:
    """Names, sizes and digests; the address gives the bytes to whoever may have them."""
    actor: Actor = request.auth  # type: ignore[attr-defined] # Set by AnyReader.
    view = selectors.record_view(record_id=record_id, actor=actor, now=clock.now())
    return [
        FileItem(
            name=row.name,
            size_bytes=row.size_bytes,
            media_type=row.media_type,
            sha256=row.sha256,
            sha512=row.sha512,
            url=absolute(request, reverse("catalogue:file", args=[record_id, row.name])),
        )
        for row in view.files
    ]


@router.get("/{record_id}/versions", response=list[VersionItem], summary="History of a record")
def record_versions(request: HttpRequest, record_id: str) -> list[VersionItem]:
    """Every version and revision, newest first."""
    actor: Actor = request.auth  # type: ignore[attr-defined] # Set by AnyReader.
    view = selectors.record_view(record_id=record_id, actor=actor, now=clock.now())
    return [
        VersionItem(
            version=entry.version,
            revision=entry.revision,
            label=entry.label,
            published_at=entry.published_at,
            sha256=entry.sha256,
            url=absolute(request, reverse("catalogue:version", args=[record_id, entry.version])),
        )
        for entry in view.history
    ]
