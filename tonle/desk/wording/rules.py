"""What a proposed wording has to keep of the message it translates. Pure."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from tonle.kernel.errors import N_
from tonle.kernel.sentences import Sentence

# A translation is rarely three times as long as its English; a sermon is.
LONGEST: Final = 4_000
_ROOM: Final = (4, 200)

_PLACES: Final = re.compile(r"%\([^)]+\)[a-z]|%[a-z%]|\{[^{}]*\}")
_TAGS: Final = re.compile(r"<[^>]*>|&[#\w]+;")


def faults(message: str, proposed: str) -> list[Sentence]:
    """Why this cannot stand where the message stands; empty where it can.

    Pages put a translation into their markup as it is: it may hold the marks of its message
    and no others, and nothing that could end an attribute.
    """
    found = []
    if len(proposed) > min(LONGEST, _ROOM[0] * len(message) + _ROOM[1]):
        found.append(Sentence(N_("This is much longer than what it stands for. Make it shorter.")))
    if _count(_PLACES, proposed) != _count(_PLACES, message):
        kept = ", ".join(sorted(_count(_PLACES, message))) or "–"
        found.append(
            Sentence(
                N_("Keep the parts that the node fills in, each as often as it was: %(places)s."),
                places=kept,
            )
        )
    marks = _count(_TAGS, message)
    rest = _TAGS.sub("", proposed)
    if _count(_TAGS, proposed) != marks or set(rest) & set("<>") - set(_TAGS.sub("", message)):
        found.append(
            Sentence(N_("Keep the marks in angle brackets as they are, and add none of your own."))
        )
    if '"' in rest and '"' not in message:
        found.append(Sentence(N_("Use the quotation marks of the language, such as “ ”.")))
    return found


def _count(pattern: re.Pattern[str], text: str) -> Counter[str]:
    return Counter(part for part in pattern.findall(text) if part != "%%")
