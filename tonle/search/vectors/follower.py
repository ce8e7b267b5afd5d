"""The one embedder at work: it follows the change feeds of all sources, as the indexer does.

What it has read is committed with what it made of it, so after a crash it goes on from there. A
vector is kept with a digest of its text: what is read again, or changed without changing its
text, costs nothing. Vectors of another model, or feeds that began anew, get a new generation
beside the present one, which gives it the vectors of texts that it knows.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from tonle.infra import crash
from tonle.search.documents import Change, Source, index_key
from tonle.search.shelf import COMMITTED, Generation, Shelf, fingerprint
from tonle.search.vectors import store
from tonle.search.vectors.embedder import Embedder
from tonle.search.vectors.texts import digest, languages_mask, text_of

crash.declare("vectors.before_commit", "vectors made but not committed are made again")
crash.declare("vectors.after_commit", "committed vectors are not made again")

# Counted up when what is read of a document, how vectors are kept, or a centre, changes.
LAYOUT: Final = 1

# Changes read at a time; and after so many vectors, some fifteen seconds of work, a commit.
BATCH: Final = 200
COMMIT_EVERY: Final = 32
# While the first vectors are made, which takes hours, what there is can be asked; pages that
# were kept are made again each time.
PUBLISH_SECONDS: Final = 300.0

Tell = Callable[[int], None]
_CURSOR: Final = "cursor "
_LINEAGE: Final = "lineage "


@dataclass(frozen=True, slots=True)
class Status:
    """How the vectors stand. behind: changes that sources have and they have not."""

    things: int
    rows: int
    building: bool
    behind: Mapping[str, int]


class Follower:
    """Follows sources into the generations of one shelf. embedder: made when first needed."""

    def __init__(
        self,
        shelf: Shelf,
        sources: Sequence[Source],
        embedder: Callable[[], Embedder],
        *,
        model: str,
        dimensions: int,
        commit_every: int = COMMIT_EVERY,
    ) -> None:
        self._shelf = shelf
        self._sources = tuple(sources)
        self.embedder = embedder
        self._dimensions = dimensions
        self.commit_every = commit_every
        self._fingerprint = fingerprint(model, str(dimensions), str(LAYOUT))

    def catch_up(self, *, stop: threading.Event | None = None, tell: Tell = lambda _: None) -> int:
        """Bring the vectors to the heads of all sources. Returns how many were made.

        tell: gets the number of changes looked at since the last time. When stop is set it
        commits and returns. Raises Stopped where another was at work until stop was set.
        """
        stop = stop or threading.Event()
        with self._shelf.lock(stop):
            self._shelf.sweep()
            current = self._shelf.current()
            if current and self._is_sound(current):
                if self._is_caught_up(store.state_of(current.path)):
                    return 0
                made, wasteful = self._apply(current, None, stop, tell)
                if not wasteful or stop.is_set():
                    return made
                return made + self._build(current, stop, tell)
            return self._build(current, stop, tell)

    def status(self) -> Status:
        """How things stand, without waiting for the one at work."""
        current = self._shelf.current()
        building = self._shelf.building(self._fingerprint)
        state = store.state_of(current.path) if current else {}
        return Status(
            things=int(state.get("things", 0)),
            rows=int(state.get("rows", 0)),
            building=building is not None,
            behind={
                source.name: source.head() - int(state.get(_CURSOR + source.name, 0))
                for source in self._sources
            },
        )

    # --- what to do ---

    def _is_sound(self, generation: Generation) -> bool:
        """Whether it may be followed on: of this model, of these feeds, and nothing newer."""
        if generation.fingerprint != self._fingerprint:
            return False
        if self._shelf.building(self._fingerprint) is not None:
            return False
        return self._fits(store.state_of(generation.path))

    def _fits(self, state: Mapping[str, str | int]) -> bool:
        followed = {name for name in state if name.startswith(_CURSOR)}
        if followed - {_CURSOR + source.name for source in self._sources}:
            return False
        return all(
            state.get(_LINEAGE + source.name) == source.lineage()
            and int(state.get(_CURSOR + source.name, 0)) <= source.head()
            for source in self._sources
            if _CURSOR + source.name in state
        )

    def _is_caught_up(self, state: Mapping[str, str | int]) -> bool:
        return all(
            int(state.get(_CURSOR + source.name, -1)) == source.head() for source in self._sources
        )

    def _build(self, current: Generation | None, stop: threading.Event, tell: Tell) -> int:
        target = self._shelf.building(self._fingerprint)
        if target and not self._fits(store.state_of(target.path)):
            self._shelf.discard(target)
            target = None
        if target is None:
            target = self._shelf.begin(self._fingerprint)
        if current is None or current.fingerprint != self._fingerprint:
            # Nothing else can be asked: questions may use it while it grows.
            store.Writer(target.path, self._dimensions).close()
            self._shelf.make_current(target)
            current = None
        made, _ = self._apply(target, current, stop, tell)
        if not stop.is_set():
            self._shelf.make_current(target)
            self._shelf.sweep()
        return made

    # --- doing it ---

    def _apply(
        self,
        target: Generation,
        before: Generation | None,
        stop: threading.Event,
        tell: Tell,
    ) -> tuple[int, bool]:
        """Follow into a generation, with what the one before it knows. Returns how many vectors
        were made, and whether half of its slots are empty now."""
        with closing(store.Writer(target.path, self._dimensions)) as writer:
            if before is None:
                # What was committed before a death may be asked while the rest is made.
                writer.publish()
            work = _Work(self, writer, self._known(target, before))
            for source in self._sources:
                work.follow(source, stop, tell)
            work.commit()
            writer.publish()
            work.close()
            return work.made, writer.wasteful

    def _known(self, *generations: Generation | None) -> list[store.Reader]:
        """Readers of these that were ever published."""
        return [
            store.Reader(generation.path, self._dimensions)
            for generation in generations
            if generation and (generation.path / COMMITTED).exists()
        ]


class _Work:
    """One pass over the feeds."""

    def __init__(
        self, follower: Follower, writer: store.Writer, known: Sequence[store.Reader]
    ) -> None:
        self.made = 0
        self._follower = follower
        self._writer = writer
        self._known = known
        self._state: store.State = dict(writer.state)
        self._published = time.monotonic()

    def follow(self, source: Source, stop: threading.Event, tell: Tell) -> None:
        """Take in what a source has, until its end or until stop is set."""
        cursor = _CURSOR + source.name
        self._state[_LINEAGE + source.name] = source.lineage()
        self._state.setdefault(cursor, 0)
        while not stop.is_set():
            head, at = source.head(), int(self._state[cursor])
            changes = source.changes(at, BATCH)
            if not changes:
                # Positions without anything to be found are passed too.
                self._state[cursor] = max(at, head)
                return
            # Of each thing the last change; those before it are not looked at.
            last = {change.key: change.pos for change in changes}
            for change in changes:
                if stop.is_set():
                    return
                if last[change.key] == change.pos:
                    self._take(source, change)
                self._state[cursor] = change.pos
                tell(1)
                if self._writer.pending >= self._follower.commit_every:
                    self.commit()
                    self._publish_at_times()

    def commit(self) -> None:
        crash.point("vectors.before_commit")
        self._writer.commit(self._state)
        crash.point("vectors.after_commit")

    def close(self) -> None:
        for reader in self._known:
            reader.close()

    def _take(self, source: Source, change: Change) -> None:
        key = index_key(source.name, change.key)
        text = text_of(change.document) if change.document else ""
        if not change.document or not text:
            self._writer.delete(key)
            return
        tongues = languages_mask(change.document.facets.get("lang", ()))
        known = digest(text)
        if not self._writer.has(key, known, tongues):
            self._writer.put(key, known, self._vector(text, known), tongues)

    def _vector(self, text: str, known: bytes) -> store.Kept:
        for reader in self._known:
            if taken := reader.taken(known):
                return taken
        embedder = self._follower.embedder()
        self.made += 1
        return store.kept(embedder.text(text), embedder.centres.texts)

    def _publish_at_times(self) -> None:
        if time.monotonic() - self._published >= PUBLISH_SECONDS:
            self._writer.publish()
            self._published = time.monotonic()
