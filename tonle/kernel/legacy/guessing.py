"""Telling by its looks for which old font a text was written, where nothing names one.

A text is tried in each family. What comes out is text of the language only with the right one:
its syllables follow the rules of their script nearly always, and those of a wrong guess, or of a
text in English or French, do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tonle.kernel.legacy import khmer
from tonle.kernel.legacy.octets import as_bytes, is_unicode
from tonle.kernel.legacy.reading import convert

# So much of a text is enough to tell.
SAMPLE_CHARS = 20_000
# Share of syllables that follow the rules: of real text hardly any does not.
_ENOUGH = 0.9
# Fewer syllables may follow them by chance.
_FEWEST = 3
# A text in Latin letters has few beyond the 26, one that draws another script with them has many,
# and capitals within words.
_STRANGE = re.compile("[\x80-\xff]|(?<=[a-z])[A-Z]|(?<=[A-Za-z])[;:<,](?=[A-Za-z])")
_LEAST_STRANGE = 0.06


@dataclass(frozen=True)
class Guess:
    """family: a key of `names.FAMILIES`; sure: the share of syllables that speak for it."""

    family: str
    sure: float


def guess(text: str) -> Guess | None:
    """The family that a text without a named font was written for, None where it is none."""
    sample = as_bytes(text[:SAMPLE_CHARS])
    if sample.isascii() and not _STRANGE.search(sample):
        return None
    if is_unicode(sample):
        return None
    letters = sum(letter.isalpha() or letter > "\x7f" for letter in sample)
    if not letters or len(_STRANGE.findall(sample)) < _LEAST_STRANGE * letters:
        return None
    best = max(_tried(sample), key=lambda one: one[1], default=("", 0.0))
    family, sure = best
    return Guess(family, sure) if sure >= _ENOUGH else None


def _tried(sample: str) -> Iterable[tuple[str, float]]:
    plain = _vietnamese(sample)
    for family in ("tcvn3", "vni", "viscii", "vps"):
        found = _vietnamese(convert(sample, family))
        if found > plain:
            yield family, found
    yield "lswin", _lao(sample)
    for family in ("limon", "abc"):
        yield family, _khmer(khmer.shapes(sample, family))


# --- Vietnamese -----------------------------------------------------------------------------

_WORD = re.compile(r"[^\W\d_]+")
_TONES = str.maketrans("", "", "\u0300\u0301\u0303\u0309\u0323")
_SYLLABLE = re.compile(
    "(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnpqrstvx])?"
    "(?:iê|yê|uô|ươ|uyê|uya|ia|ua|ưa|oa|oă|oe|uâ|uê|uy|uơ|ai|ao|au|ay|âu|ây|eo|êu|iu|iêu|yêu|oi|ôi|ơi"
    "|ui|ưi|uôi|ươi|ưu|ươu|oai|oay|oeo|uây|uyu|[aăâeêioôơuưy])"
    "(?:ch|ng|nh|[cmnpt])?"
)


def _vietnamese(text: str) -> float:
    """Share of words with letters beyond the 26 that are Vietnamese syllables."""
    import unicodedata

    words = [word for word in _WORD.findall(text) if not word.isascii()]
    if len(words) < _FEWEST:
        return 0.0
    good = 0
    for word in words:
        bare = unicodedata.normalize("NFD", word.lower())
        tones = len(bare) - len(bare := bare.translate(_TONES))
        composed = unicodedata.normalize("NFC", bare)
        one_case = word[1:].islower() or word.isupper() or len(word) == 1
        good += tones <= 1 and one_case and bool(_SYLLABLE.fullmatch(composed))
    return good / len(words)


# --- Lao ------------------------------------------------------------------------------------

_LAO_CLUSTER = re.compile("[ເ-ໄ]?[ກ-ຮໜໝ](?:ຫ?[ຼ])?[ັ-ຼ່-໎]{0,3}[ະາຳຽ]?")


def _lao(sample: str) -> float:
    """Share of letters that are Lao and follow the rules of its script."""
    text = convert(sample, "lswin")
    letters = [letter for letter in text if letter > "\x7f"]
    if len(letters) < 2 * _FEWEST or any(letter.isascii() and letter.isalpha() for letter in text):
        # Words in English beside it are allowed, but not in the midst of a word.
        mixed = re.findall("[\u0e80-\u0eff][A-Za-z]|[A-Za-z][\u0e80-\u0eff]", text)
        if len(letters) < 2 * _FEWEST or len(mixed) > 0.05 * len(letters):
            return 0.0
    good = sum(len(match) for match in _LAO_CLUSTER.findall(text))
    return good / len(letters)


# --- Khmer ----------------------------------------------------------------------------------

_KHMER = re.compile("[\u1780-\u17d3]")
_PRE = "\u17c1"
_SIGNS = "[\u17c6-\u17d1]"
_BELOW = "(?:\u17d2[\u1780-\u1799\u179b-\u17b3])"
# On paper: RO and a vowel before, the letter, what is below, vowels, signs. The right halves of
# vowels stand only where the left one does.
_ON_PAPER = re.compile(
    f"(?:{_PRE}(?:\u17d2\u179a)?[\u1780-\u17b3]{_BELOW}*{_SIGNS}*\u17bb?"
    f"(?:[\u17b6\u17b8\u17bf\u17c0\u17c5]{_BELOW}*)?{_SIGNS}{{0,2}}"
    f"|[\u17c2\u17c3]?(?:\u17d2\u179a)?[\u1780-\u17b3]{_BELOW}*{_SIGNS}*[\u17b7-\u17bd]{{0,2}}{_BELOW}*"
    f"(?:\u17b6{_BELOW}*)?{_SIGNS}{{0,2}})"
)


def _khmer(shapes: str) -> float:
    """Share of Khmer shapes that stand where the script has them."""
    letters = len(_KHMER.findall(shapes))
    others = sum(letter.isalpha() and letter < "\u1780" for letter in shapes)
    if letters < 3 * _FEWEST or others > 0.1 * letters:
        return 0.0
    good = sum(len(match) for match in _ON_PAPER.findall(shapes))
    return good / letters
