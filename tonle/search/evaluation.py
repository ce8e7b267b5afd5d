"""How well the search finds known items: the measure that relevance is judged by.

A collection is a folder with `passages.jsonl` (id, lang, group, text), `queries.jsonl`
(qid, type, lang, text) and `qrels.tsv` (qid, group): relevant to a query are the passages
of its group: in the query's own language, or, across languages, in one other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tonle.search import query as query_module
from tonle.search.documents import Document
from tonle.search.engine import OneOf, Reader, Request, Without
from tonle.search.schema import entry, schema
from tonle.search.selectors import FEW
from tonle.search.tantivy_engine import TantivyReader, TantivyWriter
from tonle.search.terms import expansion
from tonle.search.terms.lexicon import Lexicon

DEPTH = 10

# a question, its language -> ids of passages, best first
Search = Callable[[str, str], Sequence[str]]
# a question, its language, the language of the passages -> their ids, best first
Across = Callable[[str, str, str], Sequence[str]]
_SOURCE = "passages"


@dataclass(frozen=True, slots=True)
class Passage:
    id: str
    lang: str
    group: str
    text: str


@dataclass(frozen=True, slots=True)
class KnownItem:
    """A question and the group of passages that answers it."""

    type: str
    lang: str
    text: str
    group: str


@dataclass(frozen=True, slots=True)
class Collection:
    passages: tuple[Passage, ...]
    queries: tuple[KnownItem, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """mrr10: mean of 1/rank among the first ten, 0 beyond. recall10: share found there."""

    type: str
    query_lang: str
    passage_lang: str
    mrr10: float
    recall10: float
    n: int


def read_collection(folder: Path, every: int = 1) -> Collection:
    """A collection; of its queries only each `every`-th."""

    def lines(name: str) -> Iterable[dict[str, str]]:
        with (folder / name).open(encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)

    with (folder / "qrels.tsv").open(encoding="utf-8") as file:
        groups = dict(line.rstrip("\n").split("\t") for line in file)
    return Collection(
        tuple(Passage(p["id"], p["lang"], p["group"], p["text"]) for p in lines("passages.jsonl")),
        tuple(
            KnownItem(q["type"], q["lang"], q["text"], groups[q["qid"]])
            for q in lines("queries.jsonl")
            if q["qid"] in groups
        )[::every],
    )


def build(passages: Iterable[Passage], folder: Path) -> TantivyReader:
    """An index of passages, made as the node makes its own: same analysis, fields, engine."""
    writer = TantivyWriter(folder, schema(), heap_bytes=50_000_000)
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    for passage in passages:
        facets = {"lang": [passage.lang]}
        texts = [{passage.lang: passage.text}]
        made = Document(passage.id, "dataset", {}, texts, [], [], facets, None, long_ago)
        writer.put(entry(_SOURCE, made), fresh=True)
    writer.commit({})
    writer.close()
    return TantivyReader(folder)


def by_index(reader: Reader) -> Search:
    """Searching as `selectors.search` does: every word first, any word where few have all."""

    def search(text: str, language: str) -> Sequence[str]:
        question = query_module.read(text, language)
        answer = reader.search(Request(query_module.every_word(question), limit=DEPTH))
        if answer.total < FEW:
            answer = reader.search(Request(query_module.any_word(question), limit=DEPTH))
        return [row.key.partition(":")[2] for row in answer.rows]

    return search


def by_terms(reader: Reader, lexicon: Lexicon) -> Across:
    """Searching in one other language as `selectors.search` does for a reader who narrowed to
    it: what has all words as typed, then what has them in the other language's terms."""

    def search(text: str, language: str, other: str) -> Sequence[str]:
        question = query_module.read(text)
        only = {"lang": OneOf((other,))}
        asked = query_module.every_word(question)
        rows = reader.search(Request(asked, filters=only, limit=DEPTH)).rows
        found = expansion.of(lexicon, question, language, (other,))
        if len(rows) < DEPTH:
            clause = found.clause if found else query_module.any_word(question)
            beyond = Request(Without(clause, (asked,)), filters=only, limit=DEPTH)
            rows = (*rows, *reader.search(beyond).rows)
        return [row.key.partition(":")[2] for row in rows[:DEPTH]]

    return search


def evaluate_across(collection: Collection, search: Across, types: Iterable[str]) -> list[Score]:
    """Scores by query type and pair of languages, for queries whose group has a passage in the
    other one."""
    wanted = set(types)
    group_of = {passage.id: passage.group for passage in collection.passages}
    tongues: dict[str, set[str]] = {}
    for passage in collection.passages:
        tongues.setdefault(passage.group, set()).add(passage.lang)
    ranks: dict[tuple[str, str, str], list[int]] = {}
    for query in collection.queries:
        if query.type not in wanted:
            continue
        for other in sorted(tongues[query.group] - {query.lang}):
            found = [group_of[id_] for id_ in search(query.text, query.lang, other)]
            rank = found.index(query.group) + 1 if query.group in found else 0
            ranks.setdefault((query.type, query.lang, other), []).append(rank)
    return [_score(*key, found) for key, found in sorted(ranks.items())]


def _score(type_: str, query_lang: str, passage_lang: str, ranks: Sequence[int]) -> Score:
    """ranks: of each query's first relevant passage, 0 where none is among the first ten."""
    return Score(
        type_,
        query_lang,
        passage_lang,
        sum(1 / rank for rank in ranks if rank) / len(ranks),
        sum(1 for rank in ranks if rank) / len(ranks),
        len(ranks),
    )


def evaluate(collection: Collection, search: Search, types: Iterable[str]) -> list[Score]:
    """Scores by query type and language, in one fixed order."""
    wanted = set(types)
    of = {passage.id: passage for passage in collection.passages}
    ranks: dict[tuple[str, str], list[int]] = {}
    for query in collection.queries:
        if query.type not in wanted:
            continue
        rank = 0
        for at, found in enumerate(search(query.text, query.lang)[:DEPTH], start=1):
            passage = of[found]
            if passage.group == query.group and passage.lang == query.lang:
                rank = at
                break
        ranks.setdefault((query.type, query.lang), []).append(rank)
    return [_score(type_, lang, lang, found) for (type_, lang), found in sorted(ranks.items())]
