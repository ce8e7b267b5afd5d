"""The door of search: what contexts register, and what pages and the API ask."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tonle.search.documents import Change, Document, Facts, Hit, Source, register_source
from tonle.search.exports import Export, register_export
from tonle.search.labels import register_labels

if TYPE_CHECKING:
    from tonle.search.again import index_again
    from tonle.search.analysis.normal import normalise
    from tonle.search.analysis.tokens import word_texts
    from tonle.search.facets import ASKED_FOR, SHOWN, Facet, Filters
    from tonle.search.indexing import catch_up, status
    from tonle.search.listing import listing
    from tonle.search.narrowing import applied
    from tonle.search.reading import is_usable
    from tonle.search.results import results
    from tonle.search.schema import YEAR
    from tonle.search.selectors import Found, Interpretation, Page, search
    from tonle.search.terms.concepts import Part, Suggested, Suggestions, suggest_concepts
    from tonle.search.views import in_readers_language

__all__ = [
    "ASKED_FOR",
    "SHOWN",
    "YEAR",
    "Change",
    "Document",
    "Export",
    "Facet",
    "Facts",
    "Filters",
    "Found",
    "Hit",
    "Interpretation",
    "Page",
    "Part",
    "Source",
    "Suggested",
    "Suggestions",
    "applied",
    "catch_up",
    "in_readers_language",
    "index_again",
    "is_usable",
    "listing",
    "normalise",
    "register_export",
    "register_labels",
    "register_source",
    "results",
    "search",
    "status",
    "suggest_concepts",
    "word_texts",
]

# Fetched when first used: registering at start-up should not load ICU and the engine.
_FETCHED = {
    "ASKED_FOR": "facets",
    "SHOWN": "facets",
    "YEAR": "schema",
    "Facet": "facets",
    "Filters": "facets",
    "Found": "selectors",
    "Interpretation": "selectors",
    "Page": "selectors",
    "Part": "terms.concepts",
    "Suggested": "terms.concepts",
    "Suggestions": "terms.concepts",
    "applied": "narrowing",
    "catch_up": "indexing",
    "in_readers_language": "views",
    "index_again": "again",
    "is_usable": "reading",
    "listing": "listing",
    "results": "results",
    "normalise": "analysis.normal",
    "search": "selectors",
    "status": "indexing",
    "suggest_concepts": "terms.concepts",
    "word_texts": "analysis.tokens",
}


def __getattr__(name: str) -> Any:
    if name not in _FETCHED:
        raise AttributeError(name)
    return getattr(import_module(f"tonle.search.{_FETCHED[name]}"), name)
