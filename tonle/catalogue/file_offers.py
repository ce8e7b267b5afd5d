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


class FilePicture(NamedTuple):
    """A small picture of a file: its address and size in pixels, and the page that it leads to."""

    src: str
    width: int
    height: int
    url: str


Picturing = Callable[["RecordView", Mapping[str, Any]], FilePicture | None]

_PICTURES: dict[str, Picturing] = {}

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


def register_file_picture(name: str, picture: Picturing) -> None:
    """Let `picture(view, file)` give the small picture of an image, or None where there is none.

    It is asked for a file that everybody may have.
    """
    if _PICTURES.get(name, picture) is not picture:
        raise RuntimeError(f"Two pictures of files are registered as {name!r}.")
    _PICTURES[name] = picture


def leading_picture(view: RecordView) -> FilePicture | None:
    """The picture by which a record whose files are images is known: that of the first one."""
    images = (file for file in view.files if file["media_type"].startswith("image/"))
    if (first := next(images, None)) is None:
        return None
    found = (_PICTURES[name](view, first) for name in sorted(_PICTURES))
    return next((picture for picture in found if picture), None)
