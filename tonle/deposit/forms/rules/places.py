"""Marking a box on the map by two clicks: what the form remembers between them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tonle.kernel.fields import Values, row_numbers
from tonle.kernel.maps.views import HEIGHT, REGION, WIDTH

GROUP = "geo_locations"
BEGUN = "map-begun"

Corner = tuple[float, float]
"""Longitude and latitude in degrees."""


@dataclass(frozen=True)
class Box:
    """West, south, east, north in degrees; a point where both corners are one."""

    west: float
    south: float
    east: float
    north: float


def corner(x: int, y: int) -> Corner:
    """The place under a pixel of the map, to a tenth of a degree: more would be a pretence."""
    west, _south, _east, north = REGION.box
    return round(west + x / WIDTH * REGION.wide, 1), round(north - y / HEIGHT * REGION.high, 1)


def pressed(at: Corner) -> tuple[int, int]:
    """The pixel over a place."""
    west, _south, _east, north = REGION.box
    across, down = (at[0] - west) / REGION.wide, (north - at[1]) / REGION.high
    return round(across * WIDTH), round(down * HEIGHT)


@dataclass(frozen=True)
class Click:
    """What a click made of the form. told: whether the click said nothing (keyboard, no place)."""

    values: dict[str, list[str]]
    told: bool = True


def click(values: Values) -> Click | None:
    """The form after a click on its map; None where none was clicked.

    The first click is remembered in a hidden field; the second makes a row of the box
    between the two, and of a point where both are one. A press by keyboard comes as 0, 0.
    """
    x, y = _number(values, "map.x"), _number(values, "map.y")
    if x is None or y is None:
        return None
    kept = {name: list(texts) for name, texts in values.items() if not name.startswith("map")}
    begun = begun_at(values)
    if (x, y) == (0, 0) or not (0 <= x <= WIDTH and 0 <= y <= HEIGHT):
        if begun:
            kept[BEGUN] = [_written(begun)]
        return Click(kept, told=False)
    here = corner(x, y)
    if begun is None:
        return Click(kept | {BEGUN: [_written(here)]})
    empty = [n for n in row_numbers(kept, GROUP) if not _filled(kept, f"{GROUP}-{n}")]
    numbers = row_numbers(kept, GROUP)
    row = f"{GROUP}-{empty[0] if empty else (numbers[-1] + 1 if numbers else 0)}"
    west, east = sorted((begun[0], here[0]))
    south, north = sorted((begun[1], here[1]))
    kept |= {f"{row}-row": ["1"], f"{row}-west": [f"{west:g}"], f"{row}-south": [f"{south:g}"]}
    if begun != here:
        kept |= {f"{row}-east": [f"{east:g}"], f"{row}-north": [f"{north:g}"]}
    return Click(kept)


def begun_at(values: Values) -> Corner | None:
    """The first corner, while it waits for the second."""
    texts = values.get(BEGUN) or [""]
    return parsed(texts[-1])


def parsed(text: str) -> Corner | None:
    """`104.5,11.2` as a corner."""
    parts = text[:40].split(",")
    try:
        longitude, latitude = (float(part) for part in parts)
    except ValueError:
        return None
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        return None
    return longitude, latitude


def boxes(values: Values) -> list[Box]:
    """What the rows of the form mark, for the map. Rows that say no place yet are passed over."""
    found = []
    for number in row_numbers(values, GROUP)[:50]:
        row = f"{GROUP}-{number}"
        west, south = _decimal(values, f"{row}-west"), _decimal(values, f"{row}-south")
        if west is None or south is None:
            continue
        east, north = _decimal(values, f"{row}-east"), _decimal(values, f"{row}-north")
        east, north = west if east is None else east, south if north is None else north
        found.append(Box(min(west, east), min(south, north), max(west, east), max(south, north)))
    return found


def query(shown: Sequence[Box], begun: Corner | None) -> Mapping[str, list[str]]:
    """The query of the map's address that draws these."""
    made = {"box": [f"{b.west:g},{b.south:g},{b.east:g},{b.north:g}" for b in shown]}
    return made | ({"at": [_written(begun)]} if begun else {})


def read_box(text: str) -> Box | None:
    """One `box` of that query."""
    corners = text[:80].split(",")
    if len(corners) != 4:
        return None
    one, other = parsed(",".join(corners[:2])), parsed(",".join(corners[2:]))
    if one is None or other is None:
        return None
    west, east = sorted((one[0], other[0]))
    south, north = sorted((one[1], other[1]))
    return Box(west, south, east, north)


def _filled(values: Values, row: str) -> bool:
    return any(
        any(values.get(f"{row}-{name}", ()))
        for name in ("place", "west", "south", "east", "north", "rest")
    )


def _written(at: Corner) -> str:
    return f"{at[0]:g},{at[1]:g}"


def _number(values: Values, name: str) -> int | None:
    texts = values.get(name) or [""]
    text = texts[-1]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _decimal(values: Values, name: str) -> float | None:
    texts = values.get(name) or [""]
    try:
        return float(texts[-1][:20])
    except ValueError:
        return None
