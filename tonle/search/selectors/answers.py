"""What a question is answered with: results, how it was understood, and both as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from tonle.search import unread
from tonle.search.asking import Understood
from tonle.search.documents import Hit
from tonle.search.facets import Facet, Filters
from tonle.search.highlight import Marked
from tonle.search.spelling import Meant
from tonle.search.syntax import Slip
from tonle.search.terms import Group

Sort = Literal["relevance", "newest", "oldest", "title"]
SORTS: tuple[Sort, ...] = ("relevance", "newest", "oldest", "title")
Mode = Literal["all", "any", "everything", "nothing"]


@dataclass(frozen=True, slots=True)
class Found:
    """One result. snippet: from the summary, in the language that holds the words asked for.

    also: (language, title) in another language where the words are, if they are not in
    the title shown. where: (label, language, text) of what else was searched, for a thing
    that was found by neither title nor summary. by_meaning: a model judged it near to what was
    asked; none of the words looked for need be in it.
    """

    source: str
    key: str
    hit: Hit
    title: Marked
    snippet_language: str
    snippet: Marked
    also: tuple[str, Marked] | None = None
    where: tuple[str, str, Marked] | None = None
    by_meaning: bool = False


@dataclass(frozen=True, slots=True)
class Interpretation:
    """How the question was understood, so that a page can say so.

    mode: every word ("all"), some of them ("any"), no question at all ("everything"), or a
    question without a single letter or digit ("nothing"). with_all: in mode "any", how
    many have all words. cut: the question was too long and its end was left out. parts: what
    was asked for with a sign (a phrase, a field, without a word), in reading order. slips: what
    looks like a sign and was not understood.
    """

    typed: str
    words: tuple[str, ...]
    mode: Mode
    with_all: int
    cut: bool
    parts: tuple[Understood, ...] = ()
    slips: tuple[Slip, ...] = ()

    @property
    def unread(self) -> list[str]:
        """What was not understood, and what was done instead: sentences in the active language."""
        return [unread.said(slip) for slip in self.slips]


@dataclass(frozen=True, slots=True)
class Across:
    """What was found in other languages than the question's, below everything else.

    hits: best first, none of which is on the page already. total: of them, by the index; of
    those that only a model found, the ones shown.
    groups: each term that was asked for, with the words that were looked for instead.
    uncovered: words that no term table of this node knows, so that nothing was found by them.
    """

    hits: tuple[Found, ...]
    total: int
    groups: tuple[Group, ...]
    uncovered: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON: plain values only."""
        return {
            "items": [_item(found) for found in self.hits],
            "total": self.total,
            "terms": [
                {
                    "asked": group.asked,
                    "words": [{"language": tag, "text": text} for tag, text in group.terms],
                    "tables": list(group.tables),
                }
                for group in self.groups
            ],
            "uncovered": list(self.uncovered),
            "by_meaning": [found.hit.id for found in self.hits if found.by_meaning],
        }


@dataclass(frozen=True, slots=True)
class Page:
    """One page of results.

    total: of the whole result by the index; things withdrawn in the last second may still
    be counted, and are never shown. next, previous: cursors, None at an end.
    ready: whether there is an index yet. open_now: how many of the results offer something
    that has not closed; counted only with facets, and not where the filter says so already.
    meant: what finds more, where little was found and it was asked for. like: title of the
    thing that these resemble, where one was named. across: what other languages have, on a
    first page by relevance, where it was asked for and a term table knows a word of it.
    """

    hits: tuple[Found, ...]
    total: int
    facets: tuple[Facet, ...]
    next: str | None
    previous: str | None
    sort: Sort
    filters: Filters
    interpretation: Interpretation
    ready: bool = True
    open_now: int = 0
    meant: Meant | None = None
    like: str = ""
    across: Across | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON: plain values only."""
        return {
            "query": self.interpretation.typed,
            "mode": self.interpretation.mode,
            "understood": [
                {
                    "field": one.part.field or one.part.what,
                    "value": one.text,
                    "excluded": one.part.excluded,
                }
                for one in self.interpretation.parts
            ],
            "not_understood": self.interpretation.unread,
            "sort": self.sort,
            "total": self.total,
            "items": [_item(found) for found in self.hits],
            "across": self.across.as_dict() if self.across else None,
            "facets": {
                facet.name: [
                    {"code": value.code, "label": value.label, "count": value.count}
                    for value in facet.values
                ]
                for facet in self.facets
            },
            "did_you_mean": self.meant.query if self.meant else None,
            "next": self.next,
            "previous": self.previous,
        }


def _item(found: Found) -> dict[str, Any]:
    """One result for JSON."""
    return {
        "id": found.hit.id,
        "kind": found.hit.kind,
        "title": found.hit.title[1],
        "title_language": found.hit.title[0],
        "html_url": found.hit.html_url,
        "updated_at": found.hit.updated_at.isoformat().replace("+00:00", "Z"),
        "snippet": found.snippet.text,
        "found_in": found.where and {"label": found.where[0], "text": found.where[2].text},
    }
