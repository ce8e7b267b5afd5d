"""Pieces of landing pages, kept in memory under the digest of what they were made from.

A page is made anew whenever anything on the node changes; most of it, the description, the
citation, the licence, depends on one document alone, and a document never changes. So a piece
can be kept under the document's digest and is never out of date: it is only pushed out.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final

# Some 500 records in one language; the whole of an idle node is to stay under 250 MB.
LIMIT_BYTES: Final = 8_000_000
# What Python keeps around a piece, beside its letters: measured, not exact.
_AROUND: Final = 500


class Pieces:
    """Finished pieces, least recently asked for first to go. For any number of threads."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self.limit_bytes = limit_bytes
        self.size_bytes = 0
        self._pieces: OrderedDict[Hashable, str] = OrderedDict()
        self._order = Lock()

    def __len__(self) -> int:
        return len(self._pieces)

    def get(self, key: Hashable, make: Callable[[], str]) -> str:
        """The piece of that key; made, outside the lock, where there is none."""
        with self._order:
            found = self._pieces.get(key)
            if found is not None:
                self._pieces.move_to_end(key)
                return found
        made = make()
        with self._order:
            if key not in self._pieces:
                self._pieces[key] = made
                self.size_bytes += _size(made)
                while self.size_bytes > self.limit_bytes:
                    _, dropped = self._pieces.popitem(last=False)
                    self.size_bytes -= _size(dropped)
        return made

    def clear(self) -> None:
        with self._order:
            self._pieces.clear()
            self.size_bytes = 0


def _size(piece: str) -> int:
    # Letters beyond Latin make Python use two bytes for each letter of the text.
    return (len(piece) if piece.isascii() else 2 * len(piece)) + _AROUND


pieces = Pieces()


def forget_pieces() -> None:
    """Make every piece anew: the words around what a document says have changed."""
    pieces.clear()
