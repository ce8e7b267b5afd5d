"""Burmese typed for Zawgyi fonts: telling it from Unicode, and turning it into Unicode.

Both encodings use the same code points for different letters, so only statistics can tell
them apart: the Markov model of `myanmartools`, evaluated here because the library's own
loop takes 25 times as long, and every text with a Burmese letter passes it.
"""

from __future__ import annotations

import re
from array import array
from functools import lru_cache
from math import log
from typing import Any

# What the makers of the model advise: below it a conversion can spoil sound Unicode.
PROBABILITY = 0.95
# A word alone is little evidence, and nearly all that is written now is Unicode: of 3,300 sound
# words of up to 14 letters the model takes 20 for Zawgyi at 0.95, among them "language", and
# none at this. From so many letters on it errs with none, and what Unicode cannot be is none.
PROBABILITY_OF_A_WORD, LETTERS_OF_A_WORD = 0.9997, 20
# The sign that stacks letters with none below it, a vowel or a medial with no letter before it,
# letters that only Shan, Mon or Karen have. Source: The Unicode Standard 16, section 16.3.
_NOT_UNICODE = re.compile(
    "\u1039(?![\u1000-\u1021])|(?<![\u1000-\u102a\u1039\u103a-\u103f])\u1031"
    "|(?:^|[^\u1000-\u109f])[\u102b-\u103e]|[\u1060-\u1097]"
)

_MYANMAR = re.compile("[\u1000-\u109f]")

# The model's answer is 1 / (1 + exp(sum of ln(P Unicode / P Zawgyi) over neighbours)).
_THRESHOLD = log(1 / PROBABILITY - 1)
_THRESHOLD_OF_A_WORD = log(1 / PROBABILITY_OF_A_WORD - 1)


class _Model:
    """The library's model, read once, in the shape that a loop over letters needs."""

    def __init__(self) -> None:
        # Imported only when Burmese letters come by: the model takes memory and time to read.
        from myanmartools import ZawgyiDetector

        # Its letters and its table are private; a test compares our answers with the
        # library's, so that another version cannot change them unseen. Its own search for a
        # letter passes over some that it lists: what counts is what it finds.
        detector: Any = ZawgyiDetector()
        table, size = detector._params, len(detector._chars) + 1
        states = {letter: int(detector._state(letter)) for letter in detector._chars}
        # State 0 is any letter the model does not know.
        self._states = {letter: state for letter, state in states.items() if state}
        self._rows = [array("f", table[at * size : (at + 1) * size]) for at in range(size)]
        self._runs = re.compile(f"[{re.escape(''.join(self._states))}]+")

    def log_ratio(self, text: str) -> float:
        """ln(P Unicode / P Zawgyi). Between two unknown letters there is nothing to learn."""
        total = 0.0
        rows, states = self._rows, self._states
        for run in self._runs.findall(text):
            row = rows[0]
            for state in map(states.__getitem__, run):
                total += row[state]
                row = rows[state]
            total += row[0]
        return total


@lru_cache(maxsize=1)
def _model() -> _Model:
    return _Model()


@lru_cache(maxsize=1)
def _converter() -> Any:
    import icu

    return icu.Transliterator.createInstance("Zawgyi-my")


def is_zawgyi(text: str) -> bool:
    """Whether Burmese letters in the text are in the Zawgyi encoding rather than Unicode."""
    if not _MYANMAR.search(text):
        return False
    ratio = _model().log_ratio(text)
    if ratio < _THRESHOLD_OF_A_WORD or ratio >= _THRESHOLD:
        return ratio < _THRESHOLD
    return len(_MYANMAR.findall(text)) >= LETTERS_OF_A_WORD or bool(_NOT_UNICODE.search(text))


# ICU reads every lone digit four as the sign for "aforesaid", which Zawgyi writers type with
# it, and so turns "article 4" into nonsense. It is that sign only before NGA.
_LONE_FOUR = re.compile("(?<![\u1040-\u1049])\u1044(?![\u1040-\u1049\u1004])")
_FOUR_SET_ASIDE = "\ue044"


def from_zawgyi(text: str) -> str:
    """Zawgyi text in Unicode, by ICU's `Zawgyi-my`. Spoils text that was Unicode already."""
    if _FOUR_SET_ASIDE in text:
        return _converted(text)
    converted = _converted(_LONE_FOUR.sub(_FOUR_SET_ASIDE, text))
    return converted.replace(_FOUR_SET_ASIDE, "\u1044")


# ICU moves the rest of the text at each replacement, so that a book would take minutes: it
# gets stretches of so many letters. No rule looks across a line end, a section mark or an
# ASCII letter (3, 6 and u occur in one by mistake), so a cut after one of them changes
# nothing; only text without any for so long is cut elsewhere.
_STRETCH = 1_000
_UP_TO_A_BORDER = re.compile("(?s:.*)[\n!-25-57-tv-~\u104a\u104b]")


def _converted(text: str) -> str:
    convert = _converter().transliterate
    if len(text) <= _STRETCH:
        return str(convert(text))
    made: list[str] = []
    start, before = 0, ""
    while start < len(text):
        found = _UP_TO_A_BORDER.match(text, start, start + _STRETCH)
        end = found.end() if found else start + _STRETCH
        if len(text) - start <= _STRETCH:
            end, found = len(text), None
        # The border stands before the next stretch too: some rules are for the text's begin.
        made.append(str(convert(before + text[start:end]))[len(before) :])
        start, before = end, text[end - 1] if found else ""
    return "".join(made)
