"""Across languages: what was asked in one language, in the words of the others.

Term tables say which words of different languages name one concept. `expand` finds the terms
of a question in them and gives a clause that finds records in the other languages, the words
that were used, so that a page can say so, and the words that no table covers.
docs/decisions/0029-search-across-languages.md weighs it.
"""

from __future__ import annotations

from tonle.search.terms.expansion import Expansion, Group, expand
from tonle.search.terms.tables import LANGUAGES

__all__ = ["LANGUAGES", "Expansion", "Group", "expand"]
