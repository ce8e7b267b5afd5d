"""A whole node as its readers meet it: start, memory, landing pages, search, slow readers.

Readers are connections over the loopback. CPU time of the server's processes stands
beside every rate: on a shared machine it is what to compare.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from benchmarks import slow_readers
from benchmarks.asking import questions
from benchmarks.figures import Figure, Report
from benchmarks.processes import ROOT, Watch, cpu_seconds, memory_mb, node_environment, tonle
from benchmarks.server import rate, start_wsgi
from tonle.infra.server.tests.node import Node, free_port

NODE = {"DJANGO_SETTINGS_MODULE": "config.settings"}
CLIENTS = 4
HTML = {"Accept": "text/html", "Accept-Language": "en", "Accept-Encoding": "gzip"}

# What a 2-core machine should reach (the design's section on numbers).
COLD_START_LIMIT_SECONDS = 90.0
WARM_START_LIMIT_SECONDS = 3.0
IDLE_LIMIT_MB = 250.0
PAGE_BESIDE_READERS_LIMIT_MS = 50.0


@contextmanager
def serving(data: Path, **options: str) -> Iterator[Node]:
    node = Node(data, **NODE, **options)
    try:
        yield node
    finally:
        node.stop()


# Start and rest --------------------------------------------------------------------------


def start(report: Report, data: Path, work: Path) -> None:
    """A new node's first start with nothing compiled, the second start, and the node at rest."""
    python = {"PYTHONPYCACHEPREFIX": str(work / "bytecode"), "PYTHONDONTWRITEBYTECODE": ""}
    fresh = work / "fresh"
    log = work / "up.log"
    cold = up(fresh, log, python, "--empty")
    warm = min(up(fresh, log, python) for _ in range(3))
    full = min(up(data, log, python) for _ in range(3))
    again = {"PYTHONPYCACHEPREFIX": str(work / "bytecode again"), "PYTHONDONTWRITEBYTECODE": ""}
    starter = up(work / "starter", log, again)
    report.add(
        Figure("first start with the starter set to its first page", starter, "s", "limit",
               COLD_START_LIMIT_SECONDS)
    )  # fmt: skip
    report.add(Figure("first start of an empty node", cold, "s", "with the starter set", starter))
    report.add(Figure("second start to first page", warm, "s", "limit", WARM_START_LIMIT_SECONDS))
    report.add(Figure("start of the full node", full, "s", "the empty one", warm))
    with serving(data) as node:
        for path in records(node, 20):
            ask(node.port, [path])
        # The background process has looked at everything by then.
        time.sleep(10)
        before, began = cpu_seconds(node.process.pid), time.perf_counter()
        time.sleep(10)
        used = (cpu_seconds(node.process.pid) - before) / (time.perf_counter() - began)
        report.add(
            Figure("idle node, all processes, PSS", memory_mb(node.process.pid), "MB", "limit",
                   IDLE_LIMIT_MB)
        )  # fmt: skip
        report.add(Figure("idle node, CPU", used * 100, "% of a core"))


def up(data: Path, log: Path, python: dict[str, str], *arguments: str) -> float:
    """Seconds from the command that `./run` ends in to the first whole page."""
    port = free_port()
    with log.open("wb") as said:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "tonle", "up", "--port", str(port), *arguments],
            cwd=ROOT,
            env=node_environment(data, **python),
            stdout=said,
            stderr=said,
        )

    def answers() -> bool:
        assert process.poll() is None, log.read_text()
        try:
            ask(port, ["/"])
        except OSError:
            return False
        return True

    try:
        while not answers():
            time.sleep(0.02)
        return time.perf_counter() - began
    finally:
        process.terminate()
        process.wait()


# Landing pages ---------------------------------------------------------------------------


def landing(report: Report, data: Path, seconds: int) -> None:
    """Landing pages made afresh, from the page cache, and not sent because unchanged."""
    with serving(data) as node:
        found = records(node, 1000 * seconds)
        ask(node.port, found[:20])
        ours, spent = fresh(node.port, node.process.pid, found[20:], seconds)
        port = free_port()
        other = start_wsgi(data, port, "benchmarks.wsgi:application", found[0], **NODE)
        try:
            theirs, theirs_spent = fresh(port, other.pid, found[20:], seconds)
        finally:
            other.terminate()
            other.wait()
        report.add(Figure("landing pages made afresh", ours, "pages/s", "Granian WSGI", theirs))
        report.add(
            Figure("  CPU of the server for each", spent, "ms", "Granian WSGI", theirs_spent)
        )
        page = found[0]
        cached, spent = cpu_of(node, lambda: rate(node.port, page, seconds, HTML), seconds)
        report.add(Figure("landing pages from the page cache", cached, "pages/s", "afresh", ours))
        report.add(Figure("  CPU of the server for each", spent, "ms"))
        reply = node.request("GET", page, headers=HTML)
        etag = {**HTML, "If-None-Match": reply.headers["ETag"]}
        assert node.request("GET", page, headers=etag).status == 304
        unchanged, spent = cpu_of(node, lambda: rate(node.port, page, seconds, etag), seconds)
        report.add(Figure("conditional requests, 304", unchanged, "answers/s", "cached", cached))
        report.add(Figure("  CPU of the server for each", spent, "ms"))
        bare = rate(node.port, "/healthz", seconds)
        report.add(Figure("the server's own limit, /healthz", bare, "answers/s", "cached", cached))


def records(node: Node, count: int) -> list[str]:
    """Paths of landing pages, as the API lists them."""
    paths, cursor = list[str](), ""
    while len(paths) < count:
        page = json.loads(node.get(f"/api/v1/records?limit=100{cursor}").body)
        paths += [f"/records/{item['id']}" for item in page["items"]]
        if not page["next"]:
            break
        cursor = f"&cursor={quote(page['next'])}"
    return paths[:count]


def fresh(port: int, pid: int, paths: Sequence[str], seconds: int) -> tuple[float, float]:
    """Each page once, for so long: pages a second, and CPU milliseconds of the server for one."""
    until_at = time.perf_counter() + seconds
    before, began = cpu_seconds(pid), time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        made = sum(pool.map(lambda n: len(ask(port, paths[n::CLIENTS], until_at)), range(CLIENTS)))
    return made / (time.perf_counter() - began), (cpu_seconds(pid) - before) / made * 1000


def ask(port: int, paths: Sequence[str], until_at: float = float("inf")) -> list[float]:
    """Milliseconds of each page, one after the other on one connection."""
    connection, taken = HTTPConnection("127.0.0.1", port, timeout=60), list[float]()
    try:
        for path in paths:
            began = time.perf_counter()
            connection.request("GET", path, headers=HTML)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path}: {answer.status}")
            taken.append((time.perf_counter() - began) * 1000)
            if time.perf_counter() > until_at:
                break
    finally:
        connection.close()
    return taken


def cpu_of(node: Node, load: Callable[[], float], seconds: int) -> tuple[float, float]:
    """The rate of a load, and CPU milliseconds of the server for each answer."""
    before = cpu_seconds(node.process.pid)
    found = load()
    return found, (cpu_seconds(node.process.pid) - before) / (found * seconds) * 1000


# Search ----------------------------------------------------------------------------------


def search(report: Report, data: Path, work: Path) -> None:
    """The search page over HTTP and its parts, beside FTS5 and the engine alone."""
    built = time.perf_counter()
    watch = Watch(tonle(data, "index", "update", "--rebuild"))
    watch.finish()
    built = time.perf_counter() - built
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.asking", str(work)],
        cwd=ROOT,
        env=node_environment(data),
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    found: dict[str, list[float]] = json.loads(said)
    with serving(data) as node:
        paths = [f"/search?q={quote(question)}" for question in questions()]
        ask(node.port, [f"{path}&sort=newest" for path in islice(paths, 20)])
        before = cpu_seconds(node.process.pid)
        found["page"] = ask(node.port, paths)
        spent = (cpu_seconds(node.process.pid) - before) / len(paths) * 1000
    report.add(
        Figure("index built anew", report.about["records"] / built, "records/s",
               "by its CPU time", report.about["records"] / watch.cpu)
    )  # fmt: skip
    report.add(Figure("index build, highest PSS", max(watch.pss_mb), "MB"))
    ways = (
        ("whole search page over HTTP", "page"),
        ("search by selectors, six facets", "selectors"),
        ("the engine alone, no facets", "engine"),
    )
    for name, part in (("p50", 50), ("p95", 95)):
        peer = percentile(found["fts5"], part)
        for what, way in ways:
            value = percentile(found[way], part)
            report.add(Figure(f"{what}, {name}", value, "ms", "SQLite FTS5", peer))
    report.add(Figure("whole search page, CPU of the server", spent, "ms"))


def percentile(values: Sequence[float], part: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[part - 1]


# Slow readers ----------------------------------------------------------------------------


def readers(report: Report, work: Path, seconds: int) -> None:
    """A page while 200 readers at 256 kbit/s and 60 stalled uploads hang on the server."""
    folder = work / "readers"
    folder.mkdir()
    held = slow_readers.measure(folder, 200, 60, max(4.0, seconds * 2))
    for name, part in (("p50", 50), ("p95", 95)):
        alone, loaded = (percentile(taken, part) for taken in (held.alone, held.under_load))
        what = f"a page beside 200 slow readers and 60 stalled uploads, {name}"
        report.add(Figure(what, loaded, "ms", "the page alone", alone))
    report.add(
        Figure("the slowest of them", held.under_load[-1], "ms", "limit",
               PAGE_BESIDE_READERS_LIMIT_MS)
    )  # fmt: skip
