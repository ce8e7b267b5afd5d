"""Making text equal that readers take for equal, without losing where it stood.

Steps: what has no width goes; the kernel's one written form (NFC, Khmer, Lao and Thai
marks in order, Burmese typed for Zawgyi fonts turned into Unicode); ICU's NFKC_Casefold;
SARA AM put together again; what is written in two ways and read in one; digits of the
region's scripts read as 0 to 9.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import icu

from tonle.kernel import text as kernel_text

_NFKC_CASEFOLD = icu.Normalizer2.getNFKCCasefoldInstance()

# NFKC takes SARA AM apart into NIKHAHIT and SARA AA. ICU's dictionaries know the whole
# letter only, so words with it would be cut wrongly. A tone mark may stand between.
_SARA_AM = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32|\u0ecd([\u0ec8-\u0ecb]?)\u0eb2")
_DIGITS = {
    zero + value: ord("0") + value
    for zero in (0x0E50, 0x0ED0, 0x1040, 0x1090, 0x17E0)  # Thai, Lao, Burmese, Shan, Khmer.
    for value in range(10)
} | {0x2019: ord("'")}
_HAS_DIGIT = re.compile(f"[{''.join(map(chr, _DIGITS))}]")
# Two ways to write one thing, which look alike or are both taught:
# - Khmer DA and TA are drawn alike below a letter; ICU's dictionary mostly has TA.
# - Lao wrote LO in full behind the leading HO before the reform of its spelling.
# - Burmese WA is typed as the digit zero, and NNYA as the vowel U, which most fonts draw alike.
_TWO_WAYS = re.compile(
    "\u17d2\u178a|\u0eab\u0ea5|\u1025(?=[\u102c\u103a])"
    "|(?<![\u1040-\u1049])\u1040(?=[\u1000-\u103f])|(?<=[\u1000-\u103f])\u1040(?![\u1040-\u1049])"
)
_ONE_WAY = {
    "\u17d2\u178a": "\u17d2\u178f",
    "\u0eab\u0ea5": "\u0eab\u0ebc",
    "\u1025": "\u1009",
    "\u1040": "\u101d",
}
_HAS_TWO_WAYS = re.compile("[\u178a\u0ea5\u1025\u1040]")
_HAN = re.compile("[\u4e00-\u9fff]")
# First of all, because it can hide disorder and Zawgyi from the kernel: zero width spaces
# and joiners, soft hyphen, direction marks, Khmer inherent vowels, variation selectors.
_NO_WIDTH = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]+"
)
_CHUNK = re.compile(r"\S+")


def _join_sara_am(match: re.Match[str]) -> str:
    thai, lao = match.groups()
    return f"{lao}\u0eb3" if thai is None else f"{thai}\u0e33"


class _Simplified(dict[int, int]):
    """Traditional Chinese to simplified, letter by letter, as a table for `str.translate`.

    ICU is asked for each letter when it is first met: its whole table takes seconds.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._icu = icu.Transliterator.createInstance("Traditional-Simplified")

    def __missing__(self, code: int) -> int:
        with self._lock:
            found = self._icu.transliterate(chr(code))
            self[code] = ord(found) if len(found) == 1 else code
        return self[code]


@cache
def _simplified() -> _Simplified:
    return _Simplified()


def _fold(text: str) -> str:
    """All steps after the kernel's, which must see a whole text to detect Zawgyi."""
    if text.isascii():
        return text.lower()
    folded: str = _NFKC_CASEFOLD.normalize(text)
    if "\u0e4d" in folded or "\u0ecd" in folded:
        folded = _SARA_AM.sub(_join_sara_am, folded)
    folded = _one_way(folded)
    if _HAN.search(folded):
        folded = folded.translate(_simplified())
    return folded.translate(_DIGITS) if _HAS_DIGIT.search(folded) else folded


def _one_way(text: str) -> str:
    """Text in which what is written in two ways stands in one; each letter in its place."""
    if not _HAS_TWO_WAYS.search(text):
        return text
    return _TWO_WAYS.sub(lambda match: _ONE_WAY[match.group()], text)


def normalise(text: str) -> str:
    """Text as it is cut into words. Total: any string has a result."""
    return _fold(_written(text))


def normalise_stored(text: str) -> str:
    """The same for text that is in the kernel's written form already, as all is that was
    stored; in a third of the time. Zawgyi is not looked for: a stretch of a text may look like
    it where the text as a whole does not."""
    return normalise(text) if _NO_WIDTH.search(text) else _fold(text)


def _written(text: str) -> str:
    return kernel_text.normalise(text if text.isascii() else _NO_WIDTH.sub("", text))


@dataclass(frozen=True, slots=True)
class Aligned:
    """Normalised text with the way back.

    source: the text as it was given. text: `normalise(source)`.
    starts, ends: for each character of text, the half-open place in source it came
    from; None where the two agree character by character.
    """

    source: str
    text: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in source of a non-empty stretch of text."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def align(text: str, stored: str | None = None) -> Aligned:
    """Normalise and keep the way back. The text is the same as `normalise` gives.

    stored: what `normalise_stored` gave of it, for text that was stored.

    Places are as fine as one normalisation segment, about a letter with its marks. Text
    that was not in the kernel's written form is as fine as a word: stored text always is.
    """
    whole = normalise(text) if stored is None else stored
    # Folding never makes a letter shorter: the same length is the same letter by letter.
    cased = text.casefold()
    if len(cased) == len(text) and whole == (
        cased.translate(_DIGITS) if _HAS_DIGIT.search(cased) else cased
    ):
        return Aligned(text, whole)
    joined = text.translate(_FOLDED)
    if whole == joined or (len(whole) == len(joined) and whole == _one_way(joined)):
        # Nearly always: each letter folds by itself, most of them to one letter.
        if _FOLDED.others.isdisjoint(text):
            return Aligned(text, whole)
        places = [at for at, letter in enumerate(text) for _ in _FOLDED[ord(letter)]]
        return Aligned(text, whole, tuple(places), tuple(at + 1 for at in places))
    # Characters without width leave holes; all later places are counted without them.
    visible = _NO_WIDTH.sub("", text)
    written = visible if stored is not None and visible == text else kernel_text.normalise(visible)
    kept = [at for at, character in enumerate(text) if not _NO_WIDTH.match(character)]
    starts: list[int] = []
    ends: list[int] = []
    made: list[str] = []
    for piece, low, high, exact in _pieces(visible, written):
        for segment, at in _segments(piece):
            folded = _fold_segment(segment)
            made.append(folded)
            if not exact:
                starts.extend([low] * len(folded))
                ends.extend([high] * len(folded))
            else:
                starts.extend([low + at] * len(folded))
                ends.extend([low + at + len(segment)] * len(folded))
    if "".join(made) != whole:
        # A step that reached across a border we took for safe: one place for the whole text.
        return Aligned(text, whole, (0,) * len(whole), (len(text),) * len(whole))
    return Aligned(
        text,
        whole,
        tuple(kept[at] if at < len(kept) else len(text) for at in starts),
        tuple(kept[at - 1] + 1 if at else 0 for at in ends),
    )


# A region's texts hold fewer; a text of all there are must not fill the memory.
_MOST_LETTERS = 16_384


class _Folded(dict[int, str]):
    """Each letter folded by itself, as a table for `str.translate`, filled as letters are met.

    others: letters that become none, or more than one.
    """

    def __init__(self) -> None:
        super().__init__()
        self.others: set[str] = set()

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        folded = "" if _NO_WIDTH.match(letter) else _fold(letter)
        if len(folded) != 1:
            self.others.add(letter)
        if len(self) >= _MOST_LETTERS:
            self.clear()
        self[code] = folded
        return folded


_FOLDED = _Folded()


@lru_cache(maxsize=16_384)
def _fold_segment(letters: str) -> str:
    return _fold(letters)


def _pieces(text: str, written: str) -> Iterator[tuple[str, int, int, bool]]:
    """Stretches of the written form: the stretch, its begin and end in text, whether equal there.

    The written form moves and replaces letters inside words; words stay in their order.
    """
    if written == text:
        yield text, 0, len(text), True
        return
    old, new = list(_CHUNK.finditer(text)), list(_CHUNK.finditer(written))
    if len(old) != len(new):
        yield written, 0, len(text), False
        return
    at, behind = 0, 0
    for before, after in zip(old, new, strict=True):
        if after.start() > at:
            yield written[at : after.start()], behind, before.start(), False
        yield after.group(), before.start(), before.end(), before.group() == after.group()
        at, behind = after.end(), before.end()
    if len(written) > at:
        yield written[at:], behind, len(text), False


def _segments(text: str) -> Iterator[tuple[str, int]]:
    """Stretches that normalise on their own, each with its place."""
    start = 0
    for at in range(1, len(text)):
        if _starts_segment(text[at]) and text[at - 1] not in "\u1025\u1040":
            yield text[start:at], start
            start = at
    if text:
        yield text[start:], start


def _starts_segment_uncached(character: str) -> bool:
    # SARA AA may be the second half of a SARA AM typed as two letters; the others are read by
    # what stands before them.
    return character not in "\u0e32\u0eb2\u178a\u0ea5\u1040" and _NFKC_CASEFOLD.hasBoundaryBefore(
        character
    )


_starts_segment: Callable[[str], bool] = lru_cache(maxsize=16_384)(_starts_segment_uncached)
