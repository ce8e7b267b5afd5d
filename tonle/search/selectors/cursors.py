"""Where in a result to go on, and how an address says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tonle.api.public import BadCursor, decode_cursor, encode_cursor
from tonle.search.engine import Answer, Place, Row, SortKey


@dataclass(frozen=True, slots=True)
class At:
    """Where in a result to go on, as a cursor says; without one, at its beginning.

    mode: how the words were asked for, "" while they were not; with_all: how many things have
    them all, where those with some are shown.
    """

    place: Place | None = None
    backwards: bool = False
    mode: str = ""
    with_all: int = 0


def ways(scope: str, rows: Sequence[Row], answer: Answer, at: At) -> tuple[str | None, str | None]:
    """Cursors of the next page and of the one before, None where there is none."""
    if not rows:
        return None, None
    following = preceding = None
    if answer.more or at.backwards:
        following = _cursor(scope, rows[-1].place, at, "after")
    if answer.more if at.backwards else at.place:
        preceding = _cursor(scope, rows[0].place, at, "before")
    return following, preceding


def _cursor(scope: str, place: Place, at: At, direction: str) -> str:
    return encode_cursor(
        scope,
        (
            direction,
            at.mode,
            at.with_all,
            place.key,
            place.depth,
            repr(place.score),
            place.sort_key.head,
            place.sort_key.text,
        ),
    )


def read_cursor(scope: str, cursor: str) -> At:
    values = decode_cursor(scope, cursor)
    try:
        direction, mode, with_all, key, depth, score, head, text = values
        place = Place(
            str(key),
            max(0, int(depth or 0)),
            float(score or 0.0),
            SortKey(max(0, min(int(head or 0), 2**64 - 1)), str(text or "")),
        )
        return At(place, direction == "before", str(mode), max(0, int(with_all or 0)))
    except (TypeError, ValueError) as error:
        raise BadCursor from error
