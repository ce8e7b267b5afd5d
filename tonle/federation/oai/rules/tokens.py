"""Resumption tokens: where a list goes on, told by the token itself (section 3.5).

Nothing is kept of them here, so they never expire, survive a restart and may be used twice.
They name a position of the change log: a record that changes after the token was given moves
behind that position and comes again. They hold nothing secret and are not signed: whoever writes
one gets what he might have asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tonle.federation.oai.rules import dates
from tonle.federation.oai.rules.arguments import PREFIX, SET

# Begins every token, so that one of another form is known when there is one.
VERSION: Final = "1"
# A position is a 64-bit integer of the database.
_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)
_LINEAGE = re.compile(r"[0-9a-f]{8}", re.ASCII)


@dataclass(frozen=True)
class Token:
    """The rest of a list.

    after: the position it goes on behind. done: how many records were given before.
    size: of the whole list as it was counted at its beginning; None where nobody counted.
    spec, until: the arguments of the list that still matter, "" where not given; `from` does
    not, as all behind `after` is later. lineage: which log the position is of.
    """

    prefix: str
    after: int
    done: int
    size: int | None
    spec: str
    until: str
    lineage: str


def write(token: Token) -> str:
    """As text of characters that need no escape in an address, for careless harvesters."""
    size = "" if token.size is None else str(token.size)
    parts = (token.prefix, str(token.after), str(token.done), size, token.spec, token.until)
    return ",".join((VERSION, *parts, token.lineage))


def read(text: str) -> Token | None:
    """The token of a text; None for what was never one."""
    parts = text.split(",")
    if len(parts) != 8 or parts[0] != VERSION:
        return None
    _, prefix, after, done, size, spec, until, lineage = parts
    sound = (
        PREFIX.fullmatch(prefix)
        and _NUMBER.fullmatch(after)
        and _NUMBER.fullmatch(done)
        and (not size or _NUMBER.fullmatch(size))
        and (not spec or SET.fullmatch(spec))
        and (not until or dates.read(until))
        and _LINEAGE.fullmatch(lineage)
    )
    if not sound:
        return None
    return Token(prefix, int(after), int(done), int(size) if size else None, spec, until, lineage)
