"""How dates and numbers are written for one reader: in which era, in whose digits.

The choice stays in the language cookie, as the Unicode extension of its tag (RFC 6067;
UTS #35): `th-u-ca-buddhist-nu-native`. So whatever keeps a page by its reader's language
keeps it by this as well. What machines read is ISO 8601 in ASCII digits, always.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

# The mark of the Buddhist Era where the civil year is counted in it, from January on.
ERAS: Final = {"th": "พ.ศ.", "lo": "ພ.ສ."}
DIGITS: Final = {"km": "០១២៣៤៥៦៧៨៩", "lo": "໐໑໒໓໔໕໖໗໘໙", "th": "๐๑๒๓๔๕๖๗๘๙", "my": "၀၁၂၃၄၅၆၇၈၉"}


@dataclass(frozen=True)
class Writing:
    """buddhist: years of the Buddhist Era; native: digits of the script. Each only in languages
    that have them."""

    buddhist: bool = False
    native: bool = False

    @property
    def extension(self) -> str:
        """`-u-ca-buddhist-nu-native`, or "" for what everybody is shown."""
        keys = ("-ca-buddhist" if self.buddhist else "") + ("-nu-native" if self.native else "")
        return f"-u{keys}" if keys else ""


PLAIN: Final = Writing()
_active: ContextVar[Writing] = ContextVar("tonle_writing", default=PLAIN)


def split(remembered: str) -> tuple[str, Writing]:
    """The language code and the choice in a cookie's value. Total: a stranger may send anything."""
    code, _mark, extension = remembered.lower().partition("-u-")
    keys = f"-{extension[:60]}-"
    return code, Writing("-ca-buddhist-" in keys, "-nu-native-" in keys)


def activate(writing: Writing) -> None:
    """Write so from now on in this thread, as `translation.activate` does with languages."""
    _active.set(writing)


def active() -> Writing:
    return _active.get()


@contextmanager
def override(writing: Writing) -> Iterator[None]:
    token = _active.set(writing)
    try:
        yield
    finally:
        _active.reset(token)
