"""Search in a node's own index, beside SQLite FTS5 and the raw engine, over the same records.

    TONLE_DATA=DIR python -m benchmarks.asking WORK [QUESTIONS]

QUESTIONS: a JSON list of what is asked, instead of words of the made-up records.
A process of its own, as Django is set up for one node only. Prints JSON: for each way of
asking, milliseconds of every question. All ways count the same facets, but for the engine
alone, which counts none.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django
from django.conf import settings

from benchmarks.filled import analysed
from benchmarks.material import LANGUAGES, word

FACETS = ("kind", "member", "lang", "access", "licence", "subject")
CHUNK = 1000


def questions() -> list[str]:
    """Words of all languages, common and rare, and pairs of them; each question once."""
    chance, found = random.Random(5), list[str]()
    for language in LANGUAGES:
        found += [word(language, rank) for rank in (1, 2, 3, 5, 8, 40, 200, 900)]
        found += [
            f"{word(language, chance.randrange(1, 20))} {word(language, chance.randrange(1, 200))}"
            for _ in range(12)
        ]
    return list(dict.fromkeys(found))


def milliseconds(ask: Callable[[str], object], asked: Sequence[str]) -> list[float]:
    """How long each question took, after a round that warms up."""
    for question in asked[::5]:
        ask(question)
    taken = []
    for question in asked:
        began = time.perf_counter()
        ask(question)
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def main(work: Path, wanted: Path | None = None) -> None:
    django.setup()
    from tonle.infra import clock
    from tonle.search import selectors
    from tonle.search.analysis import analyse
    from tonle.search.engine import AllOf, Request, Term
    from tonle.search.facets import Filters
    from tonle.search.reading import CurrentReader
    from tonle.search.shelf import Shelf

    index = CurrentReader(Shelf(settings.TONLE_INDEX)).get()
    assert index is not None, "bring the index up to date first"
    database = fts5(work / "fts5.sqlite3")
    now = clock.now()
    asked = json.loads(wanted.read_text("utf-8")) if wanted else questions()

    def ours(text: str) -> object:
        return selectors.search(text, Filters(), language="en", now=now, facets=FACETS)

    def engine(text: str) -> object:
        words = analyse(text).words
        return index.search(Request(AllOf(tuple(Term("body", one) for one in words)), limit=20))

    def sqlite(text: str) -> None:
        ask_fts5(database, analyse(text).words)

    ways: dict[str, Callable[[str], object]]
    ways = {"selectors": ours, "engine": engine, "fts5": sqlite}
    print(json.dumps({name: milliseconds(ask, asked) for name, ask in ways.items()}))


def documents() -> Iterator[tuple[str, dict[str, Sequence[str]]]]:
    """What is searched of each record, and its facets, as the index gets them."""
    from tonle.search.documents import sources

    for source in sources():
        last = 0
        while changes := source.changes(last, CHUNK):
            last = changes[-1].pos
            for made in (change.document for change in changes if change.document):
                texts = [*made.titles.values(), *(t for m in made.texts for t in m.values())]
                yield " ".join(texts), {**made.facets, "kind": [made.kind]}


def fts5(path: Path) -> sqlite3.Connection:
    """SQLite's own search over words of the same analysis, facets in a table beside it."""
    database = sqlite3.connect(path)
    if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'r'").fetchone():
        return database  # A folder that was kept.
    database.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-8000;"
        f"CREATE TABLE r (id INTEGER PRIMARY KEY, {', '.join(FACETS)});"
        "CREATE VIRTUAL TABLE t USING fts5(body, content='',"
        " tokenize=\"unicode61 categories 'L* N* Co Mn Mc'\");"
    )
    for number, (text, facets) in enumerate(documents(), start=1):
        # One value each: the lighter work for SQLite, and the simpler table.
        values = [next(iter(facets.get(name, ())), None) for name in FACETS]
        database.execute(
            f"INSERT INTO r VALUES (?{', ?' * len(FACETS)})",  # noqa: S608 # Question marks.
            (number, *values),
        )
        words = " ".join(analysed(text).words)
        database.execute("INSERT INTO t(rowid, body) VALUES (?, ?)", (number, words))
    database.commit()
    return database


def ask_fts5(database: sqlite3.Connection, words: Sequence[str]) -> None:
    """Twenty hits by BM25, and a count by each facet."""
    match = " AND ".join(f'"{one}"' for one in words)
    database.execute(
        "SELECT rowid FROM t WHERE t MATCH ? ORDER BY bm25(t) LIMIT 20", (match,)
    ).fetchall()
    for name in FACETS:
        database.execute(
            f"SELECT {name}, count(*) FROM t JOIN r ON r.id = t.rowid"  # noqa: S608 # Our names.
            " WHERE t MATCH ? GROUP BY 1",
            (match,),
        ).fetchall()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
