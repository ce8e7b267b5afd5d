"""A page's latency while 200 slow readers and 60 stalled uploads hang on the same process.

    python -m benchmarks.slow_readers [READERS] [UPLOADS] [SECONDS]

Each reader takes a 300 MB file at 256 kbit/s; each upload sends a little and then
nothing. One page of 25 rows, made afresh, is asked for ten times a second meanwhile,
and once alone before, for comparison.
"""

from __future__ import annotations

import selectors
import socket
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.processes import memory_mb
from benchmarks.server import SITE, create
from tonle.infra.server.tests.node import Node

READER_BYTES_A_SECOND = 256_000 // 8
PAGE_INTERVAL_SECONDS = 0.1


@dataclass(frozen=True)
class Held:
    """Milliseconds of the page, sorted, before and while the load hangs on the process."""

    alone: list[float]
    under_load: list[float]
    memory_mb: float
    threads_busy: float


def measure(folder: Path, readers: int, uploads: int, seconds: float) -> Held:
    """Ask for the page alone, then beside the readers and uploads."""
    data = folder / "var"
    create(data)
    # The uploads must stall for the whole run.
    node = Node(data, **SITE, TONLE_BODY_IDLE=str(int(seconds) + 60))
    with (node.probe / "big.bin").open("wb") as big:
        big.truncate(300_000_000)
    try:
        alone = latencies(node, seconds / 2)
        stop = threading.Event()
        stalled = [
            node.send(f"PATCH /upload/u{n} HTTP/1.1\nContent-Length: 100000000", b"x" * 1000)
            for n in range(uploads)
        ]
        load = threading.Thread(target=read_slowly, args=(node.port, readers, stop))
        load.start()
        time.sleep(2)
        loaded = latencies(node, seconds)
        memory, busy = memory_mb(node.process.pid), node.metric("tonle_threads_busy")
        stop.set()
        load.join()
        for connection in stalled:
            connection.close()
    finally:
        node.stop()
    return Held(alone, loaded, memory, busy)


def main(readers: int, uploads: int, seconds: float) -> None:
    with tempfile.TemporaryDirectory(prefix="readers-benchmark-") as folder:
        held = measure(Path(folder), readers, uploads, seconds)
    show("alone", held.alone)
    show(f"{readers} readers, {uploads} uploads", held.under_load)
    print(f"{held.memory_mb:.0f} MB PSS; threads busy then: {held.threads_busy:.0f}")


def read_slowly(port: int, readers: int, stop: threading.Event) -> None:
    """Keep all readers at their pace, from one thread: a tenth of a second's bytes at a time."""
    selector = selectors.DefaultSelector()
    sockets = []
    for _ in range(readers):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        connection.connect(("127.0.0.1", port))
        connection.sendall(b"GET /file HTTP/1.1\r\nHost: localhost\r\n\r\n")
        connection.setblocking(False)
        selector.register(connection, selectors.EVENT_READ)
        sockets.append(connection)
    while not stop.wait(0.1):
        for key, _ in selector.select(0):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.recv(READER_BYTES_A_SECOND // 10)
    for connection in sockets:
        connection.close()


def latencies(node: Node, seconds: float) -> list[float]:
    """Milliseconds of each page, on one connection kept open."""
    connection = HTTPConnection("127.0.0.1", node.port)
    taken = []
    until_at = time.perf_counter() + seconds
    while time.perf_counter() < until_at:
        began = time.perf_counter()
        connection.request("GET", "/rows")
        connection.getresponse().read()
        taken.append((time.perf_counter() - began) * 1000)
        time.sleep(PAGE_INTERVAL_SECONDS)
    connection.close()
    return sorted(taken)


def show(name: str, taken: list[float]) -> None:
    half, most = taken[len(taken) // 2], taken[int(len(taken) * 0.95)]
    print(f"{name:<28} page p50 {half:5.1f} ms, p95 {most:5.1f} ms, worst {taken[-1]:5.1f} ms")


if __name__ == "__main__":
    given = [float(argument) for argument in sys.argv[1:]]
    count, stalls, length = [*given, *[200.0, 60.0, 20.0][len(given) :]]
    main(int(count), int(stalls), length)
