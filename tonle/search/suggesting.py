"""What somebody who is still typing may mean: words and titles, a kilobyte at most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from tonle.search import asking
from tonle.search.analysis import fold, normalise, words
from tonle.search.documents import Hit
from tonle.search.engine import Request
from tonle.search.facets import Filters
from tonle.search.reading import current_reader
from tonle.search.selectors import hits_of

# Titles looked at; words and titles offered.
LOOKED_AT = 20
MOST_WORDS = 3
MOST = 8
# As much of a title as stands in a list on a telephone.
LONGEST_TITLE = 80


def suggestions(typed: str, *, language: str, now: datetime) -> list[str]:
    """Questions that begin with what was typed: its last word completed, then titles of what is
    found, best first; at most MOST. Empty while too little was typed. One search, and one query
    to each source with hits.

    Only what may be shown now is looked at, so that nothing withdrawn is completed.
    language: of the reader (BCP 47). now: UTC.
    """
    asked = asking.read(typed, language)
    last = asked.word_at_the_end
    reader = current_reader()
    if not last or reader is None or (last.isascii() and len(last) < 2):
        return []
    request = Request(asked.with_beginning(), Filters().for_engine(now), limit=LOOKED_AT)
    rows = reader.search(request).rows
    found = hits_of(rows, language)
    titles = [title for row in rows if row.key in found for title in _titles(found[row.key])]
    completed = [asked.typed[: -len(last)] + word for word in _completions(last, titles)]
    shown = [found[row.key].title[1] for row in rows if row.key in found]
    offered = dict.fromkeys((*completed, *(_cut(title) for title in shown)))
    offered.pop(asked.typed, None)
    return list(offered)[:MOST]


def _titles(hit: Hit) -> Iterable[str]:
    return (hit.title[1], *hit.other_titles.values())


def _completions(last: str, titles: Sequence[str]) -> list[str]:
    """The words of titles that begin so, with or without marks, the most frequent first."""
    counted = Counter(
        token.text
        for title in titles
        for token in words(normalise(title))
        if token.text != last and (token.text.startswith(last) or _bare(token.text, last))
    )
    return [word for word, _ in counted.most_common(MOST_WORDS)]


def _bare(word: str, last: str) -> bool:
    bare = fold(word)
    return bool(bare) and fold(last) == last and bare != last and str(bare).startswith(last)


def _cut(title: str) -> str:
    """A title short enough to be offered; cut between words."""
    if len(title) <= LONGEST_TITLE:
        return title
    return title[:LONGEST_TITLE].rsplit(maxsplit=1)[0]
