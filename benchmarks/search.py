"""Search at size: building, memory, and latency with six facets, beside SQLite and the raw engine.

    python -m benchmarks.search [--records N] [--passages FILE] [--rounds N] [--folder DIR]
                                [--alone]

Synthetic records in seven languages: titles and abstracts cut from passages (FILE, one JSON
object a line with "lang" and "text"; without it, sentences of made-up words), six facets and
a year. All three systems hold the same records and get the same questions in one run:

- Tonle: the node's own search, from what is typed to the page with facets, hits re-read from
  memory in place of a database, marked titles and snippets; then the same with all that the
  search page asks for (what may be meant, and other languages by the term tables).
- engine: the same index asked for the bare words, top 20, no facets: the rest is ours.
- SQLite FTS5: tokens of the same analysis (words only), BM25, facets by joins.

Then signs in the question (phrases, minus, fields, beginnings), the title orders of the seven
languages, pages further on, and what is offered to somebody who types.

`--pages` asks a whole node for its pages instead, over the loopback (`benchmarks.search_pages`).
`--folder` keeps the indexes there, and a later run of as many records goes on with them. Tells
only ratios on a shared machine: compare lines of one run.
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
from functools import partial
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django
from django.conf import settings

from benchmarks import search_pages
from benchmarks.material import LANGUAGES, made_up
from tonle.kernel.text import normalise
from tonle.search import documents, indexing, selectors
from tonle.search.analysis import analyse, clusters
from tonle.search.documents import Change, Document, Hit
from tonle.search.engine import AllOf, Reader, Request, Term
from tonle.search.facets import SHOWN, Filters
from tonle.search.reading import CurrentReader
from tonle.search.shelf import Shelf
from tonle.search.suggesting import suggestions
from tonle.search.terms import store

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
    if database.execute("SELECT 1 FROM sqlite_master").fetchone():
        return database
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


def peer(records: Records, path: Path) -> sqlite3.Connection:
    start = time.process_time()
    database = sqlite(records, path)
    took = time.process_time() - start
    size = path.stat().st_size / 1e6
    print(f"SQLite  built in {took:6.1f} s of CPU ({records.count / took:,.0f}/s), {size:,.0f} MB")
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
    """p50 / p95 in milliseconds, on the clock and of this process's CPU; the first round only
    warms up."""
    taken: dict[str, list[float]] = {"wall": [], "cpu": []}
    for turn in range(rounds + 1):
        for question in questions:
            wall, cpu = time.perf_counter(), time.process_time()
            ask(question)
            if turn:
                taken["wall"].append((time.perf_counter() - wall) * 1000)
                taken["cpu"].append((time.process_time() - cpu) * 1000)
    return "   ".join(
        f"{statistics.median(times):8.1f} /{statistics.quantiles(times, n=20)[18]:8.1f}"
        for times in taken.values()
    )


def folder_size(path: Path) -> int:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def resident() -> int:
    """Bytes of memory that no other process shares, now."""
    for line in Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Private_Dirty:"):
            return int(line.split()[1]) * 1024
    return 0


def questions(records: Records, index: Reader) -> Iterator[tuple[str, list[str]]]:
    """Common words (in 5 % and more of a language's records), rare ones, and pairs of words."""
    held: dict[str, int] = {}
    for number in range(1, 700):
        for word in set(analyse(next(iter(records.document(number).texts[0].values()))).words):
            held[word] = held.get(word, 0) + 1
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


def signs(words: Sequence[str], pairs: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """The same words with what may be typed around them."""
    yield "a phrase", [f'"{pair}"' for pair in pairs]
    yield "a word, without another", [f"{one} -{other}" for one, other in pairwise(words)]
    yield "title:", [f"title:{word}" for word in words]
    yield "fields and years", [f"{word} kind:dataset lang:en year:2015..2024" for word in words]
    yield "creator:", [f'creator:"Author {number}"' for number in range(40)]
    yield "a beginning", [f"{beginning(word)}*" for word in words]


def beginning(word: str) -> str:
    """As much of a word as somebody has typed who has typed half of it."""
    places = clusters(word)
    return word[: places[len(places) // 2][1]] if len(places) > 2 else word


def ask_all(records: Records, database: sqlite3.Connection | None, rounds: int, most: int) -> None:
    reader = CurrentReader(Shelf(settings.TONLE_INDEX))
    index = reader.get()
    assert index is not None

    def search(text: str, **more: object) -> selectors.Page:
        given = {"language": "en", "now": NOW, "facets": FACETS, **more}
        return selectors.search(text, **given)  # type: ignore[arg-type] # Of many kinds.

    def deep(text: str, order: str) -> str | None:
        cursor = None
        for _ in range(9):
            cursor = search(text, sort=order, cursor=cursor, facets=()).next or cursor
        return cursor

    def tenth_page(asked: Sequence[str], order: str) -> Callable[[str], object]:
        cursors = {question: deep(question, order) for question in asked}
        return lambda text: search(text, sort=order, cursor=cursors[text], facets=())

    def narrowed(text: str) -> None:
        chosen = Filters({"member": ("KHM", "LAO"), "access": ("open",)}, year_from=2015)
        search(text, filters=chosen)

    def engine(text: str) -> None:
        words = analyse(text).words
        index.search(Request(AllOf(tuple(Term("body", word) for word in words)), limit=20))

    def say(what: str, ask: Callable[[str], object], asked: Sequence[str], turns: int) -> None:
        print(f"  {what:<36}{timed(ask, asked, turns)}", flush=True)

    def shown(text: str) -> None:
        search(text, facets=SHOWN, helping=True, across=True)

    print("\nmilliseconds p50 / p95, on the clock and of CPU; 6 facets, 20 hits but for the engine")
    kinds = {kind: asked[:most] for kind, asked in questions(records, index)}
    for kind, asked in kinds.items():
        if not asked:
            continue
        totals = [search(q, limit=1, facets=()).total for q in asked]
        found = statistics.median(totals)
        print(f"\n{kind}: {len(asked)} questions, {found:,.0f} hits (median)")
        say("Tonle, a whole page", search, asked, rounds)
        say("  with three filters", narrowed, asked, rounds)
        say("  meant, other languages, 9 facets", shown, asked, rounds)
        say("engine, bare", engine, asked, rounds)
        if database:
            say("SQLite FTS5", partial(ask_sqlite, database), asked, 1)

    common, pairs = kinds["common word"], kinds["two words of a title"]
    print("\nwith signs, six facets")
    for what, asked in signs(common, pairs):
        say(what, search, asked, rounds)

    print("\nby title, six facets, common words")
    for code, _ in settings.LANGUAGES:
        say(code, partial(search, sort="title", language=code), common, 1)
    say("newest", lambda q: search(q, sort="newest"), common, rounds)

    print("\nthe tenth page, no facets, common words")
    for order in ("relevance", "title", "newest"):
        say(order, tenth_page(common, order), common, rounds)

    print("\nsomebody types")
    typed = [text for word in common for text in (beginning(word), word)]
    say("suggestions", lambda q: suggestions(q, language="en", now=NOW), typed, rounds)

    print("\nno question, newest first")
    say("Tonle, a whole page", search, [""], 20)
    say("  by title", lambda q: search(q, sort="title"), [""], 20)


def run(records: Records, folder: Path, rounds: int, most: int, *, alone: bool) -> None:
    settings.TONLE_INDEX = folder / "index"
    # Nothing but these: the node's own sources need its database.
    documents._sources.clear()
    documents.register_source(records)
    print(f"{records.count:,} records, {os.cpu_count()} cores")
    start = time.process_time()
    store.refresh()
    print(f"lexicon made in {time.process_time() - start:6.1f} s of CPU")
    before = resident()
    start = time.process_time()
    indexing.catch_up()
    took = time.process_time() - start
    print(
        f"Tonle   built in {took:6.1f} s of CPU ({records.count / took:,.0f}/s),"
        f" {folder_size(settings.TONLE_INDEX) / 1e6:,.0f} MB;"
        f" private memory +{(resident() - before) / 1e6:.0f} MB after,"
        f" peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB in all",
        flush=True,
    )
    database = None if alone else peer(records, folder / "fts.sqlite3")
    before = resident()
    ask_all(records, database, rounds, most)
    print(f"\nprivate memory of the process +{(resident() - before) / 1e6:.0f} MB by asking")


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.search")
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--passages", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--questions", type=int, default=40, help="of each kind, at most")
    parser.add_argument("--folder", type=Path, help="keep the indexes here")
    parser.add_argument("--alone", action="store_true", help="without SQLite, the slow half")
    parser.add_argument("--pages", action="store_true", help="whole pages, at the server")
    parser.add_argument("--seconds", type=int, default=30, help="of each load of pages")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures of pages")
    args = parser.parse_args()
    if args.pages:
        search_pages.measure(args.records, args.passages, args.folder, args.seconds, args.json)
        return
    django.setup()
    records = Records(args.records, args.passages)
    if args.folder:
        args.folder.mkdir(parents=True, exist_ok=True)
        run(records, args.folder, args.rounds, args.questions, alone=args.alone)
        return
    with tempfile.TemporaryDirectory() as name:
        run(records, Path(name), args.rounds, args.questions, alone=args.alone)


if __name__ == "__main__":
    main()
