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

# As Python fills them in, flags and widths included: "100% of" has one, of a number in octal.
# Source: Python library reference, "printf-style String Formatting".
_PLACES: Final = re.compile(
    r"%%|%(?:\([^)]*\))?[#0\- +]*(?:\d+|\*)?(?:\.(?:\d+|\*))?[A-Za-z]|\{[^{}]*\}"
)
_TAGS: Final = re.compile(r"<[^>]*>|&[#\w]+;")
_NAME: Final = re.compile(r"</?\s*([\w-]+)")
_NEVER_CLOSED: Final = frozenset({"br", "hr", "img", "input", "wbr"})


def faults(message: str, proposed: str) -> list[Sentence]:
    """Why this cannot stand where the message stands; empty where it can.

    Pages put a translation into their markup as it is: it may hold the marks of its message
    and no others, and nothing that could end an attribute.
    """
    found = []
    if len(proposed) > min(LONGEST, _ROOM[0] * len(message) + _ROOM[1]):
        found.append(Sentence(N_("This is much longer than what it stands for. Make it shorter.")))
    if not _is_filled(message):
        # Said as it stands: its per cent signs mean nothing to Python.
        message, proposed = message.replace("%", ""), proposed.replace("%", "")
    if _count(_PLACES, proposed) != _count(_PLACES, message) or _left(proposed) - _left(message):
        kept = ", ".join(sorted(_count(_PLACES, message))) or "–"
        found.append(
            Sentence(
                N_("Keep the parts that the node fills in, each as often as it was: %(places)s."),
                places=kept,
            )
        )
    elif "%" in proposed and not ("%" in message and _can_be_filled(proposed, _values(message))):
        found.append(Sentence(N_("Keep the per cent signs as they are, and add none of your own.")))
    rest = _TAGS.sub("", proposed)
    if not _is_marked_like(message, proposed) or set(rest) & set("<>") - set(
        _TAGS.sub("", message)
    ):
        found.append(
            Sentence(N_("Keep the marks in angle brackets as they are, and add none of your own."))
        )
    if '"' in rest and '"' not in message:
        found.append(Sentence(N_("Use the quotation marks of the language, such as “ ”.")))
    if len(proposed.splitlines()) > 1 and len(message.splitlines()) < 2:
        # It may be the subject of a letter, where a second line is another header.
        found.append(Sentence(N_("Write it on one line, like what it stands for.")))
    return found


class _Anything:
    """Has a value of every name, which any conversion takes."""

    def __getitem__(self, _name: str) -> int:
        return 1


def _values(message: str) -> object:
    """What a message can be filled in with: so many in a row, or by name."""
    in_a_row = [place for place in _PLACES.findall(message) if re.match(r"%[^%(]", place)]
    # A word fits nowhere but where words stand: two places cannot be exchanged unseen.
    return tuple("x" if place[-1] in "sra" else 1 for place in in_a_row) or _Anything()


def _is_filled(message: str) -> bool:
    return _can_be_filled(message, _values(message))


def _can_be_filled(text: str, values: object) -> bool:
    try:
        text % values
    except (KeyError, TypeError, ValueError):
        return False
    return True


def _is_marked_like(message: str, proposed: str) -> bool:
    """Whether there are the same marks, nested as well as they were."""
    before, after = _TAGS.findall(message), _TAGS.findall(proposed)
    return Counter(before) == Counter(after) and (
        before == after or (_nests(before) and _nests(after))
    )


def _nests(marks: list[str]) -> bool:
    """Whether every element is closed within the one that it was opened in."""
    opened: list[str] = []
    for mark in marks:
        name = found[1].lower() if (found := _NAME.match(mark)) else ""
        if not name or name in _NEVER_CLOSED or mark.endswith("/>"):
            continue
        if not mark.startswith("</"):
            opened.append(name)
        elif not opened or opened.pop() != name:
            return False
    return not opened


def _left(text: str) -> set[str]:
    """Curly brackets that are no place."""
    return set(_PLACES.sub("", text)) & set("{}")


def _count(pattern: re.Pattern[str], text: str) -> Counter[str]:
    return Counter(part for part in pattern.findall(text) if part != "%%")
