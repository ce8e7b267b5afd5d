"""Vectors on disk: one generation of them, written by one process and read by many.

    names.sqlite3   slot -> the thing's key and what text its vector is of; the writer's cursors
    full.i8         slot -> 384 whole numbers of one byte: the vector, but for its length
    codes.u1        slot -> 48 bytes: on which side of the centre each number lies
    tongues.u1      slot -> one byte: the languages the thing is found under
    meta.json       how many slots readers may use; replaced with each publication

Slots are only ever added. A thing that changed gets a new one, a thing that went leaves an empty
one, and when half of them are empty a new generation takes the rest over. Readers map the files:
the system keeps them in memory and all processes share it.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from tonle.search.shelf import COMMITTED
from tonle.search.vectors.texts import ANY

if TYPE_CHECKING:
    from numpy import bool_, int8, intp, uint8
    from numpy.typing import NDArray

    from tonle.search.vectors.embedder import Centres, Vector

_FILES: Final = ("full.i8", "codes.u1", "tongues.u1")
_NAMES: Final = "names.sqlite3"
_WAIT_SECONDS: Final = 10.0
_AT_ONCE: Final = 500
# Rows whose codes are compared at a time, so that what is made meanwhile stays small.
_CHUNK: Final = 65_536
# Of so many candidates the whole vectors are compared, for each result that is wanted.
CANDIDATES: Final = 20
_FEWEST_CANDIDATES: Final = 400
# Fewer empty slots than this are not worth a new generation.
_FEW_EMPTY: Final = 1_000

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS thing (
    slot INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, digest BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS thing_by_text ON thing (digest);
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value NOT NULL);
"""

State = dict[str, str | int]


class Near(NamedTuple):
    """A thing and how near it lies. likeness: the cosine, -1..1, of the ways in which thing and
    question lie off their centres: 0 is what any two have in common."""

    key: str
    likeness: float


class Kept(NamedTuple):
    """A vector as it is kept. Comparing needs its direction only, so its length is not."""

    full: NDArray[int8]
    code: NDArray[uint8]


def kept(vector: Vector, centre: Vector) -> Kept:
    """A vector of any length but 0 as the two forms in which it is kept."""
    largest = float(np.abs(vector).max())
    full = np.rint(vector * (127 / largest)).astype(np.int8)
    return Kept(full, coded(vector, centre))


def coded(vector: Vector, centre: Vector) -> NDArray[uint8]:
    return np.packbits(vector > centre)


class Writer:
    """The one writer of a generation. Nothing is durable before `commit`, and what was not
    committed is overwritten by the next."""

    def __init__(self, path: Path, dimensions: int) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._sizes = (dimensions, dimensions // 8, 1)
        self._names = sqlite3.connect(path / _NAMES, timeout=_WAIT_SECONDS)
        self._names.executescript(_TABLES)
        self.state: State = dict(self._names.execute("SELECT name, value FROM state"))
        self.rows = int(self.state.get("rows", 0))
        self._files = [_opened(path / name) for name in _FILES]
        for file, size in zip(self._files, self._sizes, strict=True):
            # What a process that died had added without saying so.
            os.ftruncate(file, self.rows * size)
        self._new: dict[str, tuple[bytes, Kept, int]] = {}
        self._gone: set[str] = set()

    @property
    def pending(self) -> int:
        return len(self._new) + len(self._gone)

    def has(self, key: str, digest: bytes, tongues: int) -> bool:
        """Whether the thing's vector is of this text already."""
        if key in self._new:
            return self._new[key][0] == digest and self._new[key][2] == tongues
        if key in self._gone:
            return False
        found = self._names.execute("SELECT slot, digest FROM thing WHERE key = ?", (key,))
        for slot, known in found:
            return bool(known == digest and os.pread(self._files[2], 1, slot) == bytes((tongues,)))
        return False

    def put(self, key: str, digest: bytes, vector: Kept, tongues: int) -> None:
        """Add a thing, or replace its vector."""
        self._gone.discard(key)
        self._new[key] = (digest, vector, tongues)

    def delete(self, key: str) -> None:
        self._new.pop(key, None)
        self._gone.add(key)

    def commit(self, state: Mapping[str, str | int]) -> None:
        """Make everything durable together with the state: bytes first, then names."""
        changed = [*self._new, *self._gone]
        left = [slot for slot, _ in self._slots(changed)]
        for at, (_, vector, tongues) in enumerate(self._new.values(), start=self.rows):
            self._write(at, (vector.full.tobytes(), vector.code.tobytes(), bytes((tongues,))))
        for file in self._files:
            os.fsync(file)
        with self._names:
            self._names.executemany("DELETE FROM thing WHERE slot = ?", ((s,) for s in left))
            self._names.executemany(
                "INSERT INTO thing (slot, key, digest) VALUES (?, ?, ?)",
                (
                    (slot, key, digest)
                    for slot, (key, (digest, _, _)) in enumerate(self._new.items(), self.rows)
                ),
            )
            self.rows += len(self._new)
            self.state = {**state, "rows": self.rows}
            self._names.execute("DELETE FROM state")
            self._names.executemany("INSERT INTO state VALUES (?, ?)", self.state.items())
        for slot in left:
            # What a thing meant leaves with it, and an empty slot is of no language.
            self._write(slot, tuple(bytes(size) for size in self._sizes))
        self._new, self._gone = {}, set()

    def publish(self) -> None:
        """Let readers use what was committed."""
        temporary = self._path / f"{COMMITTED}.new"
        temporary.write_text(json.dumps({"rows": self.rows}), encoding="ascii")
        temporary.replace(self._path / COMMITTED)

    @property
    def wasteful(self) -> bool:
        """Whether more than half of the slots are empty."""
        (things,) = self._names.execute("SELECT count(*) FROM thing").fetchone()
        empty = self.rows - int(things)
        return empty > max(_FEW_EMPTY, int(things))

    def close(self) -> None:
        self._names.close()
        for file in self._files:
            os.close(file)

    def _write(self, slot: int, parts: Sequence[bytes]) -> None:
        for file, size, part in zip(self._files, self._sizes, parts, strict=True):
            os.pwrite(file, part, slot * size)

    def _slots(self, keys: Sequence[str]) -> Iterable[tuple[int, str]]:
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            statement = f"SELECT slot, key FROM thing WHERE key IN ({marks})"  # noqa: S608 # Marks.
            yield from self._names.execute(statement, some).fetchall()


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


class Reader:
    """A generation as it was last published, open for questions from any thread.

    Raises OSError, ValueError, sqlite3.Error where it cannot be read.
    """

    def __init__(self, path: Path, dimensions: int) -> None:
        said = json.loads((path / COMMITTED).read_text(encoding="ascii"))
        self.rows = int(said["rows"])
        self._full = _mapped(path / _FILES[0], np.int8, (self.rows, dimensions))
        codes = _mapped(path / _FILES[1], np.uint8, (self.rows, dimensions // 8))
        self._codes = codes.view(np.uint64)
        self._tongues = _mapped(path / _FILES[2], np.uint8, (self.rows,))
        self._names = sqlite3.connect(
            f"{(path / _NAMES).as_uri()}?mode=ro",
            uri=True,
            check_same_thread=False,
            timeout=_WAIT_SECONDS,
        )
        self._lock = threading.Lock()

    def nearest(
        self, vector: Vector, centres: Centres, most: int, *, of: int = ANY, without: int = 0
    ) -> list[Near]:
        """The things nearest to a question, nearest first, at most so many.

        of, without: masks of languages; a thing has one of the former and none of the latter.
        First all codes are compared, then the whole vectors of the best, by their cosines.
        """
        wanted = max(_FEWEST_CANDIDATES, CANDIDATES * most)
        slots = self._candidates(coded(vector, centres.questions), wanted, of, without)
        if not len(slots):
            return []
        whole = self._full[slots].astype(np.float32)
        # An empty slot has no direction; it has no name either.
        whole /= np.maximum(np.linalg.norm(whole, axis=1, keepdims=True), 1)
        order = np.argsort(-(whole @ vector), kind="stable")[: 2 * most]
        likeness = _cosines(whole[order] - centres.texts, vector - centres.questions)
        best = [(int(slots[at]), float(like)) for at, like in zip(order, likeness, strict=True)]
        names = self._named([slot for slot, _ in best])
        return [Near(names[slot], like) for slot, like in best if slot in names][:most]

    def taken(self, digest: bytes) -> Kept | None:
        """The vector of a text, of whatever thing it is."""
        with self._lock:
            row = self._names.execute("SELECT slot FROM thing WHERE digest = ?", (digest,))
            found = row.fetchone()
        if found is None or found[0] >= self.rows:
            return None
        code = self._codes[found[0]].view(np.uint8)
        return Kept(np.array(self._full[found[0]]), np.array(code))

    def close(self) -> None:
        self._names.close()

    def _candidates(self, code: NDArray[uint8], most: int, of: int, without: int) -> NDArray[intp]:
        asked = code.view(np.uint64)
        apart = np.empty(self.rows, dtype=np.uint16)
        for start in range(0, self.rows, _CHUNK):
            end = start + _CHUNK
            apart[start:end] = np.bitwise_count(self._codes[start:end] ^ asked).sum(
                axis=1, dtype=np.uint16
            )
        allowed = self._allowed(of, without)
        apart[~allowed] = np.iinfo(np.uint16).max
        most = min(most, int(allowed.sum()))
        if not most:
            return np.empty(0, dtype=np.intp)
        return np.argpartition(apart, most - 1)[:most] if most < self.rows else np.arange(most)

    def _allowed(self, of: int, without: int) -> NDArray[bool_]:
        tongues = np.asarray(self._tongues)
        allowed: NDArray[bool_] = (tongues & of != 0) & (tongues & without == 0)
        return allowed

    def _named(self, slots: Sequence[int]) -> dict[int, str]:
        marks = ",".join("?" * len(slots))
        statement = f"SELECT slot, key FROM thing WHERE slot IN ({marks})"  # noqa: S608 # Marks.
        with self._lock:
            return dict(self._names.execute(statement, slots))


def _cosines(rows: Vector, vector: Vector) -> Vector:
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(vector)
    cosines: Vector = ((rows @ vector) / np.maximum(lengths, 1e-9)).astype(np.float32)
    return cosines


def _mapped(path: Path, kind: type, shape: tuple[int, ...]) -> NDArray[uint8]:
    # A file without a byte cannot be mapped.
    if not shape[0]:
        return np.empty(shape, dtype=kind)
    return np.memmap(path, dtype=kind, mode="r", shape=shape)


def state_of(path: Path) -> State:
    """What the writer said last, with the number of things; empty where there is nothing."""
    names = path / _NAMES
    if not names.exists():
        return {}
    with closing(
        sqlite3.connect(f"{names.as_uri()}?mode=ro", uri=True, timeout=_WAIT_SECONDS)
    ) as database:
        try:
            state: State = dict(database.execute("SELECT name, value FROM state"))
            (state["things"],) = database.execute("SELECT count(*) FROM thing").fetchone()
        except sqlite3.OperationalError:
            return {}  # Begun a moment ago.
    return state
