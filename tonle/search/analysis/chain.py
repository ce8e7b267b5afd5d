"""Text to tokens, as the index keeps them and a query asks for them."""

from __future__ import annotations

from dataclasses import dataclass

from tonle.search.analysis.normal import normalise
from tonle.search.analysis.tokens import fold, indexed_grams, word_texts


@dataclass(frozen=True, slots=True)
class Analysed:
    """The tokens of one text, in reading order.

    words: ICU words. grams: cluster bigrams of unspaced scripts. folded: Latin words
    without marks. No token holds white space, so an engine may split on it.
    """

    words: tuple[str, ...]
    grams: tuple[str, ...]
    folded: tuple[str, ...]


def analyse(text: str) -> Analysed:
    """The tokens the index keeps for a text. Total, and the same on every machine
    with the same ANALYSER_HASH."""
    normal = normalise(text)
    cut = word_texts(normal)
    return Analysed(
        words=tuple(cut),
        grams=tuple(indexed_grams(normal)),
        folded=tuple(filter(None, map(fold, cut))),
    )
