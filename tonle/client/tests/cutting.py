"""A bad link: a proxy that passes bytes on and cuts connections after so many of them."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Self


class BadLink:
    """Between a client and a server on this machine, as long as the `with` lasts.

    sent, received: after how many bytes from, or to, the client the next connections are cut;
    one number for each of them, and none when the list is used up. `cuts` counts.
    pace: bytes a second that each connection passes on, either way; 0 is no limit.
    """

    def __init__(
        self,
        port: int,
        *,
        sent: Sequence[int] = (),
        received: Sequence[int] = (),
        pace: int = 0,
    ) -> None:
        self._server, self._pace = port, pace
        self._sent, self._received = list(sent), list(received)
        self.cuts = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.url = f"http://localhost:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listening.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._server))
            except OSError:
                client.close()
                continue
            for source, sink, limits in (
                (client, server, self._sent),
                (server, client, self._received),
            ):
                threading.Thread(
                    target=self._pass, args=(source, sink, limits), daemon=True
                ).start()

    def _pass(self, source: socket.socket, sink: socket.socket, limits: list[int]) -> None:
        passed = 0
        with suppress(OSError):
            while data := source.recv(65_536):
                # Small requests pass by: only a connection that brings much is cut.
                if limits and passed + len(data) > limits[0]:
                    sink.sendall(data[: max(0, limits.pop(0) - passed)])
                    self.cuts += 1
                    break
                sink.sendall(data)
                passed += len(data)
                if self._pace:
                    time.sleep(len(data) / self._pace)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
