"""What the front page shows. The catalogue lies above this band, so it registers the answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from tonle.kernel.actors import Actor
from tonle.kernel.maps.drawing import Counted
from tonle.kernel.maps.names import MIDDLES

LanguageMap = dict[str, str]


@dataclass(frozen=True)
class NewRecord:
    """One newly published or changed record. titles: {bcp47: text}; kind_label is translated."""

    url: str
    kind_label: str
    titles: LanguageMap
    at: datetime
    byline: str = ""
    badges: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Closing:
    """Something that is offered for a while only. closes_at: aware."""

    url: str
    kind_label: str
    titles: LanguageMap
    closes_at: datetime


@dataclass(frozen=True)
class Count:
    """How many records stand behind one link. label is translated; code is what it counts."""

    code: str
    label: str
    number: int
    url: str


class FrontSource(Protocol):
    """What the catalogue answers for the front page; each with a fixed number of queries."""

    def newest(self, actor: Actor, limit: int) -> list[NewRecord]:
        """Newest published records, newest first."""
        ...

    def closing(self, actor: Actor, limit: int, now: datetime) -> list[Closing]:
        """What is open now and has a closing date, soonest first."""
        ...

    def by_kind(self, actor: Actor) -> list[Count]:
        """Records by kind; kinds without records are left out."""
        ...

    def by_member(self, actor: Actor) -> list[Count]:
        """Records by member, all members, code as in `kernel.codes.members`."""
        ...


def on_map(members: Sequence[Count], written: Callable[[int], str]) -> list[Counted]:
    """Members as circles of the small map; those it cannot draw are left to the list beside it."""
    found = []
    for one in members:
        if one.code in MIDDLES:
            x, y, _own = MIDDLES[one.code]
            number = written(one.number)
            said = f"{one.label} {number}"
            found.append(Counted((x, y, x, y), one.number, one.url, said, number))
    return found


_source: FrontSource | None = None


def register_front_source(source: FrontSource) -> None:
    """Say where the front page reads from. Called once, by `catalogue`."""
    global _source
    _source = source


def front_source() -> FrontSource | None:
    return _source
