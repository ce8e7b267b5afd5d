"""A question to the index, answered with what the database says at this moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings

from tonle.api.public import scope_of
from tonle.kernel.text import choose
from tonle.search import asking
from tonle.search.asking import Asked
from tonle.search.documents import Box
from tonle.search.engine import Answer, Place, Reader, Request, Row
from tonle.search.errors import UnknownSorting
from tonle.search.facets import NAMED, SHOWN, Filters, facet
from tonle.search.reading import current_reader
from tonle.search.resembling import resembling
from tonle.search.schema import NEWEST, title_order
from tonle.search.selectors.across import below, in_other_languages
from tonle.search.selectors.answers import SORTS, Interpretation, Mode, Page, Sort
from tonle.search.selectors.cursors import At, read_cursor, ways
from tonle.search.selectors.hits import Reading, hits_of, shown, still_there
from tonle.search.spelling import Meant, did_you_mean

LARGEST_PAGE = 100

# Fewer hits with every word, and those with some of the words are shown below them.
FEW = 10


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

    at = read_cursor(scope, cursor) if cursor else At()
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
    few = 1 if chosen != "relevance" else 0 if question.names_one_thing else FEW
    request, answer, at = _ask(reader, request, question, at, few)
    tier = None
    if across:
        all_ = at.mode == "all"
        tier = in_other_languages(reader, question, request, answer.rows, language, have_all=all_)
    reading = Reading(language)
    # All that the page may show, in one query to each source.
    reading.of((*answer.rows, *(tier.rows if tier else ())))
    rows, answer = still_there(reader, request, answer, reading)
    if at.backwards and len(rows) < request.limit:
        # The beginning was reached: show it as whoever starts there sees it.
        asked: dict[str, Any] = {"language": language, "now": now, "facets": facets, "named": named}
        return search(query, filters, sort, None, limit, helping=helping, across=across, **asked)

    following, preceding = ways(scope, rows, answer, at)
    return Page(
        hits=shown(rows, reading, question.marked),
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
        across=below(reader, question, tier, rows, reading) if tier else None,
    )


def _meant(
    reader: Reader, question: Asked, request: Request, answer: Answer, at: At, language: str
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


def _ask(
    reader: Reader, request: Request, question: Asked, at: At, few: int
) -> tuple[Request, Answer, At]:
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


def _still_open(reader: Reader, request: Request, filters: Filters, now: datetime) -> int:
    """How many of what was found do not close before now; 0 where only these were asked for."""
    if filters.open_now:
        return 0
    return reader.count(request.clause, replace(filters, open_now=True).for_engine(now))


def _interpretation(question: Asked, mode: Mode, with_all: int) -> Interpretation:
    return Interpretation(
        question.typed,
        question.marked.words,
        mode,
        with_all,
        question.cut,
        question.understood,
        question.slips,
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
