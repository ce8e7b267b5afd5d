"""The catalogue over REST: records, one record, its files, its versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any

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
from tonle.kernel.actors import Actor
from tonle.kernel.text import choose
from tonle.search.public import ASKED_FOR, SHOWN, Filters, Found, search

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


class FacetValue(Schema):
    """How many results have one value of a facet."""

    code: str
    label: str
    count: int


Words = Annotated[str, Query(max_length=500, description="Words in any of the languages.")]


def _any_of(what: str) -> Any:
    return Field(default_factory=list, description=f"{what} Given several times: any of them.")


class Narrowing(Schema):
    """How a list of records is narrowed; what is given must all hold."""

    kind: list[str] = _any_of("Only records of this kind.")
    member: list[str] = _any_of("Of this member: KHM, LAO, THA, VNM, MMR or CHN-YN.")
    lang: list[str] = _any_of("In this language (ISO 639).")
    access: list[str] = _any_of("open, embargoed, restricted or metadata_only.")
    licence: list[str] = _any_of("Under this licence (SPDX).")
    organisation: list[str] = _any_of("Made or published by the organisation of this name.")
    community: list[str] = _any_of("Of the community with this id.")
    subject: list[str] = _any_of("With this subject, as facets name it.")
    format: list[str] = _any_of("With a file of this media type.")
    reads: list[str] = _any_of("Software that reads files of this media type.")
    type: list[str] = _any_of("What sort of its kind it is, such as memorandum or law.")
    party: list[str] = _any_of("With this party: a country (ISO 3166-1 alpha-3), or ror:….")
    person: list[str] = _any_of("By this person: orcid:… or a name as it is written.")
    affiliation: list[str] = _any_of("By people of this organisation: ror:… or its name.")
    publisher: list[str] = _any_of("Published by this organisation: ror:… or its name.")
    funder: list[str] = _any_of("Funded by this organisation: ror:… or its name.")
    year: list[str] = Field(
        default_factory=list, description="Of publication: 2020, 2015-2020, 2015- or -2020."
    )
    year_from: str = Field("", description="Of publication, not before.")
    year_to: str = Field("", description="Of publication, not after.")
    period: list[str] = _any_of("With data of these years, as the facet names them: 1990..1999.")
    covers: list[str] = Field(
        default_factory=list,
        description="With data of some of these years: 1990..2005, 1990.., ..2005, -500..100.",
    )
    covers_from: str = Field("", description="With data of this year or later.")
    covers_to: str = Field("", description="With data of this year or earlier.")
    open: str = Field("", description="1: only calls and offers that have not closed.")
    in_force: str = Field("", description="A day: only what is known to be in force on it.")
    bbox: str = Field("", description="West, south, east, north in degrees: what touches it.")
    near: str = Field("", description="Latitude, longitude, kilometres: what touches its box.")
    like: str = Field("", description="record:<id>: what resembles that record.")
    across: str = Field("", description="no: without a tier of results in other languages.")
    sort: str = Field(
        "", description="relevance, newest, oldest or title; best match where words are given."
    )


def item(record: Record) -> RecordItem:
    """A row as the list shows it."""
    document = selectors.document_of(record)
    language, title = choose(document["titles"], get_language() or "en")
    return RecordItem(
        id=record.id,
        kind=record.kind,
        pid=pid_of(document),
        title=title,
        title_language=language,
        html_url=absolute(reverse("catalogue:record", args=[record.id])),
        files_url=absolute(f"/api/v1/records/{record.id}/files"),
        updated_at=record.updated_at or record.created_at,
    )


def absolute(path: str) -> str:
    """An address of this node, as its steward has named it."""
    return f"{settings.TONLE_URL}{path}"


class TermItem(Schema):
    """A term of the question, and the words in other languages that were looked for."""

    asked: str
    words: list[dict[str, str]] = Field(description="Each with its language and text.")
    tables: list[str] = Field(description="The term tables that know it.")


class AcrossPart(Schema):
    """Results in other languages, below all others."""

    items: list[RecordItem]
    total: int
    terms: list[TermItem]
    uncovered: list[str] = Field(description="Words that no term table of this node knows.")
    by_meaning: list[str] = Field(
        description="Ids of those in which no word was found: a language model judged them near."
    )


class UnderstoodPart(Schema):
    """A part of the question that is more than words."""

    field: str = Field(description="A field, or phrase, beginning, words.")
    value: str
    excluded: bool


class RecordPage(Page[RecordItem]):
    """A page of records; total and facets where words or filters were given."""

    understood: list[UnderstoodPart] = Field(default_factory=list)
    not_understood: list[str] = Field(
        default_factory=list,
        description="What looks like a sign and is none, and what was done: sentences for people.",
    )
    did_you_mean: str | None = Field(None, description="What finds more, where little is found.")
    across: AcrossPart | None = Field(None, description="On a first page by relevance.")
    total: int | None = Field(None, description="Of the whole result; null for a plain list.")
    facets: dict[str, list[FacetValue]] = Field(default_factory=dict)


@router.get("", response=RecordPage, summary="Find records", url_name="records")
def find_records(
    request: HttpRequest,
    response: HttpResponse,
    limit: Limit,
    cursor: CursorText,
    narrowing: Query[Narrowing],
    q: Words = "",
) -> RecordPage:
    """Published records: best match first where words are given, else newest first.

    With words, filters or a sorting the search index answers, with total and facets; a plain
    list, of one kind at most, comes from the database and knows every record at once.
    """
    filters = Filters.read(dict(request.GET.lists()))
    kind = narrowing.kind[0] if len(narrowing.kind) == 1 else ""
    if q.strip() or narrowing.sort or filters.pairs() not in ([], [("kind", kind)]):
        return _search(request, response, q, filters, narrowing, limit, cursor)
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
    return RecordPage(
        items=[item(row) for row in found],
        next=following,
        total=None,
        did_you_mean=None,
        across=None,
    )


def _search(
    request: HttpRequest,
    response: HttpResponse,
    words: str,
    filters: Filters,
    narrowing: Narrowing,
    limit: int,
    cursor: str | None,
) -> RecordPage:
    page = search(
        words,
        filters,
        narrowing.sort,
        cursor,
        limit,
        language=get_language() or "en",
        now=clock.now(),
        facets=(*SHOWN, *ASKED_FOR),
        helping=True,
        across=narrowing.across != "no",
    )
    others = page.across.hits if page.across else ()
    rows = Record.objects.select_related("document").in_bulk(
        [found.hit.id for found in (*page.hits, *others)], field_name="id"
    )
    link_next(request, response, page.next)
    told = page.as_dict()
    return RecordPage(
        items=_items(page.hits, rows),
        understood=told["understood"],
        not_understood=told["not_understood"],
        did_you_mean=told["did_you_mean"],
        across=AcrossPart(**{**told["across"], "items": _items(others, rows)})
        if told["across"]
        else None,
        next=page.next,
        total=page.total,
        facets={
            facet.name: [
                FacetValue(code=value.code, label=value.label, count=value.count)
                for value in facet.values
            ]
            for facet in page.facets
        },
    )


def _items(hits: Iterable[Found], rows: Mapping[str, Record]) -> list[RecordItem]:
    return [item(rows[found.hit.id]) for found in hits if found.hit.id in rows]


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
            name=row["name"],
            size_bytes=row["size_bytes"],
            media_type=row["media_type"],
            sha256=row["sha256"],
            sha512=row["sha512"],
            url=absolute(reverse("catalogue:file", args=[record_id, row["name"]])),
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
            url=absolute(reverse("catalogue:version", args=[record_id, entry.version])),
        )
        for entry in view.history
    ]
