"""Showing where a text holds what was asked for, in every script.

Works on stored text (as the kernel writes it), cut by the same analysis as the index. The
result is a list of plain-text segments; each is escaped when it is shown and marked ones
stand in <mark>, so no text can become markup.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import escape

from django.utils.safestring import SafeString, mark_safe

from tonle.search.analysis import (
    LONGEST_WORD,
    align,
    borders,
    fold,
    gram_runs,
    normalise_stored,
    pieces,
    unmarked,
)
from tonle.search.query import Question

# A summary longer than this is read only so far: a page shows twenty of them.
LONGEST = 6_000
SNIPPET_CHARACTERS = 260
_SLACK = 200

# A text is looked through in stretches of about so many characters, until one place has all
# that was asked for: nearly always the first.
_STRETCH = 320

# A letter after one of these is written below or inside the one before: Khmer COENG,
# Myanmar VIRAMA. A border there would tear a stack of letters apart.
_STACKERS = "\u17d2\u1039"

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of plain text, and whether it was asked for."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Marked:
    """A text in segments. cut_before, cut_after: whether text was left out there.

    distinct: how many different things asked for occur in it.
    """

    segments: tuple[Segment, ...]
    cut_before: bool = False
    cut_after: bool = False
    distinct: int = 0

    @property
    def text(self) -> str:
        return "".join(segment.text for segment in self.segments)

    @property
    def html(self) -> SafeString:
        """For a page: every segment escaped, what was left out shown by an ellipsis."""
        shown = (
            f"<mark>{escape(segment.text)}</mark>" if segment.marked else escape(segment.text)
            for segment in self.segments
        )
        before, after = "… " if self.cut_before else "", " …" if self.cut_after else ""
        # Safe: nothing in it but escaped text and our own marks.
        return mark_safe(f"{before}{''.join(shown)}{after}")  # noqa: S308 # As said above.


class Marker:
    """Marks one question's matches in any number of texts."""

    def __init__(self, question: Question) -> None:
        self._words = frozenset(question.words)
        self._bare = frozenset(bare for word in question.words if (bare := fold(word)))
        runs = {run for chunk in question.chunks for run in chunk.rows}
        self._runs = sorted(runs, key=len, reverse=True)
        self._run_strings = frozenset("".join(run) for run in runs)
        # What is everything: all words, or all that was typed without spaces. And what is known
        # of each piece of text: a page's texts are made of the same few words.
        self._every = [
            every
            for every in (frozenset(fold(word) or word for word in self._words), self._run_strings)
            if every
        ]
        self._known: dict[str, str] = {}
        # Letters one of which every text with a match has; None: any text may have one.
        self._letters = _letters(self._words | self._run_strings, self._bare)

    @property
    def marks(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self._every)

    def whole(self, text: str) -> Marked:
        """All of a text: a title."""
        found = self._matches(text)
        return Marked(
            _segments(text, _merged(span for span, _ in found)),
            distinct=len({what for _, what in found}),
        )

    def snippet(self, text: str, size: int = SNIPPET_CHARACTERS) -> Marked:
        """The stretch of at most about `size` characters that holds most of what was asked.

        Of those with everything, the first; without a match, the beginning.
        """
        text = text[:LONGEST]
        found: list[tuple[Span, str]] = []
        for begin, stop in _stretches(text):
            here = self._matches(text[begin:stop])
            found += [((a + begin, b + begin), what) for (a, b), what in here]
            held = {what for _, what in found}
            if any(every <= held for every in self._every):
                start, end = _best_window(text, found, size)
                if end <= stop:
                    break
        else:
            start, end = _best_window(text, found, size)
        inside = [(span, what) for span, what in found if start <= span[0] and span[1] <= end]
        spans = _merged((a - start, b - start) for (a, b), _ in inside)
        return Marked(
            _segments(text[start:end], spans),
            cut_before=start > 0,
            cut_after=end < len(text.rstrip()),
            distinct=len({what for _, what in inside}),
        )

    def _matches(self, text: str) -> list[tuple[Span, str]]:
        """(place in the text, what was found there), in reading order, on letter borders."""
        if not (self._words or self._runs) or not text:
            return []
        # A page marks hundreds of texts, few of which hold a match: look before cutting.
        if self._letters and not self._letters.search(text):
            return []
        normal = normalise_stored(text)
        has_word, has_run = self._may_be_in(normal)
        if not (has_word or has_run):
            return []
        found: list[tuple[Span, str]] = []
        for start, end in pieces(normal) if has_word else ():
            piece = normal[start:end]
            what = self._known.get(piece)
            if what is None:
                what = self._known[piece] = self._meaning(piece)
            if what:
                found.append(((start, end), what))
        for run in gram_runs(normal, self._run_strings) if has_run else ():
            for wanted in self._runs:
                for at in _occurrences(run.clusters, wanted):
                    begin, end = run.places[at][0], run.places[at + len(wanted) - 1][1]
                    found.append(((begin, end), "".join(wanted)))
        if not found:
            return []
        aligned = align(text, normal)
        edges = _Borders(text)
        placed = ((aligned.span(*span), what) for span, what in found)
        return sorted(
            ((edges.before(start), edges.after(end)), what) for (start, end), what in placed
        )

    def _meaning(self, piece: str) -> str:
        """What of the question a piece between two breaks is; "" where it is nothing of it."""
        word = piece[:LONGEST_WORD]
        bare = fold(word) if self._bare else None
        asked = word in self._words or (bare is not None and bare in self._bare)
        return (bare or word) if asked else ""

    def _may_be_in(self, normal: str) -> tuple[bool, bool]:
        """Whether normalised text may hold a word asked for, and whether a run of letters."""
        # Burmese runs go on across spaces.
        joined = normal.replace(" ", "") if self._run_strings else ""
        has_run = any(string in joined for string in self._run_strings)
        has_word = any(word in normal for word in self._words)
        if self._bare and not has_word and _LATIN.search(normal):
            bare = unmarked(normal)
            # Of "library" in the singular, "libraries" holds all but its last letter.
            has_word = any(word[:-1] in bare for word in self._bare)
        return has_word, has_run


_LATIN = re.compile("[a-z\u00df-\u024f\u1e00-\u1eff]")

# Blocks of scripts of their own: no letter outside becomes one of theirs by normalisation.
# Latin and Han with their circled, squared and other showy forms.
_BLOCKS = (
    "A-Za-z\u00aa-\u02e3\u1d2c-\u217f\u249c-\u24e9\u2c7c-\u2c7f\u3250-\u33ff\ua7dc-\ua7f9\ufb00-\ufb06"
    "\uff21-\uff5a\U00010783-\U000107b8\U0001ccd6-\U0001ccef\U0001d400-\U0001d6a5"
    "\U0001f110-\U0001f190",
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3190-\u319f\u3220-\u33ff\u3400-\u9fff"
    "\uf900-\ufaff\U0001f100-\U0001f2ff\U00020000-\U0003ffff",
    "\u0e01-\u0e4e",
    "\u0e81-\u0ede",
    "\u1780-\u17dd",
    "\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f",
)


def _letters(strings: Iterable[str], bare: Iterable[str]) -> re.Pattern[str] | None:
    """What to look for in raw text when all that is asked for is in those scripts."""
    wanted = set()
    for string in (*strings, *bare):
        block = next((b for b in _BLOCKS if re.match(f"[{b}]", string)), None)
        if block is None:
            return None
        wanted.add(block)
    return re.compile(f"[{''.join(sorted(wanted))}]") if wanted else None


def _occurrences(clusters_: Sequence[str], wanted: Sequence[str]) -> list[int]:
    if len(wanted) > len(clusters_):
        return []
    last = len(clusters_) - len(wanted)
    return [
        at
        for at in range(last + 1)
        if clusters_[at] == wanted[0] and tuple(clusters_[at : at + len(wanted)]) == tuple(wanted)
    ]


class _Borders:
    """Places between letters as readers see them, both ends of the text included."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _places(self) -> list[int]:
        return borders(self._text)

    @cached_property
    def _set(self) -> frozenset[int]:
        return frozenset(self._places)

    def before(self, at: int) -> int:
        """The nearest border at or before a place."""
        if at in self._set and not self._is_inner(at):
            return at
        index = bisect_right(self._places, at) - 1
        while self._is_inner(self._places[index]):
            index -= 1
        return self._places[index]

    def after(self, at: int) -> int:
        """The nearest border at or after a place."""
        if at in self._set and not self._is_inner(at):
            return at
        index = min(bisect_left(self._places, at), len(self._places) - 1)
        while self._is_inner(self._places[index]):
            index += 1
        return self._places[index]

    def _is_inner(self, at: int) -> bool:
        """Whether ICU parts here what is drawn as one."""
        text = self._text
        return 0 < at < len(text) and (text[at - 1] in _STACKERS or _is_mark(text[at]))


@lru_cache(maxsize=16_384)
def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Sorted, without overlaps."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged


def _segments(text: str, spans: Sequence[Span]) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    at = 0
    for start, end in spans:
        if start > at:
            segments.append(Segment(text[at:start], False))
        segments.append(Segment(text[start:end], True))
        at = end
    if at < len(text):
        segments.append(Segment(text[at:], False))
    return tuple(segments)


def _stretches(text: str) -> Iterator[Span]:
    """A text in stretches that end after a space, or where there is none, between letters."""
    start = 0
    while len(text) - start > _STRETCH + _SLACK:
        stop = start + _STRETCH
        for at in range(stop, stop + _SLACK):
            if text[at].isspace():
                stop = at
                break
        else:
            while stop > start + 1 and (text[stop - 1] in _STACKERS or _is_mark(text[stop])):
                stop -= 1
        yield start, stop
        start = stop
    yield start, len(text)


def _best_window(text: str, found: Sequence[tuple[Span, str]], size: int) -> Span:
    """Where to cut: most different matches, then most matches, then earliest."""
    if len(text) <= size:
        return 0, len(text)
    if not found:
        # A little more than is shown, so that the last letter is whole.
        head = text[: size + _SLACK]
        return 0, _before(head, _Borders(head), size)
    lead = size // 4
    best, best_worth = 0, (-1, -1)
    # The window slides over the matches, which a text of short words has hundreds of.
    held, past = Counter[str](), 0
    for left, ((begin, _), what) in enumerate(found):
        while past <= left or (past < len(found) and found[past][0][1] <= begin + size - lead):
            held[found[past][1]] += 1
            past += 1
        worth = (len(held), past - left)
        if worth > best_worth:
            best, best_worth = left, worth
        held[what] -= 1
        if not held[what]:
            del held[what]
    first = found[best][0][0]
    edges = _Borders(text[: first + 3 * size + _SLACK])
    start = _after(text, edges, max(0, first - lead), first)
    # A match longer than the window is cut rather than lost.
    end = _before(text, edges, max(start + size, min(found[best][0][1], start + 2 * size)))
    return start, end


def _after(text: str, edges: _Borders, at: int, limit: int) -> int:
    """A good place to begin, not before `at`: after a space if one is near, else a border."""
    if at <= 0:
        return 0
    for place in range(at, min(at + 30, limit)):
        if text[place - 1].isspace():
            return place
    return min(edges.after(at), limit)


def _before(text: str, edges: _Borders, at: int) -> int:
    """A good place to end, not after `at`."""
    if at >= len(text):
        return len(text)
    for place in range(at, max(at - 30, 0), -1):
        if text[place].isspace():
            return place
    return edges.before(at)
