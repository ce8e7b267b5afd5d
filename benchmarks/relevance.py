"""Relevance on known items, beside what a user would pick instead.

    python -m benchmarks.relevance DIR [--json] [--every N]

DIR holds a collection as `tonle.search.evaluation` describes it. Prints MRR@10 and
recall@10 per query type and language for Tonle's search, for tokens cut at white space
(BM25 by the same engine), and for SQLite FTS5 with its `unicode61` and `trigram`
tokenizers. With `--json`: {"results": [{"type", "query_lang", "passage_lang", "mrr10",
"recall10", "n"}, ...]} of Tonle's search alone.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sqlite3
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from tonle.search import evaluation
from tonle.search.engine import AnyOf, Entry, Request, Schema, SortKey, Term
from tonle.search.tantivy_engine import TantivyReader, TantivyWriter

TYPES = ("kw", "span", "question", "kw_nodiacritics")
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

    def search(text: str) -> Sequence[str]:
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

    def search(text: str) -> Sequence[str]:
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


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.relevance", description=__doc__)
    parser.add_argument("dir", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--every", type=int, default=1, help="take each N-th query only")
    args = parser.parse_args()
    collection = evaluation.read_collection(args.dir, args.every)
    with tempfile.TemporaryDirectory() as folder:
        ours = evaluation.by_index(evaluation.build(collection.passages, Path(folder) / "tonle"))
        if args.json:
            scores = evaluation.evaluate(collection, ours, TYPES)
            print(json.dumps({"results": [asdict(score) for score in scores]}, indent=1))
            return
        systems = {
            "white space": whitespace(collection, Path(folder) / "whitespace"),
            "FTS5 unicode61": fts5(collection, "unicode61"),
            "FTS5 trigram": fts5(collection, "trigram"),
            "Tonle": ours,
        }
        print(f"{len(collection.passages):,} passages in one index; MRR@10 (recall@10)\n")
        for type_ in TYPES:
            print(f"{type_:<16}" + "".join(f"{lang:>13}" for lang in LANGUAGES))
            for name, search in systems.items():
                row = {
                    score.query_lang: f"{score.mrr10:.3f} ({score.recall10:.2f})"
                    for score in evaluation.evaluate(collection, search, [type_])
                }
                print(f"{name:<16}" + "".join(f"{row.get(x, '-'):>13}" for x in LANGUAGES))
            print()


if __name__ == "__main__":
    main()
