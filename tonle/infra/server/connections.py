"""The server's own sockets, found among the process's descriptors.

Granian offers no way to break a connection once an answer has begun. Two things
need it: an answer whose generator failed in the middle must not look whole, and
a stopping server must not wait an hour for a slow reader.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path


def _sockets() -> Iterator[socket.socket]:
    """Duplicates of all connected TCP sockets of this process, closed after each step."""
    listing = Path("/proc/self/fd")
    if not listing.exists():
        listing = Path("/dev/fd")
    for name in os.listdir(listing):
        try:
            # A duplicate, because the number may be closed and given away at any moment.
            duplicate = os.dup(int(name))
        except OSError:
            continue
        try:
            connection = socket.socket(fileno=duplicate)
        except OSError:
            os.close(duplicate)
            continue
        with connection:
            yield connection


def _address(pair: object) -> str | None:
    if isinstance(pair, tuple) and len(pair) >= 2:
        host = f"[{pair[0]}]" if ":" in str(pair[0]) else pair[0]
        return f"{host}:{pair[1]}"
    return None


def abort(client: str) -> bool:
    """Break the connection from that client ("host:port"). Returns whether there was one."""
    for connection in _sockets():
        with contextlib.suppress(OSError):
            if _address(connection.getpeername()) == client:
                connection.shutdown(socket.SHUT_RDWR)
                return True
    return False


def abort_all(port: int) -> int:
    """Break every connection that clients have to that local port. Returns how many."""
    broken = 0
    for connection in _sockets():
        with contextlib.suppress(OSError):
            connection.getpeername()
            if connection.getsockname()[1] == port:
                connection.shutdown(socket.SHUT_RDWR)
                broken += 1
    return broken
