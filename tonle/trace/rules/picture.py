"""The picture of a promise: one river for each key area, past the stages of the chain. Pure.

Places are parts of a hundred of the width and whole pixels of the height, so that a river runs
from edge to edge of a telephone and of a wide page alike, and its pools stay round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

HEIGHT = 28  # pixels
_LEAST, _MOST = 3.0, 11.0  # radius of a pool, pixels
_THINNEST, _WIDEST = 1.5, 8.0  # width of the stream, pixels


@dataclass(frozen=True)
class Pool:
    """A stage: where it lies (percent), how large it is (radius in pixels), whether it is dry."""

    x: str
    radius: str
    is_dry: bool


@dataclass(frozen=True)
class River:
    """ends: how far it runs (percent); beyond, its bed is dry. width: pixels."""

    ends: str
    width: str
    pools: tuple[Pool, ...]


def river(counts: Sequence[int]) -> River:
    """counts: how many things there are at each stage, from the promise down.

    It runs to the last stage that has something; doubling what there is widens it by one step.
    """
    places = [100 * (2 * at + 1) / (2 * len(counts)) for at in range(len(counts))]
    last = max((at for at, number in enumerate(counts) if number), default=None)
    total = sum(counts)
    return River(
        _plain(places[last]) if last is not None else "0",
        _plain(min(_WIDEST, _THINNEST + 0.6 * log2(total + 1))) if total else "0",
        tuple(
            Pool(
                _plain(place),
                _plain(min(_MOST, _LEAST + 1.2 * log2(number + 1)) if number else _LEAST),
                not number,
            )
            for place, number in zip(places, counts, strict=True)
        ),
    )


def _plain(number: float) -> str:
    """Short, and with a point whatever the reader's language."""
    return f"{number:.1f}".removesuffix(".0")
