"""Two lists of results as one, by rank. Pure.

Source: Cormack, Clarke and Büttcher, Reciprocal Rank Fusion outperforms Condorcet and
individual Rank Learning Methods, SIGIR 2009.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

# As in the source: it keeps the first of one list from outweighing what both agree on.
STEADY: Final = 60


def fused(*lists: Sequence[str]) -> list[str]:
    """Everything of these lists once, best first: each adds 1 / (60 + rank). Of equals, what
    stands higher in the earlier list comes first."""
    scores: dict[str, float] = {}
    for ranked in lists:
        for rank, key in enumerate(dict.fromkeys(ranked), start=1):
            scores[key] = scores.get(key, 0.0) + 1 / (STEADY + rank)
    return sorted(scores, key=lambda key: -scores[key])
