"""All tables of a node in one file that is looked things up in.

An SQLite file, read only and mapped by the system: a process that asks holds a few pages of it
and no table. It is made from the tables and can be thrown away.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from tonle.search.analysis import normalise
from tonle.search.terms.tables import LANGUAGES, NotATable, read_concepts, read_source

logger = logging.getLogger(__name__)

# Count up when the file is laid out otherwise.
LAYOUT: Final = 1

# A label longer than this is a sentence: nobody types it, and it would match nothing.
LONGEST_LABEL: Final = 80

_BATCH = 5_000
# As many values as are asked for in one statement.
_AT_ONCE = 400

_TABLES = """
CREATE TABLE source (number INTEGER PRIMARY KEY, name TEXT, title TEXT, concepts INTEGER);
CREATE TABLE concept (number INTEGER PRIMARY KEY, source INTEGER, id TEXT);
CREATE TABLE label (
  form TEXT, language TEXT, concept INTEGER, preferred INTEGER, text TEXT,
  PRIMARY KEY (form, language, concept)
) WITHOUT ROWID;
CREATE TABLE made (stamp TEXT);
"""


class Label(NamedTuple):
    """form: normalised as the index's text is. text: as it is written."""

    form: str
    language: str
    concept: int
    preferred: bool
    text: str


def build(path: Path, tables: Sequence[Path], stamp: str) -> None:
    """Make the file anew, whole or not at all. stamp: of what it was made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    database = sqlite3.connect(temporary)
    try:
        database.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _TABLES)
        for number, table in enumerate(tables, start=1):
            try:
                _take(database, number, table)
            except (NotATable, ValueError, KeyError, OSError, EOFError) as error:
                # One table that was cut off must not keep the others out.
                logger.warning("The table %s cannot be read to its end: %s", table.name, error)
        database.execute("CREATE INDEX of_concept ON label (concept)")
        database.execute("INSERT INTO made VALUES (?)", (stamp,))
        database.commit()
    finally:
        database.close()
    temporary.replace(path)


def _take(database: sqlite3.Connection, number: int, table: Path) -> None:
    source = read_source(table)
    first: int = database.execute("SELECT coalesce(max(number), 0) + 1 FROM concept").fetchone()[0]
    database.execute("INSERT INTO source VALUES (?,?,?,0)", (number, source.name, source.title))
    concepts: list[tuple[int, int, str]] = []
    labels: list[tuple[str, str, int, int, str]] = []

    def flush() -> None:
        database.executemany("INSERT INTO concept VALUES (?,?,?)", concepts)
        database.executemany("INSERT OR IGNORE INTO label VALUES (?,?,?,?,?)", labels)
        concepts.clear()
        labels.clear()

    at = first
    for concept in read_concepts(table):
        concepts.append((at, number, concept.id))
        for preferred, said in ((1, concept.preferred), (0, concept.other)):
            for language, texts in said.items():
                if language in LANGUAGES:
                    labels += [
                        (form, language, at, preferred, "" if text == form else text)
                        for text in texts
                        if len(text) <= LONGEST_LABEL and (form := form_of(text))
                    ]
        at += 1
        if len(concepts) >= _BATCH:
            flush()
    flush()
    database.execute("UPDATE source SET concepts = ? WHERE number = ?", (at - first, number))


def form_of(text: str) -> str:
    """How a label is looked up: normalised, one space between words."""
    return " ".join(normalise(text).split())


class Lexicon:
    """The file open for questions, from any thread. Raises sqlite3.Error where it is damaged.

    stamp: of what it was made. concepts: table to how many it has.
    """

    def __init__(self, path: Path) -> None:
        # Immutable: it is replaced, never written, so nothing need be locked or looked at again.
        self._database = sqlite3.connect(
            f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self._lock = threading.Lock()
        self.stamp: str = self._rows("SELECT stamp FROM made")[0][0]
        rows = self._rows("SELECT number, name, title, concepts FROM source")
        self._titles: Mapping[int, str] = {number: title for number, _, title, _ in rows}
        self.concepts: Mapping[str, int] = {name: concepts for _, name, _, concepts in rows}

    def forms(self, forms: Iterable[str], languages: Iterable[str]) -> list[Label]:
        """The labels of these languages that are written so."""
        tongues = tuple(languages)
        return [
            label
            for label in self._labels("form", tuple(dict.fromkeys(forms)))
            if label.language in tongues
        ]

    def labels(self, concepts: Iterable[int], languages: Iterable[str]) -> list[Label]:
        """What these concepts are called in these languages."""
        tongues = tuple(languages)
        return [
            label
            for label in self._labels("concept", tuple(dict.fromkeys(concepts)))
            if label.language in tongues
        ]

    def named(self, concepts: Iterable[int]) -> dict[int, tuple[str, str]]:
        """Concept to (title of its table, its id)."""
        wanted = tuple(dict.fromkeys(concepts))
        return {
            number: (self._titles[source], id_)
            for number, source, id_ in self._many(
                "SELECT number, source, id FROM concept WHERE number IN ({})", wanted
            )
        }

    def _labels(self, column: str, values: Sequence[str] | Sequence[int]) -> list[Label]:
        # The column is one of two words of ours.
        asked = f"SELECT form, language, concept, preferred, text FROM label WHERE {column} IN "  # noqa: S608 # As said above.
        return [
            Label(form, language, concept, bool(preferred), text or form)
            for form, language, concept, preferred, text in self._many(asked + "({})", values)
        ]

    def _many(self, statement: str, values: Sequence[str] | Sequence[int]) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = []
        for start in range(0, len(values), _AT_ONCE):
            some = values[start : start + _AT_ONCE]
            rows += self._rows(statement.format(",".join("?" * len(some))), some)
        return rows

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._database.execute(statement, values).fetchall()
