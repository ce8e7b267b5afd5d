"""What can be done with one file besides fetching it, as the contexts above offer it.

The landing page shows each offer beside the file. Light, so that a context can register at
start-up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from tonle.catalogue.selectors import RecordView


class FileOffer(NamedTuple):
    """One offer: a translated label, and where it leads."""

    label: str
    url: str


Offering = Callable[["RecordView", Mapping[str, Any]], FileOffer | None]

_OFFERS: dict[str, Offering] = {}


def register_file_offer(name: str, offer: Offering) -> None:
    """Let `offer(view, file)` stand beside a file that the reader may have, or None for nothing.

    file: as the document lists it. The page is kept until the record changes, so the answer must
    depend on the record alone.
    """
    if _OFFERS.get(name, offer) is not offer:
        raise RuntimeError(f"Two offers for files are registered as {name!r}.")
    _OFFERS[name] = offer


def file_offers(view: RecordView, file: Mapping[str, Any]) -> list[FileOffer]:
    """What is offered for this file, in the order of the offers' names."""
    found = (_OFFERS[name](view, file) for name in sorted(_OFFERS))
    return [offer for offer in found if offer is not None]
