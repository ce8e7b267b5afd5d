"""How codes of facets are shown, as the contexts that know their names have said.

Light on purpose: contexts register at start-up, long before anybody searches.
"""

from __future__ import annotations

from collections.abc import Callable

Labeller = Callable[[str, str], str]  # (code, BCP 47 of the reader) -> what to show
Finder = Callable[[str, str], str]  # (what was typed, BCP 47 of the reader) -> code, "" for none

_labellers: dict[str, Labeller] = {}
_finders: dict[str, Finder] = {}


def register_labels(facet: str, labeller: Labeller, finder: Finder | None = None) -> None:
    """Say how the codes of a facet are shown, and which code a reader means who types one of its
    names. The last one said holds."""
    _labellers[facet] = labeller
    if finder:
        _finders[facet] = finder


def finder_of(facet: str) -> Finder | None:
    return _finders.get(facet)


def labeller_of(facet: str) -> Labeller | None:
    return _labellers.get(facet)
