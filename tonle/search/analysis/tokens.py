"""Cutting normalised text: words by ICU, bigrams of letter clusters, words without marks."""

from __future__ import annotations

import re
import threading
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import icu

# A word longer than this is cut: it is a sequence or a digest, found by its beginning.
LONGEST_WORD = 64

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
_UNSPACED = re.compile(
    "[\u0e01-\u0edf\u1000-\u109f\u1780-\u17dd\u3005\u3007\u3400-\u9fff\ua9e0-\uaa7f\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)
# ICU parts letters that readers see as one: Khmer and Burmese stacks, after the sign that stacks
# (COENG, VIRAMA), and Burmese vowels and tone marks written to the right of their letter
# (UAX 29 leaves these out of its spacing marks). ရေ, ရေး and ရော are three words.
_STACKERS = frozenset("\u17d2\u1039")
_BELONGS = frozenset(
    map(chr, (0x102B, 0x102C, 0x1038, *range(0x1062, 0x1065), *range(0x1067, 0x106E), 0x1083))
) | frozenset(map(chr, (*range(0x1087, 0x108D), 0x108F, *range(0x109A, 0x109D))))
_MAY_JOIN = re.compile("[\u1000-\u109f\u17d2]")
_LATIN = re.compile("[a-z\u00df-\u024f\u1e00-\u1eff]")
_OTHER_LATIN = str.maketrans(
    {"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"}
)


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
    for start, end in _pieces(_iterators.words, text):
        if _is_word(text, start, end):
            yield Token(text[start : min(end, start + LONGEST_WORD)], start, end)


def word_texts(text: str) -> list[str]:
    """The same words without their places: the index needs no more, and this is its busiest
    line."""
    return [
        piece if len(piece) <= LONGEST_WORD else piece[:LONGEST_WORD]
        for start, end in _pieces(_iterators.words, text)
        if (piece := text[start:end])[0].isalnum() or piece[-1].isalnum()
    ]


def _is_word(text: str, start: int, end: int) -> bool:
    """Whether ICU cut out a word rather than spaces or signs."""
    return text[start].isalnum() or text[end - 1].isalnum()


def clusters(text: str) -> list[tuple[int, int]]:
    """Places of what readers take for one letter: extended grapheme clusters (UAX 29), with
    stacks and Burmese vowels whole."""
    ends = _cluster_ends(text)
    return list(zip([0, *ends], ends, strict=False))


def _cluster_ends(text: str) -> list[int]:
    ends = _ends(_iterators.clusters, text)
    if not _MAY_JOIN.search(text):
        return ends
    last = len(text)
    return [
        end
        for end in ends
        if end == last or not (text[end] in _BELONGS or text[end - 1] in _STACKERS)
    ]


def is_border(text: str, at: int) -> bool:
    """Whether a letter as readers see it ends at a place of a text. Nothing is cut for it: two
    neighbouring letters decide, and a page has few different pairs of them."""
    return not 0 < at < len(text) or _parts(text[at - 1], text[at])


@lru_cache(maxsize=65_536)
def _parts(before: str, after: str) -> bool:
    # A drawing behind a joiner may be the second half of one. Marks belong to what they follow.
    if before in _STACKERS or before == "\u200d" or unicodedata.category(after)[0] == "M":
        return False
    return len(clusters(before + after)) > 1


def pieces(text: str) -> Iterable[tuple[int, int]]:
    """Every stretch of normalised text between two word breaks, words and what lies between."""
    return _pieces(_iterators.words, text)


def _pieces(iterator: Any, text: str) -> Iterable[tuple[int, int]]:
    """(start, end) of every stretch between two breaks, in code points."""
    ends = _ends(iterator, text)
    return zip([0, *ends], ends, strict=False)


def _ends(iterator: Any, text: str) -> list[int]:
    iterator.setText(text)
    ends: list[int] = list(iterator)
    if ends and ends[-1] != len(text):
        # ICU counts UTF-16 units. units[i] is where code point i starts.
        units = [0, *accumulate(2 if character > "\uffff" else 1 for character in text)]
        ends = [bisect_left(units, end) for end in ends]
    return ends


class Run(NamedTuple):
    """Letters written without spaces: its clusters, and their places in the normalised text."""

    clusters: tuple[str, ...]
    places: tuple[tuple[int, int], ...]


def gram_runs(text: str) -> Iterator[Run]:
    """Runs of Khmer, Lao, Myanmar, Thai and Han letters in normalised text."""
    for run, base in _runs(text):
        pieces = [(run[a:b], (base + a, base + b)) for a, b in clusters(run)]
        kept = [(piece, place) for piece, place in pieces if piece != " "]
        yield Run(tuple(piece for piece, _ in kept), tuple(place for _, place in kept))


def indexed_grams(text: str) -> list[str]:
    """What the index keeps of runs: each cluster with its neighbour, a bar between them.

    The last cluster of a run stands alone. So each cluster begins one token, and a single
    cluster, which ICU may have joined to its neighbours, is found by prefix.
    """
    grams: list[str] = []
    for run, _ in _runs(text):
        found = [run[a:b] for a, b in clusters(run)]
        if " " in run:
            found = [piece for piece in found if piece != " "]
        grams.extend(map("|".join, pairwise(found)))
        grams.append(f"{found[-1]}|")
    return grams


def unmarked(text: str) -> str:
    """Text with the marks off its Latin letters; each word in it has its `fold` as a part."""
    if text.isascii():
        return text
    return text.translate(_UNMARKED)


class _Unmarked(dict[int, str]):
    """Each letter without its marks, as a table for `str.translate`, filled as letters are met."""

    def __missing__(self, code: int) -> str:
        letters = unicodedata.normalize("NFD", chr(code))
        bare = "".join(c for c in letters if not unicodedata.combining(c))
        self[code] = bare.translate(_OTHER_LATIN)
        return self[code]


_UNMARKED = _Unmarked()


def is_one_run(text: str) -> bool:
    """Whether normalised text is letters of one of the scripts without spaces, and no more."""
    return bool(_RUNS.fullmatch(text))


def holds_unspaced_script(text: str) -> bool:
    return not text.isascii() and bool(_UNSPACED.search(text))


def _runs(text: str) -> Iterator[tuple[str, int]]:
    # Most text of the world has none: one look at a set of letters is faster than the runs.
    if holds_unspaced_script(text):
        for match in _RUNS.finditer(text):
            yield match.group(), match.start()


@lru_cache(maxsize=65_536)
def fold(word: str) -> str | None:
    """A Latin word as typed without marks ("nước" is "nuoc", "đ" is "d"); None for other scripts.

    The English possessive and plural go, too: who asks for a school means schools as well.
    """
    if not _LATIN.search(word):
        return None
    bare = unmarked(word).removesuffix("'s")
    return _singular(bare) if word.isascii() and word.isalpha() else bare


def _singular(word: str) -> str:
    """A word of a to z without the ending of the English plural.

    Source: D. Harman, How effective is suffixing? (JASIS 42(1), 1991), the S stemmer; but
    "analysis" and "species" stay as they are, and "boxes" lose their e.
    """
    if len(word) < 4 or not word.endswith("s") or word[-2] in "isu":
        return word
    if word.endswith("ies"):
        return word if len(word) < 5 or word[-4] in "aec" else f"{word[:-3]}y"
    return word[:-2] if _SIBILANT.search(word) else word[:-1]


_SIBILANT = re.compile("(?:[cs]h|ss|x|zz)es$")
