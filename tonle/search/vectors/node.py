"""This node's vectors: whether they are on, where they lie, who makes them, what they answer."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings

from tonle.kernel.errors import TonleError
from tonle.search.documents import sources
from tonle.search.shelf import COMMITTED, Shelf, Stopped, look
from tonle.search.vectors import embedder as embedders
from tonle.search.vectors.embedder import E5, Embedder
from tonle.search.vectors.texts import masks, question_text, tongue_of

if TYPE_CHECKING:
    from tonle.search.vectors.embedder import Vector
    from tonle.search.vectors.follower import Follower
    from tonle.search.vectors.store import Reader

logger = logging.getLogger(__name__)

# The background loop looks so often whether vectors were switched on, or things changed.
PAUSE_SECONDS: Final = 2.0
# A model that failed is tried again after so long.
FAILED_SECONDS: Final = 600.0
# Behind pages and everything else of the node.
_NICENESS: Final = 15

# Things looked at for one question; where the reader's filters leave fewer than ENOUGH of them,
# more.
MOST: Final = 50
MORE: Final = (MOST, 500, 4_000)
ENOUGH: Final = 10
_KEPT_QUESTIONS: Final = 512


@dataclass(frozen=True, slots=True)
class Model:
    """What makes this node's vectors. make: called when it is first needed, once a process.

    least: the likeness (store.Near) below which a thing has nothing to do with a question. Above
    it, it need not have: this model's likeness says which of two lies nearer, and little more.
    """

    name: Callable[[], str]
    dimensions: int
    make: Callable[[], Embedder]
    usable: Callable[[], bool]
    least: float


E5_MODEL: Final = Model(embedders.model_name, 384, E5, embedders.is_installed, 0.10)
_model = E5_MODEL


def use(model: Model) -> Model:
    """Let another model make the vectors of this process. Returns the one before."""
    global _model
    before, _model = _model, model
    _embedder.cache_clear()
    _vector.cache_clear()
    return before


@cache
def _embedder() -> Embedder:
    return _model.make()


# --- the switch ---------------------------------------------------------------------


def switch() -> Path:
    """A file whose being there means on. Not part of a backup: another machine is asked anew."""
    return Path(settings.TONLE_DATA) / "vectors.on"


def is_on() -> bool:
    return switch().exists()


def turn_on() -> None:
    switch().write_text(f"{_model.name()}\n", encoding="utf-8")


def turn_off() -> None:
    """From the next question on. What was made stays until it is removed."""
    switch().unlink(missing_ok=True)


def shelf() -> Shelf:
    return Shelf(Path(settings.TONLE_INDEX) / "vectors")


def stamp() -> tuple[int, ...]:
    """Other numbers whenever other things are found. Some looks at the file system."""
    on = look(switch())
    return (*on, *shelf().stamp()) if on != (0, 0) else on


# --- the background -----------------------------------------------------------------


def follower() -> Follower:
    from tonle.search.vectors.follower import Follower

    return Follower(
        shelf(), sources(), _embedder, model=_model.name(), dimensions=_model.dimensions
    )


def follow(stop: threading.Event) -> None:
    """The background loop: while vectors are on, follow all sources until stop is set."""
    _step_back()
    seen: object = None
    while not stop.is_set():
        if is_on() and _model.usable():
            heads = [(source.name, source.lineage(), source.head()) for source in sources()]
            if heads != seen:
                try:
                    follower().catch_up(stop=stop)
                except Stopped:
                    return
                except TonleError as error:
                    logger.warning("Search by meaning does not go on: %s", error)
                    stop.wait(FAILED_SECONDS)
                    continue
                seen = heads
        else:
            seen = None
        stop.wait(PAUSE_SECONDS)


def _step_back() -> None:
    """Let this thread run when no other wants to. Linux knows a priority for each thread."""
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


# --- questions ----------------------------------------------------------------------

# Keys of things, nearest first -> those that a reader may be shown for this question.
Allowed = Callable[[Sequence[str]], Collection[str]]


def near(
    typed: str, language: str, allowed: Allowed, *, narrowed: Iterable[str] = ()
) -> tuple[str, ...]:
    """Keys of things in other languages that mean nearly what was typed, nearest first.

    language: of the reader. narrowed: languages to which the reader narrowed the search.
    allowed: what else is asked, and what may be seen: vectors know neither.
    () where vectors are off, not there yet, or do not work; then the log says why.
    """
    text = question_text(typed)
    if not is_on() or not text or not _model.usable():
        return ()
    looked_for = masks(tongue_of(text, language), narrowed)
    if looked_for is None:
        return ()
    try:
        reader = _opened.get(shelf())
        return _near(reader, _vector(text), looked_for, allowed) if reader else ()
    except (TonleError, OSError, ValueError, sqlite3.Error) as error:
        logger.warning("Search by meaning does not answer: %s", error)
        return ()


def _near(
    reader: Reader, vector: Vector, looked_for: tuple[int, int], allowed: Allowed
) -> tuple[str, ...]:
    of, without = looked_for
    kept: tuple[str, ...] = ()
    for most in MORE:
        found = reader.nearest(vector, _embedder().centres, most, of=of, without=without)
        keys = [thing.key for thing in found if thing.likeness >= _model.least]
        kept = tuple(filter(set(allowed(keys)).__contains__, keys)) if keys else ()
        if len(kept) >= ENOUGH or len(keys) < most:
            break
    return kept


@lru_cache(maxsize=_KEPT_QUESTIONS)
def _vector(text: str) -> Vector:
    return _embedder().question(text)


class _Opened:
    """The vectors as they were last published. Who holds older ones may go on using them."""

    def __init__(self) -> None:
        self._held: tuple[object, Reader | None] = (None, None)
        self._lock = threading.Lock()

    def get(self, shelf: Shelf) -> Reader | None:
        now = (shelf.root, shelf.stamp())
        if self._held[0] != now:
            with self._lock:
                if self._held[0] != now:
                    self._held = (now, self._open(shelf))
        return self._held[1]

    @staticmethod
    def _open(shelf: Shelf) -> Reader | None:
        from tonle.search.vectors.store import Reader

        current = shelf.current()
        if current is None or not (current.path / COMMITTED).exists():
            return None
        return Reader(current.path, _model.dimensions)


_opened = _Opened()
