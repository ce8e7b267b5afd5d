"""From rows of the index to results: read again from their source, and marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tonle.kernel.text import choose
from tonle.search.documents import Hit, sources, split_key
from tonle.search.engine import Answer, Reader, Request, Row
from tonle.search.highlight import Marked, Marker
from tonle.search.query import Question
from tonle.search.selectors.answers import Found

# Of a subject or a name, so much is shown.
WHERE_CHARACTERS = 120

# Hits that went away after they were indexed are replaced from below, so many times.
_REFILLS = 5


def still_there(
    reader: Reader, request: Request, answer: Answer, language: str
) -> tuple[list[Row], dict[str, Hit], Answer]:
    """Read every hit again from its source. Who is gone is left out and not counted, and
    the page is filled up from what comes next."""
    rows: list[Row] = []
    hits: dict[str, Hit] = {}
    gone = 0
    batch = answer
    for _ in range(_REFILLS):
        fresh = hits_of(batch.rows, language)
        kept = [row for row in batch.rows if row.key in fresh]
        gone += len(batch.rows) - len(kept)
        hits |= fresh
        rows = [*kept, *rows] if request.direction == "before" else [*rows, *kept]
        if len(rows) >= request.limit or not batch.more:
            break
        edge = batch.rows[0] if request.direction == "before" else batch.rows[-1]
        missing = request.limit - len(rows)
        batch = reader.search(replace(request, facets=(), limit=missing, place=edge.place))
    return rows, hits, Answer(answer.rows, max(0, answer.total - gone), answer.facets, batch.more)


def hits_of(rows: Sequence[Row], language: str) -> dict[str, Hit]:
    """Index key to hit, one query to each source."""
    wanted: dict[str, list[str]] = {}
    for row in rows:
        name, key = split_key(row.key)
        wanted.setdefault(name, []).append(key)
    return {
        f"{source.name}:{key}": hit
        for source in sources()
        if source.name in wanted
        for key, hit in source.hits(wanted[source.name], language).items()
    }


def shown(
    rows: Sequence[Row], hits: Mapping[str, Hit], question: Question, language: str
) -> tuple[Found, ...]:
    marker = Marker(question)
    return tuple(shown_one(row, hits[row.key], marker, language) for row in rows)


def shown_one(row: Row, hit: Hit, marker: Marker, language: str) -> Found:
    source, key = split_key(row.key)
    title = marker.whole(hit.title[1])
    tag, text = choose(hit.summary, language)
    snippet = marker.snippet(text)
    if not snippet.distinct:
        # The words may be in the summary in another language: better that than none.
        others = ((other, marker.snippet(text)) for other, text in sorted(hit.summary.items()))
        tag, snippet = max(
            ((tag, snippet), *others), key=lambda pair: (pair[1].distinct, pair[0] == tag)
        )
    also = None
    if not title.distinct:
        titles = ((tag, marker.whole(text)) for tag, text in sorted(hit.other_titles.items()))
        also = next(((tag, marked) for tag, marked in titles if marked.distinct), None)
    where = None
    if not (title.distinct or snippet.distinct or also):
        where = _where(hit, marker)
    return Found(source, key, hit, title, tag, snippet, also, where)


def _where(hit: Hit, marker: Marker) -> tuple[str, str, Marked] | None:
    """The first of a hit's other texts that holds something of what was asked for."""
    if not marker.marks:
        return None
    return next(
        (
            (label, tag, marked)
            for label, texts in hit.elsewhere()
            for tag, text in texts.items()
            if (marked := marker.snippet(text, WHERE_CHARACTERS)).distinct
        ),
        None,
    )
