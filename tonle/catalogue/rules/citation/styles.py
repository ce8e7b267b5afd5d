"""The styles of citation, each a function from a work to one line of plain text.

Plain, because it is copied: a style's italics are for the word processor that it goes into.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from tonle.catalogue.rules.citation.author_date import apa, chicago, harvard
from tonle.catalogue.rules.citation.national import bgddt, gbt7714
from tonle.catalogue.rules.citation.numbered import ieee, mla, vancouver
from tonle.catalogue.rules.citation.work import Work


@dataclass(frozen=True)
class Style:
    """A style. name: as its owners write it. also: its names in the Citation Style Language,
    by which programs ask for it."""

    code: str
    name: str
    write: Callable[[Work], str]
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Styled:
    """A citation in one style. code: stable; name: as its owners write it."""

    code: str
    name: str
    text: str


STYLES: Final[Mapping[str, Style]] = MappingProxyType(
    {
        style.code: style
        for style in (
            Style("apa", "APA 7", apa),
            Style("vancouver", "Vancouver", vancouver, ("nlm-citation-sequence",)),
            Style("chicago", "Chicago 17", chicago, ("chicago-author-date",)),
            Style("harvard", "Harvard", harvard, ("harvard-cite-them-right", "harvard1")),
            Style("ieee", "IEEE", ieee),
            Style("mla", "MLA 9", mla, ("modern-language-association",)),
            Style("gbt7714", "GB/T 7714-2015", gbt7714, ("gb-t-7714-2015-numeric",)),
            Style("bgddt", "Bộ GD&ĐT", bgddt),
        )
    }
)


def styled(work: Work, code: str) -> Styled:
    """The work in one style. Raises KeyError for a style that we do not have."""
    style = STYLES[code]
    return Styled(code, style.name, style.write(work))


def styles(work: Work) -> list[Styled]:
    """The work in every style."""
    return [styled(work, code) for code in STYLES]
