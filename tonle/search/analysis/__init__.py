"""The one chain by which text becomes search tokens, for index, query and highlighting alike."""

from __future__ import annotations

from tonle.search.analysis.chain import Analysed, analyse
from tonle.search.analysis.fingerprint import ANALYSER_HASH
from tonle.search.analysis.normal import Aligned, align, normalise
from tonle.search.analysis.tokens import (
    Token,
    borders,
    clusters,
    fold,
    gram_runs,
    unmarked,
    words,
)

__all__ = [
    "ANALYSER_HASH",
    "Aligned",
    "Analysed",
    "Token",
    "align",
    "analyse",
    "borders",
    "clusters",
    "fold",
    "gram_runs",
    "normalise",
    "unmarked",
    "words",
]
