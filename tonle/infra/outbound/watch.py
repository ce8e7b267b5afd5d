"""The time of a whole request, and connections to addresses that are written out."""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import suppress


class Watch:
    """Cuts the connection when the time of the whole request is over.

    A time-out of the library begins anew with every byte, so that a server which sends one
    now and then is waited for without end. Cutting works on a copy of the descriptor: TLS
    wraps the socket that we made in another one.
    """

    def __init__(self, seconds: float) -> None:
        self.ends = time.monotonic() + seconds
        self.over = False
        self._held: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Watch:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            self._drop()

    def expired(self) -> bool:
        """Whether the time is over, also in the moment before the watch has cut."""
        return self.over or time.monotonic() >= self.ends

    def left(self) -> float:
        return max(0.001, self.ends - time.monotonic())

    def hold(self, made: socket.socket) -> socket.socket:
        """Watch this connection from now on, and no other. Returns it."""
        with self._lock:
            self._drop()
            # Not `made.dup()`, which a socket that is wrapped in TLS refuses.
            self._held = socket.socket(fileno=os.dup(made.fileno()))
        if self.over:
            self._cut()
        return made

    def _drop(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None

    def _cut(self) -> None:
        with self._lock:
            self.over = True
            if self._held is not None:
                with suppress(OSError):
                    self._held.shutdown(socket.SHUT_RDWR)


def connect(address: str, port: int, seconds: float) -> socket.socket:
    """A connection to an address that is written out: nothing is resolved any more."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.settimeout(seconds)
        made.connect((address, port))
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        made.close()
        raise
    return made
