"""How much a model adds across languages, by the same measure and the same collections as
`tonle.search.evaluation`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from tonle.search import query as query_module
from tonle.search.documents import Change, Document, Hit
from tonle.search.engine import OneOf, Reader, Request, Term, Without
from tonle.search.evaluation import DEPTH, Across, Passage
from tonle.search.selectors import FUSED
from tonle.search.shelf import Shelf
from tonle.search.terms import expansion
from tonle.search.terms.lexicon import Lexicon
from tonle.search.vectors import store
from tonle.search.vectors.follower import Follower, Tell
from tonle.search.vectors.fusion import fused
from tonle.search.vectors.node import E5_MODEL, MOST, Model
from tonle.search.vectors.texts import masks, question_text, tongue_of

_LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC)


class Passages:
    """Passages as a source, so that the node's own follower reads them: it goes on where a
    stopped run was, and a second run has nothing to do."""

    name = "passages"

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = passages

    def lineage(self) -> str:
        said = "\n".join(f"{passage.id} {passage.text}" for passage in self._passages)
        return sha256(said.encode("utf-8", "ignore")).hexdigest()

    def head(self) -> int:
        return len(self._passages)

    def changes(self, after: int, limit: int) -> Sequence[Change]:
        some = self._passages[after : after + limit]
        return [Change(at, p.id, _document(p)) for at, p in enumerate(some, start=after + 1)]

    def hits(self, keys: Sequence[str], language: str) -> Mapping[str, Hit]:
        raise NotImplementedError("passages are found, and never shown")


def _document(passage: Passage) -> Document:
    facets = {"lang": [passage.lang]}
    texts = [{passage.lang: passage.text}]
    return Document(passage.id, "dataset", {}, texts, [], [], facets, None, _LONG_AGO)


def read_all(
    passages: Sequence[Passage], folder: Path, model: Model = E5_MODEL, *, tell: Tell
) -> store.Reader:
    """Vectors of passages, kept in a folder. tell: gets the number read since the last time."""
    made = model.make()
    shelf = Shelf(folder)
    follower = Follower(
        shelf, [Passages(passages)], lambda: made, model=model.name(), dimensions=model.dimensions
    )
    follower.catch_up(tell=tell)
    current = shelf.current()
    assert current is not None, "what was caught up has a generation"  # noqa: S101 # As it says.
    return store.Reader(current.path, model.dimensions)


def by_terms_and_meaning(
    reader: Reader, lexicon: Lexicon, vectors: store.Reader, model: Model = E5_MODEL
) -> Across:
    """Searching in one other language as `selectors.search` does for a reader who narrowed to
    it, on a node with vectors: what has all words as typed, then what term tables and the model
    find, fused by rank."""
    embedder = model.make()
    # One question is asked of several languages, one after another.
    embedded = lru_cache(maxsize=16)(embedder.question)

    def near(text: str, language: str, other: str) -> list[str]:
        looked_for = masks(tongue_of(text, language), (other,))
        if looked_for is None:
            return []
        of, without = looked_for
        vector = embedded(question_text(text))
        found = vectors.nearest(vector, embedder.centres, MOST, of=of, without=without)
        return [thing.key for thing in found if thing.likeness >= model.least][:FUSED]

    def search(text: str, language: str, other: str) -> Sequence[str]:
        question = query_module.read(text)
        only = {"lang": OneOf((other,))}
        asked = query_module.every_word(question)
        first = [row.key for row in reader.search(Request(asked, filters=only, limit=DEPTH)).rows]
        found = expansion.of(lexicon, question, language, (other,))
        by_words: list[str] = []
        if found:
            excluded = (asked, *(Term("key", key) for key in first))
            beyond = Request(Without(found.clause, excluded), filters=only, limit=FUSED)
            by_words = [row.key for row in reader.search(beyond).rows]
        second = fused(by_words, near(text, language, other))
        keys = dict.fromkeys((*first, *second))
        return [key.partition(":")[2] for key in keys][:DEPTH]

    return search
