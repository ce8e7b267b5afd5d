"""Two lists of one call, from two offices: which application is which, and what does not fit.

Each party lets its own researchers apply at home; the officers then lay the two lists side by
side. Nothing is decided here: pairs are proposed, each with its reasons, a grade and all that
the two rows say differently, and people confirm. No row is passed over.
"""

from tonle.funding.rules.reconcile.files import read_sheet
from tonle.funding.rules.reconcile.matching import Answer, reconcile
from tonle.funding.rules.reconcile.rows import OURS, THEIRS, Listed, read_list
from tonle.funding.rules.reconcile.texts import Analysis

__all__ = [
    "OURS",
    "THEIRS",
    "Analysis",
    "Answer",
    "Listed",
    "read_list",
    "read_sheet",
    "reconcile",
]
