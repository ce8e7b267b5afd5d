"""The access log: one JSON object a line, without secrets.

No query string, no cookie, no whole address: a sign-in link, a search for
something private and a reader's identity are nobody's business afterwards.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import re
from concurrent.futures import Executor
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

_FILE_BYTES = 16 * 1024 * 1024
_FILES = 5
_FLUSH_SECONDS = 1.0
# Long unbroken runs in a path are keys of sign-in and confirmation links. A record's
# id has 15 characters; a file's name has a dot.
_SECRET = re.compile(r"(?<=/)[A-Za-z0-9_:=-]{20,}(?=/|$)", re.ASCII)


def without_secrets(path: str) -> str:
    return _SECRET.sub("*", path)


def network(address: str) -> str:
    """The address without the part that names one reader: /24 of IPv4, /48 of IPv6."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    bits = 24 if ip.version == 4 else 48
    return str(ipaddress.ip_network(f"{ip}/{bits}", strict=False))


class AccessLog:
    """Gathers lines in the event loop and writes them on a disk thread, once a second."""

    def __init__(self, path: Path, disk: Executor) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._handler = RotatingFileHandler(
            path, maxBytes=_FILE_BYTES, backupCount=_FILES, encoding="utf-8", delay=True
        )
        self._disk = disk
        self._lines: list[str] = []
        self._due: asyncio.TimerHandle | None = None

    def add(
        self,
        *,
        now: datetime,
        request_id: str,
        method: str,
        path: str,
        status: int,
        seconds: float,
        bytes_out: int,
        client: str,
        source: str,
    ) -> None:
        """Note one answered request. source: what answered (page, cache, file, stream…)."""
        line = {
            "at": now.isoformat(timespec="milliseconds"),
            "id": request_id,
            "method": method,
            "path": without_secrets(path),
            "status": status,
            "ms": round(seconds * 1000, 1),
            "bytes": bytes_out,
            "from": network(client),
            "by": source,
        }
        self._lines.append(json.dumps(line, ensure_ascii=False))
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(_FLUSH_SECONDS, self._flush)

    def _flush(self) -> None:
        self._due = None
        lines, self._lines = self._lines, []
        self._disk.submit(self._write, lines)

    def _write(self, lines: list[str]) -> None:
        # One record for all lines: the handler flushes once a record.
        self._handler.emit(
            logging.LogRecord("access", logging.INFO, "", 0, "\n".join(lines), None, None)
        )

    def close(self) -> None:
        if self._due is not None:
            self._due.cancel()
        if self._lines:
            self._write(self._lines)
            self._lines = []
        self._handler.close()
