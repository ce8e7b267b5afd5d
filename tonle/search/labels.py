"""How codes of facets are shown, as the contexts that know their names have said.

Light on purpose: contexts register at start-up, long before anybody searches.
"""

from __future__ import annotations

from collections.abc import Callable

Labeller = Callable[[str, str], str]  # (code, BCP 47 of the reader) -> what to show

_labellers: dict[str, Labeller] = {}


def register_labels(facet: str, labeller: Labeller) -> None:
    """Say how the codes of a facet are shown. The last one said holds."""
    _labellers[facet] = labeller


def labeller_of(facet: str) -> Labeller | None:
    return _labellers.get(facet)
