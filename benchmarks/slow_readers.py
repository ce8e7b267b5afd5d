"""A page's latency while 200 slow readers and 60 stalled uploads hang on the same process.

    python -m benchmarks.slow_readers [READERS] [UPLOADS] [SECONDS] [--node]

Each reader takes a long file at 256 kbit/s; each upload sends a little and then
nothing. One page of 25 rows, made afresh, is asked for ten times a second meanwhile,
and once alone before, for comparison.

`--node` takes a whole node in place of that small site: the file is one of a published
record, the uploads are announced in a draft and sent to their own addresses, and asked for
are a landing page, a search, and a question to a table.
"""

from __future__ import annotations

import os
import selectors
import socket
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.processes import memory_mb
from benchmarks.server import SITE, create
from tests.node import Node as WholeNode
from tests.published import publish
from tests.test_uploads_go_on import Sokha
from tonle.client.asking import Client
from tonle.client.putting import Deposit, Sender
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


def measure_node(folder: Path, readers: int, uploads: int, seconds: float) -> dict[str, Held]:
    """The same of a whole node: for each page, milliseconds without and with the load."""
    crate = folder / "crate"
    crate.mkdir()
    with (crate / "big.bin").open("wb") as big:
        # More than any reader takes while it is measured.
        big.write(os.urandom(int(READER_BYTES_A_SECOND * (seconds * 4 + 60))))
    (crate / "yields.csv").write_text(
        "district,rice_t\n" + "".join(f"district {n % 40},{n % 97}\n" for n in range(20_000))
    )
    node = WholeNode(
        folder / "var", TONLE_API_LIMIT="0", TONLE_BODY_IDLE=str(int(seconds) * 4 + 60)
    )
    node.tonle("init", "--quiet")
    node.tonle("user", "add", "sokha@example.org")
    node.start()
    record = publish(node, crate, "Rice of Takeo")
    pages = {
        "landing page": f"/records/{record}",
        "search": "/search?q=rice",
        "a question to a table": f"/records/{record}/ask/yields.csv?by=district&what=sum&of=rice_t",
    }
    try:
        sokha = Sokha(node, folder, 0)
        while b"The answer" not in fetched(node.port, pages["a question to a table"]):
            time.sleep(0.2)  # Its preview is being made.
        alone = {name: latencies(node, seconds / 2, path) for name, path in pages.items()}
        stop = threading.Event()
        stalled = [stall(node, sokha, number) for number in range(uploads)]
        load = threading.Thread(
            target=read_slowly, args=(node.port, readers, stop, f"/records/{record}/files/big.bin")
        )
        load.start()
        time.sleep(2)
        loaded = {name: latencies(node, seconds, path) for name, path in pages.items()}
        memory = memory_mb(node.pid)
        stop.set()
        load.join()
        for connection in stalled:
            connection.close()
    finally:
        node.stop()
    return {name: Held(alone[name], loaded[name], memory, 0) for name in pages}


def stall(node: WholeNode, sokha: Sokha, number: int) -> socket.socket:
    """An upload that was announced, has sent a little, and sends no more."""
    sender = Sender(Client(sokha.token), Deposit(node.url, sokha.draft))
    _id, address, _at = sender._announce(f"u{number}.bin", 100_000_000, "")
    connection = socket.create_connection(("127.0.0.1", node.port))
    head = (
        f"PATCH {urlsplit(address).path} HTTP/1.1\r\nHost: localhost:{node.port}\r\n"
        "Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Length: 100000000\r\n"
        "Content-Type: application/offset+octet-stream\r\n\r\n"
    )
    connection.sendall(head.encode() + b"x" * 1000)
    return connection


def fetched(port: int, path: str) -> bytes:
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", path)
    body = connection.getresponse().read()
    connection.close()
    return body


def main(readers: int, uploads: int, seconds: float, *, whole: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="readers-benchmark-") as folder:
        if whole:
            found = measure_node(Path(folder), readers, uploads, seconds)
        else:
            found = {"page": measure(Path(folder), readers, uploads, seconds)}
    for name, held in found.items():
        show(f"{name}, alone", held.alone)
        show(f"{name}, {readers} readers, {uploads} uploads", held.under_load)
        print(f"{held.memory_mb:.0f} MB PSS; threads busy then: {held.threads_busy:.0f}")


def read_slowly(port: int, readers: int, stop: threading.Event, path: str = "/file") -> None:
    """Keep all readers at their pace, from one thread: a tenth of a second's bytes at a time."""
    selector = selectors.DefaultSelector()
    sockets = []
    for _ in range(readers):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        connection.connect(("127.0.0.1", port))
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
        connection.setblocking(False)
        selector.register(connection, selectors.EVENT_READ)
        sockets.append(connection)
    while not stop.wait(0.1):
        for key, _ in selector.select(0):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.recv(READER_BYTES_A_SECOND // 10)
    for connection in sockets:
        connection.close()


def latencies(node: Node | WholeNode, seconds: float, path: str = "/rows") -> list[float]:
    """Milliseconds of each page, on one connection kept open."""
    connection = HTTPConnection("127.0.0.1", node.port)
    taken = []
    until_at = time.perf_counter() + seconds
    while time.perf_counter() < until_at:
        began = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, (path, answer.status)
        taken.append((time.perf_counter() - began) * 1000)
        time.sleep(PAGE_INTERVAL_SECONDS)
    connection.close()
    return sorted(taken)


def show(name: str, taken: list[float]) -> None:
    half, most = taken[len(taken) // 2], taken[int(len(taken) * 0.95)]
    print(f"{name:<54} p50 {half:5.1f} ms, p95 {most:5.1f} ms, worst {taken[-1]:5.1f} ms")


if __name__ == "__main__":
    given = [float(argument) for argument in sys.argv[1:] if argument != "--node"]
    count, stalls, length = [*given, *[200.0, 60.0, 20.0][len(given) :]]
    main(int(count), int(stalls), length, whole="--node" in sys.argv)
