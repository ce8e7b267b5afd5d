"""Pages of results at the server: offered at a steady pace, and as many as one process can make.

    python -m benchmarks.search --pages [--records N] [--passages FILE] [--folder DIR] [--seconds S]
                                [--json FILE]

A node with so many records (`benchmarks.filled`) is served, and asked over the loopback for pages
of twenty hits with all its facets, of which six and more have values. Every question is new to
it, so that no page comes from the page cache: a word as often as texts have it, or two words of a
title, each in the reader's language. A page that is offered at a steady pace is counted from when
it was due, also where the one before it was late. Beside it stand SQLite FTS5, which finds twenty
rows and counts six facets, and the engine alone.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from benchmarks.figures import Figure, Report, conditions, table, yardstick
from benchmarks.filled import Material
from benchmarks.pages import percentile, serving
from benchmarks.processes import ROOT, Watch, cpu_seconds, node_environment, tonle
from tonle.search.analysis import analyse

OFFERED_A_SECOND = 20
CLIENTS = 8
# What the design's section on numbers asks of a machine with two cores.
P95_LIMIT_MS = 30.0
AT_LEAST_A_SECOND = 60.0
WARMING = 100
# More questions than a process can answer are made before it is asked.
MOST_A_SECOND = 200
BESIDE = 60

Question = tuple[str, str]  # (what is asked, language of who asks)


def measure(
    records: int, passages: Path | None, folder: Path | None, seconds: int, path: Path | None
) -> None:
    report = Report(path, conditions() | {"records": records})
    with tempfile.TemporaryDirectory(prefix="tonle-benchmark-") as temporary:
        work = folder or Path(temporary)
        data = work / "node"
        fill(data, records, passages)
        asked = questions(Material(passages), records)
        report.about["yardstick_ms, before"] = round(yardstick())
        with serving(data) as node:
            pages(report, node.port, node.process.pid, asked, seconds)
        beside(report, data, work, list(islice(asked, BESIDE)))
        report.about["yardstick_ms, after"] = round(yardstick())
        report.save()
    print(report.about)
    print()
    print(table(report.figures))


def fill(data: Path, records: int, passages: Path | None) -> None:
    """A node of so many records; one that was begun is gone on with."""
    data.mkdir(parents=True, exist_ok=True)
    if not (data / "node.sqlite3").exists():
        Watch(tonle(data, "init")).finish()
    given = ["--passages", str(passages.resolve())] if passages else []
    subprocess.run(
        [sys.executable, "-m", "benchmarks.filled", "--records", str(records), *given],
        check=True,
        cwd=ROOT,
        env=node_environment(data),
    )


def questions(material: Material, records: int) -> Iterator[Question]:
    """Without end and without repetition: a word of a text, two words of a title, by turns."""
    chance, seen = random.Random(11), set[str]()
    while True:
        number = chance.randrange(1, records + 1)
        title, pieces = material.said(number)
        words = [word for word in analyse(title).words if len(word) > 1]
        if len(seen) % 2 and len(words) > 1:
            asked = " ".join(chance.sample(words, 2))
        else:
            words = [word for word in analyse(chance.choice(pieces)).words if len(word) > 1]
            asked = chance.choice(words) if words else ""
        if asked and asked not in seen:
            seen.add(asked)
            yield asked, material.language(number)


# --- pages -------------------------------------------------------------------------------------


def pages(report: Report, port: int, pid: int, asked: Iterator[Question], seconds: int) -> None:
    saturated(port, list(islice(asked, WARMING)))
    before = cpu_seconds(pid)
    taken = offered(port, list(islice(asked, OFFERED_A_SECOND * seconds)))
    spent = (cpu_seconds(pid) - before) / len(taken) * 1000
    pace = f"{OFFERED_A_SECOND} pages/s offered"
    report.add(Figure(f"whole search page, {pace}, p50", percentile(taken, 50), "ms"))
    report.add(
        Figure(f"whole search page, {pace}, p95", percentile(taken, 95), "ms", "limit",
               P95_LIMIT_MS)
    )  # fmt: skip
    report.add(Figure("  CPU of the server for each", spent, "ms"))
    enough = list(islice(asked, MOST_A_SECOND * seconds))
    before, began = cpu_seconds(pid), time.perf_counter()
    made = saturated(port, enough, began + seconds)
    rate = made / (time.perf_counter() - began)
    report.add(
        Figure("whole search pages, one web process at its most", rate, "pages/s", "at least",
               AT_LEAST_A_SECOND)
    )  # fmt: skip
    spent = (cpu_seconds(pid) - before) / made * 1000
    report.add(Figure("  CPU of the server for each", spent, "ms"))


class Reader:
    """Somebody with a connection that stays open."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, question: Question) -> None:
        asked, language = question
        headers = {"Accept": "text/html", "Accept-Language": language, "Accept-Encoding": "gzip"}
        self._connection.request("GET", f"/search?q={quote(asked)}", headers=headers)
        answer = self._connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{asked}: {answer.status}")


def offered(port: int, asked: Sequence[Question]) -> list[float]:
    """Milliseconds of each page from when it was due, by as many readers as it takes."""
    idle, began = list[Reader](), time.perf_counter() + 0.1

    def one(number: int, question: Question) -> float:
        due = began + number / OFFERED_A_SECOND
        time.sleep(max(0.0, due - time.perf_counter()))
        reader = idle.pop() if idle else Reader(port)
        reader.ask(question)
        idle.append(reader)
        return (time.perf_counter() - due) * 1000

    with ThreadPoolExecutor(64) as pool:
        return list(pool.map(one, range(len(asked)), asked))


def saturated(port: int, asked: Sequence[Question], until_at: float = float("inf")) -> int:
    """How many pages were made, with always some readers waiting."""
    # Who is served sooner takes more of them.
    left = iter(asked)

    def one(reader: Reader) -> int:
        made = 0
        for question in left:
            reader.ask(question)
            made += 1
            if time.perf_counter() > until_at:
                break
        return made

    with ThreadPoolExecutor(CLIENTS) as pool:
        return sum(pool.map(one, [Reader(port) for _ in range(CLIENTS)]))


# --- beside ------------------------------------------------------------------------------------


def beside(report: Report, data: Path, work: Path, asked: Sequence[Question]) -> None:
    """FTS5 and the engine alone, asked the same kind of questions."""
    wanted = work / "questions.json"
    wanted.write_text(json.dumps([text for text, _ in asked], ensure_ascii=False), "utf-8")
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.asking", str(work), str(wanted)],
        cwd=ROOT,
        env=node_environment(data),
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    found: dict[str, list[float]] = json.loads(said)
    for part in (50, 95):
        peer = percentile(found["fts5"], part)
        for what, way in (("by selectors", "selectors"), ("by the engine alone", "engine")):
            value = percentile(found[way], part)
            report.add(Figure(f"the same {what}, p{part}", value, "ms", "SQLite FTS5", peer))
