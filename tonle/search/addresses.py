"""Addresses of a page of results, each with something changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import quote_plus

from tonle.search.facets import Filters

# What switches other languages off, in an address.
NO = "no"


class Address:
    """Addresses of this page with something changed. language: of the reader."""

    def __init__(
        self,
        path: str,
        query: str,
        filters: Filters,
        sort: str,
        language: str,
        kept: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.language = language
        self._path = path
        self._query = query
        self._filters = filters
        self._sort = sort
        self._kept = kept

    def pairs(self, filters: Filters, sort: str | None = None) -> list[tuple[str, str]]:
        sort = self._sort if sort is None else sort
        pairs = [("q", self._query)] if self._query else []
        return [*pairs, *filters.pairs(), *([("sort", sort)] if sort else []), *self._kept]

    def of(self, filters: Filters) -> str:
        return self._url(self.pairs(filters))

    def asking(self, query: str) -> str:
        """The same filters, and another question."""
        return Address(self._path, query, self._filters, self._sort, self.language, self._kept).of(
            self._filters
        )

    def across(self, off: bool) -> str:
        """The same question, with other languages left out or asked too."""
        kept = (("across", NO),) if off else ()
        return Address(self._path, self._query, self._filters, self._sort, self.language, kept).of(
            self._filters
        )

    def elsewhere(self, path: str) -> str:
        """The same question at another path."""
        return f"{path}{self._url(self.pairs(self._filters))[len(self._path) :]}"

    def more(self, facet: str) -> str:
        return f"{self._url([*self.pairs(self._filters), ('more', facet)])}#narrow-{facet}"

    def sorted(self, sort: str) -> str:
        return self._url(self.pairs(self._filters, sort))

    def at(self, cursor: str | None) -> str:
        return self._url([*self.pairs(self._filters), ("cursor", cursor)]) if cursor else ""

    def toggled(self, facet: str, code: str, selected: bool) -> str:
        change = self._filters.without if selected else self._filters.with_value
        return self.of(change(facet, code))

    def _url(self, pairs: Iterable[tuple[str, str]]) -> str:
        query = "&".join(f"{name}={_quoted(value)}" for name, value in pairs)
        return f"{self._path}?{query}" if query else self._path


# Fifty addresses of a page hold the same question and the same few codes.
_quoted = lru_cache(maxsize=2_048)(quote_plus)
