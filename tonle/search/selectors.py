"""Questions to the index, answered with what the database says at this moment."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from django.conf import settings

from tonle.api.public import BadCursor, decode_cursor, encode_cursor, scope_of
from tonle.kernel.text import choose
from tonle.search import asking
from tonle.search.asking import Asked, Understood
from tonle.search.documents import Box, Hit, sources, split_key
from tonle.search.engine import (
    Answer,
    AnyOf,
    Clause,
    OneOf,
    Place,
    Reader,
    Request,
    Row,
    SortKey,
    Term,
    Without,
)
from tonle.search.errors import UnknownSorting
from tonle.search.facets import NAMED, SHOWN, Facet, Filters, facet
from tonle.search.highlight import Marked, Marker
from tonle.search.reading import CurrentReader
from tonle.search.resembling import resembling
from tonle.search.schema import NEWEST, title_order
from tonle.search.shelf import Shelf
from tonle.search.spelling import Meant, did_you_mean
from tonle.search.terms import LANGUAGES, Group, expand
from tonle.search.vectors import node as vectors
from tonle.search.vectors.fusion import fused

Sort = Literal["relevance", "newest", "oldest", "title"]
SORTS: tuple[Sort, ...] = ("relevance", "newest", "oldest", "title")
Mode = Literal["all", "any", "everything", "nothing"]

LARGEST_PAGE = 100

# Of a subject or a name, so much is shown.
WHERE_CHARACTERS = 120

# Fewer hits with every word, and those with some of the words are shown below them.
FEW = 10

# Hits that went away after they were indexed are replaced from below, so many times.
_REFILLS = 5


@dataclass(frozen=True, slots=True)
class Found:
    """One result. snippet: from the summary, in the language that holds the words asked for.

    also: (language, title) in another language where the words are, if they are not in
    the title shown. where: (label, language, text) of what else was searched, for a thing
    that was found by neither title nor summary. by_meaning: a model judged it near to what was
    asked; none of the words looked for need be in it.
    """

    source: str
    key: str
    hit: Hit
    title: Marked
    snippet_language: str
    snippet: Marked
    also: tuple[str, Marked] | None = None
    where: tuple[str, str, Marked] | None = None
    by_meaning: bool = False


@dataclass(frozen=True, slots=True)
class Interpretation:
    """How the question was understood, so that a page can say so.

    mode: every word ("all"), some of them ("any"), no question at all ("everything"), or a
    question without a single letter or digit ("nothing"). with_all: in mode "any", how
    many have all words. cut: the question was too long and its end was left out. parts: what
    was asked for with a sign (a phrase, a field, without a word), in reading order.
    """

    typed: str
    words: tuple[str, ...]
    mode: Mode
    with_all: int
    cut: bool
    parts: tuple[Understood, ...] = ()


@dataclass(frozen=True, slots=True)
class Across:
    """What was found in other languages than the question's, below everything else.

    hits: best first, none of which is on the page already. total: of them, by the index; of
    those that only a model found, the ones shown.
    groups: each term that was asked for, with the words that were looked for instead.
    uncovered: words that no term table of this node knows, so that nothing was found by them.
    """

    hits: tuple[Found, ...]
    total: int
    groups: tuple[Group, ...]
    uncovered: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON: plain values only."""
        return {
            "items": [_item(found) for found in self.hits],
            "total": self.total,
            "terms": [
                {
                    "asked": group.asked,
                    "words": [{"language": tag, "text": text} for tag, text in group.terms],
                    "tables": list(group.tables),
                }
                for group in self.groups
            ],
            "uncovered": list(self.uncovered),
            "by_meaning": [found.hit.id for found in self.hits if found.by_meaning],
        }


@dataclass(frozen=True, slots=True)
class Page:
    """One page of results.

    total: of the whole result by the index; things withdrawn in the last second may still
    be counted, and are never shown. next, previous: cursors, None at an end.
    ready: whether there is an index yet. open_now: how many of the results offer something
    that has not closed; counted only with facets, and not where the filter says so already.
    meant: what finds more, where little was found and it was asked for. like: title of the
    thing that these resemble, where one was named. across: what other languages have, on a
    first page by relevance, where it was asked for and a term table knows a word of it.
    """

    hits: tuple[Found, ...]
    total: int
    facets: tuple[Facet, ...]
    next: str | None
    previous: str | None
    sort: Sort
    filters: Filters
    interpretation: Interpretation
    ready: bool = True
    open_now: int = 0
    meant: Meant | None = None
    like: str = ""
    across: Across | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON: plain values only."""
        return {
            "query": self.interpretation.typed,
            "mode": self.interpretation.mode,
            "understood": [
                {
                    "field": one.part.field or one.part.what,
                    "value": one.text,
                    "excluded": one.part.excluded,
                }
                for one in self.interpretation.parts
            ],
            "sort": self.sort,
            "total": self.total,
            "items": [_item(found) for found in self.hits],
            "across": self.across.as_dict() if self.across else None,
            "facets": {
                facet.name: [
                    {"code": value.code, "label": value.label, "count": value.count}
                    for value in facet.values
                ]
                for facet in self.facets
            },
            "did_you_mean": self.meant.query if self.meant else None,
            "next": self.next,
            "previous": self.previous,
        }


def _item(found: Found) -> dict[str, Any]:
    """One result for JSON."""
    return {
        "id": found.hit.id,
        "kind": found.hit.kind,
        "title": found.hit.title[1],
        "title_language": found.hit.title[0],
        "html_url": found.hit.html_url,
        "updated_at": found.hit.updated_at.isoformat().replace("+00:00", "Z"),
        "snippet": found.snippet.text,
        "found_in": found.where and {"label": found.where[0], "text": found.where[2].text},
    }


def search(
    query: str,
    filters: Filters | None = None,
    sort: str = "",
    cursor: str | None = None,
    limit: int = 20,
    *,
    language: str,
    now: datetime,
    facets: Sequence[str] = SHOWN,
    named: Mapping[str, int] | None = None,
    helping: bool = False,
    across: bool = False,
) -> Page:
    """What is found, best first; with no query, the newest.

    sort: "" for the usual one. cursor: `next` or `previous` of a page of the same
    question. language: of the reader (BCP 47). now: UTC. named: facet to how many of its
    values are wanted, where other than usual. helping: whether to look for what may have been
    meant, where little is found. across: whether to look in other languages, too.
    All words are asked for first; where few have them all, those with some follow. One query
    to each source that has hits. Raises BadCursor, UnknownSorting.
    """
    filters = filters or Filters()
    question = asking.read(query, language)
    chosen = _sorting(sort, question, bool(filters.like))
    scope = scope_of("search", {"q": question.typed, "sort": chosen, "f": filters.pairs()})
    reader = current_reader()
    if reader is None:
        return _not_ready(question, filters, chosen)

    at = _read_cursor(scope, cursor) if cursor else _At()
    like = None
    if filters.like:
        like = hits_of([Row(filters.like, Place(filters.like))], language).get(filters.like)
        question = question.narrowed_to(resembling(reader, filters.like, like))
    request = Request(
        clause=question.every_word(),
        filters=filters.for_engine(now),
        facets=tuple(facets),
        sort=_order(chosen, language),
        descending=chosen == "newest",
        limit=max(1, min(limit, LARGEST_PAGE)),
        place=at.place,
        direction="before" if at.backwards else "after",
    )
    few = FEW if chosen == "relevance" and not question.names_one_thing else 1
    request, answer, at = _ask(reader, request, question, at, few)
    rows, hits, answer = _still_there(reader, request, answer, language)
    if at.backwards and len(rows) < request.limit:
        # The beginning was reached: show it as whoever starts there sees it.
        asked: dict[str, Any] = {"language": language, "now": now, "facets": facets, "named": named}
        return search(query, filters, sort, None, limit, helping=helping, across=across, **asked)

    following, preceding = _ways(scope, rows, answer, at)
    return Page(
        hits=_found(rows, hits, question, language),
        total=answer.total,
        facets=tuple(
            facet(name, answer.facets[name], filters, language, (named or {}).get(name, NAMED))
            for name in facets
        ),
        next=following,
        previous=preceding,
        sort=chosen,
        filters=filters,
        interpretation=_interpretation(question, _as_mode(at.mode), at.with_all),
        open_now=_still_open(reader, request, filters, now) if facets else 0,
        meant=_meant(reader, question, request, answer, at, language) if helping else None,
        like=like.title[1] if like else "",
        across=_across(reader, question, request, rows, language) if across else None,
    )


# As many results in other languages stand below the others.
ACROSS = 10
# Where a model has a say, so many found by words are ranked with those that it found.
FUSED = 30
SHORTEST_MARKED = 3


def _across(
    reader: Reader, question: Asked, request: Request, rows: Sequence[Row], language: str
) -> Across | None:
    """What other languages have, without what the page shows and what has all words anyway; None
    on later pages, in other orders, and where no table knows anything to say."""
    if request.place or request.sort or not question.words:
        return None
    found = expand(question.words, language, _tongues(request))
    excluded = (question.every_word(), *(Term("key", row.key) for row in rows))

    def beside(clause: Clause, limit: int) -> Request:
        asked = Without(question.instead(clause), excluded)
        return replace(request, clause=asked, facets=(), limit=limit)

    near = _near(reader, question, beside, request, language)
    if not found and not near:
        return Across((), 0, (), found.uncovered) if found.uncovered else None
    by_words: list[Row] = []
    hits: dict[str, Hit] = {}
    total = 0
    if found:
        asked = beside(found.clause, FUSED if near else ACROSS)
        by_words, hits, answer = _still_there(reader, asked, reader.search(asked), language)
        total = answer.total
    hits |= hits_of(near, language)
    all_rows = {row.key: row for row in (*near, *by_words) if row.key in hits}
    ranked = fused([row.key for row in by_words], [row.key for row in near])
    best = [all_rows[key] for key in ranked if key in all_rows][:ACROSS]
    meant = all_rows.keys() - {row.key for row in by_words}
    # The words of an English term of several bind or say anything: marked alone they mislead.
    texts = (
        text
        for group in found.groups
        for tag, text in group.terms
        if tag != "en" or (text.isalpha() and len(text) > SHORTEST_MARKED)
    )
    marked = Marker(asking.of_texts(question.words, texts))
    return Across(
        tuple(
            replace(_one(row, hits[row.key], marked, language), by_meaning=row.key in meant)
            for row in best
        ),
        total + sum(row.key in meant for row in best),
        found.groups,
        found.uncovered,
    )


def _tongues(request: Request) -> Collection[str]:
    """The languages that a term is worth having in: those that the reader narrowed to, if any.
    With fewer of them there is room for more words of each."""
    narrowed = request.filters.get("lang")
    return narrowed.values if isinstance(narrowed, OneOf) else LANGUAGES


def _near(
    reader: Reader,
    question: Asked,
    beside: Callable[[Clause, int], Request],
    request: Request,
    language: str,
) -> list[Row]:
    """What a model finds near the question, nearest first, where this node has one. It is asked
    of the engine again, which knows filters, signs and what strangers may see."""
    found: dict[str, Row] = {}

    def allowed(keys: Sequence[str]) -> Collection[str]:
        asked = beside(AnyOf(tuple(Term("key", key) for key in keys)), len(keys))
        found.update((row.key, row) for row in reader.search(asked).rows)
        return found

    chosen = request.filters.get("lang")
    narrowed = chosen.values if isinstance(chosen, OneOf) else ()
    keys = vectors.near(question.words.typed, language, allowed, narrowed=narrowed)
    return [found[key] for key in keys[:FUSED]]


def _meant(
    reader: Reader, question: Asked, request: Request, answer: Answer, at: _At, language: str
) -> Meant | None:
    """What may have been meant where fewer than FEW have all that was asked for, and nobody has
    gone on to a second page."""
    with_all = at.with_all if at.mode == "any" else answer.total
    if at.place or with_all >= FEW:
        return None
    return did_you_mean(reader, question, request.filters, with_all, language)


def counts_in(
    boxes: Sequence[Box], query: str, filters: Filters, *, language: str, now: datetime
) -> dict[Box, int]:
    """How many results touch each box. One count of the engine for each."""
    reader = current_reader()
    if reader is None:
        return {}
    clause = asking.read(query, language).every_word()
    return {box: reader.count(clause, replace(filters, box=box).for_engine(now)) for box in boxes}


@dataclass(frozen=True, slots=True)
class _At:
    """Where in a result to go on, as a cursor says; without one, at its beginning.

    mode: how the words were asked for, "" while they were not; with_all: how many things have
    them all, where those with some are shown.
    """

    place: Place | None = None
    backwards: bool = False
    mode: str = ""
    with_all: int = 0


def _ask(
    reader: Reader, request: Request, question: Asked, at: _At, few: int
) -> tuple[Request, Answer, _At]:
    """Ask for all words, and where few things have them, for some; also what was asked in the end.

    A later page asks as its first one did.
    """
    some = replace(request, clause=question.any_word())
    if at.mode:
        asked = some if at.mode == "any" else request
        return asked, reader.search(asked), at
    answer, mode = reader.search(request), _mode(question)
    if mode != "all" or answer.total >= few or not question.words:
        return request, answer, replace(at, mode=mode)
    wider = reader.search(some)
    if wider.total > answer.total:
        return some, wider, replace(at, mode="any", with_all=answer.total)
    return request, answer, replace(at, mode=mode, with_all=answer.total)


def _ways(
    scope: str, rows: Sequence[Row], answer: Answer, at: _At
) -> tuple[str | None, str | None]:
    """Cursors of the next page and of the one before, None where there is none."""
    if not rows:
        return None, None
    following = preceding = None
    if answer.more or at.backwards:
        following = _cursor(scope, rows[-1].place, at, "after")
    if answer.more if at.backwards else at.place:
        preceding = _cursor(scope, rows[0].place, at, "before")
    return following, preceding


def _still_open(reader: Reader, request: Request, filters: Filters, now: datetime) -> int:
    """How many of what was found do not close before now; 0 where only these were asked for."""
    if filters.open_now:
        return 0
    return reader.count(request.clause, replace(filters, open_now=True).for_engine(now))


# --- the index ----------------------------------------------------------------------


@cache
def _reader_at(root: str) -> CurrentReader:
    return CurrentReader(Shelf(Path(root)))


def current_reader() -> Reader | None:
    """The index of now; None before there is one."""
    return _reader_at(str(settings.TONLE_INDEX)).get()


def is_usable() -> bool:
    """Whether there is an index that answers. It may be behind its sources."""
    reader = current_reader()
    return reader is not None and bool(reader.state())


def _interpretation(question: Asked, mode: Mode, with_all: int) -> Interpretation:
    return Interpretation(
        question.typed,
        question.marked.words,
        mode,
        with_all,
        question.cut,
        question.understood,
    )


def _not_ready(question: Asked, filters: Filters, sort: Sort) -> Page:
    said = _interpretation(question, _mode(question), 0)
    return Page((), 0, (), None, None, sort, filters, said, ready=False)


def _sorting(sort: str, question: Asked, alike: bool = False) -> Sort:
    scores = question.scores or alike
    if not sort or (sort == "relevance" and not scores):
        return "relevance" if scores else "newest"
    for known in SORTS:
        if sort == known:
            return known
    raise UnknownSorting(value=sort[:50], known=", ".join(SORTS))


def _order(sort: Sort, language: str) -> str:
    """The engine's name of a sorting; titles stand in the order of the reader's language."""
    if sort == "relevance":
        return ""
    if sort in {"newest", "oldest"}:
        return NEWEST
    by_tag = {code.lower(): code for code, _ in settings.LANGUAGES}
    tag, _ = choose(dict.fromkeys(by_tag, "x"), language)
    return title_order(by_tag.get(tag, settings.LANGUAGE_CODE))


def _mode(question: Asked) -> Mode:
    if not question:
        return "everything"
    return "nothing" if question.is_empty else "all"


def _as_mode(mode: str) -> Mode:
    modes: Mapping[str, Mode] = {"all": "all", "any": "any", "nothing": "nothing"}
    return modes.get(mode, "everything")


# --- rows to hits -------------------------------------------------------------------


def _still_there(
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


def _found(
    rows: Sequence[Row], hits: Mapping[str, Hit], question: Asked, language: str
) -> tuple[Found, ...]:
    marker = Marker(question.marked)
    return tuple(_one(row, hits[row.key], marker, language) for row in rows)


def _one(row: Row, hit: Hit, marker: Marker, language: str) -> Found:
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


# --- cursors ------------------------------------------------------------------------


def _cursor(scope: str, place: Place, at: _At, direction: str) -> str:
    return encode_cursor(
        scope,
        (
            direction,
            at.mode,
            at.with_all,
            place.key,
            place.depth,
            repr(place.score),
            place.sort_key.head,
            place.sort_key.text,
        ),
    )


def _read_cursor(scope: str, cursor: str) -> _At:
    values = decode_cursor(scope, cursor)
    try:
        direction, mode, with_all, key, depth, score, head, text = values
        place = Place(
            str(key),
            max(0, int(depth or 0)),
            float(score or 0.0),
            SortKey(max(0, min(int(head or 0), 2**64 - 1)), str(text or "")),
        )
        return _At(place, direction == "before", str(mode), max(0, int(with_all or 0)))
    except (TypeError, ValueError) as error:
        raise BadCursor from error
