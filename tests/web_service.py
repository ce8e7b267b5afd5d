"""A small web server of ours that answers as a service documents, failures included.

    with WebService() as service:
        service.answer(429, {"ok": False, "parameters": {"retry_after": 7}})
        …
        assert service.asked[-1].json()["chat_id"] == "42"

Answers are given in order, the last one again and again; an answer may also be made of the
request (`Made`), or be one of the faults of this module (`Raw`).
"""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True)
class Asked:
    """One request as it came in. headers: names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """An answer that depends on what is asked."""

    make: Callable[[Asked], Reply]


@dataclass(frozen=True)
class Raw:
    """A fault: what is written to the connection instead of an answer."""

    write: Callable[[BaseHTTPRequestHandler, threading.Event], None]


def _cut(handler: BaseHTTPRequestHandler, _ended: threading.Event) -> None:
    """Close the connection instead of answering."""
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def _half(handler: BaseHTTPRequestHandler, _ended: threading.Event) -> None:
    """Promise a hundred bytes, send ten, and close."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789")
    handler.close_connection = True


def _silent(_handler: BaseHTTPRequestHandler, ended: threading.Event) -> None:
    """Take the request and say nothing until the test is over."""
    ended.wait(30)


def _drip(handler: BaseHTTPRequestHandler, ended: threading.Event) -> None:
    """Send a byte of the body now and then, for ever, as a tar pit does."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")
    while not ended.wait(0.05):
        try:
            handler.wfile.write(b".")
        except OSError:
            return


def _drip_headers(handler: BaseHTTPRequestHandler, ended: threading.Event) -> None:
    """Never come to the end of the headers."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not ended.wait(0.05):
        try:
            handler.wfile.write(b"X-More: of the same\r\n")
        except OSError:
            return


cut, half, silent = Raw(_cut), Raw(_half), Raw(_silent)
drip, drip_headers = Raw(_drip), Raw(_drip_headers)


class WebService:
    """A server on a free port of loopback, as long as the `with` lasts."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        self.asked: list[Asked] = []
        self._replies: list[Reply | Made | Raw] = [Reply()]
        self._ended = threading.Event()
        self._lock = threading.Lock()
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body are two writes; on a kept connection the second would wait 40 ms.
            disable_nagle_algorithm = True

            def __getattr__(self, name: str) -> Callable[[], None]:
                # One answer to all methods: the library looks for do_GET, do_POST …
                if not name.startswith("do_"):
                    raise AttributeError(name)
                return lambda: service._answer(self)

            def log_message(self, *_: object) -> None:
                """A test's output is the test's."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """A client that went away is what some tests are about."""

        self._server = Server((address, 0), Handler)
        self.port = int(self._server.server_address[1])
        self.url = f"http://{address}:{self.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def encrypt(self, context: ssl.SSLContext) -> None:
        """Speak TLS from now on; for a service that nobody has asked yet."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def answer(self, status: int = 200, body: Any = b"", **headers: str) -> None:
        """The one answer from now on. body: bytes, text, or a JSON value."""
        self.answers(reply(status, body, **headers))

    def answers(self, *replies: Reply | Made | Raw) -> None:
        """The answers from now on, in order; the last one stays."""
        with self._lock:
            self._replies = list(replies)

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        asked = Asked(
            handler.command,
            handler.path,
            {name.lower(): value for name, value in handler.headers.items()},
            handler.rfile.read(length),
        )
        with self._lock:
            self.asked.append(asked)
            given = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        if isinstance(given, Raw):
            given.write(handler, self._ended)
            return
        answer = given.make(asked) if isinstance(given, Made) else given
        handler.send_response(answer.status)
        for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(answer.body)


def reply(status: int = 200, body: Any = b"", **headers: str) -> Reply:
    """An answer; header names are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if isinstance(body, str):
        body = body.encode()
    elif not isinstance(body, bytes):
        body = json.dumps(body).encode()
        named.setdefault("Content-Type", "application/json")
    return Reply(status, body, named)
