"""Relevance on known items, beside what a user would pick instead, and across languages.

    python -m benchmarks.relevance DIR [--json] [--every N] [--vectors FOLDER]

DIR holds a collection as `tonle.search.evaluation` describes it. Prints MRR@10 and
recall@10 per query type and language for Tonle's search, for tokens cut at white space
(BM25 by the same engine), for SQLite FTS5 with its `unicode61` and `trigram` tokenizers,
and, where TONLE_DATABASE_URL names a PostgreSQL database, for its `simple` configuration
(in a temporary table). Then recall@10 of questions in one language for passages in
another, by the term tables that come with Tonle; with `--vectors`, also by those and by
meaning. Vectors are kept in that folder: making them takes half a second a passage, once, and
a run that was stopped goes on.
With `--json`: {"results": [{"type", "query_lang", "passage_lang", "mrr10", "recall10", "n"},
...]} of Tonle's search alone, within each language and across (by all that was asked for).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from tonle.search import evaluation
from tonle.search.engine import AnyOf, Entry, Request, Schema, SortKey, Term
from tonle.search.tantivy_engine import TantivyReader, TantivyWriter
from tonle.search.terms import lexicon, store

TYPES = ("kw", "span", "question", "kw_nodiacritics")
ACROSS = ("kw", "sentence", "question")
LANGUAGES = ("km", "lo", "my", "th", "vi", "zh", "en")


def whitespace(collection: evaluation.Collection, folder: Path) -> evaluation.Search:
    """Lower case, cut at white space, BM25 of any word: the least one can do."""
    fields = Schema(texts=("body",), codes=(), numbers=(), by_number=("newest",), by_text=())
    writer = TantivyWriter(folder, fields)
    for passage in collection.passages:
        tokens = passage.text.lower().split()
        orders = {"newest": SortKey(0)}
        writer.put(Entry(f"p:{passage.id}", {"body": [tokens]}, {}, {}, orders), fresh=True)
    writer.commit({})
    writer.close()
    reader = TantivyReader(folder)

    def search(text: str, _: str) -> Sequence[str]:
        clause = AnyOf(tuple(Term("body", word) for word in text.lower().split()))
        rows = reader.search(Request(clause, limit=evaluation.DEPTH)).rows
        return [row.key.partition(":")[2] for row in rows]

    return search


def fts5(collection: evaluation.Collection, tokenizer: str) -> evaluation.Search:
    """SQLite's full-text search as it comes: all words, and any word where none has all."""
    database = sqlite3.connect(":memory:")
    database.execute(
        f"CREATE VIRTUAL TABLE t USING fts5(id UNINDEXED, text, tokenize='{tokenizer}')"
    )
    database.executemany(
        "INSERT INTO t VALUES (?, ?)", [(p.id, p.text) for p in collection.passages]
    )

    def search(text: str, _: str) -> Sequence[str]:
        quoted = [f'"{word}"' for word in re.sub(r'["\x00]', " ", text).split()]
        for joint in (" AND ", " OR "):
            rows = database.execute(
                "SELECT id FROM t WHERE t MATCH ? ORDER BY rank LIMIT ?",
                (joint.join(quoted), evaluation.DEPTH),
            ).fetchall()
            if rows:
                return [row[0] for row in rows]
        return []

    return search


@contextmanager
def postgresql(collection: evaluation.Collection, address: str) -> Iterator[evaluation.Search]:
    """PostgreSQL's full-text search with the configuration that knows no language: all words,
    and any word where none has all, by `ts_rank`."""
    import psycopg

    with psycopg.connect(address) as database:
        database.execute("CREATE TEMPORARY TABLE t (id text, words tsvector)")
        with database.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO t VALUES (%s, to_tsvector('simple', %s))",
                [(p.id, p.text.replace("\0", " ")) for p in collection.passages],
            )
        database.execute("CREATE INDEX ON t USING gin (words)")

        def search(text: str, _: str) -> Sequence[str]:
            for joint in ("&", "|"):
                rows = database.execute(
                    "SELECT id FROM t,"
                    " (SELECT replace(plainto_tsquery('simple', %s)::text, '&', %s)::tsquery AS q)"
                    " AS asked WHERE words @@ q ORDER BY ts_rank(words, q) DESC, id LIMIT %s",
                    (text.replace("\0", " "), joint, evaluation.DEPTH),
                ).fetchall()
                if rows:
                    return [row[0] for row in rows]
            return []

        yield search


def by_meaning(
    collection: evaluation.Collection, folder: Path, reader: TantivyReader, terms: lexicon.Lexicon
) -> evaluation.Across:
    """Term tables and the model that `tonle vectors on` installs."""
    from tonle.cli.public import Progress
    from tonle.search.vectors import evaluation as with_vectors

    with Progress("Reading for meaning", len(collection.passages), unit="passages") as progress:
        vectors = with_vectors.read_all(collection.passages, folder, tell=progress.advance)
    return with_vectors.by_terms_and_meaning(reader, terms, vectors)


def show(name: str, scores: Iterable[evaluation.Score]) -> None:
    row = {score.query_lang: f"{score.mrr10:.3f} ({score.recall10:.2f})" for score in scores}
    print(f"{name:<18}" + "".join(f"{row.get(x, '-'):>13}" for x in LANGUAGES))


def show_across(type_: str, scores: Sequence[evaluation.Score]) -> None:
    """Recall@10, a line for each language of questions. The mean is over pairs of languages."""
    mean = sum(score.recall10 for score in scores) / len(scores)
    print(f"{type_ + ': mean ' + format(mean, '.3f'):<22}" + "".join(f"{x:>7}" for x in LANGUAGES))
    found = {(score.query_lang, score.passage_lang): score.recall10 for score in scores}
    for language in LANGUAGES:
        if any(asked == language for asked, _ in found):
            cells = (found.get((language, other)) for other in LANGUAGES)
            line = "".join(f"{'-' if cell is None else format(cell, '.2f'):>7}" for cell in cells)
            print(f"{language:>22}{line}")
    print()


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.relevance", description=__doc__)
    parser.add_argument("dir", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--every", type=int, default=1, help="take each N-th query only")
    parser.add_argument("--vectors", type=Path, metavar="FOLDER", help="search by meaning, too")
    args = parser.parse_args()
    collection = evaluation.read_collection(args.dir, args.every)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        reader = evaluation.build(collection.passages, folder / "tonle")
        ours = evaluation.by_index(reader)
        lexicon.build(folder / "terms.sqlite3", sorted(store.SHIPPED.glob("*.jsonl.gz")), "")
        terms = lexicon.Lexicon(folder / "terms.sqlite3")
        ways = {"term tables": evaluation.by_terms(reader, terms)}
        if args.vectors:
            ways["term tables and meaning"] = by_meaning(collection, args.vectors, reader, terms)
        if args.json:
            scores = evaluation.evaluate(collection, ours, TYPES)
            scores += evaluation.evaluate_across(collection, [*ways.values()][-1], ACROSS)
            print(json.dumps({"results": [asdict(score) for score in scores]}, indent=1))
            return
        systems = {
            "white space": whitespace(collection, folder / "whitespace"),
            "FTS5 unicode61": fts5(collection, "unicode61"),
            "FTS5 trigram": fts5(collection, "trigram"),
        }
        address = os.environ.get("TONLE_DATABASE_URL", "")
        if address.startswith("postgres"):
            systems["PostgreSQL simple"] = stack.enter_context(postgresql(collection, address))
        systems["Tonle"] = ours
        print(f"{len(collection.passages):,} passages in one index; MRR@10 (recall@10)\n")
        for type_ in TYPES:
            print(f"{type_:<18}" + "".join(f"{lang:>13}" for lang in LANGUAGES))
            for system, search in systems.items():
                show(system, evaluation.evaluate(collection, search, [type_]))
            print()
        for way, across in ways.items():
            print(f"Across languages, by {way}: recall@10\n")
            for type_ in ACROSS:
                if scores := evaluation.evaluate_across(collection, across, [type_]):
                    show_across(type_, scores)


if __name__ == "__main__":
    main()
