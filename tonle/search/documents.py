"""What can be found, and who knows it: documents, hits, and the registry of sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from tonle.kernel.text import LanguageMap

# West, south, east, north in degrees of WGS 84; west of east but across the 180th meridian.
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Document:
    """One public thing as the index sees it. Nothing confidential may come in: hidden
    documents would move the scores and counts of public ones.

    key: the source's own name for it, unique within the source.
    titles: language (BCP 47) to title. texts: descriptions, subjects and the like.
    names: of persons and organisations, each as written. people: those of them that are names
    of persons, which are found with parts in any order, joined, or as initials.
    identifiers: found when typed whole.
    facets: facet name to codes; names the schema does not know are refused with ValueError.
    year: of publication. updated_at: UTC. closes_at: UTC, when what it offers ends.
    box: around its places, None for what has none. covers: first and last year of each span that
    its data are of; None is an open end, and years before ours are negative.
    contents: how its files begin, found with less weight than what describes it.
    in_force: its first day in force and the first one no longer, None for no known end.
    """

    key: str
    kind: str
    titles: LanguageMap
    texts: Sequence[LanguageMap]
    names: Sequence[str]
    identifiers: Sequence[str]
    facets: Mapping[str, Sequence[str]]
    year: int | None
    updated_at: datetime
    closes_at: datetime | None = None
    people: Sequence[str] = ()
    box: Box | None = None
    covers: Sequence[tuple[int | None, int | None]] = ()
    contents: Sequence[str] = ()
    in_force: tuple[date, date | None] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a source's change feed. document is None where the thing was withdrawn.

    source: whose the key is, where the feed is not its own.
    """

    pos: int
    key: str
    document: Document | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file of results says of a thing, each in a column of its own.

    title: (language, text) in the thing's own language, None where it is the one shown. doi:
    bare, as 10.5555/12345678. licences: SPDX identifiers where there are, else addresses or
    words. languages: BCP 47, of the content. access: a code of its source, as "open". covers: dates
    and intervals that its data are of, as 1990/2005.
    """

    title: tuple[str, str] | None = None
    creators: Sequence[str] = ()
    year: int | None = None
    publisher: str = ""
    doi: str = ""
    licences: Sequence[str] = ()
    languages: Sequence[str] = ()
    access: str = ""
    covers: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """What a page shows of a thing found, as the database says at this moment.

    title: (language, text), chosen for the reader. summary: its text in all languages; the
    one that holds the words asked for is shown. other_titles: likewise for titles.
    html_url: path on this node. badges: short translated words (a state, an access level).
    byline: who made it, as one line. elsewhere: gives (translated label, texts) of what is
    searched besides; asked only where neither title nor summary has what was asked for.
    facts: gives what a file of results says; asked only for one.
    """

    id: str
    kind: str
    title: tuple[str, str]
    summary: LanguageMap
    html_url: str
    updated_at: datetime
    badges: Sequence[str] = ()
    other_titles: LanguageMap = field(default_factory=dict)
    byline: str = ""
    elsewhere: Callable[[], Iterable[tuple[str, LanguageMap]]] = tuple
    facts: Callable[[], Facts] = Facts


class Feed(Protocol):
    """What the index follows: changes in order, each with a position."""

    @property
    def name(self) -> str:
        """Short and stable; part of every key in the index."""
        ...

    def lineage(self) -> str:
        """Other than before when positions start anew (restore, rebuild): so the index does too."""
        ...

    def head(self) -> int:
        """The newest position, 0 before the first. What lies at or before it never alters."""
        ...

    def changes(self, after: int, limit: int) -> Sequence[Change]:
        """At most limit changes with pos > after, in order of pos; empty when there are none.

        The document may be newer than the change: the feed will name it again.
        """
        ...


class Source(Feed, Protocol):
    """Whoever has things to be found. The index follows its change feed and nothing else."""

    def hits(self, keys: Sequence[str], language: str) -> Mapping[str, Hit]:
        """What may be shown of these keys now. A key that is left out is not shown."""
        ...


_sources: dict[str, Source] = {}


def register_source(source: Source) -> None:
    """Let the index follow a source. Raises ValueError where another has its name."""
    if ":" in source.name or not source.name:
        raise ValueError(f"A source's name is a word without colons, not {source.name!r}.")
    if _sources.setdefault(source.name, source) is not source:
        raise ValueError(f"Two search sources are called {source.name!r}.")


def sources() -> list[Source]:
    """All sources, by name."""
    return [_sources[name] for name in sorted(_sources)]


def index_key(source: str, key: str) -> str:
    """The name of a document in an index that several sources share."""
    return f"{source}:{key}"


def split_key(name: str) -> tuple[str, str]:
    """(source, key) of an index key."""
    source, _, key = name.partition(":")
    return source, key
