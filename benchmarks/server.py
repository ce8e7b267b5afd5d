"""Pages a second, fresh and from the page cache, beside Granian's own WSGI in one run.

    python -m benchmarks.server [SECONDS]

Both servers run the same Django, middleware, page and database, one process with eight
threads. Load comes from wrk with 16 connections where it is installed, else from a
client in Python, which is the slower one and says so. Ratios hold; rates are those of
the machine and of what else ran on it.
"""

from __future__ import annotations

import gzip
import importlib
import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.processes import memory_mb
from tonle.infra.server.tests.node import ROOT, Node, environment, free_port, until

CONNECTIONS = 16
SITE = {"DJANGO_SETTINGS_MODULE": "benchmarks.server_site", "TONLE_BACKGROUND": "0"}


def main(seconds: int) -> None:
    with tempfile.TemporaryDirectory(prefix="server-benchmark-") as folder:
        data = Path(folder) / "var"
        create(data)
        port = free_port()
        other = start_wsgi(data, port)
        began = time.perf_counter()
        node = Node(data, **SITE)
        print(f"start of `tonle serve` to the first answer: {time.perf_counter() - began:.1f} s")
        try:
            print(f"load: {'wrk' if shutil.which('wrk') else 'Python client'}, {seconds} s each")
            print(f"{'page':<34}{'tonle/s':>10}{'WSGI/s':>10}{'ratio':>8}")
            for name, path in (
                ("ping", "/ping"),
                ("25 rows, made afresh", "/rows"),
                ("25 rows, page cache", "/public"),
            ):
                ours, theirs = rate(node.port, path, seconds), rate(port, path, seconds)
                print(f"{name:<34}{ours:>10,.0f}{theirs:>10,.0f}{ours / theirs:>8.2f}")
            etag = node.get("/public", Accept_Encoding="gzip").headers["ETag"]
            unchanged = rate(node.port, "/public", seconds, {"If-None-Match": etag})
            print(f"{'25 rows, 304':<34}{unchanged:>10,.0f}")
            print(
                f"memory: ours {memory_mb(node.process.pid):.0f} MB PSS,"
                f" WSGI {memory_mb(other.pid):.0f} MB"
            )
            compression(node.get("/public").body)
        finally:
            other.terminate()
            other.wait()
            node.stop()


def create(data: Path) -> None:
    """A node with its tables."""
    subprocess.run(
        [sys.executable, "-m", "tonle", "init", "--quiet"],
        cwd=ROOT,
        env=environment(data, 0),
        check=True,
    )


def start_wsgi(
    data: Path,
    port: int,
    application: str = "benchmarks.server_site:application",
    page: str = "/ping",
    **options: str,
) -> subprocess.Popen[bytes]:
    """The same site under Granian's WSGI, with as many threads, once it answers `page`."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)]
    command += ["--blocking-threads", "8", "--no-log", application]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(data, port, **SITE | options))

    def answers() -> bool:
        try:
            return rate_in_python(port, page, 0.01, {}, clients=1) > 0
        except OSError:
            return False

    until(answers, "the WSGI server serves")
    return process


def rate(port: int, path: str, seconds: int, headers: dict[str, str] | None = None) -> float:
    """Answers a second."""
    headers = {"Accept-Encoding": "gzip", **(headers or {})}
    wrk = shutil.which("wrk")
    if wrk is None:
        return rate_in_python(port, path, seconds, headers, clients=CONNECTIONS)
    command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", f"http://127.0.0.1:{port}{path}"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said and "If-None-Match" not in headers:
        raise RuntimeError(said)
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if found is None:
        raise RuntimeError(said)
    return float(found[1])


def rate_in_python(
    port: int, path: str, seconds: float, headers: dict[str, str], *, clients: int
) -> float:
    counts = [0] * clients
    until_at = time.perf_counter() + seconds

    def ask(number: int) -> None:
        connection = HTTPConnection("127.0.0.1", port)
        while True:
            connection.request("GET", path, headers=headers)
            connection.getresponse().read()
            counts[number] += 1
            if time.perf_counter() > until_at:
                return

    if clients == 1:
        ask(0)
    else:
        threads = [threading.Thread(target=ask, args=(number,)) for number in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return sum(counts) / max(seconds, 0.001)


def compression(page: bytes) -> None:
    """What gzip levels cost on this page, and Brotli beside them where it is installed."""
    print(f"compressing a page of {len(page):,} bytes:")
    for level in (1, 4, 6, 9):
        report(f"gzip {level}", partial(gzip.compress, page, level, mtime=0))
    if importlib.util.find_spec("brotli"):
        brotli = importlib.import_module("brotli")
        for quality in (4, 5, 11):
            report(f"brotli {quality}", partial(brotli.compress, page, quality=quality))


def report(name: str, compress: Callable[[], bytes]) -> None:
    times = 50
    began = time.perf_counter()
    for _ in range(times):
        small = compress()
    spent = (time.perf_counter() - began) / times
    print(f"  {name:<12}{len(small):>7,} bytes{spent * 1000:>9.2f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
