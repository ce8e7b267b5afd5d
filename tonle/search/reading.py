"""The index as this process reads it: always the current generation, never a half one."""

from __future__ import annotations

import logging
import threading
from functools import cache
from pathlib import Path

from django.conf import settings

from tonle.search.engine import Reader
from tonle.search.shelf import Shelf
from tonle.search.tantivy_engine import TantivyReader

logger = logging.getLogger(__name__)


class CurrentReader:
    """Opens the current index and moves to the next when the pointer does."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._reader: Reader | None = None

    def get(self) -> Reader | None:
        """The reader of now; None before there is an index. Looking costs one stat."""
        try:
            status = self._shelf.pointer.stat()
        except FileNotFoundError:
            # None yet, or all were removed to be made anew: what is open still answers.
            return self._reader
        now = (status.st_ino, status.st_mtime_ns)
        if now == self._seen:
            return self._reader
        with self._lock:
            if now != self._seen:
                try:
                    current = self._shelf.current()
                    if current is None:
                        return self._reader
                    self._reader = TantivyReader(current.path)
                    self._seen = now
                except (ValueError, OSError) as error:
                    # It was replaced between two looks, or another version wrote it. The
                    # one open before still answers; the next question looks again.
                    logger.warning("The current index could not be opened: %s", error)
        return self._reader


@cache
def _reader_at(root: str) -> CurrentReader:
    return CurrentReader(Shelf(Path(root)))


def current_reader() -> Reader | None:
    """The index of now; None before there is one."""
    return _reader_at(str(settings.TONLE_INDEX)).get()


def is_usable() -> bool:
    """Whether there is an index that answers. It may be behind its sources."""
    reader = current_reader()
    return reader is not None and bool(reader.state())
