"""What a steward does with tables: add a thesaurus, see what there is, take one away."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tonle.search.terms import store
from tonle.search.terms.errors import BadTableName, NoConcepts, NoSuchTable, ShippedTable
from tonle.search.terms.skos import Read, Tell, Thesaurus
from tonle.search.terms.tables import LANGUAGES, SUFFIX, NotATable, Source, read_source, write

_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_NAME: Final = 40


@dataclass(frozen=True, slots=True)
class Added:
    """concepts: those with names in two of the region's languages or more."""

    name: str
    concepts: int
    read: Read


@dataclass(frozen=True, slots=True)
class Shelved:
    """A table of this node. size_bytes: of its file. comes: with Tonle, rather than added here."""

    source: Source
    size_bytes: int
    comes: bool


def add_thesaurus(
    path: Path, *, name: str, title: str = "", licence: str = "", tell: Tell = lambda _: None
) -> Added:
    """Take a thesaurus in SKOS in; one of the same name is replaced, at once and whole.

    Running processes use it from their next question on. Raises BadTableName, ShippedTable,
    NotSkos, NoConcepts.
    """
    _check(name)
    folder = store.added()
    folder.mkdir(parents=True, exist_ok=True)
    # The file's own name, so that two at it at once do not meet.
    temporary = folder / f".{name}.{os.getpid()}.new"
    try:
        with Thesaurus(path, folder) as thesaurus:
            read = thesaurus.read(tell)
            source = Source(name, title or name, path.name, licence, thesaurus.scheme())
            concepts = write(temporary, source, thesaurus.concepts())
        if not concepts:
            raise NoConcepts(languages=", ".join(LANGUAGES))
        _flushed(temporary)
        temporary.replace(folder / f"{name}{SUFFIX}")
    finally:
        temporary.unlink(missing_ok=True)
    store.refresh()
    return Added(name, concepts, read)


def remove_thesaurus(name: str) -> None:
    """Take one away that was added. Raises BadTableName, ShippedTable, NoSuchTable."""
    _check(name)
    try:
        (store.added() / f"{name}{SUFFIX}").unlink()
    except FileNotFoundError:
        raise NoSuchTable(name=name) from None
    store.refresh()


def shelved() -> Iterator[Shelved]:
    """All tables, those that come with Tonle first. One that cannot be read is left out."""
    for path in store.tables():
        try:
            source = read_source(path)
        except NotATable:
            continue
        yield Shelved(source, path.stat().st_size, path.parent == store.SHIPPED)


def _check(name: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise BadTableName(name=name[:_LONGEST_NAME])
    if (store.SHIPPED / f"{name}{SUFFIX}").exists():
        raise ShippedTable(name=name)


def _flushed(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
