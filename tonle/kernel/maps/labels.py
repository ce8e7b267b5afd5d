"""Which names find room on a map, and where. Pure.

Names are tried from the most important one down. Each is put beside its place where it meets
nothing that is there already, or is left out: a name too few is better than two on one another.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tonle.kernel.maps.base import Place
from tonle.kernel.maps.geometry import Box, touches
from tonle.kernel.maps.names import name

SIZE = 11.5  # of letters, in units of the drawing.
_GAP = 4.0
# Widths of a letter in parts of its size; letters that stand on others have none.
_WIDE = {"LATIN": 0.54, "KHMER": 0.72, "MYANMAR": 0.8, "LAO": 0.55, "THAI": 0.55, "CJK": 1.0}
# Scripts that stack marks above and below need room.
_HIGH = {"KHMER": 1.5, "MYANMAR": 1.5, "LAO": 1.4, "THAI": 1.4}


@dataclass(frozen=True)
class Label:
    """text stands at x, y by its anchor (start, middle, end); kind: of its place."""

    text: str
    language: str
    kind: str
    x: int
    y: int
    anchor: str
    dot: tuple[int, int] | None


def size_of(text: str) -> tuple[float, float]:
    """About how wide and high a text is, in units of the drawing."""
    wide, high = 0.0, 1.15
    for letter in text:
        if unicodedata.category(letter) in {"Mn", "Cf"}:
            continue
        script = unicodedata.name(letter, "?").split(" ")[0]
        wide += _WIDE.get(script, 0.5) * (0.6 if unicodedata.category(letter) == "Mc" else 1)
        high = max(high, _HIGH.get(script, 1.15))
    return wide * SIZE, high * SIZE


def placed(
    wanted: Iterable[tuple[Place, float, float]],
    language: str,
    room: tuple[int, int],
    taken: Sequence[Box] = (),
    most: int = 26,
) -> list[Label]:
    """wanted: places with where they are, most important first. room: of the drawing. taken:
    boxes on which no name is to stand."""
    full = list(taken)
    found: list[Label] = []
    for place, x, y in wanted:
        if len(found) >= most:
            break
        text, code = name(place, language)
        wide, high = size_of(text)
        for left, top, at_x, anchor in _spots(place, x, y, wide, high):
            box = (left, top, left + wide, top + high)
            inside = left >= 2 and top >= 1 and box[2] <= room[0] - 2 and box[3] <= room[1] - 1
            if not inside or any(touches(box, other) for other in full):
                continue
            full.append(box)
            dot = (round(x), round(y)) if place.kind in {"city", "capital"} else None
            if dot:
                full.append((x - 2, y - 2, x + 2, y + 2))
            base = round(top + high * 0.5 + SIZE * 0.35)
            found.append(Label(text, code, place.kind, round(at_x), base, anchor, dot))
            break
    return found


def _spots(
    place: Place, x: float, y: float, wide: float, high: float
) -> Iterable[tuple[float, float, float, str]]:
    """(left, top, x of the text, anchor), best first."""
    if place.kind == "member":
        # In the middle of its land, or under the number that stands there.
        yield x - wide / 2, y - high / 2, x, "middle"
        yield x - wide / 2, y + 18, x, "middle"
        yield x - wide / 2, y - high - 18, x, "middle"
        return
    if place.kind == "lake":
        yield x - wide - 8, y - high / 2, x - 8, "end"
        yield x - wide - 2, y + 2, x - 2, "end"
        yield x - wide / 2, y - high - 8, x, "middle"
    yield x + _GAP, y - high / 2, x + _GAP, "start"
    yield x - _GAP - wide, y - high / 2, x - _GAP, "end"
    yield x - wide / 2, y - high - 2, x, "middle"
    yield x - wide / 2, y + 2, x, "middle"
