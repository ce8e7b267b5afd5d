"""Cutting normalised text: words by ICU, bigrams of letter clusters, words without marks."""

from __future__ import annotations

import re
import threading
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import icu

# A word longer than this is cut: it is a sequence or a digest, found by its beginning.
LONGEST = 64

# Scripts written without spaces between words. Burmese writers do put spaces, anywhere
# between phrases, so a run goes on across them.
_RUNS = re.compile(
    "[\u1780-\u17d3\u17dd]+"  # Khmer
    "|[\u0e81-\u0ecd\u0edc-\u0edf]+"  # Lao
    "|[\u0e01-\u0e3a\u0e40-\u0e4e]+"  # Thai
    "|[\u1000-\u103f\u1050-\u108f\u109a-\u109d\ua9e0-\ua9ef\uaa60-\uaa7f]+"
    "(?: +[\u1000-\u103f\u1050-\u108f\u109a-\u109d\ua9e0-\ua9ef\uaa60-\uaa7f]+)*"  # Myanmar
    "|[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"  # Han
)
_LATIN = re.compile("[a-z\u00df-\u024f\u1e00-\u1eff]")
_OTHER_LATIN = str.maketrans(
    {"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"}
)

# ICU marks a stretch that holds a number, letters or ideographs with a status from here on.
_IS_WORD = 100


class _Iterators(threading.local):
    """ICU's break iterators hold the text they cut, so each thread has its own."""

    def __init__(self) -> None:
        root = icu.Locale.getRoot()
        self.words = icu.BreakIterator.createWordInstance(root)
        self.clusters = icu.BreakIterator.createCharacterInstance(root)


_iterators = _Iterators()


class Token(NamedTuple):
    """A word and its place (characters, half-open) in the normalised text it was cut from."""

    text: str
    start: int
    end: int


def words(text: str) -> Iterator[Token]:
    """Words of normalised text in reading order; dictionary words where no spaces part them."""
    # ICU reads through letters that a caller's generator might replace: take all at once.
    for start, end, status in _breaks(_iterators.words, text):
        if status >= _IS_WORD:
            yield Token(text[start : min(end, start + LONGEST)], start, end)


def clusters(text: str) -> list[tuple[int, int]]:
    """Places of what readers take for one letter: extended grapheme clusters (UAX 29)."""
    return [(start, end) for start, end, _ in _breaks(_iterators.clusters, text)]


def _breaks(iterator: Any, text: str) -> list[tuple[int, int, int]]:
    """(start, end, status) of every stretch, in code points."""
    iterator.setText(text)
    found: list[tuple[int, int, int]] = []
    start = 0
    for end in iterator:
        found.append((start, end, iterator.getRuleStatus()))
        start = end
    if start == len(text):
        return found
    # ICU counts UTF-16 units. units[i] is where code point i starts.
    units = [0]
    for character in text:
        units.append(units[-1] + (2 if character > "\uffff" else 1))
    return [(bisect_left(units, a), bisect_left(units, b), status) for a, b, status in found]


class Run(NamedTuple):
    """Letters written without spaces. places: of each cluster in the normalised text."""

    clusters: tuple[str, ...]
    places: tuple[tuple[int, int], ...]

    def bigrams(self) -> list[str]:
        """Each cluster with its neighbour; a bar keeps the two apart."""
        return [f"{a}|{b}" for a, b in zip(self.clusters, self.clusters[1:], strict=False)]

    def indexed(self) -> list[str]:
        """Bigrams, and the last cluster with no neighbour: so each cluster begins one token,
        and a single cluster, which ICU may have joined to its neighbours, is found by prefix."""
        return [*self.bigrams(), f"{self.clusters[-1]}|"]


def gram_runs(text: str) -> Iterator[Run]:
    """Runs of Khmer, Lao, Myanmar, Thai and Han letters in normalised text."""
    for match in _RUNS.finditer(text):
        run, base = match.group(), match.start()
        pieces = [(run[a:b], (base + a, base + b)) for a, b in clusters(run)]
        kept = [(piece, place) for piece, place in pieces if piece != " "]
        yield Run(tuple(piece for piece, _ in kept), tuple(place for _, place in kept))


@lru_cache(maxsize=65_536)
def fold(word: str) -> str | None:
    """A Latin word as typed without marks ("nước" is "nuoc", "đ" is "d"); None for other scripts.

    The English possessive goes too: who asks for a country means its rice as well.
    """
    if not _LATIN.search(word):
        return None
    bare = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    return bare.translate(_OTHER_LATIN).removesuffix("'s")
