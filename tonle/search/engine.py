"""The port behind which an engine sits: what may be asked of one, and what it answers.

Text comes to an engine as tokens (`tonle.search.analysis`), so that an engine splits on
white space and does no more; another one can take its place and keep the relevance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

# --- what is kept of a document --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """A document ready for an engine.

    texts: field to values, each a sequence of tokens; phrases do not reach from one value
    into the next. codes: field to whole values, for filters and facets. numbers: field to
    a whole number >= 0. orders: name of a sorting to this document's place in it.
    """

    key: str
    texts: Mapping[str, Sequence[Sequence[str]]]
    codes: Mapping[str, Sequence[str]]
    numbers: Mapping[str, int]
    orders: Mapping[str, SortKey]


@dataclass(frozen=True, slots=True)
class SortKey:
    """Where a document stands in an order that is not relevance.

    head: 0..2**64-1. text: "" where the head decides almost alone (equal heads are few);
    else unique, by code point, and the head never falls as the text rises: it lets an
    engine leap to a place in a long list.
    """

    head: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Schema:
    """Field names by use. by_number, by_text: the sortings besides relevance, by whether
    their SortKeys have a text."""

    texts: tuple[str, ...]
    codes: tuple[str, ...]
    numbers: tuple[str, ...]
    by_number: tuple[str, ...]
    by_text: tuple[str, ...]


# --- what is asked ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Term:
    """A token in a text field, or a whole value in a code field."""

    field: str
    token: str
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Phrase:
    """Two or more tokens next to each other in a text field."""

    field: str
    tokens: tuple[str, ...]
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Prefix:
    """Any token that begins so. Scores the same for all. whole: the last letter is whole, so no
    vowel, tone mark or subscript that belongs to it follows."""

    field: str
    text: str
    boost: float = 1.0
    whole: bool = False


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part; scores add up."""

    parts: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least so many of the parts; the scores of those that match add up."""

    parts: tuple[Clause, ...]
    at_least: int = 1


@dataclass(frozen=True, slots=True)
class BestOf:
    """At least one of the parts; only the best score counts, as of words for the same thing."""

    parts: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    """What must match, and what only moves a match up."""

    must: Clause
    should: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Constant:
    """As the clause, but every match scores this much."""

    clause: Clause
    score: float


@dataclass(frozen=True, slots=True)
class Without:
    """What matches the clause and none of the excluded ones, which score nothing."""

    clause: Clause
    excluded: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """The number of a field lies between these, both included; None is open."""

    field: str
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Everything:
    """All documents."""


Clause = (
    Term
    | Phrase
    | Prefix
    | AllOf
    | AnyOf
    | BestOf
    | Ranked
    | Constant
    | Without
    | Within
    | Everything
)


@dataclass(frozen=True, slots=True)
class OneOf:
    """Filter: the code field holds one of these values."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """Filter: the number lies between these, both included; None is open."""

    low: int | None
    high: int | None


Filter = OneOf | Between


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the order of results, to go on from; it is never out of date.

    key: of the row at this place. sort_key: its place in a sorting. By relevance, whose
    scores move as documents come in: score, and depth, the rows that lay before it.
    """

    key: str
    depth: int = 0
    score: float = 0.0
    sort_key: SortKey = SortKey(0)


@dataclass(frozen=True, slots=True)
class Request:
    """One question. sort: "" for relevance, else the name of an order.

    filters: field to filter; all must hold. facets: fields to count values of; the counts
    of a field ignore the filter on that same field, so that a reader sees what else
    could be ticked. direction: rows after the place, or the rows just before it.
    """

    clause: Clause
    filters: Mapping[str, Filter] = field(default_factory=dict)
    facets: tuple[str, ...] = ()
    sort: str = ""
    descending: bool = False
    limit: int = 20
    place: Place | None = None
    direction: Literal["after", "before"] = "after"


@dataclass(frozen=True, slots=True)
class Row:
    """One result: the document's key and its place."""

    key: str
    place: Place


@dataclass(frozen=True, slots=True)
class Answer:
    """rows in reading order. total: all that match. facets: field to value to count, over
    the whole result. more: whether rows follow in the direction that was asked."""

    rows: tuple[Row, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]]
    more: bool


# Rows by relevance are counted from the best; deeper than this, sort another way.
DEEPEST = 10_000

# --- the port --------------------------------------------------------------------------


class Reader(Protocol):
    """Any number of them, in any number of processes; each answer is of one commit."""

    def search(self, request: Request) -> Answer: ...

    def count(self, clause: Clause, filters: Mapping[str, Filter]) -> int:
        """How many match."""
        ...

    def state(self) -> Mapping[str, str | int]:
        """What the writer committed with the documents; empty before the first commit."""
        ...

    def documents(self) -> int:
        """How many documents there are."""
        ...

    def frequency(self, field: str, token: str) -> int:
        """In how many documents a token is; those on their way out may still be counted."""
        ...

    def vocabulary(self, field: str, beginning: str, most: int) -> Sequence[tuple[str, int]]:
        """The most frequent tokens of a text field that begin so, each with its frequency."""
        ...


class Writer(Protocol):
    """One at a time. Nothing is seen before `commit`, all of it after."""

    def put(self, entry: Entry, *, fresh: bool = False) -> None:
        """Add, or replace the entry with the same key. fresh: there is none, do not look."""
        ...

    def delete(self, key: str) -> None: ...

    def commit(self, state: Mapping[str, str | int]) -> None:
        """Make documents and state durable together: after a crash either both are there
        or neither."""
        ...

    def close(self) -> None:
        """Let go of memory and lock. What was not committed is lost."""
        ...
