"""Days of calls as iCalendar, which every calendar program reads. Pure.

Source: RFC 5545: 3.1 (lines of at most 75 octets, folded), 3.3.11 (escaped text), 3.6.1 (events
without an end), 3.8.7.4 (a sequence that grows with each revision).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

_LONGEST: Final = 75
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Event:
    """One instant of a call. uid: the same in every revision; sequence: of the revision, from 0;
    revised_at, at: aware; sure: False of what is announced only."""

    uid: str
    sequence: int
    revised_at: datetime
    at: datetime
    summary: str
    description: str
    url: str
    sure: bool = True


def calendar(events: Iterable[Event], *, name: str, made_by: str) -> str:
    """The events as one calendar. name: what programs call it; made_by: its PRODID."""
    return "".join(fold(line) for line in _lines(events, name, made_by))


def fold(line: str) -> str:
    """A line in pieces of at most 75 octets, none of which parts a character, with its end."""
    pieces, room = [""], _LONGEST
    for letter in line:
        size = len(letter.encode())
        if size > room:
            # The space that opens a further piece counts.
            pieces.append("")
            room = _LONGEST - 1
        pieces[-1] += letter
        room -= size
    return "\r\n ".join(pieces) + "\r\n"


def escape(text: str) -> str:
    """Text of a value: a backslash before what would end it, and no control characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = _CONTROLS.sub("", lines).replace("\\", "\\\\")
    return kept.replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _lines(events: Iterable[Event], name: str, made_by: str) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{escape(made_by)}")
    yield f"X-WR-CALNAME:{escape(name)}"
    for event in events:
        yield "BEGIN:VEVENT"
        yield f"UID:{escape(event.uid)}"
        yield f"SEQUENCE:{event.sequence}"
        yield f"DTSTAMP:{_instant(event.revised_at)}"
        yield f"DTSTART:{_instant(event.at)}"
        yield f"SUMMARY:{escape(event.summary)}"
        if event.description:
            yield f"DESCRIPTION:{escape(event.description)}"
        yield f"URL:{_CONTROLS.sub('', event.url)}"
        yield f"STATUS:{'CONFIRMED' if event.sure else 'TENTATIVE'}"
        # A deadline takes no time of anybody's day.
        yield "TRANSP:TRANSPARENT"
        yield "END:VEVENT"
    yield "END:VCALENDAR"


def _instant(at: datetime) -> str:
    there = at.astimezone(UTC)
    # Not %Y, which some systems write without leading zeros.
    return f"{there.year:04d}{there:%m%dT%H%M%S}Z"
