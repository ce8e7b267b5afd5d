"""How well reviewers fit proposals: what their words have in common, rarer words counting more.

Words are those of the search (the same cutting in every script), and codes of subjects and
themes, which say the same in every language. Whole numbers up to a million, so that a small
likeness is never nothing, and the sum can be checked by hand. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import log, sqrt
from typing import Final

FULL: Final = 1_000_000
# Words that are shown to say why.
TELLING: Final = 8
# A word of one letter, or in every text, tells nothing.
LEAST_LETTERS: Final = 2
# The same code weighs as much as this many words of its rarity.
CODE_WEIGHT: Final = 4


@dataclass(frozen=True)
class Text:
    """What somebody knows, or what a proposal is about. codes: of subjects, themes, fields."""

    words: tuple[str, ...]
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fit:
    """How well a pair fits, 0 to FULL, and the words and codes that say so, the weightiest
    first."""

    score: int
    why: tuple[str, ...]


def fits(
    proposals: Mapping[str, Text], reviewers: Mapping[str, Text]
) -> dict[tuple[str, str], Fit]:
    """(proposal, reviewer) to how they fit: cosine of TF-IDF over all texts of the call.

    A pair that has nothing in common has the score 0: it may still be needed.
    """
    counted = {
        **{("p", id_): _counted(text) for id_, text in proposals.items()},
        **{("r", id_): _counted(text) for id_, text in reviewers.items()},
    }
    in_texts = Counter(term for counts in counted.values() for term in counts)
    total = len(counted)
    vectors = {
        key: _unit({term: _weight(term, n, in_texts[term], total) for term, n in counts.items()})
        for key, counts in counted.items()
    }
    made = {}
    for proposal in proposals:
        about = vectors["p", proposal]
        for reviewer in reviewers:
            knows = vectors["r", reviewer]
            small, large = sorted((about, knows), key=len)
            shared = {term: value * large[term] for term, value in small.items() if term in large}
            told = sorted(shared, key=lambda term: (-shared[term], term))[:TELLING]
            made[proposal, reviewer] = Fit(
                min(FULL, round(sum(sorted(shared.values())) * FULL)),
                tuple(term.removeprefix("#") for term in told),
            )
    return made


def _counted(text: Text) -> Counter[str]:
    words = (one for one in text.words if len(one) >= LEAST_LETTERS and not one.isdigit())
    return Counter([*words, *(f"#{code}" for code in dict.fromkeys(text.codes))])


def _weight(term: str, times: int, texts: int, total: int) -> float:
    rarity = log((1 + total) / (1 + texts))
    return (1 + log(times)) * rarity * (CODE_WEIGHT if term.startswith("#") else 1)


def _unit(vector: Mapping[str, float]) -> dict[str, float]:
    length = sqrt(sum(sorted(value * value for value in vector.values())))
    return {term: value / length for term, value in vector.items() if value} if length else {}
