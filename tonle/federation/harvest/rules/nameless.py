"""Items that came without a name: counted and told of one by one, and known again by nothing.

Whichever item of before is missing from a walk may be one of them.
"""

from __future__ import annotations

from tonle.kernel.errors import N_

# No source has a name like it: names are addresses, or words without a space.
MARK = "? "
WORDS = N_("A record without a name")


def stand_in(run: int, page: int, place: int) -> str:
    """What to tell it from the others by: where it was met. Numbers from 1."""
    return f"{MARK}{run}/{page}/{place}"


def is_nameless(identifier: str) -> bool:
    return identifier.startswith(MARK)
