"""The one indexer: it follows the change feeds of all sources and nothing else.

What it has read is committed with what it made of it, in one tantivy commit: after a
crash it goes on from there, and what it reads twice replaces itself. An index of another
schema or analysis, or of a feed that began anew, is not repaired: a new one is built
beside it, and readers are pointed to that in one step.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tonle.infra import crash
from tonle.search.analysis import ANALYSER_HASH
from tonle.search.documents import Change, Feed, index_key
from tonle.search.engine import Schema
from tonle.search.schema import entry
from tonle.search.shelf import Generation, Shelf, Stopped, fingerprint
from tonle.search.tantivy_engine import TantivyReader, TantivyWriter, schema_hash

logger = logging.getLogger(__name__)

crash.declare("index.before_commit", "changes applied but not committed are applied again")
crash.declare("index.after_commit", "a committed cursor goes on without loss or repetition")
crash.declare("index.built_beside", "a finished build that readers do not know yet is taken up")
crash.declare("index.swapped", "readers have the new index although the old one is still there")

# Changes read at a time, and changes between two commits. A build that is killed repeats
# at most the latter; following commits as soon as it has caught up.
BATCH = 500
COMMIT_EVERY = 20_000

# tantivy takes 15 MB at least; more makes fewer, larger segments while building. Both are
# given back when the writer closes, after every pass.
FOLLOW_HEAP_BYTES = 15_000_000
BUILD_HEAP_BYTES = 64_000_000

# A reader sees a change within a second: this pause, the commit and the reload.
PAUSE_SECONDS = 0.4

Tell = Callable[[int], None]
State = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Status:
    """How the index stands. behind: changes its sources have that it has not."""

    current: str
    building: str
    documents: int
    behind: Mapping[str, int]
    failed: int
    sound: bool


class Indexer:
    """Follows sources into the indexes of one shelf."""

    def __init__(
        self,
        shelf: Shelf,
        sources: Sequence[Feed],
        schema: Schema,
        *,
        batch: int = BATCH,
        commit_every: int = COMMIT_EVERY,
    ) -> None:
        self._shelf = shelf
        self._sources = tuple(sources)
        self._schema = schema
        self._batch, self._commit_every = batch, commit_every
        self._hashes: State = {"schema": schema_hash(schema), "analyser": ANALYSER_HASH}
        self._fingerprint = fingerprint(str(self._hashes["schema"]), ANALYSER_HASH)
        self._reader: tuple[Generation, TantivyReader] | None = None

    # --- use ---

    def catch_up(
        self,
        *,
        stop: threading.Event | None = None,
        rebuild: bool = False,
        tell: Tell = lambda _: None,
    ) -> int:
        """Bring the index to the heads of all sources. Returns the changes applied.

        rebuild: make a new one even where the present one is sound. tell: gets the number
        of changes applied since the last time. When stop is set it commits and returns;
        a build then goes on at the next call.
        Raises Stopped where another indexer was at work until stop was set.
        """
        stop = stop or threading.Event()
        with self._shelf.lock(stop):
            self._shelf.sweep()
            current = self._shelf.current()
            if current and not rebuild and self._is_sound(current):
                return self._follow(current, self._state(current), stop, tell)
            return self._build(rebuild, stop, tell)

    def run(self, stop: threading.Event) -> None:
        """Follow until stop is set: the background loop."""
        while not stop.is_set():
            try:
                self.catch_up(stop=stop)
            except Stopped:
                return
            stop.wait(PAUSE_SECONDS)

    def status(self) -> Status:
        """How things stand, without waiting for the indexer at work."""
        current = self._shelf.current()
        building = self._shelf.building(self._fingerprint)
        state = self._state(current) if current else {}
        return Status(
            current=current.path.name if current else "",
            building=building.path.name if building else "",
            documents=self._open(current).documents() if current and state else 0,
            behind={
                source.name: source.head() - int(state.get(_cursor(source), 0))
                for source in self._sources
            },
            failed=int(state.get("failed", 0)),
            sound=bool(current) and self._is_sound(current),
        )

    # --- what to do ---

    def _is_sound(self, generation: Generation | None) -> bool:
        """Whether an index may be followed on: made by this code, of these feeds."""
        if generation is None or generation.fingerprint != self._fingerprint:
            return False
        if self._shelf.building(self._fingerprint) is not None:
            return False  # A rebuild was asked for and is not finished.
        return self._fits(self._state(generation))

    def _fits(self, state: Mapping[str, str | int]) -> bool:
        """Whether what was committed was made by this code, of the feeds as they are now."""
        if any(state.get(name) != value for name, value in self._hashes.items()):
            return False
        followed = {name for name in state if name.startswith("cursor ")}
        if followed - {_cursor(source) for source in self._sources}:
            return False
        return all(
            state.get(_lineage(source)) == source.lineage()
            and int(state.get(_cursor(source), 0)) <= source.head()
            for source in self._sources
            if _cursor(source) in state
        )

    def _follow(self, target: Generation, state: State, stop: threading.Event, tell: Tell) -> int:
        if all(int(state.get(_cursor(source), -1)) == source.head() for source in self._sources):
            return 0
        return self._apply(target, state, FOLLOW_HEAP_BYTES, stop, tell)

    def _build(self, rebuild: bool, stop: threading.Event, tell: Tell) -> int:
        target = self._shelf.building(self._fingerprint)
        state = self._state(target) if target else {}
        if target and (rebuild or not self._fits(state)):
            self._shelf.discard(target)
            target = None
        if target is None:
            target, state = self._shelf.begin(self._fingerprint), {}
        applied = self._apply(target, state, BUILD_HEAP_BYTES, stop, tell)
        if stop.is_set():
            return applied
        crash.point("index.built_beside")
        self._shelf.make_current(target)
        crash.point("index.swapped")
        self._shelf.sweep()
        return applied

    # --- doing it ---

    def _apply(
        self, target: Generation, state: State, heap: int, stop: threading.Event, tell: Tell
    ) -> int:
        state = {**state, **self._hashes}
        applied = pending = 0
        writer = TantivyWriter(target.path, self._schema, heap_bytes=heap)
        try:
            for source in self._sources:
                state[_lineage(source)] = source.lineage()
                state.setdefault(_cursor(source), 0)
                while not stop.is_set():
                    head, cursor = source.head(), int(state[_cursor(source)])
                    changes = source.changes(cursor, self._batch)
                    if not changes:
                        # Positions without anything to be found are passed too.
                        state[_cursor(source)] = max(cursor, head)
                        break
                    failed = _put_all(writer, source, changes)
                    state["failed"] = int(state.get("failed", 0)) + failed
                    state[_cursor(source)] = changes[-1].pos
                    applied += len(changes)
                    pending += len(changes)
                    tell(len(changes))
                    if pending >= self._commit_every:
                        _commit(writer, state)
                        pending = 0
            _commit(writer, state)
        finally:
            writer.close()
        return applied

    def _state(self, generation: Generation) -> State:
        """What the index says of itself; empty where it cannot be read."""
        try:
            return dict(self._open(generation).state())
        except (ValueError, OSError) as error:
            logger.warning("The index %s cannot be read: %s", generation.path.name, error)
            return {}

    def _open(self, generation: Generation) -> TantivyReader:
        if self._reader is None or self._reader[0] != generation:
            self._reader = (generation, TantivyReader(generation.path))
        return self._reader[1]


def _put_all(writer: TantivyWriter, source: Feed, changes: Sequence[Change]) -> int:
    """Apply a batch, only the last change of each key. Returns how many could not be."""
    failed = 0
    for change in {(change.source, change.key): change for change in changes}.values():
        name = change.source or source.name
        key = index_key(name, change.key)
        if change.document is None:
            writer.delete(key)
            continue
        try:
            made = entry(name, change.document)
        except Exception:
            # One document must not keep all others out; it is logged, counted and left out.
            logger.exception("%s cannot be indexed; it will not be found.", key)
            writer.delete(key)
            failed += 1
            continue
        writer.put(made)
    return failed


def _commit(writer: TantivyWriter, state: State) -> None:
    crash.point("index.before_commit")
    writer.commit(state)
    crash.point("index.after_commit")


def _cursor(source: Feed) -> str:
    return f"cursor {source.name}"


def _lineage(source: Feed) -> str:
    return f"lineage {source.name}"
