"""The base map: land and water of the Earth, closer for the region. Pure.

Made by `python -m tools.basemap`; where it comes from: `data/README.md`. There is no layer of
boundaries, and `LAYERS` is the whole list: a test holds it.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from tonle.kernel.errors import N_
from tonle.kernel.maps.geometry import Box, Point, box_of

DATA = Path(__file__).parent / "data"
FORMAT = "tonle-basemap/1"
# Whole numbers of the file to a degree.
GRID = 100

# Everything that the base map has, and what kind of thing it is.
LAYERS: Final = {
    "world-land": "areas that end at a coast",
    "land": "areas that end at a coast",
    "lakes": "areas of water",
    "mekong": "lines of water",
    "rivers": "lines of water",
    "courses": "lines of water",
    "places": "points with names",
}

DISCLAIMER = N_("The base map shows water, coasts and places, and no boundary of any country.")


@dataclass(frozen=True)
class Shape:
    """A line, or the ring of an area, in degrees; box around it. until: the closest level at
    which it is true enough to be drawn."""

    points: tuple[Point, ...]
    box: Box
    until: int = 9


@dataclass(frozen=True)
class Place:
    """Something with a name. own: the language of the people who live there."""

    id: str
    kind: str
    level: int
    longitude: float
    latitude: float
    own: str
    names: dict[str, str] = field(hash=False)


@dataclass(frozen=True)
class Base:
    """box: where `land` ends, for it is cut there; beyond it there is `world_land` alone.

    The Mekong is apart from other rivers, to be drawn as what it is here."""

    box: Box
    world_land: Sequence[Shape]
    land: Sequence[Shape]
    lakes: Sequence[Shape]
    mekong: Sequence[Shape]
    rivers: Sequence[Shape]


@cache
def base() -> Base:
    """The whole base map, read once."""
    with gzip.open(DATA / "base.json.gz") as file:
        said = json.load(file)
    if said["format"] != FORMAT:
        raise ValueError(f"{said['format']} is not {FORMAT}")
    layers = {name: [_shape(steps) for steps in lines] for name, lines in said["layers"].items()}
    return Base(
        tuple(said["box"]),
        layers["world-land"],
        layers["land"],
        layers["lakes"],
        layers["mekong"],
        [*layers["rivers"], *courses()],
    )


def _shape(steps: Sequence[int], until: int = 9) -> Shape:
    """From a place and steps from there, in hundredths of a degree."""
    x = y = 0
    points = []
    for at in range(0, len(steps), 2):
        x, y = x + steps[at], y + steps[at + 1]
        points.append((x / GRID, y / GRID))
    return _boxed(points, until)


def _boxed(points: Sequence[Point], until: int) -> Shape:
    return Shape(tuple(points), box_of(points), until)


def courses() -> list[Shape]:
    found = []
    for row in _rows("courses.tsv"):
        numbers = [float(text) for text in row[2].split()]
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        found.append(_boxed(points, int(row[1])))
    return found


@cache
def places() -> tuple[Place, ...]:
    """The places of the base map with the names it gives them."""
    head, *rows = _rows("places.tsv")
    languages = head[6:]
    return tuple(
        Place(
            row[0],
            row[1],
            int(row[2]),
            float(row[3]),
            float(row[4]),
            row[5],
            {code: name for code, name in zip(languages, row[6:], strict=True) if name},
        )
        for row in rows
    )


def _rows(name: str) -> list[list[str]]:
    text = (DATA / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def said_of_itself() -> dict[str, Any]:
    """Where the file comes from, as its maker wrote it."""
    with gzip.open(DATA / "base.json.gz") as file:
        said: dict[str, Any] = json.load(file)
    return {key: value for key, value in said.items() if key != "layers"}
