"""/api/v1/explore: what is in a file, before anybody fetches it."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from tonle.api.public import AnyReader
from tonle.catalogue.public import record_view
from tonle.explore import asking
from tonle.explore.selectors import looked_into
from tonle.explore.tools import opened_by
from tonle.explore.views import count_sql
from tonle.infra import clock
from tonle.kernel.actors import Actor

router = Router(tags=["explore"], auth=AnyReader())

FileName = Annotated[str, Query(max_length=1000, description="As the record's document lists it.")]
Version = Annotated[
    int | None, Query(ge=1, description="Of the record's files; without it the newest.")
]


@router.get(
    "/{record_id}/preview",
    response={200: dict[str, Any], 202: dict[str, Any]},
    summary="What is in a file",
)
def preview(
    request: HttpRequest, record_id: str, file: FileName, version: Version = None
) -> dict[str, Any] | Status[dict[str, Any]]:
    """A `tonle-preview/1`: first rows, columns, text, members, extent; what the file's kind has.

    202 while it is being made, which takes seconds: ask again. For whoever may have the file.
    """
    actor: Actor = request.auth  # type: ignore[attr-defined] # Set by AnyReader.
    looked = looked_into(
        record_id=record_id, name=file, actor=actor, now=clock.now(), version=version
    )
    if looked.preview is None:
        return Status(202, {"sha256": looked.file["sha256"], "state": "being_made"})
    return {"sha256": looked.file["sha256"], **looked.preview}


class Asked(Schema):
    """A question to a table. Names of columns are those of its preview; all that is given holds."""

    column: list[str] = Field(default_factory=list, description="Columns that rows are chosen by.")
    test: list[str] = Field(
        default_factory=list,
        description="For each `column`: is, is_not, contains, begins, less, at_most, more, "
        "at_least, has_value, has_none.",
    )
    value: list[str] = Field(
        default_factory=list, description="For each `column`: what it is compared with."
    )
    show: list[str] = Field(default_factory=list, description="Columns to give; none is all.")
    by: list[str] = Field(default_factory=list, description="Columns to group by, at most three.")
    what: list[str] = Field(
        default_factory=list,
        description="What to work out: count, sum, mean, median, least, most, different.",
    )
    of: list[str] = Field(default_factory=list, description="For each `what`: of which column.")
    order: str = Field("", description="A column of the answer to put it in order by.")
    down: str = Field("", description="1: the largest first.")
    sheet: str = Field("", description="Of a workbook; without it the first.")
    sha256: str = Field("", description="Refuse the question where the file has other bytes.")
    sql: str = Field(
        "",
        description="Instead of all that: one SELECT over the table `data`, or the sheets of a "
        "workbook by name. Where the node's steward has turned it on.",
    )
    answer: str = Field(
        "", description="With `sql`: refuse where the answer has another digest than this."
    )


class Rows(Schema):
    """A part of an answer."""

    sha256: str = Field(description="Digest of the file that was asked.")
    version: int = Field(description="The record's version that the file is of.")
    query: str = Field(description="The question as parameters, always in one order.")
    columns: list[str]
    rows: list[list[str]] = Field(description="Values as text; empty for none.")
    total: int = Field(description="Rows of the whole answer.")
    more: bool = Field(description="Whether there are more rows than an answer ever gives.")
    answer_sha256: str = Field(
        "", description="Of an answer to `sql`: digest of the whole of it as CSV."
    )


@router.get("/{record_id}/rows", response=Rows, summary="Ask a table")
def rows(
    request: HttpRequest,
    record_id: str,
    file: FileName,
    asked: Query[Asked],
    version: Version = None,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> Rows:
    """Rows of a CSV, TSV, Parquet or spreadsheet file: filtered, grouped, worked out.

    As a file of up to 100,000 rows: the page's address with `format=csv`, `json` or `parquet`.
    """
    del asked  # Described here, and read as the page reads it.
    actor: Actor = request.auth  # type: ignore[attr-defined] # Set by AnyReader.
    looked = looked_into(
        record_id=record_id, name=file, actor=actor, now=clock.now(), version=version
    )
    given = dict(request.GET.lists())
    if given.get("sql", [""])[0].strip():
        count_sql(request, actor, clock.now())
        found = asking.answer_sql(looked, given, "rows", offset=offset, limit=limit)
        query = urlencode([("sql", found.text)])
    else:
        table = asking.askable(looked, given)
        question = asking.question_of(table, given)
        found = asking.answer(looked, table, question, "rows", offset=offset, limit=limit)
        query = question.address()
    return Rows(
        sha256=looked.file["sha256"],
        version=looked.view.document["version"],
        query=query,
        answer_sha256=found.sha256,
        columns=found.titles,
        rows=found.rows,
        total=found.total,
        more=found.more,
    )


class Named(Schema):
    """A program of this commons."""

    id: str
    titles: dict[str, str] = Field(description="By language.")


class WellKnown(Schema):
    """A well-known open program."""

    name: str
    url: str
    licence: str = Field(description="SPDX identifier.")
    source: str = Field(description="Where its makers say what it reads.")


class Opens(Schema):
    """What opens one format of a record."""

    media_type: str
    files: int = Field(description="How many files of the record are in it.")
    tools: list[Named] = Field(description="Programs here that say they read it.")
    programs: list[WellKnown]


@router.get("/{record_id}/opens", response=list[Opens], summary="What can open the files")
def opens(request: HttpRequest, record_id: str, version: Version = None) -> list[Opens]:
    """For each format of a record's files, the commonest first: what reads it."""
    actor: Actor = request.auth  # type: ignore[attr-defined] # Set by AnyReader.
    now = clock.now()
    view = record_view(record_id=record_id, actor=actor, now=now, version=version)
    return [
        Opens(
            media_type=one.media_type,
            files=one.files,
            tools=[Named(id=record, titles=titles) for record, titles in one.tools],
            programs=[
                WellKnown(name=p.name, url=p.url, licence=p.licence, source=p.source)
                for p in one.programs
            ],
        )
        for one in opened_by(view.document, now)
    ]
