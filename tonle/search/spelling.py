""" "Did you mean": what finds more than what was typed, where that found little.

Two kinds of slips: a word that differs by one letter (long ones of Latin letters by two) from a
frequent one of the index, and a whole question typed on another keyboard. Nothing is offered that
does not find more, so nothing that was withdrawn can be told by it: counts are of what is there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Final

from tonle.kernel.text import normalise as written
from tonle.search import asking
from tonle.search.analysis import fold, normalise
from tonle.search.asking import Asked
from tonle.search.engine import Filter, Reader
from tonle.search.keyboards import meant

# Words shorter than this differ by one letter from too many others.
SHORTEST: Final = 4
# Who types marks has chosen them: Vietnamese has a word for most short ones.
SHORTEST_MARKED: Final = 6
# From this length on, two letters may differ.
LONG: Final = 8
# Words of the index with the same first letters that are looked at, the most frequent ones.
SAME_BEGINNING: Final = 3
LOOKED_AT: Final = 300
# A frequent word is meant for a rare one when it is so many times as frequent.
TIMES: Final = 10
# As many words of a question are corrected, at most; and other keyboards tried.
MOST_WORDS: Final = 3
MOST_KEYBOARDS: Final = 8

_FIELD: Final = "fold"
_WORDS: Final = ("title", "body")


def _letters(first: int, last: int) -> str:
    """The letters, vowels and tone marks of a block of Unicode."""
    every = map(chr, range(first, last + 1))
    return "".join(letter for letter in every if unicodedata.category(letter)[0] in "LM")


# Scripts without spaces: Khmer, Lao, Thai, Burmese. One slip in a vowel or a tone makes another
# word of it, or none; of long runs ICU's dictionaries still know the other words.
_UNSPACED: Final = (
    _letters(0x1780, 0x17D3),
    _letters(0x0E81, 0x0ECD),
    _letters(0x0E01, 0x0E4D),
    _letters(0x1000, 0x1049),
)
SHORTEST_UNSPACED: Final = 2
LONGEST_UNSPACED: Final = 8


@dataclass(frozen=True, slots=True)
class Meant:
    """A question that finds more. keyboard: it was typed on another one, rather than misspelt."""

    query: str
    total: int
    keyboard: bool = False


def did_you_mean(
    reader: Reader, asked: Asked, filters: Mapping[str, Filter], total: int, language: str
) -> Meant | None:
    """What may have been meant; None where nothing finds more.

    total: how many have all that was asked for. Costs a look at a page of the engine's
    dictionary for each word that is nearly unknown, and a count for each that may be meant.
    """
    if not asked.words or asked.is_empty:
        return None
    found: list[Meant] = []
    for query in list(meant(asked.typed))[:MOST_KEYBOARDS]:
        counted = _count(reader, query, filters, language)
        if counted > total and _knows_all(reader, query):
            found.append(Meant(query, counted, keyboard=True))
    corrected = _corrected(reader, asked)
    if corrected and corrected != asked.typed:
        counted = _count(reader, corrected, filters, language)
        if counted > total:
            found.append(Meant(corrected, counted))
    # A keyboard explains every letter; of two explanations the one that finds more.
    return max(found, key=lambda one: (one.total, one.keyboard), default=None)


def _count(reader: Reader, query: str, filters: Mapping[str, Filter], language: str) -> int:
    return reader.count(asking.read(query, language).every_word(), filters)


def _knows_all(reader: Reader, query: str) -> bool:
    """Whether these are words, each one of the index: letters alone are found in many.

    A sign that only the other keyboard makes of a letter, as "-" of ข, was never meant.
    """
    read = asking.read(query, "")
    if not read.words.words or read.must or read.must_not:
        return False
    return all(
        reader.frequency(_FIELD, bare) if (bare := fold(word)) else _written_somewhere(reader, word)
        for word in read.words.words
    )


def _written_somewhere(reader: Reader, word: str) -> bool:
    return any(reader.frequency(field, word) for field in _WORDS)


def _corrected(reader: Reader, asked: Asked) -> str:
    """What was typed with its rare words made into frequent ones like them; "" without such."""
    text = written(asked.typed)
    changed = 0
    for word in dict.fromkeys(asked.words.words):
        if changed == MOST_WORDS:
            break
        better = _better(reader, word)
        if better:
            replaced = _replaced(text, word, better)
            changed += replaced != text
            text = replaced
    for chunk in asked.words.chunks[:MOST_WORDS]:
        if chunk.runs and (better := _better_unspaced(reader, chunk.text)):
            changed += 1
            text = " ".join(better if normalise(one) == chunk.text else one for one in text.split())
    return text if changed else ""


def _better_unspaced(reader: Reader, word: str) -> str:
    """A frequent word that is one slip away from what was typed between two spaces."""
    if not SHORTEST_UNSPACED <= len(word) <= LONGEST_UNSPACED:
        return ""
    letters = next((one for one in _UNSPACED if set(word) <= set(one)), "")
    if not letters:
        return ""

    def often(text: str) -> int:
        return max(reader.frequency(field, text) for field in _WORDS)

    own = often(word)
    frequency, best = max((often(other), other) for other in slips(word, letters))
    return best if frequency > own * TIMES else ""


def _better(reader: Reader, word: str) -> str:
    bare = fold(word)
    shortest = SHORTEST if word.isascii() else SHORTEST_MARKED
    if bare is None or len(bare) < shortest or not bare.isalpha():
        return ""
    own = reader.frequency(_FIELD, bare)
    once = ((reader.frequency(_FIELD, other), other) for other in slips(bare))
    best = max(once, default=(0, ""))
    if best[0] > own * TIMES:
        return best[1]
    if len(bare) < LONG:
        return ""
    twice = (
        (frequency, other)
        for other, frequency in reader.vocabulary(_FIELD, bare[:SAME_BEGINNING], LOOKED_AT)
        if frequency > own * TIMES and apart(bare, other, 2) <= 2
    )
    return max(twice, default=(0, ""))[1]


def slips(word: str, letters: str = ascii_lowercase) -> Iterator[str]:
    """Every word that is one slip away: a letter left out, put in, changed, or swapped with its
    neighbour. Some five hundred for a word of nine letters, each looked up in microseconds,
    however many words the index has."""
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in letters)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        yield from (before + letter + after for letter in letters)


def _replaced(text: str, word: str, better: str) -> str:
    """The text with the word, in whatever case, made into the better one."""

    def other(match: re.Match[str]) -> str:
        # A capital at the beginning stays one.
        return better.capitalize() if match.group()[0].isupper() else better

    return re.sub(
        r"[^\W\d_]+", lambda m: other(m) if normalise(m.group()) == word else m.group(), text
    )


def apart(one: str, other: str, most: int) -> int:
    """By how many letters left out, put in, changed, or swapped with a neighbour two words differ
    (Damerau 1964, restricted); most + 1 where it is more than `most`."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        last, before, row = before, row, [i]
        for j, beside in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != beside))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == beside:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
