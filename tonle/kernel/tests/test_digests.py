"""Two digests in one reading are those that two readings give."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.kernel.digests import Digests, of_bytes, of_pieces


@given(st.lists(st.binary(max_size=4000), max_size=9))
def test_pieces_are_digested_as_one(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    expected = Digests(
        len(whole), hashlib.sha256(whole).hexdigest(), hashlib.sha512(whole).hexdigest()
    )
    assert of_pieces(iter(pieces)) == of_bytes(whole) == expected


def test_what_reading_raises_is_raised() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"a" * 100
        yield b"b" * 100
        raise OSError(5, "the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        of_pieces(pieces())
