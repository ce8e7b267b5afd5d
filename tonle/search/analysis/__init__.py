"""The one chain by which text becomes search tokens, for index, query and highlighting alike."""

from __future__ import annotations

from tonle.search.analysis.chain import Analysed, analyse
from tonle.search.analysis.fingerprint import ANALYSER_HASH
from tonle.search.analysis.names import (
    MOST_ASKED,
    asked_companies,
    joinings,
    name_forms,
    name_words,
)
from tonle.search.analysis.normal import Aligned, align, normalise, normalise_stored
from tonle.search.analysis.tokens import (
    LONGEST_WORD,
    Token,
    clusters,
    fold,
    gram_runs,
    is_border,
    is_one_run,
    pieces,
    unmarked,
    words,
)

__all__ = [
    "ANALYSER_HASH",
    "LONGEST_WORD",
    "MOST_ASKED",
    "Aligned",
    "Analysed",
    "Token",
    "align",
    "analyse",
    "asked_companies",
    "clusters",
    "fold",
    "gram_runs",
    "is_border",
    "is_one_run",
    "joinings",
    "name_forms",
    "name_words",
    "normalise",
    "normalise_stored",
    "pieces",
    "unmarked",
    "words",
]
