"""What the front page shows. The catalogue lies above this band, so it registers the answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from tonle.kernel.actors import Actor

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

    def by_kind(self, actor: Actor) -> list[Count]:
        """Records by kind; kinds without records are left out."""
        ...

    def by_member(self, actor: Actor) -> list[Count]:
        """Records by member, all members, code as in `kernel.codes.members`."""
        ...


_source: FrontSource | None = None


def register_front_source(source: FrontSource) -> None:
    """Say where the front page reads from. Called once, by `catalogue`."""
    global _source
    _source = source


def front_source() -> FrontSource | None:
    return _source
