"""Who else holds a record that another place keeps, as the contexts above know it.

It is no part of the record's document: that is what its home says, and nobody who joins it
makes a new revision of it. Light, so that a context can register at start-up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple


class Holder(NamedTuple):
    """What a place is called, and its page about the record; "" where it has none."""

    name: str
    url: str


Holders = Callable[[str], Sequence[Holder]]

_HOLDERS: dict[str, Holders] = {}


def register_holders(name: str, holders: Holders) -> None:
    """Let `holders(record id)` tell of other places that have the same thing.

    What it answers is kept in the page cache until the log changes.
    """
    if _HOLDERS.get(name, holders) is not holders:
        raise RuntimeError(f"Two tellers of holders are registered as {name!r}.")
    _HOLDERS[name] = holders


def also_held(record_id: str) -> list[Holder]:
    """Each place once, in the order in which they were met."""
    found = [one for name in sorted(_HOLDERS) for one in _HOLDERS[name](record_id)]
    return list(dict.fromkeys(found))
