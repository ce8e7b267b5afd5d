"""Formats in which results can be taken along, as this and other contexts have said.

Light on purpose: contexts register at start-up, long before anybody searches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tonle.search.selectors import Found

    Writer = Callable[[Iterable[Sequence[Found]]], Iterator[str]]


@dataclass(frozen=True)
class Export:
    """A format of results. extension: in the address and of the saved file. media_type: with its
    parameters. write: pages of results, each as it comes, to text, piece by piece."""

    extension: str
    label: str
    media_type: str
    write: Writer


_EXPORTS: dict[str, Export] = {}


def register_export(export: Export) -> None:
    """Offer results in another format; the same extension again replaces it."""
    _EXPORTS[export.extension] = export


def exports() -> list[Export]:
    """By label."""
    return sorted(_EXPORTS.values(), key=lambda export: export.label)


def export_of(extension: str) -> Export | None:
    return _EXPORTS.get(extension)
