"""Questions to the index, answered with what the database says at this moment.

One room per subject: `searching` asks, `hits` reads again what was found and marks it, `across`
looks in other languages, `cursors` say where to go on, `answers` are what comes back.
"""

from __future__ import annotations

from tonle.search.selectors.across import ACROSS, FUSED
from tonle.search.selectors.answers import SORTS, Across, Found, Interpretation, Page
from tonle.search.selectors.hits import hits_of
from tonle.search.selectors.searching import FEW, LARGEST_PAGE, counts_in, search

__all__ = [
    "ACROSS",
    "FEW",
    "FUSED",
    "LARGEST_PAGE",
    "SORTS",
    "Across",
    "Found",
    "Interpretation",
    "Page",
    "counts_in",
    "hits_of",
    "search",
]
