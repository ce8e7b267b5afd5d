"""The tier below the results: what other languages have, by tables of terms and by meaning."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from tonle.search import asking
from tonle.search.asking import Asked
from tonle.search.engine import (
    Answer,
    AnyOf,
    Clause,
    OneOf,
    Reader,
    Request,
    Row,
    Term,
    Without,
)
from tonle.search.highlight import Marker
from tonle.search.selectors.answers import Across
from tonle.search.selectors.hits import Reading, shown_one, still_there
from tonle.search.terms import LANGUAGES, Expansion, expand
from tonle.search.vectors import node as vectors
from tonle.search.vectors.fusion import fused

# As many results in other languages stand below the others.
ACROSS = 10
# Where a model has a say, so many found by words are ranked with those that it found.
FUSED = 30
SHORTEST_MARKED = 3


@dataclass(frozen=True, slots=True)
class Tier:
    """What the engine found for the tier, before anything of it is read again.

    asked, answer: by words, None where no table knows any. near: what a model found.
    """

    found: Expansion
    asked: Request | None
    answer: Answer | None
    near: Sequence[Row]

    @property
    def rows(self) -> tuple[Row, ...]:
        return (*(self.answer.rows if self.answer else ()), *self.near)


def in_other_languages(
    reader: Reader,
    question: Asked,
    request: Request,
    rows: Sequence[Row],
    language: str,
    *,
    have_all: bool,
) -> Tier | None:
    """What other languages have, without what the page shows and what has all words anyway; None
    on later pages, in other orders, and where no table knows anything to say.

    rows: of the page. have_all: whether each of them has all words.
    """
    if request.place or request.sort or not question.words or question.names_one_thing:
        return None
    found = expand(question.words, language, _tongues(request))
    shown = () if have_all else (Term("key", row.key) for row in rows)
    excluded = (question.every_word(), *shown)

    def beside(clause: Clause, limit: int) -> Request:
        asked = Without(question.instead(clause), excluded)
        return replace(request, clause=asked, facets=(), limit=limit)

    near = _near(reader, question, beside, request, language)
    if not found:
        return Tier(found, None, None, near) if near or found.uncovered else None
    asked = beside(found.clause, FUSED if near else ACROSS)
    return Tier(found, asked, reader.search(asked), near)


def below(
    reader: Reader, question: Asked, tier: Tier, rows: Sequence[Row], reading: Reading
) -> Across:
    """The tier as a page shows it. rows: what the page shows above it."""
    found, near = tier.found, tier.near
    by_words: list[Row] = []
    total = 0
    if tier.asked and tier.answer:
        by_words, answer = still_there(reader, tier.asked, tier.answer, reading)
        total = answer.total
    hits = reading.of((*near, *by_words))
    above = {row.key for row in rows}
    all_rows = {row.key: row for row in (*near, *by_words) if row.key in hits.keys() - above}
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
            replace(
                shown_one(row, hits[row.key], marked, reading.language),
                by_meaning=row.key in meant,
            )
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
