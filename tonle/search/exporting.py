"""A whole result as one file, made while it is sent."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, Final

from django.conf import settings
from django.utils import translation

from tonle.search.exports import Export, register_export
from tonle.search.facets import Filters
from tonle.search.selectors import LARGEST_PAGE, Found, search

# A file of more is what OAI-PMH and the record lists of the API are for.
MOST: Final = 2_000


def written(
    export: Export,
    query: str,
    filters: Filters,
    sort: str,
    *,
    language: str,
    code: str,
    now: datetime,
) -> Iterator[bytes]:
    """The first MOST results as a file, made while it is sent: a page of them in memory at a time.

    language: BCP 47, code: the same as Django's, of the reader. now: UTC.
    """

    def pages() -> Iterator[Sequence[Found]]:
        cursor, left = None, MOST
        while left > 0:
            # Held no longer than one page is made: whoever sends it has a language of their own.
            with translation.override(code):
                asked: dict[str, Any] = {"language": language, "now": now, "facets": ()}
                limit = min(LARGEST_PAGE, left)
                page = search(query, filters, sort, cursor, limit, **asked)
            yield page.hits
            left -= len(page.hits)
            cursor = page.next
            if cursor is None or not page.hits:
                return

    asked = pages()
    # What is wrong with the question is said before the head of the file.
    first = next(asked)
    for piece in export.write(chain([first], asked)):
        yield piece.encode()


def absolute(path: str) -> str:
    return f"{settings.TONLE_URL}{path}"


def _json(pages: Iterable[Sequence[Found]]) -> Iterator[str]:
    yield '{"items":['
    between = ""
    for page in pages:
        for found in page:
            row = {**_row(found), "summary": dict(found.hit.summary)}
            yield f"{between}\n{json.dumps(row, ensure_ascii=False)}"
            between = ","
    yield "\n]}\n"


_COLUMNS: Final = (
    "id",
    "kind",
    "title",
    "title_language",
    "reader_title",
    "reader_title_language",
    "creators",
    "year",
    "publisher",
    "doi",
    "licences",
    "languages",
    "access",
    "covers",
    "updated_at",
    "url",
)


def _csv(pages: Iterable[Sequence[Found]]) -> Iterator[str]:
    # Spreadsheets take a file without this mark for one of their own country's letters.
    yield "\ufeff"
    yield _line(_COLUMNS)
    for page in pages:
        for found in page:
            row = _row(found)
            yield _line(_harmless(_cell(row[name])) for name in _COLUMNS)


def _row(found: Found) -> dict[str, Any]:
    """title: in the language of the thing itself; reader_title: as the page shows it."""
    hit = found.hit
    facts = hit.facts()
    tag, title = facts.title or hit.title
    return {
        "id": hit.id,
        "kind": hit.kind,
        "title": title,
        "title_language": tag,
        "reader_title": hit.title[1],
        "reader_title_language": hit.title[0],
        "creators": list(facts.creators),
        "year": facts.year,
        "publisher": facts.publisher,
        "doi": facts.doi,
        "licences": list(facts.licences),
        "languages": list(facts.languages),
        "access": facts.access,
        "covers": list(facts.covers),
        "updated_at": hit.updated_at.isoformat().replace("+00:00", "Z"),
        "url": absolute(hit.html_url),
    }


def _cell(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(value)
    return "" if value is None else str(value)


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell


register_export(Export("csv", "CSV", "text/csv; charset=utf-8", _csv))
register_export(Export("json", "JSON", "application/json", _json))
