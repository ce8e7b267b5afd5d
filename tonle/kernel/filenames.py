"""What the names of files say to somebody who has seen none of them yet."""

from __future__ import annotations

# How files are called by custom that explain the others.
_EXPLAINING = ("readme", "license", "licence", "citation")


def explains(name: str) -> bool:
    """Whether a file is called as those are that explain the others."""
    return name.rsplit("/", 1)[-1].lower().startswith(_EXPLAINING)


def small_first(name: str, size_bytes: int) -> tuple[bool, int, str]:
    """A key to sort by: what explains first, then the smaller before the larger.

    So that where a link breaks there is already something to read.
    """
    return not explains(name), size_bytes, name
