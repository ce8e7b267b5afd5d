"""A real node in processes of its own, and clients that misbehave."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

# Guards against a test that hangs for ever; no test measures time.
DEADLINE_SECONDS = 60
ROOT = Path(__file__).resolve().parents[4]


def until(true: Callable[[], bool], what: str) -> None:
    """Wait until something is so. Raises AssertionError where it never comes."""
    limit = time.monotonic() + DEADLINE_SECONDS
    while not true():
        assert time.monotonic() < limit, f"never happened: {what}"
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(data: Path, port: int, **options: str) -> dict[str, str]:
    """The environment of a node on SQLite, free of the options of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TONLE_")}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "tonle.infra.server.tests.settings",
        "TONLE_DATA": str(data),
        "TONLE_PORT": str(port),
        **options,
    }


class Node:
    """`tonle serve` under test."""

    def __init__(self, data: Path, **options: str) -> None:
        self.data = data
        self.probe = data / "probe"
        self.probe.mkdir(exist_ok=True)
        self.port = free_port()
        self.log = data / f"serve-{self.port}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tonle", "serve"],
                cwd=ROOT,
                env=environment(data, self.port, **options),
                stdout=log,
                stderr=log,
            )
        until(self._answers, f"the node serves; it said: {self.log.read_text()}")

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            return self.get("/healthz").status == 200
        except OSError:
            return False

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), DEADLINE_SECONDS)

    def send(self, head: str, body: bytes = b"") -> socket.socket:
        """Open a connection and send a request; the caller decides what happens next."""
        connection = self.connect()
        lines = [*head.strip().splitlines(), f"Host: localhost:{self.port}", "", ""]
        connection.sendall("\r\n".join(lines).encode() + body)
        return connection

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        connection = HTTPConnection("localhost", self.port, timeout=DEADLINE_SECONDS)
        try:
            connection.request(method, path, body, headers or {})
            return Reply(connection.getresponse())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Reply:
        return self.request("GET", path, None, {k.replace("_", "-"): v for k, v in headers.items()})

    def metric(self, name: str) -> float:
        for line in self.get("/metrics").text.splitlines():
            if line.startswith(f"{name} "):
                return float(line.split()[1])
        raise AssertionError(f"no metric called {name}")

    def has(self, name: str) -> Callable[[], bool]:
        return (self.probe / name).exists

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(DEADLINE_SECONDS)


class Reply:
    """One whole answer."""

    def __init__(self, response: HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def text(self) -> str:
        return self.body.decode()


def read_reply(connection: socket.socket) -> tuple[int, bytes]:
    """Status and raw rest of the answer on a connection that the server closes."""
    data = b""
    while chunk := connection.recv(65536):
        data += chunk
    return int(data.split(b" ", 2)[1]), data
