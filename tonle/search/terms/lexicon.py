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
LAYOUT: Final = 3

# A label longer than this is a sentence: nobody types it, and it would match nothing.
LONGEST_LABEL: Final = 80

# The table of our own, written by hand for this region: sure where a dictionary is not.
OURS: Final = "tonle-everyday"

# In the column of what is preferred (1) and what is not (0).
_HIDDEN: Final = -1

_BATCH = 1_000
# As many values as are asked for in one statement.
_AT_ONCE = 400

_TABLES = """
CREATE TABLE source (
  number INTEGER PRIMARY KEY, name TEXT, title TEXT, uri TEXT, concepts INTEGER, plain INTEGER
);
CREATE TABLE concept (
  number INTEGER PRIMARY KEY, source INTEGER, id TEXT, code TEXT, broader TEXT
);
CREATE TABLE label (
  form TEXT, language TEXT, concept INTEGER, preferred INTEGER, text TEXT,
  PRIMARY KEY (form, language, concept)
) WITHOUT ROWID;
CREATE TABLE made (stamp TEXT);
"""


class Label(NamedTuple):
    """form: normalised as the index's text is. text: as it is written. ours: of the table
    of that name. hidden: understood, never looked for."""

    form: str
    language: str
    concept: int
    preferred: bool
    text: str
    ours: bool = False
    hidden: bool = False


class Entry(NamedTuple):
    """A concept as a scheme has it. source: the number of its table, by which those that a
    steward added come last. title, uri: of the scheme. id: its address; code: its notation;
    either may be "". broader: addresses, or codes, of what it belongs under. plain: its table
    writes common words without capitals, so that a capital tells a name."""

    source: int
    title: str
    uri: str
    id: str
    code: str
    broader: tuple[str, ...]
    plain: bool

    @property
    def name(self) -> str:
        """What other concepts of its scheme call it."""
        return self.id or self.code


class Stopped(Exception):
    """The process ends; the file is as it was."""


def build(
    path: Path, tables: Sequence[Path], stamp: str, stop: threading.Event | None = None
) -> None:
    """Make the file anew, whole or not at all. stamp: of what it was made.

    It takes some seconds, which a process that is asked to end does not have. Raises Stopped.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    database = sqlite3.connect(temporary)
    try:
        database.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _TABLES)
        for number, table in enumerate(tables, start=1):
            try:
                _take(database, number, table, stop)
            except (NotATable, ValueError, KeyError, OSError, EOFError) as error:
                # One table that was cut off must not keep the others out.
                logger.warning("The table %s cannot be read to its end: %s", table.name, error)
        database.execute("CREATE INDEX of_concept ON label (concept)")
        database.execute("INSERT INTO made VALUES (?)", (stamp,))
        database.commit()
    finally:
        database.close()
    temporary.replace(path)


def _take(
    database: sqlite3.Connection, number: int, table: Path, stop: threading.Event | None
) -> None:
    source = read_source(table)
    first: int = database.execute("SELECT coalesce(max(number), 0) + 1 FROM concept").fetchone()[0]
    head = (number, source.name, source.title, source.uri)
    database.execute("INSERT INTO source VALUES (?,?,?,?,0,0)", head)
    concepts: list[tuple[int, int, str, str, str]] = []
    labels: list[tuple[str, str, int, int, str]] = []

    def flush() -> None:
        if stop is not None and stop.is_set():
            raise Stopped
        database.executemany("INSERT INTO concept VALUES (?,?,?,?,?)", concepts)
        database.executemany("INSERT OR IGNORE INTO label VALUES (?,?,?,?,?)", labels)
        concepts.clear()
        labels.clear()

    at = first
    for concept in read_concepts(table):
        above = "\n".join(concept.broader)
        concepts.append((at, number, concept.id, concept.code, above))
        names = ((1, concept.preferred), (0, concept.other), (_HIDDEN, concept.hidden))
        for preferred, said in names:
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
    # A label is kept apart from its form where it differs, as by capitals it does.
    plain = database.execute(
        "SELECT avg(text = '') > 0.5 FROM label"
        " WHERE language = 'en' AND preferred = 1 AND concept >= ?",
        (first,),
    ).fetchone()[0]
    database.execute(
        "UPDATE source SET concepts = ?, plain = ? WHERE number = ?",
        (at - first, plain or 0, number),
    )


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
        rows = self._rows("SELECT number, name, title, uri, concepts, plain FROM source")
        self._titles: Mapping[int, str] = {row[0]: row[2] for row in rows}
        self._schemes: Mapping[int, tuple[str, bool]] = {r[0]: (r[3], bool(r[5])) for r in rows}
        self.concepts: Mapping[str, int] = {row[1]: row[4] for row in rows}
        ours = {row[0] for row in rows if row[1] == OURS}
        # A table's concepts are numbered in one go, so two numbers tell all of them.
        spans = self._rows("SELECT source, min(number), max(number) FROM concept GROUP BY source")
        self._ours = [range(first, last + 1) for source, first, last in spans if source in ours]

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

    def entries(self, concepts: Iterable[int]) -> dict[int, Entry]:
        """Concept to what its scheme says of it."""
        return {
            number: Entry(
                source,
                self._titles[source],
                self._schemes[source][0],
                id_,
                code,
                tuple(broader.split("\n")) if broader else (),
                self._schemes[source][1],
            )
            for number, source, id_, code, broader in self._many(
                "SELECT number, source, id, code, broader FROM concept WHERE number IN ({})",
                tuple(dict.fromkeys(concepts)),
            )
        }

    def schemes(self) -> list[str]:
        """Titles of the tables whose concepts have an address or a code."""
        rows = self._rows(
            "SELECT number FROM source WHERE EXISTS (SELECT 1 FROM concept"
            " WHERE concept.source = source.number AND (id <> '' OR code <> ''))"
        )
        return [self._titles[number] for (number,) in rows]

    def _labels(self, column: str, values: Sequence[str] | Sequence[int]) -> list[Label]:
        # The column is one of two words of ours.
        asked = f"SELECT form, language, concept, preferred, text FROM label WHERE {column} IN "  # noqa: S608 # As said above.
        return [
            Label(
                form,
                language,
                concept,
                preferred == 1,
                text or form,
                any(concept in numbers for numbers in self._ours),
                preferred == _HIDDEN,
            )
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
