"""How near two titles or two labels are, where they can be compared at all. Pure.

Texts in two languages have no letters in common, and nothing here translates: of such a pair
of titles nothing is said. What two offices call a theme or an institution is learned from the
pairs that are known by other signs.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from tonle.kernel.names import fold

_SCRIPTS: Final = ("LATIN", "CJK", "KHMER", "THAI", "LAO", "MYANMAR", "HANGUL", "HIRAGANA")
# What a label is called in the other list must be met so often, and in this share of cases.
_MET: Final = 2
_SHARE: Final = 0.6


@dataclass(frozen=True)
class Analysis:
    """The search's own chain: normalise makes equal what readers take for equal, words cuts
    normalised text into words in any script of the region."""

    normalise: Callable[[str], str]
    words: Callable[[str], list[str]]


@dataclass(frozen=True)
class Text:
    """A text made ready. letters: all that is read of it, joined. script: of most of them."""

    shown: str
    letters: str
    script: str
    words: Mapping[str, int]
    pairs: Mapping[str, int]


def text_of(shown: str, analysis: Analysis) -> Text:
    """A title or a label made ready to be compared."""
    normal = fold(analysis.normalise(shown))
    letters = "".join(sign for sign in normal if unicodedata.category(sign)[0] in "LMN")
    return Text(
        shown,
        letters,
        _script(letters),
        Counter(analysis.words(normal)),
        Counter(map("".join, pairwise(f" {letters} "))),
    )


def similarity(one: Text, other: Text) -> float | None:
    """0 to 1, by words and by pairs of letters (Dice); 1 only for the same letters.

    None where their scripts differ, or one is empty: nobody can say. Symmetric.
    """
    if not (one.letters and other.letters) or one.script != other.script:
        return None
    if one.letters == other.letters:
        return 1.0
    near = (_dice(one.words, other.words) + _dice(one.pairs, other.pairs)) / 2
    return min(near, 0.99)


def _dice(one: Mapping[str, int], other: Mapping[str, int]) -> float:
    total = sum(one.values()) + sum(other.values())
    shared = sum(min(number, other.get(key, 0)) for key, number in one.items())
    return 2 * shared / total if total else 0.0


def _script(letters: str) -> str:
    found: Counter[str] = Counter()
    for letter in letters:
        name = unicodedata.name(letter, "").split(" ")[0]
        found[name if name in _SCRIPTS else ""] += 1
    if not found:
        return ""
    # A Chinese title may hold `IoT`; a sign of it says as much as several Latin letters.
    found["CJK"] *= 3
    return max(sorted(found), key=lambda name: found[name])


def reference_of(text: str) -> str:
    """A reference as references are compared: letters and digits; no zeros before a number.

    Spreadsheets make 7 of 007.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = "".join(str(unicodedata.digit(sign, sign)) for sign in plain if sign.isalnum())
    return re.sub(r"^0+(?=\d+$)", "", plain)


@dataclass(frozen=True)
class Meanings:
    """Labels of the two lists that mean one thing: pairs (ours, theirs) of their letters."""

    pairs: frozenset[tuple[str, str]] = frozenset()

    def same(self, ours: str, theirs: str) -> bool | None:
        """Whether two labels mean one thing; None where one of them was not learned."""
        if (ours, theirs) in self.pairs:
            return True
        known = any(one == ours for one, _ in self.pairs)
        return False if known and any(other == theirs for _, other in self.pairs) else None


def learned(met: Iterable[tuple[str, str]]) -> Meanings:
    """Which labels mean one thing, where that is clear.

    met: (ours, theirs), once for each pair of rows that has both. An office may write one
    label in two languages, so several of ours may mean one of theirs.
    """
    times = Counter(met)
    of_theirs: Counter[str] = Counter()
    of_ours: Counter[str] = Counter()
    for (ours, theirs), number in times.items():
        of_theirs[theirs] += number
        of_ours[ours] += number
    found = set()
    for (ours, theirs), number in times.items():
        clear = [number > _SHARE * of for of in (of_ours[ours], of_theirs[theirs])]
        if number >= _MET and (all(clear) or (any(clear) and number > _MET)):
            found.add((ours, theirs))
    return Meanings(frozenset(found))
