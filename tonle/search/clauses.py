"""What texts with signs ask of the engine: phrases, beginnings, words within one field."""

from __future__ import annotations

from itertools import pairwise

from tonle.search import query as query_module
from tonle.search.analysis import fold
from tonle.search.engine import AllOf, AnyOf, Clause, Phrase, Prefix, Term
from tonle.search.query import BODY, FOLD, NAME, TITLE, Chunk


def phrase(text: str) -> Clause | None:
    """These words one after the other, as they are written; None without a letter or digit."""
    question = query_module.read(text)
    if not question.words and not any(chunk.runs for chunk in question.chunks):
        return None
    ways = [row("title", question.words, TITLE), row("body", question.words, BODY)]
    bare = [fold(word) for word in question.words]
    if bare == list(question.words):
        # Typed without marks: found with them.
        ways.append(row("fold", tuple(filter(None, bare)), FOLD))
    if any(chunk.rows for chunk in question.chunks):
        # ICU may cut the same letters otherwise in a longer text.
        ways.append(AllOf(tuple(_as_letters(chunk) for chunk in question.chunks)))
    return AnyOf(tuple(ways))


def begins(text: str) -> Clause:
    """Words that begin so; of several, the last."""
    question = query_module.read(text)
    *before, last = question.words or ("",)
    if not last:
        return AnyOf(())
    ways: list[Clause] = [Prefix("title", last, TITLE), Prefix("body", last, BODY)]
    bare = fold(last)
    if bare:
        ways += [Prefix("fold", bare, FOLD), Prefix("name", bare, NAME)]
    # What is written without spaces is found within longer words as it stands.
    ways += [letters("grams", run) for chunk in question.chunks[-1:] for run in chunk.rows]
    clause = AnyOf(tuple(ways))
    return AllOf((*(_word(word) for word in before), clause)) if before else clause


def whole_text(text: str) -> Clause | None:
    question = query_module.read(text)
    said = any(chunk.words or chunk.runs for chunk in question.chunks)
    return query_module.every_word(question) if said else None


def _word(word: str) -> Clause:
    return AnyOf((Term("title", word, TITLE), Term("body", word, BODY)))


def row(field: str, words: tuple[str, ...], boost: float) -> Clause:
    if not words:
        return AnyOf(())
    return Phrase(field, words, boost) if len(words) > 1 else Term(field, words[0], boost)


def _as_letters(chunk: Chunk) -> Clause:
    parts = [letters("grams", run) for run in chunk.rows]
    beside = chunk.beside if chunk.rows else chunk.words
    return AllOf((*parts, *(_word(word) for word in beside)))


def letters(field: str, run: tuple[str, ...]) -> Clause:
    """Letter clusters of an unspaced script in this order."""
    pairs = tuple(f"{a}|{b}" for a, b in pairwise(run))
    return row(field, pairs, 1.0) if pairs else Prefix(field, f"{run[0]}|")


def within(field: str, text: str) -> Clause | None:
    """All words of a text within a field that keeps words without marks and letter pairs."""
    parts: list[Clause] = []
    for chunk in query_module.read(text).chunks:
        parts += [letters(field, run) for run in chunk.runs]
        parts += [Term(field, fold(word) or word) for word in chunk.beside]
    return AllOf(tuple(parts)) if parts else None
