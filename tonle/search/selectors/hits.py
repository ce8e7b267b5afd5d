"""From rows of the index to results: read again from their source, and marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


class Reading:
    """The hits of one page, each read once from its source: those of all its lists in one query
    where they are known together."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._read: dict[str, Hit | None] = {}

    def of(self, rows: Iterable[Row]) -> dict[str, Hit]:
        """Key to hit; who is gone is left out."""
        wanted = list(rows)
        news = [row for row in wanted if row.key not in self._read]
        if news:
            fresh = hits_of(news, self.language)
            self._read |= {row.key: fresh.get(row.key) for row in news}
        return {row.key: hit for row in wanted if (hit := self._read[row.key])}


def still_there(
    reader: Reader, request: Request, answer: Answer, reading: Reading
) -> tuple[list[Row], Answer]:
    """Read every hit again from its source. Who is gone is left out and not counted, and
    the page is filled up from what comes next."""
    rows: list[Row] = []
    gone = 0
    batch = answer
    for _ in range(_REFILLS):
        fresh = reading.of(batch.rows)
        kept = [row for row in batch.rows if row.key in fresh]
        gone += len(batch.rows) - len(kept)
        rows = [*kept, *rows] if request.direction == "before" else [*rows, *kept]
        if len(rows) >= request.limit or not batch.more:
            break
        edge = batch.rows[0] if request.direction == "before" else batch.rows[-1]
        missing = request.limit - len(rows)
        batch = reader.search(replace(request, facets=(), limit=missing, place=edge.place))
    return rows, Answer(answer.rows, max(0, answer.total - gone), answer.facets, batch.more)


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


def shown(rows: Sequence[Row], reading: Reading, question: Question) -> tuple[Found, ...]:
    marker, hits = Marker(question), reading.of(rows)
    return tuple(shown_one(row, hits[row.key], marker, reading.language) for row in rows)


def shown_one(row: Row, hit: Hit, marker: Marker, language: str) -> Found:
    source, key = split_key(row.key)
    title = marker.whole(hit.title[1])
    tag, text = choose(hit.summary, language)
    snippet = marker.snippet(text)
    if not snippet.distinct:
        # The words may be in the summary in another language: better that than none.
        others = (
            (other, marker.snippet(text))
            for other, text in sorted(hit.summary.items())
            if other != tag
        )
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
