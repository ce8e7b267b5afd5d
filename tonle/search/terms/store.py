"""Where a node's tables lie, and the lexicon made of them.

    tonle/search/terms/data/    tables that come with Tonle
    <node>/terms/               tables that a steward added; part of a backup
    <node>/index/terms.sqlite3  the lexicon made of both; made again when either changes

The lexicon is named by what it was made of, so a process sees by one look at a file that there
is another, and a change of tables, analysis or layout makes it anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from django.conf import settings

from tonle.search.analysis import ANALYSER_HASH
from tonle.search.shelf import look
from tonle.search.terms import lexicon
from tonle.search.terms.lexicon import Lexicon
from tonle.search.terms.tables import SUFFIX

logger = logging.getLogger(__name__)

SHIPPED: Final = Path(__file__).parent / "data"

# The background process looks so often whether tables came or went. It is told by nobody:
# a restore, or a hand, may have laid them there.
LOOK_SECONDS: Final = 5.0


def added() -> Path:
    """The directory of a steward's tables; it need not be there."""
    return Path(settings.TONLE_DATA) / "terms"


def place() -> Path:
    return Path(settings.TONLE_INDEX) / "terms.sqlite3"


def tables() -> list[Path]:
    """All tables: those that come with Tonle, then the steward's, each by name."""
    return [*sorted(SHIPPED.glob(f"*{SUFFIX}")), *sorted(added().glob(f"*{SUFFIX}"))]


def stamp() -> tuple[int, int]:
    """Other numbers whenever there is another lexicon. One look at the file system."""
    return look(place())


def current() -> Lexicon | None:
    """The lexicon as it is now, None before the first is made."""
    return _opened.get(place(), stamp())


def refresh(stop: threading.Event | None = None) -> bool:
    """Make the lexicon anew where it is not of the present tables. Whether it was made.

    Of two processes at it one waits, and then has nothing to do. Raises lexicon.Stopped once
    stop is set.
    """
    with _lock():
        wanted = _print(tables())
        found = current()
        if found is not None and found.stamp == wanted:
            return False
        lexicon.build(place(), tables(), wanted, stop)
        return True


def follow(stop: threading.Event) -> None:
    """The background loop."""
    seen: object = None
    while not stop.is_set():
        now = [(path, path.stat().st_mtime_ns) for path in tables()]
        if now != seen:
            with suppress(lexicon.Stopped):
                refresh(stop)
            seen = now
        stop.wait(LOOK_SECONDS)


def _print(paths: list[Path]) -> str:
    """A fingerprint of what a lexicon is made of. Tables are replaced whole, so that size and
    time tell them apart; those that come with Tonle by size alone, whose time is a checkout's."""
    said = [f"{lexicon.LAYOUT} {ANALYSER_HASH}"]
    for path in paths:
        status = path.stat()
        at = 0 if path.parent == SHIPPED else status.st_mtime_ns
        said.append(f"{path.name} {status.st_size} {at}")
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


class _Opened:
    """The lexicon that was opened last. Who holds an older one may go on using it."""

    def __init__(self) -> None:
        self._held: tuple[Path, tuple[int, int], Lexicon | None] | None = None
        self._lock = threading.Lock()

    def get(self, path: Path, now: tuple[int, int]) -> Lexicon | None:
        held = self._held
        if held is None or held[:2] != (path, now):
            with self._lock:
                opened = None
                if now != (0, 0):
                    try:
                        opened = Lexicon(path)
                    except (sqlite3.Error, IndexError) as error:
                        logger.warning("The lexicon of terms cannot be read: %s", error)
                held = self._held = (path, now, opened)
        return held[2]


_opened = _Opened()


@contextmanager
def _lock() -> Iterator[None]:
    place().parent.mkdir(parents=True, exist_ok=True)
    file = os.open(place().with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
