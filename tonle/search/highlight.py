"""Showing where a text holds what was asked for, in every script.

Works on stored text (as the kernel writes it), cut by the same analysis as the index. The
result is a list of plain-text segments; each is escaped when it is shown and marked ones
stand in <mark>, so no text can become markup.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString, mark_safe

from tonle.search.analysis import (
    LONGEST_WORD,
    align,
    fold,
    is_border,
    is_one_run,
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

Span = tuple[int, int]
# A place, and what of the question stands there.
Match = tuple[Span, str]


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
    """Marks one question's matches in any number of texts.

    Most of a page's texts hold little or nothing of the question, so each is looked through for
    its letters first, and only what stands between two spaces around them is cut into words.
    """

    def __init__(self, question: Question) -> None:
        rows = [_Row(run) for run in {run for chunk in question.chunks for run in chunk.rows}]
        self._rows = sorted(rows, key=lambda row: row.text)
        self._words = frozenset(question.words)
        self._bare = frozenset(bare for word in question.words if (bare := fold(word)))
        # A word that is a row as well is found as one, wherever ICU sees words.
        written = frozenset(row.text for row in rows)
        self._cut_out = [word for word in self._words - written if not fold(word)]
        self._stems = [(_stem(bare), bare) for bare in self._bare]
        # What is everything: all words, or all that was typed without spaces. And what is known
        # of each piece of text: a page's texts are made of the same few words.
        self._every = [
            every
            for every in (frozenset(fold(word) or word for word in self._words), written)
            if every
        ]
        self._known: dict[str, Sequence[Match]] = {}
        # Letters one of which every text with a match has; None: any text may have one.
        self._letters = _letters(self._words | written, self._bare)

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
        found: list[Match] = []
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

    def _matches(self, text: str) -> list[Match]:
        """(place in the text, what was found there), in reading order, on letter borders."""
        if not self._every or not text:
            return []
        # A page marks hundreds of texts, few of which hold a match: look before cutting.
        if self._letters and not self._letters.search(text):
            return []
        normal = normalise_stored(text)
        found = self._written_in(normal)
        for start, end in self._worth_cutting(normal):
            here = self._words_of(normal[start:end])
            found += [((a + start, b + start), what) for (a, b), what in here]
        if not found:
            return []
        aligned = align(text, normal)
        placed = ((aligned.span(*span), what) for span, what in found)
        return sorted(
            ((_border_before(text, start), _border_after(text, end)), what)
            for (start, end), what in placed
        )

    def _written_in(self, normal: str) -> list[Match]:
        """The rows of letters in normalised text, each of whole letters."""
        if not self._rows:
            return []
        # Burmese rows go on across spaces.
        joined = normal.replace(" ", "")
        return [
            (span, row.text)
            for row in self._rows
            if row.text in joined
            for span in row.places(normal)
            if _ends_letters(normal, span[0]) and _ends_letters(normal, span[1])
        ]

    def _worth_cutting(self, normal: str) -> Iterable[Span]:
        """Stretches of normalised text, from space to space, that may hold a word asked for."""
        places = [at for word in self._cut_out for at in _places(normal, word)]
        if self._stems and _LATIN.search(normal):
            # Between plain letters and other scripts there is nothing to take off.
            bare = unmarked(normal) if _MAY_BE_MARKED.search(normal) else normal
            there = [word for stem, word in self._stems if stem in bare]
            if there and bare is not normal and not _keeps_places(normal):
                # A letter that is two without marks, or marks of another script.
                return [(0, len(normal))]
            places += [match.start() for word in there for match in _any_form(word).finditer(bare)]
        return dict.fromkeys(_between_spaces(normal, at) for at in places)

    def _words_of(self, stretch: str) -> Sequence[Match]:
        """The words asked for in a stretch of normalised text."""
        known = self._known.get(stretch)
        if known is None:
            known = self._known[stretch] = [
                ((start, end), what)
                for start, end in pieces(stretch)
                if (what := self._meaning(stretch[start:end]))
            ]
        return known

    def _meaning(self, piece: str) -> str:
        """What of the question a piece between two breaks is; "" where it is nothing of it."""
        word = piece[:LONGEST_WORD]
        bare = fold(word) if self._bare else None
        asked = word in self._words or (bare is not None and bare in self._bare)
        return (bare or word) if asked else ""


class _Row:
    """Letter clusters as they were typed, one after the other."""

    def __init__(self, clusters: Sequence[str]) -> None:
        self.text = "".join(clusters)
        across_spaces = _MYANMAR.match(self.text) and len(clusters) > 1
        pattern = " *".join(map(re.escape, clusters))
        self._pattern = re.compile(f"(?=({pattern}))") if across_spaces else None

    def places(self, normal: str) -> list[Span]:
        if self._pattern and " " in normal:
            return [match.span(1) for match in self._pattern.finditer(normal)]
        return [(at, at + len(self.text)) for at in _places(normal, self.text)]


def _places(text: str, wanted: str) -> Iterator[int]:
    at = text.find(wanted)
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)


def _ends_letters(text: str, at: int) -> bool:
    """Whether a row of letters of a script without spaces may begin or end at a place, whatever
    marks of other scripts follow it."""
    return is_border(text, at) or not is_one_run(text[at - 1 : at + 1])


def _between_spaces(text: str, at: int) -> Span:
    """The stretch around a place. Words never reach across a space."""
    end = text.find(" ", at + 1)
    return text.rfind(" ", 0, at + 1) + 1, end if end >= 0 else len(text)


def _keeps_places(normal: str) -> bool:
    """Whether each letter is one letter without its marks, too. Lengths of the whole do not
    tell: one that becomes two and one that goes make up for each other."""
    return all(len(unmarked(letter)) == 1 for letter in set(normal) if letter > "\x7f")


def _stem(bare: str) -> str:
    """What all forms of a word without marks have in common: of "library", "libraries" holds
    all but the last letter."""
    return bare[:-1] if len(bare) > 2 else bare


@lru_cache(maxsize=4_096)
def _any_form(word: str) -> re.Pattern[str]:
    """Where a word, or one that `fold` makes of it, may stand in text without marks."""
    way = re.escape(word)
    if len(word) > 2:
        way = f"{way}(?:e?s)?|{re.escape(word[:-1])}ies"
    # A word as long as words may be is cut there, in the midst of its letters.
    ends = "" if len(word) >= LONGEST_WORD else "(?![a-z0-9_])"
    return re.compile(f"(?<![a-z0-9_])(?:{way}){ends}")


_SPACE = re.compile(r"\s")
_MYANMAR = re.compile("[\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f]")
_LATIN = re.compile("[a-z\u00df-\u024f\u1e00-\u1eff]")
_MAY_BE_MARKED = re.compile("[\u00aa-\u036f\u1d00-\u1eff]|[a-z](?=[^\x00-\x7f])")

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


def _border_before(text: str, at: int) -> int:
    """The nearest place at or before this one where a letter as readers see it ends."""
    while not is_border(text, at):
        at -= 1
    return at


def _border_after(text: str, at: int) -> int:
    while not is_border(text, at):
        at += 1
    return at


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
        space = _SPACE.search(text, stop, stop + _SLACK)
        stop = space.start() if space else max(start + 1, _border_before(text, stop))
        yield start, stop
        start = stop
    yield start, len(text)


def _best_window(text: str, found: Sequence[Match], size: int) -> Span:
    """Where to cut: most different matches, then most matches, then earliest."""
    if len(text) <= size:
        return 0, len(text)
    if not found:
        return 0, _before(text, size)
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
    start = _after(text, max(0, first - lead), first)
    # A match longer than the window is cut rather than lost.
    end = _before(text, max(start + size, min(found[best][0][1], start + 2 * size)))
    return start, end


def _after(text: str, at: int, limit: int) -> int:
    """A good place to begin, not before `at`: after a space if one is near, else a border."""
    if at <= 0:
        return 0
    for place in range(at, min(at + 30, limit)):
        if text[place - 1].isspace():
            return place
    return min(_border_after(text, at), limit)


def _before(text: str, at: int) -> int:
    """A good place to end, not after `at`."""
    if at >= len(text):
        return len(text)
    for place in range(at, max(at - 30, 0), -1):
        if text[place].isspace():
            return place
    return _border_before(text, at)
