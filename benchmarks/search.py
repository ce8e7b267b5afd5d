"""Search at size: building, memory, and latency with six facets, beside SQLite and the raw engine.

    python -m benchmarks.search [--records N] [--passages FILE] [--rounds N] [--folder DIR]

Synthetic records in seven languages: titles and abstracts cut from passages (FILE, one JSON
object a line with "lang" and "text"; without it, sentences of made-up words), six facets and
a year. All three systems hold the same records and get the same questions in one run:

- Tonle: the node's own search, from what is typed to the page with facets, hits re-read from
  memory in place of a database, marked titles and snippets.
- engine: the same index asked for the bare words, top 20, no facets: the rest is ours.
- SQLite FTS5: tokens of the same analysis (words only), BM25, facets by joins.

Tells only ratios on a shared machine: compare lines of one run.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django
from django.conf import settings

from benchmarks.material import LANGUAGES, made_up
from tonle.kernel.text import normalise
from tonle.search import documents, indexing, selectors
from tonle.search.analysis import analyse
from tonle.search.documents import Change, Document, Hit
from tonle.search.engine import AllOf, Request, Term
from tonle.search.facets import Filters
from tonle.search.reading import CurrentReader
from tonle.search.shelf import Shelf

MEMBERS = ("KHM", "LAO", "THA", "VNM", "MMR", "CHN-YN")
KINDS = ("dataset", "software", "publication", "project", "facility", "standard")
FACETS = ("kind", "member", "lang", "access", "subject", "licence")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Records:
    """The synthetic records, made when they are asked for: the same number, the same record."""

    name = "bench"

    def __init__(self, count: int, passages: Path | None) -> None:
        self.count = count
        self.texts: dict[str, list[str]] = {language: [] for language in LANGUAGES}
        if passages:
            with passages.open(encoding="utf-8") as file:
                for line in file:
                    passage = json.loads(line)
                    text = normalise(passage["text"])  # As the catalogue stores it.
                    self.texts.setdefault(passage["lang"], []).append(text)
        else:
            chance = random.Random(1)
            for language in LANGUAGES:
                self.texts[language] = [made_up(chance, language, 120) for _ in range(2_000)]

    def document(self, number: int) -> Document:
        chance = random.Random(number)
        language = LANGUAGES[number % len(LANGUAGES)]
        # Three stretches of different passages, so that records are not copies of each other.
        stretches = []
        for text in chance.choices(self.texts[language], k=3):
            at = chance.randrange(max(1, len(text) - 200))
            stretches.append(text[at : at + 200])
        title = f"{stretches[0][:60]} {number}"
        return Document(
            key=f"{number:07d}",
            kind=chance.choice(KINDS),
            titles={language: title},
            texts=[{language: " ".join(stretches)}],
            names=[f"Author {number % 5_000}"],
            identifiers=[f"10.5555/{number}"],
            facets={
                "member": [chance.choice(MEMBERS)],
                "lang": [language],
                "access": [chance.choice(("open", "open", "restricted", "metadata_only"))],
                "subject": [f"s{min(int(chance.paretovariate(0.7)), 400)}"],
                "licence": [chance.choice(("CC-BY-4.0", "CC0-1.0", "CC-BY-SA-4.0"))],
            },
            year=2026 - min(int(chance.expovariate(0.15)), 60),
            updated_at=NOW - timedelta(minutes=chance.randrange(2_000_000)),
        )

    def lineage(self) -> str:
        return "1"

    def head(self) -> int:
        return self.count

    def changes(self, after: int, limit: int) -> Sequence[Change]:
        numbers = range(after + 1, min(after + limit, self.count) + 1)
        return [Change(n, f"{n:07d}", self.document(n)) for n in numbers]

    def hits(self, keys: Sequence[str], language: str) -> Mapping[str, Hit]:  # noqa: ARG002 # As Source asks; these have one title.
        found = {}
        for key in keys:
            made = self.document(int(key))
            ((tag, title),) = made.titles.items()
            summary = dict(made.texts[0])
            url = f"/records/{key}"
            found[key] = Hit(key, made.kind, (tag, title), summary, url, made.updated_at)
        return found


def sqlite(records: Records, path: Path) -> sqlite3.Connection:
    """FTS5 over the words of the same analysis, as research found it to split them rightly."""
    database = sqlite3.connect(path)
    database.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
        "CREATE TABLE r (id INTEGER PRIMARY KEY, kind, member, lang, access, subject, licence);"
        "CREATE VIRTUAL TABLE t USING fts5(title, body, content='',"
        " tokenize=\"unicode61 categories 'L* N* Co Mn Mc'\");"
    )
    for number in range(1, records.count + 1):
        made = records.document(number)
        facets = [made.kind, *(made.facets[name][0] for name in FACETS[1:])]
        database.execute("INSERT INTO r VALUES (?, ?, ?, ?, ?, ?, ?)", (number, *facets))
        title, body = (
            " ".join(word for text in texts for word in analyse(text).words)
            for texts in (made.titles.values(), [t for m in made.texts for t in m.values()])
        )
        database.execute(
            "INSERT INTO t(rowid, title, body) VALUES (?, ?, ?)", (number, title, body)
        )
    database.commit()
    return database


def ask_sqlite(database: sqlite3.Connection, text: str) -> None:
    match = " AND ".join(f'"{word}"' for word in analyse(text).words)
    database.execute(
        "SELECT rowid FROM t WHERE t MATCH ? ORDER BY bm25(t, 2.0, 1.0) LIMIT 20", (match,)
    ).fetchall()
    for name in FACETS:
        database.execute(
            f"SELECT {name}, count(*) FROM t JOIN r ON r.id = t.rowid"  # noqa: S608 # Our names.
            " WHERE t MATCH ? GROUP BY 1",
            (match,),
        ).fetchall()


def timed(ask: Callable[[str], object], questions: Sequence[str], rounds: int) -> str:
    """p50 / p95 in milliseconds; the first round only warms up."""
    taken = []
    for turn in range(rounds + 1):
        for question in questions:
            start = time.perf_counter()
            ask(question)
            if turn:
                taken.append((time.perf_counter() - start) * 1000)
    cuts = statistics.quantiles(taken, n=20)
    return f"{statistics.median(taken):8.1f} /{cuts[18]:8.1f}"


def folder_size(path: Path) -> int:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def resident() -> int:
    """Bytes of memory that no other process shares, now."""
    for line in Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Private_Dirty:"):
            return int(line.split()[1]) * 1024
    return 0


def questions(records: Records, reader: CurrentReader) -> Iterator[tuple[str, list[str]]]:
    """Common words (in 5 % and more of a language's records), rare ones, and pairs of words."""
    held: dict[str, int] = {}
    for number in range(1, 700):
        for word in set(analyse(next(iter(records.document(number).texts[0].values()))).words):
            held[word] = held.get(word, 0) + 1
    index = reader.get()
    assert index is not None
    ranked = sorted((word for word in held if len(word) > 1), key=lambda word: -held[word])
    common = ranked[:40]
    rare = [
        word for word in ranked if 10 <= index.count(Term("body", word), {}) <= records.count // 500
    ][:40]
    chance = random.Random(7)
    pairs = [
        " ".join(chance.sample(analyse(str(next(iter(made.titles.values())))).words, 2))
        for made in (records.document(chance.randrange(1, records.count)) for _ in range(60))
        if len(analyse(str(next(iter(made.titles.values())))).words) > 3
    ]
    yield "common word", common
    yield "rare word", rare
    yield "two words of a title", pairs[:40]


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.search")
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--passages", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="keep the indexes here")
    args = parser.parse_args()
    django.setup()
    with tempfile.TemporaryDirectory(dir=args.folder) as name:
        folder = Path(name)
        settings.TONLE_INDEX = folder / "index"
        records = Records(args.records, args.passages)
        # Nothing but these: the node's own sources need its database.
        documents._sources.clear()
        documents.register_source(records)
        before = resident()
        start = time.perf_counter()
        indexing.catch_up()
        took = time.perf_counter() - start
        print(f"{args.records:,} records, {os.cpu_count()} cores")
        print(
            f"Tonle   built in {took:6.1f} s ({args.records / took:,.0f}/s),"
            f" {folder_size(settings.TONLE_INDEX) / 1e6:,.0f} MB;"
            f" private memory +{(resident() - before) / 1e6:.0f} MB after,"
            f" peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB in all"
        )
        start = time.perf_counter()
        database = sqlite(records, folder / "fts.sqlite3")
        took = time.perf_counter() - start
        size = (folder / "fts.sqlite3").stat().st_size
        print(
            f"SQLite  built in {took:6.1f} s ({args.records / took:,.0f}/s), {size / 1e6:,.0f} MB"
        )
        reader = CurrentReader(Shelf(settings.TONLE_INDEX))
        index = reader.get()
        assert index is not None

        def ours(text: str) -> None:
            selectors.search(text, Filters(), language="en", now=NOW, facets=FACETS)

        def filtered(text: str) -> None:
            narrow = Filters({"member": ("KHM", "LAO"), "access": ("open",)}, year_from=2015)
            selectors.search(text, narrow, language="en", now=NOW, facets=FACETS)

        def engine(text: str) -> None:
            words = analyse(text).words
            index.search(Request(AllOf(tuple(Term("body", word) for word in words)), limit=20))

        print("\nmilliseconds, p50 / p95; six facets and twenty hits in all but the engine's")
        for kind, asked in questions(records, reader):
            totals = [
                selectors.search(q, language="en", now=NOW, limit=1, facets=()).total for q in asked
            ]
            print(
                f"\n{kind}: {len(asked)} questions, {statistics.median(totals):,.0f} hits (median)"
            )
            print("  Tonle, a whole page  ", timed(ours, asked, args.rounds))
            print("  Tonle, three filters ", timed(filtered, asked, args.rounds))
            print("  engine, bare         ", timed(engine, asked, args.rounds))
            print("  SQLite FTS5          ", timed(lambda q: ask_sqlite(database, q), asked, 1))
        print("\nno question, newest first")
        print("  Tonle, a whole page  ", timed(ours, [""], 20))
        print(f"\nprivate memory of the process now {resident() / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
